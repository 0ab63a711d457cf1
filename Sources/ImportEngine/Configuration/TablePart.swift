/// A pattern of names in which the name of a table stands: `{table}_insert.csv`.
struct TablePart: Sendable {
    private let before: String
    private let after: String

    /// Nil for a pattern without such a part.
    init?(_ pattern: String) {
        guard let part = pattern.firstRange(of: "{table}") else { return nil }
        before = String(pattern[..<part.lowerBound])
        after = String(pattern[part.upperBound...])
    }

    /// The pattern of the names with any table.
    var pattern: String { before + "*" + after }

    /// The pattern of the names with this table.
    func pattern(of table: String) -> String { before + table + after }

    /// The table in a name that fits: as much of it as can be.
    func table(in name: String) -> String? {
        let (before, after) = (NamePattern(before), NamePattern(after))
        let places = Array(name.indices) + [name.endIndex]
        for start in places where before.fits(String(name[..<start])) {
            for end in places.reversed() where end > start && after.fits(String(name[end...])) {
                return String(name[start..<end])
            }
        }
        return nil
    }
}

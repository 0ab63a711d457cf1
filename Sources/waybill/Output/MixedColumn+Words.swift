internal import ImportEngine

extension [MixedColumn] {
    /// What is said of them, and the options that give each one type.
    ///
    /// - Parameter before: what comes before another import, as the beginning of a sentence.
    func lines(before: String) -> [String] {
        if isEmpty { return [] }
        var lines = prefix(Self.most).map { column in
            let (integers, texts) = (Self.list(column.integerTables), Self.list(column.textTables))
            return "column \(column.name) is integer in \(integers) and text in \(texts)"
        }
        if count > Self.most { lines.append("and \(Format.count(count - Self.most, "more column"))") }
        lines.append(
            "PostgreSQL does not compare the two; to join by them, \(before)import with "
                + TypeDoubt.types(map { ($0.name, "text") }))
        return lines
    }

    private static var most: Int { 5 }

    private static func list(_ tables: [String]) -> String {
        tables.prefix(3).joined(separator: ", ") + (tables.count > 3 ? " …" : "")
    }
}

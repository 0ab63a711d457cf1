internal import Readers

/// Another way to split lines, by which rejected records have as many fields as the header.
struct FittingSyntax {
    let flag: String

    /// - Parameter records: records that have another number of fields than there are columns.
    init?(_ records: [[UInt8]], _ columns: [String], _ dialect: CSVDialect) {
        let header = columns.joined(separator: String(UnicodeScalar(dialect.delimiter)))
        // Names in quotes are not in the names any more.
        guard dialect.fieldCount(of: Array(header.utf8)) == columns.count else { return nil }
        for (flag, other) in Self.others(than: dialect) {
            let count = other.fieldCount(of: Array(header.utf8))
            let fitting = records.count { other.fieldCount(of: $0) == count }
            guard let count, count > 1, 10 * fitting >= 9 * records.count else { continue }
            self.flag = flag
            return
        }
        return nil
    }

    private static func others(than dialect: CSVDialect) -> [(flag: String, dialect: CSVDialect)] {
        var others: [(String, CSVDialect)] = []
        if dialect.syntax.hasStandardQuotes {
            var spaced = dialect
            spaced.syntax.skipsInitialSpace = true
            var single = dialect
            single.syntax.quote = UInt8(ascii: "'")
            others = [("--skip-initial-space", spaced), ("--quote \"'\"", single)]
        }
        for delimiter in ";\t|,".utf8 where delimiter != dialect.delimiter {
            var other = dialect
            other.delimiter = delimiter
            others.append(("--delimiter \(CSVEvidence.argument(delimiter))", other))
        }
        return others
    }
}

/// Compares a table in two database files, row by row.
package struct SQLiteComparison: Sendable, Equatable {
    /// Rows in the first and in the second table.
    package let rows: (Int, Int)
    /// Rows that are in one of them only.
    package let different: Int

    /// Throws if a database cannot be opened or does not have the table.
    package init(of table: String, in path: String, and otherPath: String) throws {
        let connection = try SQLiteConnection(path: path, busyTimeout: .seconds(10))
        try connection.execute("ATTACH ?1 AS other", [.text(otherPath)])
        let name = try SQLiteIdentifier.quoted(table)
        let first = "SELECT * FROM main.\(name)"
        let second = "SELECT * FROM other.\(name)"
        func count(_ query: String) throws -> Int {
            try connection.query("SELECT count(*) FROM (\(query))") { Int($0.integer(0)) }.first ?? 0
        }
        rows = (try count(first), try count(second))
        different = try count("\(first) EXCEPT \(second)") + count("\(second) EXCEPT \(first)")
    }

    package static func == (left: Self, right: Self) -> Bool {
        left.rows == right.rows && left.different == right.different
    }

    /// Whether both have the same rows.
    package var isSame: Bool { rows.0 == rows.1 && different == 0 }
}

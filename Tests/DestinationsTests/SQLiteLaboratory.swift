import Destinations
import Records
import Testing

final class SQLiteLaboratory: Laboratory {
    private let database: TestDatabase

    init() throws { database = try TestDatabase() }

    var destination: any Destination { get throws { try database.destination } }

    func kill() { database.close() }

    func rows(of table: String) throws -> [[String?]] {
        let connection = try SQLiteConnection(path: database.path, busyTimeout: .seconds(1))
        let isThere = try connection.query("SELECT 1 FROM sqlite_schema WHERE name = ?1", [.text(table)]) { _ in true }
        guard !isThere.isEmpty else { return [] }
        let quoted = "\"" + table.replacing("\"", with: "\"\"") + "\""
        return try connection.query("SELECT * FROM \(quoted) ORDER BY 1") { row in
            (0..<row.columnCount).map { row.isNull($0) ? nil : row.text($0) }
        }
    }

    func execute(_ sql: String) throws { try database.run(sql) }

    /// Writes the table again, with its rows in any order.
    func renumber(_ table: String) throws {
        let connection = try SQLiteConnection(path: database.path, busyTimeout: .seconds(1))
        let definitions = try connection.query(
            "SELECT sql FROM sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY type <> 'table'",
            [.text(table)]
        ) { $0.text(0) }
        let columns = try connection.query("SELECT name FROM pragma_table_info(?1)", [.text(table)]) { $0.text(0) }
            .joined(separator: ", ")
        try connection.execute("PRAGMA foreign_keys = OFF")
        try connection.execute("PRAGMA legacy_alter_table = ON")
        try connection.execute("BEGIN IMMEDIATE")
        let start = try #require(definitions[0].firstIndex(of: "("))
        try connection.execute("CREATE TABLE renumbered \(definitions[0][start...])")
        try connection.execute(
            "INSERT INTO renumbered (\(columns)) SELECT \(columns) FROM \(table) ORDER BY random()")
        try connection.execute("DROP TABLE \(table)")
        try connection.execute("ALTER TABLE renumbered RENAME TO \(table)")
        for sql in definitions.dropFirst() { try connection.execute(sql) }
        try connection.execute("COMMIT")
    }
}

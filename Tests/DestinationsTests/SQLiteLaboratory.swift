import Destinations
import Records

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
}

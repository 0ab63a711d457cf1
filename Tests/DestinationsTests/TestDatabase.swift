import Destinations
import Glibc
import PostgreSQLTestSupport
import Records

/// A destination in a folder of its own, and a second way into its database.
final class TestDatabase {
    let directory: String
    var path: String { directory + "/shop.db" }
    private var opened: SQLiteDestination?
    private var chunk: UInt64 = 0

    init() throws {
        var template = Array("\(Scratch.folder)/waybill-destination-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw DataError(.unreadable, "mkdtemp failed") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        opened = nil
        for name in ["shop.db", "shop.db-wal", "shop.db-shm"] { unlink(directory + "/" + name) }
        rmdir(directory)
    }

    var destination: SQLiteDestination {
        get throws {
            if let opened { return opened }
            let new = try SQLiteDestination(path: path, busyTimeout: .milliseconds(50))
            opened = new
            return new
        }
    }

    /// Closes the destination as a killed process would: whatever is not committed is lost.
    func close() { opened = nil }

    /// Writes a chunk under the next number and gives its outcome.
    @discardableResult
    func write(_ rows: [[String?]]) throws -> ChunkOutcome {
        chunk += 1
        return try write(.rows(rows), chunk: chunk)
    }

    func write(_ chunk: Chunk, chunk number: UInt64) throws -> ChunkOutcome {
        var outcome = ChunkOutcome()
        _ = try destination.write(chunk, key: LedgerKey(logID: "log", importID: 1, chunk: number)) {
            outcome = $0
            return [1, 2, 3]
        }
        return outcome
    }

    /// One text for each row; ask for typeof() to see a conversion.
    func values(_ columns: String, from table: String = "products", order: String = "rowid") throws -> [String] {
        try query("SELECT \(columns) FROM \(table) ORDER BY \(order)")
    }

    func query(_ sql: String) throws -> [String] {
        let connection = try SQLiteConnection(path: path, busyTimeout: .seconds(1))
        return try connection.query(sql) { row in
            (0..<row.columnCount).map { row.isNull($0) ? "NULL" : row.text($0) }.joined(separator: "|")
        }
    }

    func run(_ statements: String...) throws {
        let connection = try SQLiteConnection(path: path, busyTimeout: .seconds(1))
        for sql in statements { try connection.execute(sql) }
    }
}

import CSQLite
import Checks
import Records
import Yams

/// An SQLite database in memory, and the checks run against it.
final class Laboratory {
    private var handle: OpaquePointer?
    /// The statements that checks sent.
    private(set) var statements: [String] = []

    init(_ script: String = "") throws {
        guard sqlite3_open(":memory:", &handle) == SQLITE_OK else { throw failure() }
        try change(script)
    }

    func change(_ script: String) throws {
        guard sqlite3_exec(handle, script, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    deinit { sqlite3_close_v2(handle) }

    /// A table `people` with the columns and rows as SQL writes them.
    convenience init(columns: String, rows: [String]) throws {
        let inserts = rows.map { "INSERT INTO people VALUES (\($0));" }.joined()
        try self.init("CREATE TABLE people (\(columns)); BEGIN; \(inserts) COMMIT;")
    }

    /// Runs the check that the YAML of one item says.
    func run(_ yaml: String, defaultTable: String? = "people") throws -> CheckResult {
        try run(YAMLDecoder().decode(Check.self, from: yaml), defaultTable: defaultTable)
    }

    func run(_ check: Check, defaultTable: String? = "people") -> CheckResult {
        check.run(in: .sqlite, defaultTable: defaultTable) { sql, limit, _ in try query(sql, limit) }
    }

    func query(_ sql: String, _ limit: Int) throws -> QueryResult {
        statements.append(sql)
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw failure() }
        defer { sqlite3_finalize(statement) }
        let columns = (0..<sqlite3_column_count(statement)).map { String(cString: sqlite3_column_name(statement, $0)) }
        var result = QueryResult(columns: columns, rows: [], isCut: false)
        while sqlite3_step(statement) == SQLITE_ROW {
            if result.rows.count == limit {
                result.isCut = true
                break
            }
            result.rows.append(
                (0..<sqlite3_column_count(statement)).map { column in
                    guard let text = sqlite3_column_text(statement, column) else { return nil }
                    let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, column)))
                    return String(decoding: bytes, as: UTF8.self)
                })
        }
        let code = sqlite3_reset(statement)
        guard code == SQLITE_OK else { throw failure() }
        return result
    }

    private func failure() -> DataError { DataError(.destination, String(cString: sqlite3_errmsg(handle))) }
}

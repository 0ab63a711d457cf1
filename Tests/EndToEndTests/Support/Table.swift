import CSQLite
import Testing

/// Reads what is in a database, with types, so that two can be compared row by row.
enum Table {
    /// Every row of a query as one line, each value with its type.
    static func rows(_ database: String, _ query: String) throws -> [String] {
        var handle: OpaquePointer?
        try #require(sqlite3_open_v2(database, &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK)
        defer { sqlite3_close(handle) }
        var statement: OpaquePointer?
        try #require(
            sqlite3_prepare_v2(handle, query, -1, &statement, nil) == SQLITE_OK,
            "\(String(cString: sqlite3_errmsg(handle)))")
        defer { sqlite3_finalize(statement) }
        var rows: [String] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            rows.append(
                (0..<sqlite3_column_count(statement)).map { column in
                    let text = sqlite3_column_text(statement, column).map { String(cString: $0) } ?? "NULL"
                    return "\(sqlite3_column_type(statement, column)):\(text)"
                }.joined(separator: "|"))
        }
        return rows
    }

    /// The names of the tables that are not Waybill's own.
    static func tables(_ database: String) throws -> [String] {
        try rows(
            database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_waybill_*' ORDER BY name"
        ).map { String($0.dropFirst(2)) }
    }

    static func execute(_ database: String, _ sql: String) throws {
        var handle: OpaquePointer?
        try #require(sqlite3_open(database, &handle) == SQLITE_OK)
        defer { sqlite3_close(handle) }
        try #require(
            sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
    }

    /// All rows of a table in the order in which they were written.
    static func all(_ database: String, _ table: String = "catalogue") throws -> [String] {
        try rows(database, "SELECT * FROM \"\(table)\" ORDER BY rowid")
    }
}

/// Says where two lists of rows part, not all of both.
func expectSame(_ rows: [String], _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    guard rows != expected else { return }
    let index = zip(rows, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? min(rows.count, expected.count)
    let found = index < rows.count ? rows[index] : "nothing"
    let wanted = index < expected.count ? expected[index] : "nothing"
    Issue.record(
        "\(rows.count) rows, \(expected.count) expected; row \(index + 1) is \(found), expected \(wanted)",
        sourceLocation: sourceLocation)
}

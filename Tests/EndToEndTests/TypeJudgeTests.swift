import Foundation
import Testing

/// Guessed types, judged by PostgreSQL's own casts and SQLite's date functions: a column takes each value that the guess has
/// seen, and gives it back as the file has it once it becomes text.
@Suite struct TypeJudgeTests {
    struct Column: Sendable {
        let postgreSQL: String
        let sqlite: String
        let values: [String]
        /// Whether the type keeps what the values are worth, and not how they were written.
        var isLost = false

        init(_ postgreSQL: String, _ sqlite: String, isLost: Bool = false, _ values: String...) {
            (self.postgreSQL, self.sqlite, self.isLost, self.values) = (postgreSQL, sqlite, isLost, values)
        }
    }

    static let columns = [
        Column("boolean", "BOOLEAN", "true", "false"), Column("boolean", "BOOLEAN", "TRUE", "FALSE"),
        Column("boolean", "BOOLEAN", "True", "False"), Column("text", "TEXT", "true", "False"),
        Column("text", "TEXT", "t", "f"), Column("text", "TEXT", "yes", "no"), Column("bigint", "INTEGER", "1", "0"),
        Column("text", "TEXT", "true", "1"), Column("text", "TEXT", "true", "false "),

        Column("date", "DATE", "2024-02-29", "0001-01-01"), Column("date", "DATE", "9999-12-31", "1582-10-10"),
        Column("text", "TEXT", "2024-01-01", "2024-02-30"), Column("text", "TEXT", "1900-02-29", "1900-02-28"),
        Column("text", "TEXT", "0000-01-01", "2024-01-01"), Column("text", "TEXT", "10000-01-01", "2024-01-01"),
        Column("text", "TEXT", "infinity", "2024-01-01"), Column("text", "TEXT", "0044-03-15 BC", "2024-01-01"),
        Column("text", "TEXT", "2024-01-01 ", "2024-01-01"), Column("text", "TEXT", "2024-1-1", "2024-1-2"),
        Column("text", "TEXT", "01/02/2024", "31/02/2024"), Column("text", "TEXT", "2024/01/01", "2024/01/02"),
        Column("bigint", "INTEGER", "20240101", "20240230"), Column("text", "TEXT", "today", "2024-01-01"),
        Column("text", "TEXT", "2024-01-01", "2024-01-01T00:00:00"), Column("text", "TEXT", "10:00:00", "11:00:00"),

        Column("timestamp without time zone", "TIMESTAMP", "0001-01-01 00:00:00", "9999-12-31 23:59:59"),
        Column("timestamp without time zone", "TIMESTAMP", "2024-01-01T10:00", "2024-12-31T23:59"),
        Column("timestamp without time zone", "TIMESTAMP", "2024-01-01T10:00:00.10", "2024-01-01T10:00:00.25"),
        Column("timestamp without time zone", "TIMESTAMP", "2024-01-01 10:00:00", "2024-01-01 10:00:00.123456"),
        Column("text", "TIMESTAMP", "2024-01-01 10:00:00.1234567", "2024-01-01 10:00:00"),
        Column("text", "TIMESTAMP", "2024-01-01 10:00:00", "2024-01-01T10:00:00"),
        Column("text", "TEXT", "2024-01-01 24:00:00", "2024-01-01 10:00:00"),
        Column("text", "TEXT", "2016-12-31 23:59:60", "2024-01-01 10:00:00"),
        Column("text", "TEXT", "2024-01-01t10:00:00", "2024-01-01t10:00:01"),

        Column("timestamp with time zone", "TIMESTAMPTZ", "2024-01-01T10:00:00Z", "0001-01-01T00:00:00Z"),
        Column("timestamp with time zone", "TEXT", "9999-12-31T23:59:59-14:00", "2024-01-01T00:00:00-14:00"),
        Column("timestamp with time zone", "TIMESTAMPTZ", "0001-01-01T00:00:00+14:00", "2024-01-01T00:00:00+14:00"),
        Column("timestamp with time zone", "TIMESTAMPTZ", "2024-01-01 10:00-00:00", "2024-01-01 11:00-00:00"),
        Column("timestamp with time zone", "TIMESTAMPTZ", "2024-01-01T10:00:00.120Z", "2024-01-01T10:00:00.123Z"),
        Column("timestamp with time zone", "TEXT", "2024-01-01 10:00:00+00", "2024-01-01 10:00:00.5+00"),
        Column("timestamp with time zone", "TEXT", "2024-01-01 10:00:00-0330", "2024-01-01 10:00:01-0330"),
        Column(
            "timestamp with time zone", "TIMESTAMPTZ", isLost: true, "2024-01-01T10:00:00+01:00",
            "2024-07-01T10:00:00+02:00"),
        Column("text", "TEXT", "2024-01-01T10:00:00Z", "2024-01-01T10:00:00"),
        Column("text", "TEXT", "2024-01-01 10:00:00 UTC", "2024-01-01 10:00:01 UTC"),
        Column("text", "TEXT", "2024-01-01T10:00:00+15:00", "2024-01-01T10:00:00+01:00"),

        Column("uuid", "UUID", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "00000000-0000-0000-0000-000000000000"),
        Column("uuid", "UUID", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "00000000-0000-0000-0000-00000000000A"),
        Column("text", "TEXT", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
        Column("text", "TEXT", "f81d4fae7dec11d0a76500a0c91e6bf6", "{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}"),

        Column("jsonb", "JSONB", isLost: true, #"{"b": 1, "a": [1.50, null]}"#, "[ ]"),
        Column("jsonb", "JSONB", isLost: true, "[12345678901234567890123456789.10]", #"["\ud83d\ude00", "é"]"#),
        Column("text", "TEXT", #"{"a": 1, "a": 2}"#, "{}"), Column("text", "TEXT", #"{"\u0061": 1, "a": 2}"#, "{}"),
        Column("text", "TEXT", #"["\u0000"]"#, "[]"), Column("text", "TEXT", #"["\ud83d"]"#, "[]"),
        Column("text", "TEXT", "[1,]", "[]"), Column("text", "TEXT", "[NaN]", "[]"),
        Column("text", "TEXT", "[-0]", "[]"),
        Column("text", "TEXT", "[1e400]", "[]"), Column("text", "TEXT", #""a""#, "null"),

        Column("numeric", "REAL", "1.10", "2.50"), Column("text", "TEXT", "1.1", "1.10"),
        Column("text", "TEXT", "007", "8"), Column("text", "TEXT", "+5", "6"), Column("text", "TEXT", "1e5", "6"),
        Column("text", "TEXT", "-0", "1"), Column("text", "TEXT", "NaN", "1.5"), Column("text", "TEXT", "1_000", "2"),
        Column("text", "TEXT", ".5", "1.5"), Column("text", "TEXT", "5.", "6."), Column("text", "TEXT", " 1", "2"),
        Column("bigint", "INTEGER", "9223372036854775807", "-9223372036854775808"),
        Column("numeric", "TEXT", "9223372036854775808", "1"), Column("text", "TEXT", "1", "NA"),
    ]

    let space: Workspace

    init() throws {
        space = try Workspace()
        let quoted = Self.columns.map { column in
            column.values.map { "\"\($0.replacing("\"", with: "\"\""))\"" }
        }
        let header = (["id"] + Self.columns.indices.map { "c\($0)" }).joined(separator: ",") + "\n"
        let records = (0..<2).map { row in (["r\(row)"] + quoted.map { $0[row] }).joined(separator: ",") + "\n" }
        try space.write(header + records.joined(), to: "f.csv")
        try space.write(
            header + (["x"] + Self.columns.map { _ in "stray" }).joined(separator: ",") + "\n", to: "g.csv")
    }

    @Test(arguments: Store.Kind.allCases) func aGuessTakesEachValueAndGivesItBack(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let command = { ["import", $0, "--into", store.into, "--table", "t"] }
        try #require(space.run(command("f.csv")).status == 0)
        let types = try store.rows(
            kind == .postgres
                ? "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 1 ORDER BY attnum"
                : "SELECT type FROM pragma_table_info('t') WHERE cid > 0 ORDER BY cid")
        try #require(types.count == Self.columns.count)
        for (place, column) in Self.columns.enumerated() {
            #expect(types[place] == (kind == .postgres ? column.postgreSQL : column.sqlite), "\(column.values)")
            try judge(column, "c\(place)", store, kind)
        }
        // Records are rejected that would make a column text which cannot become it.
        _ = try space.run(command("g.csv"))
        for (place, column) in Self.columns.enumerated() {
            // SQLite has texts in columns of numbers, too.
            if kind == .postgres ? column.isLost : ["INTEGER", "REAL"].contains(column.sqlite) { continue }
            #expect(try store.rows("SELECT c\(place) FROM t WHERE id <> 'x' ORDER BY id") == column.values)
        }
    }

    /// By the server's cast of the file's text, or what SQLite's date functions make of it.
    private func judge(_ column: Column, _ name: String, _ store: Store, _ kind: Store.Kind) throws {
        let texts = column.values.map { "'\($0.replacing("'", with: "''"))'" }
        if kind == .postgres {
            let type = column.postgreSQL
            let same =
                "SELECT count(*) FROM t WHERE \(name) = CASE id WHEN 'r0' THEN \(texts[0])::\(type) ELSE \(texts[1])::\(type) END"
            #expect(try store.rows(same) == ["2"], "\(column.values)")
        } else if ["DATE", "TIMESTAMP", "TIMESTAMPTZ"].contains(column.sqlite) {
            #expect(try store.rows("SELECT count(julianday(\(name))) FROM t") == ["2"], "\(column.values)")
            #expect(try store.rows("SELECT \(name) FROM t ORDER BY id") == column.values)
        } else if column.sqlite == "BOOLEAN" {
            #expect(try store.rows("SELECT \(name) FROM t ORDER BY id") == ["1", "0"])
        }
    }
}

import Foundation
import Testing

/// What `sqlite3` writes with `.dump` of tables of any names, types and values, read back: the tables are the judge.
@Suite struct SQLiteDumpTests {
    /// `WAYBILL_SQLITE_DUMPS` sets how many databases are made up.
    private static let databases = ProcessInfo.processInfo.environment["WAYBILL_SQLITE_DUMPS"].flatMap(Int.init) ?? 6

    private static let values = [
        "NULL", "0", "-1", "9223372036854775807", "1.5", "-0.1", "1e300", "9e999", "''", "'a'", "'it''s'", "char(10)",
        "char(13) || char(10)", "'\\n'", "'\\'", "'replace('", "'unistr('", "'é😀'", "char(10) || '\\n' || char(13)",
        "'); --'", "'INSERT INTO d VALUES(1);'", "char(10) || 'INSERT INTO d VALUES(1);' || char(10)",
        "';' || char(10)",
        "'--'", "'/*'", "'*/'", "'\"'", "'`'", "'['", "'$$'", "'1'", "'1.50'", "' '", "'NULL'", "x''", "x'00ff'",
        "x'27'",
        "char(1, 127)", "char(9)", "'\\u000a'", "char(10) || 'GO' || char(10)", "char(10) || '.read x' || char(10)",
    ]
    private static let names = ["d", "a b", "order", "x\"\"y", "é", "t.u", "1", "it's", "[z]", "Select", "`q`"]
    private static let types = ["", "INTEGER", "TEXT", "REAL", "BLOB", "NUMERIC", "VARCHAR(20)", "INT DEFAULT (1 + 1)"]

    /// No text has a NUL: `.dump` cuts it off there, and what comes after is in nobody's file.
    private static let texts = values.filter { $0 != "x'00ff'" }

    private static func value() -> String {
        let value = values.randomElement()!
        return value.hasPrefix("'") && Bool.random() ? "\(value) || \(texts.randomElement()!)" : value
    }

    private struct Made {
        var name: String
        var columns: [String]
        var script: String
    }

    private static func table(_ name: String) -> Made {
        let columns = Array(names.shuffled().prefix(Int.random(in: 1...4)))
        let computed = Bool.random() ? ["g AS (id * 2)"] : []
        let definitions = columns.map { "\"\($0)\" \(types.randomElement()!)" } + computed
        let isKeyed = Bool.random()
        var script = "CREATE TABLE \"\(name)\" (id INTEGER PRIMARY KEY\(isKeyed ? "" : " AUTOINCREMENT"), "
        script += definitions.joined(separator: ", /* ; */\n") + ")\(isKeyed ? " WITHOUT ROWID" : "");"
        for id in 1...Int.random(in: 1...30) {
            let row = ["\(id)"] + columns.map { _ in value() }
            let list = (["id"] + columns).map { "\"\($0)\"" }.joined(separator: ", ")
            script += "INSERT INTO \"\(name)\" (\(list)) VALUES (\(row.joined(separator: ", ")));"
        }
        return Made(name: name, columns: columns, script: script)
    }

    /// Beside the tables: what makes rows of itself, and what has the word INSERT in it.
    private static let others = [
        "CREATE INDEX i ON \"%\" (id);", "ANALYZE;", "CREATE VIEW v AS SELECT ';' FROM \"%\";",
        "CREATE TRIGGER r AFTER INSERT ON \"%\" BEGIN INSERT INTO \"%\" (id) VALUES (NULL); END;",
        "CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('x');",
    ]

    @Test("sqlite3's .dump gives every row as it was", arguments: 0..<databases)
    func dumps(_ number: Int) throws {
        let space = try Workspace()
        let tables = Self.names.shuffled().prefix(Int.random(in: 1...3)).map(Self.table)
        let others = Self.others.filter { _ in Bool.random() }.joined().replacing("%", with: tables[0].name)
        let script = tables.map(\.script).joined() + others
        try Table.execute(space.file("a.db"), script)
        try space.tool(["sh", "-c", "sqlite3 a.db .dump > dump.sql"])
        let size = ["1", "7", "1000"].randomElement()!
        let run = try space.run(["import", "dump.sql", "--into", "sqlite:b.db", "--chunk-size", size])
        #expect(run.status == 0, "\(run.output) \(run.error) \(script)")
        for table in tables {
            let differs = table.columns.map { column in
                let (then, now) = ("x.\"\(column)\"", "y.\"\(column)\"")
                return """
                    NOT CASE typeof(\(then)) WHEN 'null' THEN \(now) IS NULL
                    WHEN 'blob' THEN \(now) = '\\x' || lower(hex(\(then))) WHEN 'real' THEN CAST(\(now) AS REAL) = \(then)
                    ELSE CAST(\(now) AS TEXT) = CAST(\(then) AS TEXT) END
                    """
            }
            let query = """
                ATTACH '\(space.file("a.db"))' AS a; ATTACH '\(space.file("b.db"))' AS b;
                SELECT 'lost', x.id FROM a."\(table.name)" x LEFT JOIN b."\(table.name)" y USING (id)
                WHERE y.id IS NULL OR \(differs.joined(separator: " OR "));
                SELECT 'more' FROM b."\(table.name)" WHERE id NOT IN (SELECT id FROM a."\(table.name)");
                SELECT count(*) - (SELECT count(*) FROM a."\(table.name)") FROM b."\(table.name)";
                """
            try space.write(query, to: "judge.sql")
            try space.tool(["sh", "-c", "sqlite3 :memory: < judge.sql > verdict.txt"])
            let verdict = try String(contentsOfFile: space.file("verdict.txt"), encoding: .utf8)
            #expect(verdict == "0\n", "\(table.name): \(script)")
        }
    }
}

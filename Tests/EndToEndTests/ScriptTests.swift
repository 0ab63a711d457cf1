import Foundation
import PostgreSQLTestSupport
import Testing

/// PostgreSQL runs a script, and Waybill reads it: the server is the judge of what its strings and short rows mean.
@Suite struct ScriptTests {
    /// `WAYBILL_SCRIPTS` sets how many scripts are made up.
    private static let scripts = ProcessInfo.processInfo.environment["WAYBILL_SCRIPTS"].flatMap(Int.init) ?? 8

    private static let anywhere = [
        "'a'", "'it''s'", "1", "NULL", "E'a\\tb'", "E'\\\\'", "'--'", "'/*'", "'x\"y'", "''", "'$$'",
    ]
    private static let conforming = ["'\\'", "'a\\nb'", "'C:\\temp'", "'\\\\'"]
    private static let escaped = ["'\\\\'", "'a\\nb'", "'it\\'s'", "'\\x41'", "'\\101'", "'\\\\n'"]

    private static func script() -> String {
        var text = "SET standard_conforming_strings = on;\nCREATE TABLE t (id serial, a text, b text, c text);\n"
        var isOn = true
        for _ in 0..<Int.random(in: 3...10) {
            switch Int.random(in: 0..<10) {
            case 0..<3:
                isOn = Bool.random()
                let value = (isOn ? ["on", "true", "'on'", "1"] : ["off", "false", "'off'", "0"]).randomElement()!
                text += ["SET ", "SET SESSION "].randomElement()! + "standard_conforming_strings = \(value);\n"
            case 3:
                isOn = true
                text += "RESET standard_conforming_strings;\n"
            case 4: text += "COMMENT ON TABLE t IS \(isOn ? "'\\'" : "'it\\'s'");\n"
            default:
                let count = Int.random(in: 0...3)
                let rows = (0..<Int.random(in: 1...3)).map { _ in
                    let values = (0..<count).map { _ in (anywhere + (isOn ? conforming : escaped)).randomElement()! }
                    return "(\((["\(Int.random(in: 1...99))"] + values).joined(separator: ", ")))"
                }
                text += "INSERT INTO t VALUES \(rows.joined(separator: ", "));\n"
            }
        }
        return text + "INSERT INTO t VALUES (0, 'last', 'of', 'all');\n"
    }

    @Test("PostgreSQL and Waybill make the same rows of a script", arguments: 0..<scripts)
    func sameRows(_ number: Int) throws {
        let space = try Workspace()
        let server = try PostgreSQLServer.shared.get()
        let script = Self.script()
        try space.write(script, to: "s.sql")
        let judge = try server.makeDatabase()
        try space.tool(["psql", judge, "-Xq", "-v", "ON_ERROR_STOP=1", "-f", space.file("s.sql")])
        let query = "SELECT id, a, b, c FROM t ORDER BY 1, 2, 3, 4"
        let expected = try PostgreSQLServer.rows(judge, query)
        for source in ["s.sql", "-"] {
            let url = try server.makeDatabase()
            let run = try space.run(
                [
                    "import", source, "--into", url, "--table", "t", "--types", "text", "--format", "sql",
                    "--chunk-size",
                    ["1", "2", "1000"].randomElement()!,
                ], input: source == "-" ? "s.sql" : nil)
            #expect(run.status == 0, "\(run.output) \(run.error) \(script)")
            let found = try PostgreSQLServer.rows(url, query.replacing("SELECT id", with: "SELECT id::int"))
            #expect(found == expected, "\(source): \(script)")
        }
    }
}

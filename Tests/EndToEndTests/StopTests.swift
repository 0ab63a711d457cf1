import Foundation
import Testing

/// A signal that comes before the first chunk.
@Suite struct StopTests {
    private static let tables = 100

    /// In SQLite they are made in one transaction, before which nobody sees them.
    @Test(arguments: [SIGTERM, SIGINT])
    func aSignalWhileTablesAreMadeStopsResumably(_ signal: Int32) throws {
        let space = try Workspace()
        let store = try Store(.postgres, in: space)
        let script = (0..<Self.tables).map { "INSERT INTO t\($0) (id, name) VALUES (1, 'a'), (\($0), 'b');\n" }
        try space.write(script.joined(), to: "many.sql")
        let run = try space.start(["import", "many.sql", "--into", store.into])
        while run.isRunning, (try? store.tables().contains { $0.hasPrefix("t") }) != true { usleep(1_000) }
        run.signal(signal)
        let end = run.wait()
        #expect(end.status == 4 && end.output.contains("interrupted: stopped by "), "\(end)")
        #expect(end.output.contains("waybill resume 1"))
        #expect(try store.tables().count { $0.hasPrefix("t") } < Self.tables)
        let status = try space.run("status 1 --json").json()
        #expect((status["records"] as? [String: Int])?["read"] == 0)

        let resumed = try space.run("resume 1")
        #expect(resumed.status == 0, "\(resumed)")
        let all = (0..<Self.tables).map { "SELECT \($0) AS t, id, name FROM t\($0)" }
        var rows: [String] = []
        for start in stride(from: 0, to: Self.tables, by: 100) {
            rows += try store.rows(all[start..<(start + 100)].joined(separator: " UNION ALL "))
        }
        #expect(rows.sorted() == (0..<Self.tables).flatMap { ["\($0)|1|a", "\($0)|\($0)|b"] }.sorted())
        #expect(try space.run("import many.sql --into \(store.into)").output.contains("Nothing was written"))
        #expect(try space.run("replay --check").status == 0)
    }
}

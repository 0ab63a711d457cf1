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
        #expect(try space.run("import many.sql --into \(store.into)").output.contains("many.sql skipped"))
        #expect(try space.run("replay --check").status == 0)
    }

    /// The second signal ends the program in the middle of a chunk: it says so, in a document where one was asked for.
    @Test(arguments: ["", "--json"]) func stoppedAtOnceItSaysHowToContinue(_ option: String) throws {
        let space = try Workspace()
        try space.write("id,v\n" + (0..<400_000).map { "\($0),x\n" }.joined(), to: "long.csv")
        let line = "import long.csv --into sqlite:a.db -t t --chunk-size 1000000 \(option)"
        let run = try space.start(line.split(separator: " ").map(String.init))
        while run.isRunning, (try? space.run("status 1").status) != 4 { usleep(1_000) }
        run.signal(SIGINT)
        while run.isRunning {
            usleep(20_000)
            run.signal(SIGINT)
        }
        let end = run.wait()
        #expect(end.status == 4, "\(end)")
        #expect(end.error.contains("Import 1 was stopped at once.\ncontinue: waybill resume 1\n"), "\(end)")
        if option.isEmpty {
            #expect(end.output.isEmpty)
        } else {
            let failure = try #require(try end.json()["error"] as? [String: String])
            #expect(failure["code"] == "interrupted" && failure["remedy"] == "continue: waybill resume 1", "\(end)")
        }
        #expect(try space.shell("waybill resume 1").status == 0)
        #expect(try Table.all(space.file("a.db"), "t").count == 400_000)
    }

    @Test func filesThatWereNotBegunAreInTheResult() throws {
        let space = try Workspace()
        for name in ["a", "b"] {
            try space.write("id,v\n" + (0..<200_000).map { "\($0),\(name)\n" }.joined(), to: "\(name).csv")
        }
        let line = "import a.csv b.csv --into sqlite:a.db -t t --chunk-size 1000"
        func stopped(_ option: String) throws -> Finished {
            let run = try space.start((line + option).split(separator: " ").map(String.init))
            while run.isRunning, (try? space.run("status 1").status) == 2 { usleep(1_000) }
            run.signal(SIGINT)
            return run.wait()
        }
        let json = try stopped(" --json")
        let results = try json.jsonArray()
        #expect(json.status == 4 && results.map { $0["state"] as? String } == ["interrupted", "not_begun"], "\(json)")
        #expect(results.last?["source"] as? String == "b.csv")
        #expect(try space.run(line).status == 0, "the same command does the rest")
        #expect(try Table.all(space.file("a.db"), "t").count == 400_000)
    }
}

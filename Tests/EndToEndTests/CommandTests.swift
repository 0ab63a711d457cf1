import Foundation
import Testing

@Suite struct CommandTests {
    private let space: Workspace

    init() throws { space = try Workspace() }

    private func importing(_ file: String, _ more: String = "") -> String {
        "import \(file) --into sqlite:shop.db \(more)"
    }

    @Test func aCleanImportSaysWhatBecameOfTheRecordsAndExitsWith0() throws {
        try space.write("sku,qty\nA,1\nB,2\n", to: "items.csv")
        let result = try space.run(importing("items.csv", "--key sku"))
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("import 1 succeeded in "))
        #expect(result.output.hasSuffix("\n  2 read: 2 inserted\n"))
        #expect(
            result.error == "import 1: items.csv into sqlite:\(realPath)/shop.db, table items (created)\n"
                + "  sku text, qty integer\n")
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A|1:1", "3:B|1:2"])
    }

    private var realPath: String {
        guard let resolved = realpath(space.path, nil) else { return space.path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    @Test func rejectsExitWith3AndAreToldWithPlaceReasonAndBytes() throws {
        try space.write("sku,qty\nA,1\nB,2,left over\nA,3\n", to: "items.csv")
        #expect(try space.run(importing("items.csv", "--key sku")).status == 3)
        let rejects = try space.run("rejects 1 --json").jsonArray()
        #expect(rejects.map { $0["code"] as? String } == ["field_count", "duplicate_key"])
        #expect(rejects.map { $0["line"] as? Int } == [3, 4])
        #expect(rejects.map { $0["record"] as? Int } == [2, 3])
        #expect(rejects.map { $0["byte_offset"] as? Int } == [12, 26])
        #expect(rejects.map { $0["raw"] as? String } == ["B,2,left over\n", "A,3\n"])
        #expect(rejects[1]["key"] as? String == "A")
        #expect(
            Set(rejects[0].keys) == [
                "import", "chunk", "section", "record", "line", "byte_offset", "field", "code", "message", "key", "raw",
            ])
    }

    @Test func statusAsJSONHasAllTheDesignAsksFor() throws {
        try space.write("sku,qty\nA,1\n", to: "items.csv")
        let imported = try space.run(importing("items.csv", "--json")).json()
        let status = try space.run("status 1 --json").json()
        #expect(NSDictionary(dictionary: imported) == NSDictionary(dictionary: status))
        let keys: Set = [
            "import", "state", "source", "destination", "table", "batch", "records", "chunks", "bytes", "percent",
            "records_per_second", "seconds_left", "started_at", "finished_at", "position",
        ]
        #expect(keys.isSubset(of: Set(status.keys)))
        #expect(status["seconds_left"] is NSNull, "what is not known is null")
        #expect(status["batch"] is NSNull)
        #expect((status["bytes"] as? [String: Int]) == ["done": 12, "total": 12])
    }

    @Test(arguments: [
        ("status 7", 2), ("resume 7", 2), ("rejects 7", 2), ("group status nope", 2), ("frobnicate", 2), ("import", 2),
        ("status seven", 2), ("log head --at 99", 2), ("status 1 --at 99", 2), ("log verify --head nonsense", 2),
        ("list --state nonsense", 2), ("list --since soon", 2), ("import items.csv --config no.yaml", 2),
        ("import items.csv --into mysql:x", 2),
        ("import items.csv --into sqlite:shop.db --mode upsert", 2),
        ("import items.csv --into sqlite:shop.db --types qty=money", 2),
        ("import items.csv --into sqlite:shop.db --types nope=integer", 2),
        ("import items.csv --into sqlite:shop.db --columns a,b,c", 2),
        ("import items.csv --into sqlite:shop.db --delimiter ab", 2),
        ("import items.csv --into sqlite:shop.db --max-rejects many", 2),
        ("import items.csv --into sqlite:shop.db --part 1", 2),
        ("import items.csv --into sqlite:shop.db --batch-id b --part 3 --total-parts 2", 2),
        ("import nowhere.csv --into sqlite:shop.db", 2), ("import . --into sqlite:shop.db", 1),
        ("import items.csv --into sqlite:no/where.db", 1),
    ])
    func whatIsNotPossibleIsSaidOnStandardErrorWithItsExitCode(_ line: String, _ code: Int32) throws {
        try space.write("sku,qty\nA,1\n", to: "items.csv")
        try #require(try space.run(importing("items.csv", "--table first")).status == 0)
        let result = try space.run(line)
        #expect(result.status == code, "\(result.output) \(result.error)")
        #expect(result.output.isEmpty)
        #expect(!result.error.isEmpty)
        #expect(try space.run("list --json").jsonArray().count == 1, "nothing was begun")
    }

    @Test func anErrorAsJSONIsOneDocumentWithItsRemedy() throws {
        try space.write("sku\nA\n", to: "items.csv")
        try #require(try space.run(importing("items.csv")).status == 0)
        let error = try space.run("status 7 --json").json()["error"] as? [String: String]
        #expect(error?["code"] == "not_found")
        #expect(error?["remedy"] == "To list the imports: waybill list")
        try space.run("import items.csv --into sqlite:other.db --log-dir other")
        let elsewhere = try space.run("status 7 --json --log-dir other").json()["error"] as? [String: String]
        #expect(elsewhere?["remedy"] == "To list the imports: waybill list --log-dir other")
    }

    @Test func severalSourcesOfABatchAreItsPartsOneAfterTheOther() throws {
        for part in 1...3 { try space.write("sku\nA\(part)\n", to: "p\(part).csv") }
        let result = try space.run(importing("p1.csv p2.csv p3.csv", "--table items --batch-id night --total-items 3"))
        #expect(result.status == 0)
        let group = try space.run("group status night --json")
        #expect(group.status == 0)
        #expect(try group.json()["state"] as? String == "complete")
        #expect(try group.json()["total_parts"] as? Int == 3)
        #expect(try Table.all(space.file("shop.db"), "items").count == 3)
    }

    @Test func aMissingPartIsToldByItsNumberWithExitCode4() throws {
        for part in [1, 2, 4] {
            try space.write("sku\nA\(part)\n", to: "p\(part).csv")
            #expect(
                try space.run(importing("p\(part).csv", "--table items --batch-id b --part \(part) --total-parts 4"))
                    .status
                    == 0)
        }
        let group = try space.run("group status b")
        #expect(group.status == 4)
        #expect(group.output.contains("missing  3\n"))
        #expect(try space.run("group status b --json").json()["missing_parts"] as? [Int] == [3])
        #expect(try space.run("group list --json").jsonArray().count == 1)
    }

    @Test func oneSourceThatFailsNeverStopsTheOthers() throws {
        try space.write("sku\nA\n", to: "a.csv")
        try space.write("sku\nC\n", to: "c.csv")
        let result = try space.run(importing("a.csv b.csv c.csv", "--table items"))
        #expect(result.status == 1)
        #expect(result.error.contains("b.csv"))
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A", "3:C"])
    }

    @Test func theTableIsNamedLikeTheSourceWithoutItsLastEnding() throws {
        for name in ["sales.2024.csv", "sales.2025.csv", ".hidden"] { try space.write("sku\nA\n", to: name) }
        try FileManager.default.createSymbolicLink(
            atPath: space.file("current.csv"), withDestinationPath: space.file("sales.2025.csv"))
        for file in ["sales.2024.csv", "sales.2025.csv", ".hidden", "current.csv"] {
            #expect(try space.run(importing(file)).status == 0)
        }
        let tables = try space.run("list --json").jsonArray().compactMap { $0["table"] as? String }
        #expect(tables == ["current", ".hidden", "sales.2025", "sales.2024"])
    }

    @Test func aClosedStandardErrorPutsNoMessageIntoTheLog() throws {
        try space.write("sku\nA\n", to: "items.csv")
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "\(Running.binary) import items.csv --into sqlite:shop.db <&- >&- 2>&-"]
        shell.currentDirectoryURL = URL(fileURLWithPath: space.path)
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
        for file in ["data.mdb", "lock.mdb"] {
            #expect(!String(decoding: try space.read(".waybill/\(file)"), as: UTF8.self).contains("import 1"))
        }
    }

    @Test func aResultThatCannotBeWrittenIsAFailure() throws {
        try space.write("sku\nA\n", to: "items.csv")
        #expect(try space.run(importing("items.csv")).status == 0)
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "\(Running.binary) rejects 1 --json >/dev/full"]
        shell.currentDirectoryURL = URL(fileURLWithPath: space.path)
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 1)
    }

    @Test func onErrorAbortEndsAfterTheChunkWithTheFirstReject() throws {
        try space.write("sku\nA\nB,x\nC\nD\n", to: "items.csv")
        let result = try space.run(importing("items.csv", "--chunk-size 2 --on-error abort"))
        #expect(result.status == 1)
        #expect(result.output.contains("waybill resume 1 --on-error continue"))
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A"])
        #expect(try space.run("resume 1 --on-error continue").status == 3)
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A", "3:C", "3:D"])
    }

    @Test(arguments: [("1", 1), ("2", 3), ("50%", 3), ("10%", 1)])
    func maxRejectsIsANumberOrAShare(_ limit: String, _ code: Int32) throws {
        try space.write("sku\nA\nB,x\nC,x\nD\n", to: "items.csv")
        let result = try space.run(importing("items.csv", "--max-rejects \(limit)"))
        #expect(result.status == code, "\(result.output)")
    }

    @Test func aSignalFinishesTheChunkAndStopsResumably() throws {
        try space.generate(100_000)
        let run = try space.start(
            importing("catalogue-1.csv", "--table catalogue --key sku --chunk-size 50").split(separator: " ").map(
                String.init))
        while run.isRunning, try space.run("status 1").status == 2 { usleep(1_000) }
        run.signal(SIGTERM)
        let end = run.wait()
        #expect(end.status == 4, "\(end.output) \(end.error)")
        let status = try space.run("status 1 --json").json()
        #expect(status["state"] as? String == "interrupted")
        #expect(status["reason"] as? String == "stopped by SIGTERM")
        #expect(try space.run("resume 1").status == 0)
        #expect(try Table.all(space.file("shop.db")).count == 100_000)
    }

    @Test func statusAtAPositionIsThatOfThen() throws {
        try space.generate(1_000, bad: 5)
        #expect(try space.run(importing("catalogue-1.csv", "--key sku --chunk-size 100")).status == 3)
        let events = try space.run("log show --import 1 --json").jsonArray()
        var read = 0
        for event in events {
            if event["type"] as? String == "ChunkCommitted" { read += 100 }
            let position = try #require(event["position"] as? Int)
            let status = try space.run("status 1 --json --at \(position)").json()
            #expect((status["records"] as? [String: Int])?["read"] == read)
            #expect(status["position"] as? Int == position)
        }
        #expect(read == 1_000)
    }

    @Test func theSameNumbersGenerateTheSameBytes() throws {
        try FileManager.default.createDirectory(atPath: space.file("again"), withIntermediateDirectories: true)
        #expect(try space.run("generate --records 500 --parts 3 --bad 10 --seed 9").status == 0)
        #expect(try space.run("generate --records 500 --parts 3 --bad 10 --seed 9 --output again").status == 0)
        for part in 1...3 {
            #expect(try space.read("catalogue-\(part).csv") == space.read("again/catalogue-\(part).csv"))
        }
        #expect(try space.run("generate --records 5").status == 1, "what is there is not overwritten")
    }

    @Test func theDemoTellsItsStory() throws {
        // A log of the user's above the demo's directory is not touched.
        try space.write("a\n1\n", to: "own.csv")
        #expect(try space.run("import own.csv --into sqlite:own.db").status == 0)
        defer { #expect((try? space.run("list --json").jsonArray().count) == 1) }
        let demo = try space.run(["demo"], environment: ["TMPDIR": space.path])
        #expect(demo.status == 0, "\(demo.output) \(demo.error)")
        for line in ["missing  3", "The log is intact", "byte for byte", "The views match"] {
            #expect(demo.output.contains(line))
        }
    }

    @Test func theSameBytesAsAPartOfABatchCountAsDeliveredAndWriteNothing() throws {
        try space.write("sku\nA\n", to: "a.csv")
        let first = importing("a.csv", "--table items --batch-id b --part 1 --total-parts 1")
        #expect(try space.run(first).status == 0)
        let again = try space.run(first + " --json")
        #expect(again.status == 0)
        #expect(try again.json()["skipped"] as? Bool == true)
        let group = try space.run("group status b --json").json()
        #expect(group["repeated_parts"] as? [Int] == [1])
        #expect(group["imports"] as? [Int] == [1, 2])
        #expect(try space.run(importing("a.csv", "--table items --batch-id c --part 1 --total-parts 1")).status == 0)
        #expect(try space.run("group status c").status == 0)
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A"])
    }

    /// Two shops sold the same: their parts are two deliveries, and the second one is not a repetition of the first.
    @Test func twoPartsOfABatchWithTheSameBytesAreBothImported() throws {
        let options = "--into sqlite:shop.db --table items --batch-id b --total-parts 2 --part 1"
        for name in ["a.csv", "b.csv"] { try space.write("sku\nA\n", to: name) }
        #expect(try space.run("import a.csv b.csv \(options)").status == 0)
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A", "3:A"])
        #expect(try space.run("import a.csv b.csv \(options)").status == 0)
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:A", "3:A"])
        #expect(try space.run("group status b --json").json()["repeated_parts"] as? [Int] == [1, 2])
    }

    @Test func theSameBytesReadInAnotherWayAreNotCalledImported() throws {
        try space.write("id,v\n1,a\n2,b\n", to: "q.csv")
        #expect(try space.run(importing("q.csv", "--set day=1")).status == 0)
        for options in ["--set day=2", "--set day=1 --no-header", "--set day=1 --null a"] {
            let result = try space.run(importing("q.csv", options))
            #expect(
                result.status == 1 && result.error.contains("waybill rollback 1"), "\(result.output) \(result.error)")
        }
        #expect(try space.run(importing("q.csv", "--set day=1")).status == 0)
        #expect(try space.run(importing("q.csv", "--set day=2 --force")).status == 0)
    }

    /// A trial's rows would be there twice.
    @Test func aWholeSourceIsNotImportedBesideATrial() throws {
        try space.write("id,v\n1,a\n2,b\n3,c\n", to: "l.csv")
        try space.write(#"{"a": [{"id": 1}, {"id": 2}], "b": [{"id": 3}]}"#, to: "l.json")
        for (file, trial, rows) in [("l.csv", "--limit 2", 3), ("l.json", "--section a", 2)] {
            let trial = try space.run(importing(file, trial)).status
            #expect(trial == 0)
            let result = try space.run(importing(file))
            #expect(
                result.status == 1 && result.error.contains("in the table twice"), "\(result.output) \(result.error)")
            #expect(try space.run("rollback \(file == "l.csv" ? 1 : 3) --yes").status == 0)
            #expect(try space.run(importing(file)).status == 0)
            #expect(try Table.all(space.file("shop.db"), file == "l.csv" ? "l" : "a").count == rows)
        }
    }

    @Test func aSourceOfWhichNothingWasUsedMayBeImportedInAnotherWay() throws {
        try Data([0x61, 0x0A, 0xE9, 0x0A]).write(to: URL(fileURLWithPath: space.file("l1.csv")))
        #expect(try space.run(importing("l1.csv")).status == 1)
        #expect(try space.run(importing("l1.csv", "--encoding latin1")).status == 0)
        #expect(try Table.all(space.file("shop.db"), "l1") == ["3:é"])
    }

    @Test func aLimitThatWasPassedIsNotPassedFurtherByTryingAgain() throws {
        try space.write("sku\nA,x\nB\nC\nD\n", to: "items.csv")
        let limited = importing("items.csv", "--chunk-size 2 --max-rejects 0")
        for _ in 1...3 {
            let result = try space.run(limited)
            #expect(result.status == 1)
            #expect(result.output.contains("1 record rejected; max_rejects is 0 (set by"))
            #expect(try Table.all(space.file("shop.db"), "items") == ["3:B"])
        }
        #expect(try space.run("resume 1").status == 1)
        #expect(try space.run("resume 1 --max-rejects 5").status == 3)
        #expect(try Table.all(space.file("shop.db"), "items") == ["3:B", "3:C", "3:D"])
    }

    @Test func aCancelledImportIsNotGoneOnWith() throws {
        try space.write("sku\nA,x\nB\n", to: "items.csv")
        #expect(try space.run(importing("items.csv", "--chunk-size 1 --on-error abort")).status == 1)
        #expect(try space.run("cancel 1").status == 0)
        #expect(try space.run("status 1 --json").json()["state"] as? String == "cancelled")
        #expect(try space.run("resume 1").status == 2)
        #expect(try space.run("cancel 1").status == 2)
        #expect(try space.run(importing("items.csv")).status == 3, "it is imported anew")
    }

    @Test func severalSourcesAsJSONAreAListWithTheErrorsAmongThem() throws {
        try space.write("sku\nA\n", to: "a.csv")
        let results = try space.run(importing("a.csv b.csv", "--table items --json")).jsonArray()
        #expect(results.count == 2)
        #expect(results[0]["state"] as? String == "succeeded")
        #expect((results[1]["error"] as? [String: Any])?["code"] as? String == "not_found")
        #expect(results[1]["source"] as? String == "b.csv")
    }

    @Test(arguments: ["import --json", "status seven --json", "frobnicate --json"])
    func wrongUsageAsJSONIsOneDocument(_ line: String) throws {
        let result = try space.run(line)
        #expect(result.status == 2)
        #expect((try result.json()["error"] as? [String: String])?["code"] == "usage")
    }
}

import Foundation
import Testing

/// Any kill and resume must end as an import that nobody disturbed, whatever the source is.
@Suite struct SourceKillTests {
    let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write(SourceKind.configuration, to: "waybill.yaml")
    }

    private func importing(_ source: String, into database: String, log: String) -> [String] {
        ["import", source, "--profile", "all", "--into", "sqlite:\(database)", "--log-dir", log, "--chunk-size", "250"]
            + (source == "-" ? ["--table", "streamed"] : [])
    }

    /// Imports undisturbed, then with crashes at a named step, and compares.
    private func check(_ source: String, input: String? = nil, _ point: String) throws {
        let whole = try space.run(importing(source, into: "whole.db", log: "whole") + ["--json"], input: input)
        try #require(whole.status == 0 || whole.status == 3, "\(whole.error)")
        let expected = try whole.json()
        let tables = try Table.tables(space.file("whole.db"))
        let chunks = try #require((expected["chunks"] as? [String: Int])?["committed"])
        // The log appends several chunks at once, so that its own steps are fewer.
        for count in point == "after-destination-commit" ? Set([1, chunks / 2, chunks]) : [1, chunks / 5] {
            let (database, log) = ("\(count).db", "log-\(count)")
            let crashing = ["WAYBILL_FAULT": "\(point):\(count)"]
            let again = importing(source, into: database, log: log)
            let crashed = try space.run(again, environment: crashing, input: input)
            #expect(crashed.status == -SIGKILL, "\(point):\(count) \(crashed.error)")
            // Where the crash came before the submission, resume does not know the import, but the command does.
            let resumed = try space.run(
                ["resume", "1", "--log-dir", log, "--chunk-size", "170"], environment: ["WAYBILL_FAULT": "\(point):3"],
                input: input)
            if resumed.status != 0 && resumed.status != 3 {
                let last = try space.run(again, input: input)
                #expect(last.status == whole.status, "\(point):\(count) \(last.error)")
            }
            let status = try space.run("status 1 --json --log-dir \(log)").json()
            #expect(status["records"] as? [String: Int] == expected["records"] as? [String: Int])
            #expect(status["sections"] as? NSArray == expected["sections"] as? NSArray)
            #expect(try Table.tables(space.file(database)) == tables)
            for table in tables {
                expectSame(try Table.all(space.file(database), table), try Table.all(space.file("whole.db"), table))
            }
            #expect(try space.run("log verify --log-dir \(log)").status == 0)
            #expect(try space.run("replay --check --log-dir \(log)").status == 0)
        }
    }

    @Test(arguments: SourceKind.allCases)
    func aSourceOfAnyKindIsGoneOnWithAtTheExactPlace(_ kind: SourceKind) throws {
        try kind.make(in: space)
        try check(kind.rawValue, "after-destination-commit")
    }

    @Test(arguments: ["before-destination-commit", "before-fold", "after-log-commit"])
    func anArchiveIsGoneOnWithAfterACrashAtAnyStep(_ point: String) throws {
        try SourceKind.zip.make(in: space)
        try check(SourceKind.zip.rawValue, point)
    }

    /// Parts are numbered through all sections, and by what is in the source alone.
    @Test(arguments: [SourceKind.gzip, .zip, .sheets])
    func aPackedSourceThatIsSplitHasTheSamePartsAfterACrash(_ kind: SourceKind) throws {
        try kind.make(in: space)
        func split(_ database: String, _ log: String) -> [String] {
            importing(kind.rawValue, into: database, log: log)
                + ["--max-records", "700", "--on-max-records", "split"]
        }
        /// Each part's number, and what came of its records.
        func parts(_ log: String) throws -> NSArray {
            try space.run("list --json --log-dir \(log)").jsonArray().reversed().map { part in
                ["batch", "records", "state"].map { part[$0] ?? "" }
            } as NSArray
        }
        let whole = try space.run(importing(kind.rawValue, into: "whole.db", log: "whole") + ["--json"])
        let read = try #require((try whole.json()["records"] as? [String: Int])?["read"])
        #expect(try space.run(split("parts.db", "parts")).status == whole.status)
        let expected = try parts("parts")
        #expect(expected.count > read / 700)
        for count in [2, 5] {
            let (database, log) = ("\(count).db", "log-\(count)")
            let crash = ["WAYBILL_FAULT": "after-destination-commit:\(count)"]
            #expect(try space.run(split(database, log), environment: crash).status == -SIGKILL)
            let again = try space.run(split(database, log))
            #expect(again.status == whole.status, "\(again.error)")
            #expect(try parts(log) == expected)
            for table in try Table.tables(space.file("whole.db")) {
                expectSame(try Table.all(space.file(database), table), try Table.all(space.file("whole.db"), table))
            }
        }
    }

    @Test(arguments: [SourceKind.gzip, .zip, .sheets])
    func aLimitOfRecordsHoldsForPackedSourcesToo(_ kind: SourceKind) throws {
        try kind.make(in: space)
        for limit in ["max_records", "force_records"] {
            let environment = ["WAYBILL_" + limit.uppercased(): "1400"]
            let refused = try space.run(importing(kind.rawValue, into: "shop.db", log: "l"), environment: environment)
            #expect(refused.status == 2)
            #expect(refused.error.contains("\(limit) is 1400 (set by WAYBILL_"), "\(refused.error)")
            #expect(!FileManager.default.fileExists(atPath: space.file("shop.db")))
        }
        let warned = try space.run(
            importing(kind.rawValue, into: "shop.db", log: "l"), environment: ["WAYBILL_WARN_RECORDS": "1400"])
        #expect(warned.error.contains("warn_records is 1400"), "\(warned.error)")
    }

    @Test(arguments: [SourceKind.lines, .gzip, .json])
    func standardInputIsGoneOnWithWhenItIsFedTheSameBytesAgain(_ kind: SourceKind) throws {
        try kind.make(in: space)
        try check("-", input: kind.rawValue, "before-fold")
    }

    @Test func standardInputThatIsFedOtherBytesIsRefusedAndNothingIsChanged() throws {
        try SourceKind.lines.make(in: space)
        let again = importing("-", into: "shop.db", log: ".waybill")
        let crash = ["WAYBILL_FAULT": "after-destination-commit:4"]
        #expect(try space.run(again, environment: crash, input: "c.ndjson").status == -SIGKILL)
        let rows = try Table.all(space.file("shop.db"), "streamed")
        var bytes = try space.read("c.ndjson")
        bytes[700] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: space.file("other.ndjson")))
        for command in [["resume", "1"], again] {
            let refused = try space.run(command, input: "other.ndjson")
            #expect(refused.status == 1)
            #expect(refused.error.contains("standard input has changed"), "\(refused.error)")
            #expect(refused.error.contains("waybill cancel 1"), "\(refused.error)")
            #expect(try Table.all(space.file("shop.db"), "streamed") == rows)
        }
        #expect(try space.run("cancel 1").status == 0)
        #expect(try space.run(again, input: "other.ndjson").status == 3, "a new import")
    }

    @Test(arguments: [SourceKind.zip, .sheets, .gzip, .sections])
    func aPackedSourceThatChangedIsRefused(_ kind: SourceKind) throws {
        try kind.make(in: space)
        let again = importing(kind.rawValue, into: "shop.db", log: ".waybill")
        let crash = ["WAYBILL_FAULT": "after-destination-commit:4"]
        #expect(try space.run(again, environment: crash).status == -SIGKILL)
        var bytes = try space.read(kind.rawValue)
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: space.file(kind.rawValue)))
        let refused = try space.run("resume 1")
        #expect(refused.status == 1)
        #expect(refused.error.contains("has changed"), "\(refused.error)")
    }
}

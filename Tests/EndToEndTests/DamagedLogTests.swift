import EventLogTestSupport
import Foundation
import Testing

/// A log's data file that was cut off or written over: every command ends, and says in words what is wrong.
@Suite struct DamagedLogTests {
    private let space: Workspace
    private let whole: Data
    private static let page = 4096
    private static let commands = [
        "log verify", "list", "status 1", "replay --check", "import items.csv --into sqlite:new.db",
    ]

    init() throws {
        space = try Workspace()
        let rows = (1...400).map { "\($0),name \($0)\n" }.joined()
        try space.write("id,name\n" + rows + "bad\n", to: "items.csv")
        for table in ["a", "b"] {
            let result = try space.run(
                "import items.csv --into sqlite:shop.db --table \(table) --chunk-size 20 --log-dir whole")
            try #require(result.status == 3)
        }
        whole = try Data(contentsOf: URL(fileURLWithPath: space.file("whole/data.mdb")))
    }

    /// Runs every command on a log of these bytes; gives back how `log verify` ended.
    private func expectSentences(_ bytes: Data, _ damage: String) throws -> Int32 {
        var verified: Int32 = 0
        for command in Self.commands {
            try? FileManager.default.removeItem(atPath: space.file("log"))
            try FileManager.default.createDirectory(atPath: space.file("log"), withIntermediateDirectories: true)
            try bytes.write(to: URL(fileURLWithPath: space.file("log/data.mdb")))
            let result = try space.run(command + " --log-dir log")
            #expect((0...4).contains(result.status), "\(command), \(damage): \(result.status)")
            if result.status == 1 {
                #expect(
                    result.error.contains(".\n") || result.output.contains("is damaged at position")
                        || result.output.contains("different: "),
                    "\(command), \(damage): \(result.error)")
            }
            if command == "log verify" {
                verified = result.status
                #expect(
                    result.output.contains(verified == 0 ? "The log is intact" : "The log is damaged at position"),
                    "\(damage): \(result.error)")
            }
        }
        return verified
    }

    @Test func aDataFileThatWasCutAnywhereIsToldInWords() throws {
        for cut in stride(from: 0, to: whole.count, by: Self.page * 5 / 2) {
            #expect(try expectSentences(whole.prefix(cut), "cut at \(cut)") != 0)
        }
    }

    @Test func noNewLogBeginsWhereOneWas() throws {
        try Data().write(to: URL(fileURLWithPath: space.file("whole/data.mdb")))
        for command in Self.commands {
            let result = try space.run(command + " --log-dir whole")
            let said = result.output + result.error
            #expect(result.status == 1 && said.contains("its data.mdb is empty"), "\(command): \(said)")
        }
        // One that was killed before it began is no log yet.
        try FileManager.default.createDirectory(atPath: space.file("log"), withIntermediateDirectories: true)
        try space.write("", to: "log/data.mdb")
        #expect(try space.run("import items.csv --into sqlite:new.db --log-dir log").status == 3)
    }

    @Test func theFileThatWasCutIsNamedAsJSONToo() throws {
        try FileManager.default.createDirectory(atPath: space.file("log"), withIntermediateDirectories: true)
        try whole.prefix(Self.page * 3).write(to: URL(fileURLWithPath: space.file("log/data.mdb")))
        let result = try space.run("list --log-dir log --json")
        #expect(result.status == 1)
        let failure = try #require(try result.json()["error"] as? [String: String])
        #expect(failure["code"] == "corrupted")
        #expect(
            failure["message"]?.hasSuffix(
                "/log/data.mdb can no longer be read: it was truncated, or its disk is full or failing.") == true)
    }

    @Test func pagesThatWereWrittenOverAreToldInWords() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<20 {
            var bytes = whole
            let place = Int.random(in: 0..<bytes.count / Self.page, using: &generator) * Self.page
            let length = Bool.random(using: &generator) ? Self.page : Int.random(in: 1...64, using: &generator)
            let fill = Bool.random(using: &generator) ? 0 : UInt8.random(in: 0...255, using: &generator)
            bytes.replaceSubrange(place..<place + length, with: Data(repeating: fill, count: length))
            _ = try expectSentences(bytes, "\(length) bytes of \(fill) at \(place)")
        }
    }
}

import Foundation
import PostgreSQLTestSupport
import Testing

/// A command is killed before each of its operations in turn: each write, synchronisation, cut, removal and renaming of a
/// file, and each message to a server. The command that the manual names then ends the work as if nothing had happened.
///
/// `WAYBILL_EVERY=1` takes each operation, another number every so many-th one.
@Suite(.serialized) struct EveryOperationTests {
    struct Work: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What was done before; `INTO` stands for the destination.
        var before: [String] = []
        /// What is killed.
        let command: String
        /// What ends the work; the same command where nothing else is said.
        var finish: [String] = []

        init(_ name: String, before: [String] = [], _ command: String, finish: [String] = []) {
            testDescription = name
            self.before = before
            self.command = command
            self.finish = finish
        }
    }

    private static let first = "import a.csv --into INTO --table t --key k --chunk-size 2"
    private static let second = "import b.csv --into INTO --table t --key k --mode upsert --chunk-size 2"
    private static let text = "import w.csv --into INTO --table t --key k --mode upsert --chunk-size 2"
    private static let versioned = "import h.csv --into INTO --table h --key k --mode versioned"
    private static let split = versioned + " --max-batch-size 2 --on-max-batch-size split"
    private static let batch = "--batch-id B --part 1 --total-parts 1 --config closing.yaml"

    static let works = [
        Work("insert", first),
        Work("upsert", before: [first], second),
        Work("a column that is widened", before: [first], text),
        Work("versioned", before: [versioned], "import i.csv --into INTO --table h --key k --mode versioned"),
        Work("versioned with split", split),
        Work("delete", before: [first], "import d.csv --into INTO --table t --key k --mode delete"),
        Work(
            "delete with marks", before: [first],
            "import d.csv --into INTO --table t --key k --mode delete --mark-deleted gone=1"),
        Work("bytes that are there", before: [second], "\(second) --batch-id C --part 1 --total-parts 1"),
        Work("closing SQL", before: [first], "\(second) \(batch)"),
        Work("rollback", before: [first, second], "rollback 2 --yes --into INTO"),
        Work("rollback of several", before: [first, second, text], "rollback 1 2 3 --yes --into INTO"),
        Work("restore", before: [first, second, "rollback 2 --yes"], "backup restore NEWEST --yes"),
        Work(
            "restore of an older backup", before: [first, second, text, "rollback 3 --yes", "rollback 2 --yes"],
            "backup restore OLDEST --yes"),
        Work(
            "resubmit", before: ["\(text) --types v=integer", "errors 1 --output mended.csv"], "resubmit 1 mended.csv"),
        Work("replay", before: [first, second], "replay"),
    ]

    private static let every = ProcessInfo.processInfo.environment["WAYBILL_EVERY"].flatMap(Int.init) ?? 40

    private static let library = Result {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Support/kill.c")
        let path = NSTemporaryDirectory() + "waybill-kill-\(ProcessInfo.processInfo.processIdentifier).so"
        try Workspace().tool("cc", "-shared", "-fPIC", "-O2", "-o", path, source.path, "-ldl")
        return path
    }

    private func makeSources(in space: Workspace) throws {
        try space.write("k,v\n1,10\n2,20\n3,30\n4,40\n5,50\n", to: "a.csv")
        try space.write("k,v\n2,21\n6,60\n4,41\n7,70\n", to: "b.csv")
        try space.write("k,v\n3,31\n8,abc\n9,90\n", to: "w.csv")
        try space.write("k\n2\n4\n9\n", to: "d.csv")
        try space.write("k,v\na,1\nb,1\na,2\nb,2\na,3\n", to: "h.csv")
        try space.write("k,v\na,9\nc,1\n", to: "i.csv")
        try space.write(
            "sources:\n  all:\n    match: \"*.csv\"\n    finalize: [\"UPDATE t SET v = v + 1000\"]\n",
            to: "closing.yaml")
    }

    /// Everything that a command leaves: the tables with their definitions, and the log's story.
    private func traces(_ space: Workspace, _ store: Store) throws -> [String] {
        var traces: [String] = []
        for table in try store.tables() {
            let rows = try store.all(table)
            traces.append("\(table): \(try store.definition(of: table))")
            traces += rows.map { "\(table) \($0)" }
        }
        // What only repeats is one more delivery each time, and finds its rows there or is not read at all.
        for status in try space.run("list --json").jsonArray().reversed() {
            let records = status["records"] as? [String: Int] ?? [:]
            let isOfUse = ["inserted", "updated", "rejected"].contains { records[$0] != 0 }
            guard isOfUse || status["state"] as? String != "succeeded" else { continue }
            traces.append(
                "\(status["import"] ?? "") \(status["state"] ?? "") \(records.sorted { $0.key < $1.key }) mended \(status["mended"] ?? "")"
            )
        }
        for group in try space.run("group list --json").jsonArray() where group["batch_id"] as? String == "B" {
            traces.append("B \(group["state"] ?? "") \(group["finalized"] ?? "")")
        }
        // Times differ; their order does not.
        let time = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00)?/
        let times = Set(traces.flatMap { $0.matches(of: time).map { String($0.output.0) } }).sorted()
        return traces.map { line in
            line.replacing(time) { match in "time \(times.firstIndex(of: String(match.output.0)) ?? -1)" }
        }.sorted()
    }

    private func words(_ line: String, _ space: Workspace, _ store: Store) throws -> [String] {
        let backups = line.contains("EST ") ? try space.run("backup list --json").jsonArray() : []
        let names = backups.compactMap { $0["name"] as? String }.filter { !$0.hasSuffix("-restore") }
        return line.split(separator: " ").map { word in
            switch word {
            case "INTO": store.into
            case "NEWEST": names.first ?? ""
            case "OLDEST": names.last ?? ""
            default: String(word)
            }
        }
    }

    @Test(arguments: Store.Kind.allCases, works)
    func killedBeforeEachOperationItEndsAsIfNothingHadHappened(_ kind: Store.Kind, _ work: Work) throws {
        let (space, saved) = (try Workspace(), try Workspace())
        try makeSources(in: space)
        let store = try Store(kind, in: space)
        for line in work.before { _ = try space.run(words(line, space, store)) }
        try saved.tool("cp", "-a", space.path + "/.", saved.path)
        try store.keep()

        /// Has all as it was before; the log names the database by its address, so that it is the same place each time.
        func begin() throws {
            try space.tool("find", space.path, "-mindepth", "1", "-delete")
            try saved.tool("cp", "-a", saved.path + "/.", space.path)
            try store.bringBack()
        }
        let library = try Self.library.get()
        try begin()
        let end = try space.run(
            words(work.command, space, store),
            environment: ["LD_PRELOAD": library, "KILL_COUNT": saved.file("count")])
        try #require([0, 3].contains(end.status), "\(end.output) \(end.error)")
        let expected = try traces(space, store)
        let count = try #require(Int(String(decoding: saved.read("count"), as: UTF8.self)))
        try #require(count > 0)

        for operation in stride(from: (min(count, Self.every) + 1) / 2, through: count, by: Self.every) {
            try begin()
            let killed = try space.run(
                words(work.command, space, store),
                environment: ["LD_PRELOAD": library, "KILL_AT": "\(operation)"])
            let finish = work.finish.isEmpty ? [work.command] : work.finish
            var said = "killed (\(killed.status)) at \(operation) of \(count)\n"
            for line in finish {
                let finished = try space.run(words(line, space, store))
                said += "\(line): \(finished.status)\n\(finished.output)\(finished.error)"
            }
            let found = try traces(space, store)
            if found != expected {
                let (more, less) = (found.filter { !expected.contains($0) }, expected.filter { !found.contains($0) })
                Issue.record("\(kind), \(work.testDescription): \(said)\nfound \(more)\nexpected \(less)")
            }
            let check = try space.run("replay --check")
            #expect(check.status == 0, "\(said)\(check.output)\(check.error)")
            #expect(try space.run("log verify").status == 0, "\(said)")
        }
    }
}

import Foundation
import PostgreSQLTestSupport
import Testing

/// A command is killed before each of its operations in turn: each write, synchronisation, cut, removal and renaming of a
/// file, and each message to a server. The command that the manual names then ends the work as if nothing had happened.
///
/// `WAYBILL_EVERY=1` takes each operation, another number every so many-th one, of all works on both databases; without it,
/// works take turns with the databases, and four operations of each are taken. `WAYBILL_EVERY_WORK` takes only works whose
/// names have this in them, `sqlite` or `postgres` before it and a colon those of one database: `postgres:rollback`.
@Suite(.serialized) struct EveryOperationTests {
    private static let given = ProcessInfo.processInfo.environment["WAYBILL_EVERY"].flatMap(Int.init)
    /// How many operations of a work are taken where nothing else is said.
    private static let share = 4

    static let cases: [(Store.Kind, KilledWork)] = {
        let all = KilledWork.all.enumerated().flatMap { place, work in
            Store.Kind.allCases.enumerated().filter { given != nil || $0.offset == place % 2 }.map {
                ($0.element, work)
            }
        }
        guard let wanted = ProcessInfo.processInfo.environment["WAYBILL_EVERY_WORK"] else { return all }
        return all.filter { kind, work in "\(kind):\(work.testDescription)".contains(wanted) }
    }()

    /// Everything that commands leave: the tables with their definitions, the ledger, and the log's story.
    private func traces(_ space: Workspace, _ store: Store) throws -> [String] {
        var traces = try store.ledger()
        for table in try store.tables() {
            let rows = try store.all(table)
            traces.append("\(table): \(try store.definition(of: table))")
            traces += rows.map { "\(table) \($0)" }
        }
        // A delivery that finds its rows there reads nothing, and is noted again each time.
        for status in try space.run("list --json").jsonArray().reversed() {
            let records = status["records"] as? [String: Int] ?? [:]
            if status["state"] as? String == "succeeded", records.values.allSatisfy({ $0 == 0 }) { continue }
            traces.append(
                "\(status["import"] ?? "") \(status["state"] ?? "") \(records.sorted { $0.key < $1.key }) mended \(status["mended"] ?? "")"
            )
        }
        for group in try space.run("group list --json").jsonArray() where group["batch_id"] as? String == "B" {
            traces.append("B \(group["state"] ?? "") \(group["finalized"] ?? "")")
        }
        return withoutTimes(traces)
    }

    /// Runs a command of `KilledWork`.
    @discardableResult
    private func run(
        _ line: String, _ space: Workspace, _ store: Store, environment: [String: String] = [:]
    ) throws -> Finished {
        if line.hasPrefix("SQL ") {
            try store.execute(String(line.dropFirst(4)))
            return Finished(status: 0, output: "", error: "")
        }
        return try space.run(words(line, space, store), environment: environment)
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

    /// The rows, whether all imports can be undone still, and to what.
    private func takenBack(_ space: Workspace, _ store: Store) throws -> [String] {
        let said = try space.run("rollback --all --yes --no-backup --into \(store.into)")
        return try ["rollback of all \(said.status)"] + traces(space, store)
    }

    @Test(arguments: cases)
    func killedBeforeEachOperationItEndsAsIfNothingHadHappened(_ kind: Store.Kind, _ work: KilledWork) throws {
        let (space, saved) = (try Workspace(), try Workspace())
        try KilledWork.makeSources(in: space)
        let store = try Store(kind, in: space)
        for line in work.before { try run(line, space, store) }
        try saved.tool("cp", "-a", space.path + "/.", saved.path)
        try store.keep()

        /// Has all as it was before; the log names the database by its address, so that it is the same place each time.
        func begin() throws {
            try space.tool("find", space.path, "-mindepth", "1", "-delete")
            try saved.tool("cp", "-a", saved.path + "/.", space.path)
            try store.bringBack()
        }
        let library = try Killer.library.get()
        try begin()
        let end = try run(
            work.command, space, store, environment: ["LD_PRELOAD": library, "KILL_COUNT": saved.file("count")])
        try #require([0, 3].contains(end.status), "\(end.output) \(end.error)")
        for line in work.afterwards { try run(line, space, store) }
        let expected = try traces(space, store)
        let expectedBack = try takenBack(space, store)
        let count = try #require(Int(String(decoding: saved.read("count"), as: UTF8.self)))
        try #require(count > 0)

        let every = Self.given ?? max(1, count / Self.share)
        for operation in stride(from: (min(count, every) + 1) / 2, through: count, by: every) {
            try begin()
            let killed = try run(
                work.command, space, store, environment: ["LD_PRELOAD": library, "KILL_AT": "\(operation)"])
            var said = "\(kind), \(work.testDescription), killed (\(killed.status)) at \(operation) of \(count)\n"
            for line in (work.finish.isEmpty ? [work.command] : work.finish) + work.afterwards {
                let finished = try run(line, space, store)
                said += "\(line): \(finished.status)\n\(finished.output)\(finished.error)"
            }
            compare(try traces(space, store), expected, said)
            let check = try space.run("replay --check")
            #expect(check.status == 0, "\(said)\(check.output)\(check.error)")
            #expect(try space.run("log verify").status == 0, "\(said)")
            compare(try takenBack(space, store), expectedBack, said)
        }
    }

    private func compare(_ found: [String], _ expected: [String], _ said: String) {
        if found == expected { return }
        let (more, less) = (found.filter { !expected.contains($0) }, expected.filter { !found.contains($0) })
        Issue.record("\(said)\nfound \(more)\nexpected \(less)\n\(found.count) and \(expected.count)")
    }
}

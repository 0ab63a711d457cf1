import Foundation
import Testing

/// Databases and logs that were restored from copies, by others than Waybill.
@Suite struct OlderCopyTests {
    private let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("k,v\n1,A\n2,A\n", to: "a.csv")
        try space.write("k,v\n11,B\n12,B\n", to: "b.csv")
    }

    private func importing(_ file: String, _ store: Store, _ more: [String] = []) throws -> Finished {
        try space.run(["import", file, "--into", store.into, "--table", "t"] + more)
    }

    private func state(_ id: Int) throws -> String? {
        try space.run("status \(id) --json").json()["state"] as? String
    }

    /// A database with import 1, which was rolled back before a copy of the database was restored.
    private func restored(_ kind: Store.Kind, _ more: [String]) throws -> Store {
        let store = try Store(kind, in: space)
        try #require(try importing("a.csv", store, more).status == 0)
        if kind == .sqlite { try space.copyDatabase("shop.db", to: "kept.db") }
        try store.keep()
        try #require(try space.run("rollback 1 --yes").status == 0)
        try #require(try store.all("t").isEmpty && state(1) == "rolled_back")
        if kind == .sqlite { try space.copyDatabase("kept.db", to: "shop.db") }
        try store.bringBack()
        return store
    }

    // MARK: The database is older than a rollback

    @Test(arguments: Store.Kind.allCases, [[], ["--key", "k"], ["--chunk-size", "1"]])
    func rowsThatCameBackAreNotImportedTwice(_ kind: Store.Kind, _ more: [String]) throws {
        let store = try restored(kind, more)
        let rows = try store.all("t")
        let failed = try space.run("verify 1")
        #expect(failed.status == 1 && failed.output.contains("present again"), "\(failed.status) \(failed.output)")
        let again = try importing("a.csv", store, more)
        #expect(again.status == 0 && again.output.contains("already"), "\(again.output)\(again.error)")
        #expect(again.error.contains("its rows are in t"), "\(again.error)")
        #expect(try store.all("t") == rows)
        #expect(try state(1) == "succeeded")
        #expect(try space.run("verify 1").status == 0)
        #expect(try space.run("replay --check").status == 0)
    }

    @Test(arguments: Store.Kind.allCases) func rowsThatCameBackAreTakenOutAgain(_ kind: Store.Kind) throws {
        let store = try restored(kind, [])
        let ended = try space.run("rollback 1 --yes")
        #expect(ended.status == 0 && ended.output.contains("2 changes undone"), "\(ended.output)\(ended.error)")
        #expect(try store.all("t").isEmpty)
        #expect(try space.run("rollback 1 --yes").status == 2, "now it is done")
        #expect(try importing("a.csv", store).status == 0)
        #expect(try store.all("t").count == 2)
    }

    @Test func aRollbackInACopyIsNoneInTheOriginal() throws {
        let store = try Store(.sqlite, in: space)
        try #require(try importing("a.csv", store).status == 0)
        try space.copyDatabase("shop.db", to: "copy.db")
        try #require(try space.run("rollback 1 --yes --into sqlite:copy.db").status == 0)
        let again = try importing("a.csv", store)
        #expect(again.status == 0 && again.output.contains("already"), "\(again.output)\(again.error)")
        #expect(try store.all("t").count == 2)
        #expect(try space.run("import a.csv --into sqlite:copy.db --table t").status == 0)
        #expect(try Table.rows(space.file("copy.db"), "SELECT count(*) FROM t") == ["1:2"])
    }

    @Test func aRollbackOfWhichTheDatabaseLostAPartGoesOn() throws {
        let store = try Store(.sqlite, in: space)
        try #require(try importing("a.csv", store, ["--chunk-size", "1"]).status == 0)
        let killed = try space.run(
            ["rollback", "1", "--yes"], environment: ["WAYBILL_FAULT": "after-reversal-commit:1"])
        try #require(killed.status == -SIGKILL)
        try space.copyDatabase("shop.db", to: "kept.db")
        try #require(try space.run("rollback 1 --yes").status == 0)
        try space.copyDatabase("kept.db", to: "shop.db")
        #expect(try store.all("t").count == 1)
        let refused = try importing("a.csv", store)
        #expect(
            refused.status != 0 && refused.error.contains("waybill rollback 1"), "\(refused.output)\(refused.error)")
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try store.all("t").isEmpty)
    }

    @Test(arguments: [nil, "1"])
    func whatADatabaseThatWasMadeAnewLacksIsReadAgain(_ chunkSize: String?) throws {
        let store = try Store(.postgres, in: space)
        let more = ["--key", "k"] + (chunkSize.map { ["--chunk-size", $0] } ?? [])
        try #require(try importing("a.csv", store, more).status == 0)
        try store.keep()
        try #require(try importing("b.csv", store, more).status == 0)
        try store.bringBack(isNew: true)
        try #require(try store.all("t").count == 2)
        let resumed = try space.run("resume 2")
        #expect(resumed.status == 0, "\(resumed.output)\(resumed.error)")
        #expect(try store.all("t").count == 4)
        for id in 1...2 { #expect(try space.run("verify \(id)").status == 0) }
        #expect(try space.run("rollback 1 2 --yes").status == 0)
        #expect(try store.all("t").isEmpty)
    }

    @Test func aCopyBesideTheDatabaseIsNotTakenForIt() throws {
        let store = try Store(.postgres, in: space)
        try #require(try importing("a.csv", store).status == 0)
        try store.keep()
        try #require(try importing("b.csv", store).status == 0)
        let refused = try space.run("resume 2 --into \(store.into)_other")
        #expect(refused.status == 1, "\(refused.output)\(refused.error)")
        // The user says that it is the one.
        let taken = try space.run("resume 2 --into \(store.into)_kept")
        #expect(taken.status == 0, "\(taken.output)\(taken.error)")
    }

    // MARK: The log is older than the database

    @Test(arguments: Store.Kind.allCases, [nil, 2])
    func aRollbackThatTheLogForgotIsKnownFromTheDatabase(_ kind: Store.Kind, _ killedAt: Int?) throws {
        let store = try Store(kind, in: space)
        let fault = killedAt.map { ["WAYBILL_FAULT": "after-destination-commit:\($0)"] } ?? [:]
        let arguments = ["import", "a.csv", "--into", store.into, "--table", "t", "--chunk-size", "1"]
        _ = try space.run(arguments, environment: fault)
        try FileManager.default.copyItem(atPath: space.file(".waybill"), toPath: space.file("old"))
        if killedAt != nil { try #require(try space.run("resume 1").status == 0) }
        try #require(try space.run("rollback 1 --yes --no-backup").status == 0)
        let refused = try space.run("resume 1 --log-dir old")
        #expect(refused.status == 1 && refused.error.contains("was rolled back"), "\(refused.output)\(refused.error)")
        #expect(try store.all("t").isEmpty)
        if killedAt != nil { #expect(try space.run("cancel 1 --log-dir old").status == 0) }
        let again = try space.run(arguments + ["--force", "--log-dir", "old"])
        #expect(again.status == 0, "\(again.output)\(again.error)")
        #expect(try store.all("t").count == 2)
    }

    @Test(arguments: Store.Kind.allCases) func whatTheLogForgotIsNotImportedTwice(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try #require(try importing("a.csv", store).status == 0)
        try FileManager.default.copyItem(atPath: space.file(".waybill"), toPath: space.file("old"))
        try #require(try importing("b.csv", store).status == 0)
        let rows = try store.all("t")
        let older = ["--log-dir", "old"]
        for _ in 0..<3 {
            let refused = try importing("b.csv", store, older)
            #expect(
                refused.status == 1 && refused.error.contains("import 2 of this log, which does not know it"),
                "\(refused.output)\(refused.error)")
            #expect(!refused.error.contains("again, as often"), "\(refused.error)")
        }
        #expect(try importing("a.csv", store, older).output.contains("already"), "what it knows is known")
        // The number is used up by another source; the forgotten one is refused still.
        try space.write("k,v\n21,C\n", to: "c.csv")
        #expect(try importing("c.csv", store, older).status == 1)
        #expect(try importing("b.csv", store, older).status == 1)
        #expect(try store.all("t") == rows)
        #expect(try importing("c.csv", store, older).status == 0)
        #expect(try importing("c.csv", store, older).output.contains("already"))
        #expect(try importing("b.csv", store, older).status == 1)
        #expect(try store.all("t").count == 5)
    }
}

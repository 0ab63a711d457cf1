import Foundation
import Testing

/// `backup make`, and what `verify` says of tables whose rows are gone.
@Suite struct BackupOnDemandTests {
    let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("id,v\n1,a\n2,b\n3,c\n", to: "a.csv")
    }

    private func load(_ store: Store, _ table: String, _ flags: String = "") throws {
        let line = "import a.csv --into \(store.into) --table \(table) \(flags)"
        try #require(try space.run(line).status == 0)
    }

    @Test(arguments: Store.Kind.allCases) func aBackupThatWasAskedForIsRestoredLikeTheOthers(_ kind: Store.Kind) throws
    {
        let store = try Store(kind, in: space)
        try load(store, "t", "--key id")
        let made = try space.run("backup make --json")
        #expect(made.status == 0, "\(made)")
        let name = try #require(try made.json()["name"] as? String)
        #expect(try space.run("backup list").output.contains("(on demand)"))
        let before = try store.all("t")
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        #expect(try store.tables().isEmpty)
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored)")
        #expect(try store.all("t") == before)
        #expect(try space.run("status 1").status == 0 && space.run("verify 1").status == 0)
    }

    @Test func whichDatabaseIsCopiedMustBeClear() throws {
        #expect(try space.run("import a.csv --into sqlite:a.db").status == 0)
        #expect(try space.run("import a.csv --into sqlite:b.db").status == 0)
        let refused = try space.run("backup make")
        #expect(refused.status == 2 && refused.error.contains("/a.db, sqlite:"), "\(refused)")
        #expect(try space.run("backup make --into sqlite:b.db").status == 0)
        #expect(try space.run("backup make --into sqlite:c.db").status == 1)
        #expect(!FileManager.default.fileExists(atPath: space.file("c.db")))
    }

    @Test(arguments: Store.Kind.allCases, ["--key id", "--no-undo", "--key id --mode upsert --no-undo"])
    func anEmptyTableIsNeverTakenForAWholeOne(_ kind: Store.Kind, _ flags: String) throws {
        let store = try Store(kind, in: space)
        try load(store, "t", flags)
        let whole = try space.run("verify 1")
        #expect(whole.status == 0, "\(whole)")
        #expect(
            whole.output.contains(
                flags.contains("no-undo") ? "not compared: the import keeps no undo data" : "value by value"),
            "\(whole)")
        try store.execute("DELETE FROM t")
        let emptied = try space.run("verify 1")
        #expect(emptied.status == 1 && emptied.output.contains("FAIL"), "\(emptied)")
        try store.execute("DROP TABLE t")
        #expect(try space.run("verify 1").status == 1)
    }

    @Test(arguments: Store.Kind.allCases) func whatWroteNothingIsSaidToHave(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try load(store, "t", "--key id")
        try space.write("id,v\n", to: "a.csv")
        try load(store, "u")
        let verified = try space.run("verify 2")
        #expect(verified.status == 0 && verified.output.contains("nothing to compare"), "\(verified)")
        try space.write("id\n1\n2\n3\n", to: "a.csv")
        try load(store, "t", "--key id --mode delete")
        #expect(try space.run("verify 1").output.contains("t is empty: later imports deleted the rows"))
        #expect(try space.run("verify 3").status == 0)
    }
}

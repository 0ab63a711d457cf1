import Foundation
import Testing

/// What an import that did not end wrote is never written a second time, whatever the next command says.
@Suite struct UnfinishedImportTests {
    private let space: Workspace
    private let store: Store

    /// Rows that nothing but their number of times would tell were written twice.
    init() throws {
        space = try Workspace()
        store = try Store(.sqlite, in: space)
        try space.write("id,v\n" + (1...100).map { "\($0),a\n" }.joined(), to: "a.csv")
    }

    private func importing(_ file: String = "a.csv", _ store: Store, _ more: String = "") throws -> [String] {
        ["import", file, "--into", store.into, "--table", "t", "--chunk-size", "10"]
            + more.split(separator: " ").map(String.init)
    }

    /// Kills an import when the database has so many of its chunks; with one, the log has none.
    private func kill(_ arguments: [String], atChunk chunk: Int) throws {
        let killed = try space.run(arguments, environment: ["WAYBILL_FAULT": "after-destination-commit:\(chunk)"])
        try #require(killed.status == -SIGKILL, "\(killed.output) \(killed.error)")
    }

    private func expectAllOnce(_ store: Store, _ count: Int = 100) throws {
        #expect(try store.rows("SELECT count(*), count(DISTINCT id) FROM t") == ["\(count)|\(count)"])
    }

    @Test(arguments: Store.Kind.allCases, [1, 4]) func itIsContinuedWithForce(_ kind: Store.Kind, _ chunk: Int) throws {
        let store = try Store(kind, in: space)
        try kill(importing("a.csv", store, "--force"), atChunk: chunk)
        let again = try space.run(importing("a.csv", store, "--force"))
        #expect(again.status == 0 && again.error.contains("continues at record"), "\(again.output)\(again.error)")
        try expectAllOnce(store)
        #expect(try space.run("list --json").jsonArray().count == 1)
        // What ended is imported again: that is what the flag is for.
        #expect(try space.run(importing("a.csv", store, "--force")).status == 0)
        #expect(try store.rows("SELECT count(*) FROM t") == ["200"])
    }

    @Test func itIsNotBegunInAnotherWayWithForce() throws {
        try kill(importing("a.csv", store), atChunk: 3)
        let refused = try space.run(importing("a.csv", store, "--force --key id --mode upsert"))
        #expect(refused.status == 1 && refused.error.contains("waybill rollback 1"), "\(refused.error)")
        #expect(try space.run("rollback 1 --yes").status == 0)
        // The table that it made has no key, and went with it; another one may have one.
        #expect(try space.run(importing("a.csv", store, "--force --key id --mode upsert")).status == 0)
        try expectAllOnce(store)
    }

    @Test(arguments: Store.Kind.allCases) func itIsContinuedWhereItsFileLiesNow(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try kill(importing("a.csv", store), atChunk: 1)
        try space.tool("mv", "a.csv", "b.csv")
        let again = try space.run(importing("b.csv", store))
        #expect(again.status == 0 && again.error.contains("import 1: b.csv continues"), "\(again.output)\(again.error)")
        try expectAllOnce(store)
    }

    @Test(arguments: Store.Kind.allCases) func itsFileThatGrewIsRefused(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try kill(importing("a.csv", store), atChunk: 1)
        try space.tool("sh", "-c", "echo 101,a >> a.csv")
        let refused = try space.run(importing("a.csv", store))
        #expect(refused.status == 1 && refused.error.contains("a.csv has grown since import 1"), "\(refused.output)")
        try expectAllOnce(store, 10)
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try space.run(importing("a.csv", store)).status == 0)
        try expectAllOnce(store, 101)
    }

    @Test(arguments: Store.Kind.allCases, [1, 4])
    func whatACancelledOneLeftIsNotWrittenTwice(_ kind: Store.Kind, _ chunk: Int) throws {
        let store = try Store(kind, in: space)
        try kill(importing("a.csv", store), atChunk: chunk)
        #expect(try space.run("cancel 1").status == 0)
        try space.tool("cp", "a.csv", "b.csv")
        for file in ["a.csv", "b.csv"] {
            let refused = try space.run(importing(file, store))
            #expect(
                refused.status == 1 && refused.error.contains("because import 1 was cancelled"),
                "\(refused.output)\(refused.error)")
        }
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try space.run(importing("a.csv", store)).status == 0)
        try expectAllOnce(store)
    }

    @Test func aCancelledOneWithAKeyIsImportedAnew() throws {
        try kill(importing("a.csv", store, "--key id --mode upsert"), atChunk: 4)
        #expect(try space.run("cancel 1").status == 0)
        #expect(try space.run(importing("a.csv", store, "--key id --mode upsert")).status == 0)
        try expectAllOnce(store)
    }

    // MARK: Which database a rollback is about

    @Test func aDatabaseThatHasNothingOfTheImportIsNotRolledBack() throws {
        #expect(try space.run(importing("a.csv", store)).status == 0)
        try space.tool("sh", "-c", "mv shop.db m.db; rm -f shop.db-wal shop.db-shm")
        try space.tool("sqlite3", "shop.db", "CREATE TABLE t (id int, v text); INSERT INTO t VALUES (1, 'a')")
        let refused = try space.run("rollback 1 --yes")
        #expect(refused.status == 1 && refused.error.contains("contains nothing of import 1"), "\(refused.error)")
        #expect(try store.rows("SELECT count(*) FROM t") == ["1"])
        #expect(try space.run("status 1 --json").json()["state"] as? String == "succeeded")
        #expect(try space.run("rollback 1 --yes --into sqlite:m.db").status == 0)
        #expect(try Table.rows(space.file("m.db"), "SELECT count(*) FROM sqlite_schema WHERE name = 't'") == ["1:0"])
    }

    @Test(
        "a file that was mended in place is refused while rows of what it was are there", arguments: Store.Kind.allCases
    )
    func aMendedFileIsNotImportedBesideItself(_ kind: Store.Kind) throws {
        for (mending, count) in [("rollback 1 --yes --no-backup", "4"), ("--force", "7")] {
            let space = try Workspace()
            let store = try Store(kind, in: space)
            let command = "import p.csv --into \(store.into) --table p --chunk-size 2"
            try store.execute("CREATE TABLE p (id integer, v text)")
            try space.write("id,v\n1,x\n2,x\n3,x,zz\n4,x\n", to: "p.csv")
            try #require(try space.run("\(command) --on-error abort").status == 1)
            try space.write("id,v\n1,x\n2,x\n3,x\n4,x\n", to: "p.csv")
            let refused = try space.run(command)
            #expect(refused.status == 1, "\(refused.output)\(refused.error)")
            #expect(refused.error.contains("waybill rollback 1") && refused.error.contains("waybill resume 1"))
            let isForced = mending.hasPrefix("--")
            if !isForced { #expect(try space.run(mending).status == 0) }
            #expect(try space.run(command + (isForced ? " --force" : "")).status == 0)
            #expect(try store.rows("SELECT count(*) FROM p") == [count])
        }
    }

    @Test func aFileOfSeveralThatWasMendedIsRefusedAlone() throws {
        for name in ["p1", "p2"] {
            try space.write("id,v\n" + (1...20).map { "\(name)-\($0),x\n" }.joined(), to: name + ".csv")
        }
        let command = ["import", "p1.csv", "p2.csv", "--into", store.into, "--table", "p", "--chunk-size", "5"]
        try kill(command, atChunk: 6)
        try space.write("id,v\n" + (1...20).map { "p2-\($0),y\n" }.joined(), to: "p2.csv")
        let again = try space.run(command)
        #expect(again.status != 0 && again.output.contains("rollback 2") || again.error.contains("rollback 2"))
        #expect(try store.rows("SELECT count(*), count(DISTINCT id) FROM p") == ["30|30"])
    }
}

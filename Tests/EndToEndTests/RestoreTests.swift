import Foundation
import Testing

/// What `backup restore` changes, and what it leaves alone.
@Suite struct RestoreTests {
    let space: Workspace

    init() throws {
        space = try Workspace()
        try space.write("k,v\n1,new\n2,new\n", to: "a.csv")
        try space.write("k,v\n1,later\n2,later\n", to: "b.csv")
        try space.write("k,v\n3,c\n4,d\n", to: "c.csv")
    }

    private func importing(_ file: String, into store: Store, _ more: [String] = []) throws {
        let result = try space.run(
            ["import", file, "--into", store.into, "--table", "t", "--key", "k", "--mode", "upsert"] + more)
        try #require(result.status == 0, "\(result.output) \(result.error)")
    }

    private func rollBack(_ ids: String) throws -> String {
        _ = try space.run("rollback \(ids) --yes")
        return try #require(try space.run("backup list --json").jsonArray().first?["name"] as? String)
    }

    private func states() throws -> [String] {
        try space.run("list --json").jsonArray().compactMap { $0["state"] as? String }.reversed()
    }

    private func expectWholeLog() throws {
        #expect(try space.run("log verify").status == 0)
        #expect(try space.run("replay --check").status == 0)
    }

    @Test(arguments: [
        "ON DELETE CASCADE", "ON DELETE SET NULL", "ON DELETE SET DEFAULT", "ON DELETE CASCADE ON UPDATE CASCADE", "",
    ])
    func noOtherTableChanges(_ action: String) throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
        try store.execute("CREATE TABLE d (id int PRIMARY KEY, k int REFERENCES t \(action))")
        try store.execute("INSERT INTO t VALUES (1, 'old')")
        try store.execute("INSERT INTO d VALUES (7, 1)")
        try importing("a.csv", into: store)
        let after = try store.all("t")
        let name = try rollBack("1")
        #expect(try store.all("t") == ["1|old"])
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(restored.error.contains("t: 1 row to restore, 1 row to change back"))
        #expect(try store.all("t") == after)
        #expect(try store.all("d") == ["7|1"])
        #expect(try states() == ["succeeded"])
    }

    @Test func rowsThatSomebodyWroteSinceStayAndAreNamed() throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
        try importing("a.csv", into: store)
        try importing("c.csv", into: store)
        let name = try rollBack("1 2")
        try store.execute("INSERT INTO t VALUES (1, 'mine')")
        try importing("c.csv", into: store)
        let restored = try space.run("backup restore \(name) --yes --json")
        #expect(restored.status == 3, "\(restored.output) \(restored.error)")
        let kept = try #require(try restored.json()["kept"] as? [[String: String]])
        #expect(
            kept.sorted { $0["key"]! < $1["key"]! }.map { $0["message"] } == [
                "it was changed since", "import 3 changed it since", "import 3 changed it since",
            ])
        #expect(try store.all("t") == ["1|mine", "2|new", "3|c", "4|d"])
        let forced = try space.run("backup restore \(name) --yes --overwrite-edited")
        #expect(forced.status == 0, "\(forced.output) \(forced.error)")
        #expect(try store.all("t") == ["1|new", "2|new", "3|c", "4|d"])
    }

    @Test func aRowThatWasPutBackOverALaterImportsGoesWithItsOwn() throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        try importing("b.csv", into: store)
        #expect(try space.run("backup restore \(name) --yes").status == 3)
        #expect(try space.run("backup restore \(name) --yes --overwrite-edited").status == 0)
        #expect(try store.all("t") == ["1|new", "2|new"])
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try store.all("t").isEmpty)
    }

    @Test func whereNothingCanBePutBackTheImportStaysTakenBack() throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        try importing("b.csv", into: store)
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 3)
        #expect(restored.output.contains("Nothing was restored"))
        #expect(try states() == ["rolled_back", "succeeded"])
        #expect(try store.all("t") == ["1|later", "2|later"])
    }

    @Test func identitiesKeepTheirNumbersAndGeneratedColumnsTheirExpressions() throws {
        let store = try Store(.postgres, in: space)
        try store.execute(
            """
            CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY, k int PRIMARY KEY, v text,
                double int GENERATED ALWAYS AS (k * 2) STORED)
            """)
        try importing("c.csv", into: store)
        try importing("a.csv", into: store)
        let after = try store.all("t")
        let name = try rollBack("1 2")
        #expect(try store.all("t").isEmpty)
        #expect(try space.run("backup restore \(name) --yes").status == 0)
        #expect(try store.all("t") == after)
        #expect(try space.run("rollback --all --yes --no-backup").status == 0)
        #expect(try store.all("t").isEmpty)
    }

    @Test func aRowOfWhichATriggerMakesSomethingElseStays() throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE t (k int PRIMARY KEY, v text)")
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        try store.execute(
            """
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.k = 2 THEN NEW.v = 'other'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER f BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
            """)
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 3)
        #expect(restored.output.contains("t 2 is not restored: a trigger or a rule of the table changes it"))
        #expect(restored.output.contains("import 1: now succeeded, except for 1 row"))
        #expect(!restored.output.contains("--overwrite-edited"))
        #expect(try store.all("t") == ["1|new"])
        let verified = try space.run("verify 1")
        #expect(verified.status != 0 && verified.output.contains("1 missing"), "\(verified.output)")
        try store.execute("DROP TRIGGER f ON t")
        #expect(try space.run("backup restore \(name) --yes").status == 0)
        #expect(try space.run("verify 1").status == 0)
        #expect(try store.all("t") == ["1|new", "2|new"])
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try store.all("t").isEmpty)
    }

    @Test func aTableWithoutAKeyGetsBackAsManyRowsAsItHad() throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE t (k int, v text)")
        try store.execute("INSERT INTO t VALUES (1, 'new')")
        let result = try space.run(["import", "a.csv", "--into", store.into, "--table", "t"])
        #expect(result.status == 0, "\(result.error)")
        let name = try rollBack("1")
        #expect(try store.all("t") == ["1|new"])
        #expect(try space.run("backup restore \(name) --yes").status == 0)
        #expect(try store.all("t") == ["1|new", "1|new", "2|new"])
        #expect(try space.run("rollback 1 --yes --no-backup").status == 0)
        #expect(try store.all("t") == ["1|new"])
    }

    /// As many columns as SQLite's tables may have, and more than its expressions may be deep.
    @Test(arguments: ["upsert", "versioned"]) func aWideTableComesBack(_ mode: String) throws {
        let store = try Store(.sqlite, in: space)
        let names = ["k"] + (0..<1_900).map { "c\($0)" }
        func write(_ value: String, to name: String) throws {
            let rows = (0..<3).map { (["\($0)"] + names.dropFirst().map { _ in value }).joined(separator: ",") }
            try space.write(([names.joined(separator: ",")] + rows).joined(separator: "\n") + "\n", to: name)
        }
        try write("x", to: "wide.csv")
        try importing("wide.csv", into: store, ["--mode", mode])
        let before = try store.all("t")
        let name = try rollBack("1")
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(restored.error.contains("t: 3 rows to restore"))
        #expect(try store.all("t") == before)
        // Of a row that is there as well, each column is compared.
        try store.execute("UPDATE t SET c1899 = 'y' WHERE k = 1")
        let again = try space.run("backup restore \(name) --yes")
        #expect(again.error.contains("t: 1 row to change back"), "\(again.output) \(again.error)")
        #expect(try store.all("t") == before)
    }

    @Test func anOlderBackupOfSQLiteBringsBackWhatCameBackWithIt() throws {
        let store = try Store(.sqlite, in: space)
        try importing("a.csv", into: store)
        try importing("c.csv", into: store)
        let name = try rollBack("2")
        _ = try rollBack("1")
        #expect(try states() == ["rolled_back", "rolled_back"])
        #expect(try space.run("backup restore \(name) --yes").status == 0)
        #expect(try states() == ["succeeded", "succeeded"])
        #expect(try store.all("t") == ["1|new", "2|new", "3|c", "4|d"])
        for id in 1...2 { #expect(try space.run("verify \(id)").status == 0) }
        #expect(try space.run("rollback --all --yes").status == 0)
        #expect(try store.all("t").isEmpty)
        try expectWholeLog()
    }

    /// A row that the first rollback had to leave, the second one takes; its restore leaves the state of before that.
    @Test(arguments: Store.Kind.allCases, ["referred to", "edited"])
    func theSecondStepOfARollbackCanBeUndoneAndDoneAgain(_ kind: Store.Kind, _ obstacle: String) throws {
        let store = try Store(kind, in: space)
        try importing("a.csv", into: store)
        try store.execute(
            obstacle == "edited"
                ? "UPDATE t SET v = 'mine' WHERE k = 2"
                : "CREATE UNIQUE INDEX tk ON t (k); CREATE TABLE d (k \(kind == .sqlite ? "integer" : "bigint") REFERENCES t (k)); INSERT INTO d VALUES (2)"
        )
        #expect(try space.run("rollback 1 --yes").status == 3)
        let first = try space.run("log show --json --limit 1000").jsonArray().count
        if obstacle != "edited" { try store.execute("DELETE FROM d") }
        let again = "rollback 1 --yes" + (obstacle == "edited" ? " --overwrite-edited" : "")
        let name = try rollBack("1" + (obstacle == "edited" ? " --overwrite-edited" : ""))
        #expect(try store.all("t").isEmpty)
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(restored.output.contains("import 1: now rolled back, except for 1 row"))
        #expect(try store.all("t").count == 1)
        #expect(try space.run("verify 1").output.contains("rolled back, except for 1 row"))
        #expect(try states() == ["rolled_back"])
        let rollback = try #require(try space.run("status 1 --json").json()["rollback"] as? [String: Any])
        let before = try #require(try space.run("status 1 --json --at \(first)").json()["rollback"] as? [String: Any])
        for count in ["reversed", "kept", "refused"] { #expect(rollback[count] as? Int == before[count] as? Int) }
        #expect(try space.run(again).status == 0)
        #expect(try store.all("t").isEmpty)
        try expectWholeLog()
    }

    @Test func aDatabaseThatWasMovedBringsBackWhatItWasRolledBackFrom() throws {
        let store = try Store(.sqlite, in: space)
        try importing("a.csv", into: store)
        try importing("b.csv", into: store)
        try FileManager.default.moveItem(atPath: space.file("shop.db"), toPath: space.file("moved.db"))
        let name = try rollBack("2 --into sqlite:moved.db")
        _ = try rollBack("1 --into sqlite:moved.db")
        #expect(try states() == ["rolled_back", "rolled_back"])
        #expect(try space.run("backup restore \(name) --yes").status == 0)
        #expect(try states() == ["succeeded", "succeeded"])
        for id in 1...2 { #expect(try space.run("verify \(id) --into sqlite:moved.db").status == 0) }
        try expectWholeLog()
    }

    @Test(arguments: ["upsert", "delete"]) func whatWasLeftToADeliveryOfTheSameRowsComesBack(_ mode: String) throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE TABLE t (k int PRIMARY KEY, v text, gone text)")
        try store.execute("INSERT INTO t (k, v) VALUES (1, 'old'), (2, 'old')")
        let options = mode == "delete" ? ["--mode", "delete", "--mark-deleted", "gone=yes"] : ["--mode", "upsert"]
        func importing(_ file: String) throws {
            let result = try space.run(["import", file, "--into", store.into, "--table", "t", "--key", "k"] + options)
            try #require(result.status == 0, "\(result.output) \(result.error)")
        }
        try space.write("k,v\n1,new\n2,new\n5,x\n", to: "more.csv")
        try importing("a.csv")
        try importing("more.csv")
        let whole = try store.all("t")
        let name = try rollBack("1")
        #expect(try store.all("t") == whole)
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(try states() == ["succeeded", "succeeded"])
        // The rows are both imports' again: either one may go first.
        let second = try rollBack("2")
        #expect(try store.all("t") == whole.filter { !$0.hasPrefix("5") })
        #expect(try space.run("backup restore \(second) --yes").status == 0)
        #expect(try store.all("t") == whole)
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try store.all("t") == whole)
        #expect(try space.run("rollback 2 --yes").status == 0)
        #expect(try store.all("t").map { $0.split(separator: "|").prefix(2).joined() } == ["1old", "2old"])
        try expectWholeLog()
    }

    @Test func whatCameSinceIsNamedGoesAndCanComeAgain() throws {
        let store = try Store(.sqlite, in: space)
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        try importing("c.csv", into: store)
        try store.execute("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(restored.error.contains("mine: 1 row to remove"))
        #expect(restored.error.contains("t: 2 rows to restore, 2 rows to remove"))
        #expect(restored.error.contains("import 2 of "))
        #expect(try states() == ["succeeded", "interrupted"])
        #expect(try store.all("t") == ["1|new", "2|new"])
        // The state before is a backup, too.
        let kept = try #require(try space.run("backup list --json").jsonArray().first?["name"] as? String)
        #expect(try space.run("backup restore \(kept) --yes").status == 0)
        #expect(try states() == ["rolled_back", "succeeded"])
        #expect(try store.all("t") == ["3|c", "4|d"])
        #expect(try store.all("mine") == ["1"])
        #expect(try space.run("backup restore \(name) --yes").status == 0)
        #expect(try space.run("resume 2").status == 0)
        #expect(try store.all("t") == ["1|new", "2|new", "3|c", "4|d"])
        for id in 1...2 { #expect(try space.run("verify \(id)").status == 0) }
        try expectWholeLog()
    }

    @Test(arguments: Store.Kind.allCases, ["cut", "changed", "empty", "other"])
    func whatIsNoWholeBackupIsRefusedBeforeAnythingChanges(_ kind: Store.Kind, _ damage: String) throws {
        let store = try Store(kind, in: space)
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        let path = space.file(".waybill/backups/\(name)")
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        switch damage {
        case "cut": bytes.removeLast(bytes.count / 3)
        case "changed": bytes[bytes.count / 2] ^= 0xFF
        case "empty": bytes = []
        default: bytes = Array("something else\n".utf8)
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 1)
        #expect(restored.error.contains("Nothing was changed."), "\(restored.error)")
        #expect(try store.all("t").isEmpty)
        #expect(try states() == ["rolled_back"])
    }

    @Test(arguments: Store.Kind.allCases) func aBackupOfAnotherDatabaseIsRefused(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        if kind == .sqlite {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: space.file("shop.db" + suffix))
            }
        } else {
            try store.execute("DROP SCHEMA _waybill CASCADE")
        }
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 1, "\(restored.output) \(restored.error)")
        guard kind == .sqlite else { return }
        // It may have been moved; if it is lost, the backup is a database, as the message says.
        #expect(restored.error.contains("cp .waybill/backups/\(name) \(space.file("shop.db"))"), "\(restored.error)")
        try space.tool("cp", ".waybill/backups/\(name)", "shop.db")
        #expect(try space.run("backup restore \(name) --yes").status == 0)
        #expect(try store.all("t") == ["1|new", "2|new"])
        #expect(try states() == ["succeeded"])
    }

    @Test func aDescriptionThatCannotBeReadIsNamedAndLeftOut() throws {
        let store = try Store(.sqlite, in: space)
        try importing("a.csv", into: store)
        try importing("c.csv", into: store)
        let whole = try rollBack("2")
        let broken = try rollBack("1")
        try space.write("", to: ".waybill/backups/\(broken).json")
        let list = try space.run("backup list --json")
        #expect(try list.jsonArray().compactMap { $0["name"] as? String } == [whole])
        #expect(list.error.contains("\(broken).json cannot be read"))
        #expect(try space.run("backup restore \(broken) --yes").error.contains("cannot be read"))
        #expect(try space.run("backup restore \(whole) --yes").status == 0)
    }

    @Test func closingSQLThatIsNotInTheBackupIsPendingAgain() throws {
        let store = try Store(.sqlite, in: space)
        try space.write(
            "sources:\n  s:\n    match: \"*.csv\"\n    finalize: [\"UPDATE t SET v = v || '!'\"]\n", to: "waybill.yaml")
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        try importing("c.csv", into: store, ["--batch-id", "B"])
        #expect(try space.run("group status B --json").json()["finalized"] as? String == "done")
        #expect(try space.run("backup restore \(name) --yes").status == 0)
        #expect(try space.run("group status B --json").json()["finalized"] as? String == "pending")
        #expect(try space.run("resume 2").status == 0)
        #expect(try space.run("group status B --json").json()["finalized"] as? String == "done")
        #expect(try store.all("t") == ["1|new!", "2|new!", "3|c!", "4|d!"])
    }

    @Test(arguments: Store.Kind.allCases) func nothingIsPutBackWhileAnImportWorks(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        try space.write("k,v\n" + (10..<30_010).map { "\($0),x\n" }.joined(), to: "big.csv")
        let running = try space.start([
            "import", "big.csv", "--into", store.into, "--table", "t", "--key", "k", "--chunk-size", "50",
        ])
        while running.isRunning, try space.run("status 2").status == 2 {}
        let refused = try space.run("backup restore \(name) --yes")
        let wasRunning = running.isRunning
        running.signal(SIGINT)
        _ = running.wait()
        if wasRunning {
            #expect(refused.status == 1)
            #expect(refused.error.contains("import 2 is working on"), "\(refused.error)")
        }
    }

    @Test(arguments: Store.Kind.allCases)
    func aPartOfAFinalizedBatchComesBackAsItsRollbackLeftIt(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try store.execute("CREATE TABLE t (k integer PRIMARY KEY, v text)")
        try store.execute("INSERT INTO t VALUES (1, 'old')")
        try space.write(
            "sources:\n  s:\n    match: \"*.csv\"\n    finalize: [\"UPDATE t SET v = v || '!'\"]\n", to: "waybill.yaml")
        for (part, file) in ["a.csv", "c.csv"].enumerated() {
            try importing(file, into: store, ["--batch-id", "B", "--part", "\(part + 1)", "--total-parts", "2"])
        }
        let whole = ["1|new!", "2|new!", "3|c!", "4|d!"]
        #expect(try store.all("t") == whole)
        let name = try rollBack("1")
        #expect(try store.all("t") == ["1|old", "3|c!", "4|d!"])
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(try store.all("t") == whole)
        #expect(try states() == ["succeeded", "succeeded"])
        #expect(try space.run("rollback 2 --yes").status == 0)
        #expect(try space.run("rollback 1 --yes").status == 0)
        #expect(try store.all("t") == ["1|old"])
        // What someone edited since stays.
        let older = try space.run("backup restore \(name) --yes")
        if kind == .postgres { #expect(older.status == 3, "\(older.output)") }
    }

    @Test(arguments: Store.Kind.allCases)
    func anImportWithoutRecordsComesBackAsWell(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try store.execute("CREATE TABLE t (k integer PRIMARY KEY, v text)")
        try space.write("k,v\n", to: "none.csv")
        try importing("none.csv", into: store)
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        #expect(try states() == ["rolled_back", "succeeded"])
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(restored.output.contains("no row differs from the backup"), "\(restored.output)")
        #expect(try states() == ["succeeded", "succeeded"])
        try expectWholeLog()
    }

    @Test func ofAnImportThatWasTakenBackNothingIsLost() throws {
        let store = try Store(.sqlite, in: space)
        try importing("a.csv", into: store)
        let name = try rollBack("1")
        try importing("c.csv", into: store)
        _ = try rollBack("2")
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(!(restored.output + restored.error).contains("import 2"), "\(restored.error)")
        #expect(try states() == ["succeeded", "rolled_back"])
        for id in 1...2 {
            let verified = try space.run("verify \(id)")
            #expect(verified.status == 0, "\(verified.output)")
        }
    }

    @Test func rightsOnTheColumnsThatAnImportWroteAreEnough() throws {
        let store = try Store(.postgres, in: space)
        let role = "restorer\(UInt32.random(in: 0 ... .max))"
        for statement in [
            "CREATE ROLE \(role) LOGIN", "CREATE TABLE t (k int PRIMARY KEY, v text, w text DEFAULT 'd')",
            "INSERT INTO t VALUES (1, 'old', 'x')", "CREATE SCHEMA _waybill AUTHORIZATION \(role)",
            "GRANT SELECT, DELETE, INSERT (k, v), UPDATE (v) ON t TO \(role)",
        ] { try store.execute(statement) }
        let address = store.into.replacing(/\/\/[^@\/]*@/, with: "//\(role)@")
        let arguments = ["import", "a.csv", "--into", address, "--table", "t", "--key", "k", "--mode", "upsert"]
        #expect(try space.run(arguments).status == 0)
        let name = try rollBack("1")
        #expect(try store.all("t") == ["1|old|x"])
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        #expect(try store.all("t") == ["1|new|x", "2|new|d"])
        // A value that the role cannot write is missed, and not skipped.
        #expect(try space.run("rollback 1 --yes").status == 0)
        try store.execute("ALTER TABLE t ALTER w SET DEFAULT 'e'")
        let refused = try space.run("backup restore \(name) --yes")
        #expect(refused.status == 3, "\(refused.output)")
        #expect(refused.output.contains("t 2 is not restored: "), "\(refused.output)")
        #expect(try store.all("t") == ["1|new|x"])
    }
}

import Foundation
import Testing

@Suite struct RollbackTests {
    let space: Workspace

    init() throws {
        space = try Workspace()
        try write("first.csv", 0..<900) { "p\($0),Product \($0),\($0 % 7).5,\($0 % 3 == 0 ? "Austin" : "Dallas")" }
        try write("second.csv", 600..<1200) { "p\($0),Product \($0)\($0 % 2 == 0 ? " new" : ""),\($0 % 7).5,Reno" }
    }

    private func write(_ name: String, _ numbers: Range<Int>, _ line: (Int) -> String) throws {
        try space.write("sku,name,price,city\n" + numbers.map { line($0) + "\n" }.joined(), to: name)
    }

    private func importBoth(into store: Store, _ more: [String] = []) throws -> [String] {
        let arguments = ["--into", store.into, "--table", "products", "--key", "sku", "--chunk-size", "100"] + more
        let first = try space.run(["import", "first.csv"] + arguments)
        try #require(first.status == 0, "\(first.output) \(first.error)")
        let before = try store.all("products")
        let second = try space.run(["import", "second.csv", "--mode", "upsert"] + arguments)
        try #require(second.status == 0, "\(second.output) \(second.error)")
        try #require(try store.all("products") != before)
        return before
    }

    @Test(arguments: Store.Kind.allCases)
    func anImportIsTakenBackAndCanComeAgain(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let before = try importBoth(into: store)
        let after = try store.all("products")
        let result = try space.run("rollback --last --yes --json")
        #expect(result.status == 0, "\(result.output) \(result.error)")
        let json = try result.json()
        #expect(json["state"] as? String == "rolled_back")
        let rollback = try #require(json["rollback"] as? [String: Any])
        #expect(rollback["reversed"] as? Int == 600)
        #expect(rollback["kept"] as? Int == 0)
        expectSame(try store.all("products"), before)

        #expect(try space.run("resume 2").status == 2)
        #expect(try space.run("rollback 2 --yes").status == 2)
        let again = try space.run([
            "import", "second.csv", "--mode", "upsert", "--into", store.into, "--table", "products", "--key", "sku",
        ])
        #expect(again.status == 0, "\(again.output) \(again.error)")
        #expect(again.output.contains("600 read"))
        expectSame(try store.all("products"), after)
        #expect(try space.run("log verify").status == 0)
        #expect(try space.run("replay --check").status == 0)
        #expect(try space.run("rollback --all --yes").status == 0)
        #expect(try store.all("products").isEmpty)
    }

    @Test(arguments: Store.Kind.allCases)
    func rowsThatWereEditedSinceAreKeptAndNamed(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let before = try importBoth(into: store)
        try store.execute("UPDATE products SET name = 'mine' WHERE sku IN ('p700', 'p1100')")
        let result = try space.run("rollback 2 --yes")
        #expect(result.status == 3, "\(result.output) \(result.error)")
        #expect(result.output.contains("598 changes undone, 2 rows kept"))
        #expect(result.output.contains("products p700: it was changed since"))
        #expect(try store.rows("SELECT name FROM products WHERE sku IN ('p700', 'p1100')") == ["mine", "mine"])
        let forced = try space.run("rollback 2 --yes --overwrite-edited")
        #expect(forced.status == 0, "\(forced.output) \(forced.error)")
        expectSame(try store.all("products"), before)
    }

    @Test(arguments: Store.Kind.allCases)
    func onlyRowsWithAValueAreTakenBackWhereThatIsAskedFor(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        _ = try importBoth(into: store)
        let result = try space.run("rollback --where city=Austin --yes --json")
        #expect(result.status == 0, "\(result.output) \(result.error)")
        #expect(try store.rows("SELECT count(*) FROM products WHERE city = 'Austin'") == ["0"])
        #expect(try store.rows("SELECT count(*) FROM products") == ["1000"])
        #expect(try space.run("status 1 --json").json()["state"] as? String == "succeeded")
    }

    @Test(arguments: Store.Kind.allCases, ["--all", "--group B", "--since 1d"])
    func rowsThatARollbackLeftAreTakenByTheSameWords(_ kind: Store.Kind, _ which: String) throws {
        let store = try Store(kind, in: space)
        try space.write("k,v\n1,a\n2,b\n", to: "left.csv")
        _ = try space.run([
            "import", "left.csv", "--into", store.into, "--table", "t", "--key", "k", "--batch-id", "B", "--part", "1",
        ])
        try store.execute("UPDATE t SET v = 'mine' WHERE k = 2")
        #expect(try space.run("rollback \(which) --yes").status == 3)
        #expect(try space.run("rollback \(which) --yes --overwrite-edited").status == 0)
        #expect(try store.all("t").isEmpty)
        #expect(try space.run("rollback \(which) --yes").output.contains("There is no import to roll back."))
    }

    @Test func nothingIsTakenBackWithoutAYes() throws {
        let store = try Store(.sqlite, in: space)
        _ = try importBoth(into: store)
        let after = try store.all("products")
        let result = try space.run("rollback --last")
        #expect(result.status == 2)
        #expect(result.error.contains("This rolls back 1 import"))
        #expect(result.error.contains("add --yes"))
        expectSame(try store.all("products"), after)
        #expect(try space.run("rollback").status == 2)
        #expect(try space.run("rollback 1 --last --yes").status == 2)
        #expect(try space.run("rollback 9 --yes").status == 2)
        #expect(try space.run("rollback --since soon --yes").status == 2)
    }

    @Test func importsAreChosenByTimeNumberAndGroup() throws {
        let store = try Store(.sqlite, in: space)
        _ = try importBoth(into: store, ["--batch-id", "B"])
        #expect(
            try space.run("rollback --between 2001-01-01 2002-01-01 --yes").output
                == "There is no import to roll back.\n")
        #expect(try space.run("rollback --between 2 2 --yes").status == 0)
        #expect(try space.run("status 1 --json").json()["state"] as? String == "succeeded")
        #expect(try space.run("rollback --since 1h --yes").output.contains("import 1 rolled back"))
        #expect(try store.all("products").isEmpty)
        for (name, mode) in [("first.csv", "insert"), ("second.csv", "upsert")] {
            let again = try space.run([
                "import", name, "--mode", mode, "--into", store.into, "--table", "products", "--key", "sku",
                "--batch-id",
                "C",
            ])
            #expect(again.status == 0)
        }
        #expect(try space.run("rollback --group C --yes --json").jsonArray().count == 2)
        #expect(try store.all("products").isEmpty)
    }

    @Test(arguments: Store.Kind.allCases)
    func withoutUndoDataThereIsAClearWord(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        _ = try importBoth(into: store, ["--no-undo"])
        let after = try store.all("products")
        let result = try space.run("rollback 2 --yes")
        #expect(result.status == 1)
        #expect(result.error.contains("--no-undo"))
        expectSame(try store.all("products"), after)
    }

    @Test(arguments: Store.Kind.allCases)
    func aBackupUndoesTheRollback(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        _ = try importBoth(into: store)
        let after = try store.all("products")
        #expect(try space.run("rollback 2 --yes").status == 0)
        let backups = try space.run("backup list --json").jsonArray()
        let name = try #require(backups.first?["name"] as? String)
        #expect(backups.first?["imports"] as? [Int] == [2])
        #expect(try space.run("backup restore \(name)").status == 2)
        let restored = try space.run("backup restore \(name) --yes")
        #expect(restored.status == 0, "\(restored.output) \(restored.error)")
        expectSame(try store.all("products"), after)
        #expect(try space.run("status 2 --json").json()["state"] as? String == "succeeded")
        #expect(try space.run("verify 2").status == 0)
        #expect(try space.run("rollback 2 --yes --no-backup").status == 0)
        // Of a whole database, the state before the restore is kept, too.
        #expect(try space.run("backup list --json").jsonArray().count == (kind == .sqlite ? 2 : 1))
    }

    @Test(arguments: Store.Kind.allCases, ["before-reversal-commit", "after-reversal-commit", "before-log-commit"])
    func aRollbackThatWasKilledGoesOn(_ kind: Store.Kind, _ point: String) throws {
        let store = try Store(kind, in: space)
        let before = try importBoth(into: store)
        for count in [1, 3, 2] {
            let killed = try space.run(
                "rollback 2 --yes --no-backup", environment: ["WAYBILL_FAULT": "\(point):\(count)"])
            #expect(killed.status == -SIGKILL, "\(killed.output) \(killed.error)")
        }
        let state = try space.run("status 2 --json").json()["state"] as? String
        if state == "interrupted" { #expect(try space.run("resume 2").error.contains("being rolled back")) }
        let ended = try space.run("rollback 2 --yes --no-backup --json")
        #expect(ended.status == 0, "\(ended.output) \(ended.error)")
        let rollback = try #require(try ended.json()["rollback"] as? [String: Any])
        #expect(rollback["reversed"] as? Int == 600)
        expectSame(try store.all("products"), before)
        #expect(try space.run("log verify").status == 0)
        #expect(try space.run("replay --check").status == 0)
    }

    @Test(arguments: Store.Kind.allCases)
    func aRollbackOfSeveralThatWasKilledGoesOnWithTheSameCommand(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        _ = try importBoth(into: store)
        let command = "rollback 1 2 --yes --no-backup"
        // Import 2 has six chunks, import 1 nine.
        let killed = try space.run(command, environment: ["WAYBILL_FAULT": "after-reversal-commit:9"])
        #expect(killed.status == -SIGKILL, "\(killed.output) \(killed.error)")
        let ended = try space.run(command)
        #expect(ended.status == 0, "\(ended.output) \(ended.error)")
        #expect(ended.error.contains("Import 2 is already rolled back."))
        #expect(try store.all("products").isEmpty)
        let again = try space.run(command)
        #expect(again.status == 2)
        #expect(again.error.contains("Imports 2, 1 were already rolled back."))
    }

    @Test(
        arguments: Store.Kind.allCases, ["before-reversal-commit:1", "after-reversal-commit:1", "after-log-commit:2"])
    func aWidenedColumnGetsItsTypeBackWhereverARollbackWasKilled(_ kind: Store.Kind, _ point: String) throws {
        let store = try Store(kind, in: space)
        try space.write("k,n\na,1\nb,2\n", to: "numbers.csv")
        try space.write("k,n\nc,x1\n", to: "texts.csv")
        for source in ["numbers.csv", "texts.csv"] {
            let arguments = ["import", source, "--into", store.into, "--table", "products", "--key", "k"]
            #expect(try space.run(arguments).status == 0)
        }
        let killed = try space.run("rollback 2 --yes --no-backup", environment: ["WAYBILL_FAULT": point])
        #expect(killed.status == -SIGKILL, "\(killed.output) \(killed.error)")
        #expect(try space.run("rollback 2 --yes --no-backup").status == 0)
        let type = kind == .sqlite ? "typeof(n)" : "pg_typeof(n)"
        #expect(try store.rows("SELECT DISTINCT \(type) FROM products") == [kind == .sqlite ? "integer" : "bigint"])
    }

    @Test(arguments: Store.Kind.allCases)
    func aChangedTypeIsSaidHoweverQuiet(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let words = "changed from integer to text: line 2 has '007'."
        try space.write("k,n\na,1\nb,2\n", to: "numbers.csv")
        try space.write("k,n\nc,007\n", to: "texts.csv")
        func run(_ source: String, _ more: [String] = []) throws -> Finished {
            try space.run(["import", source, "--into", store.into, "--table", "products", "-q"] + more)
        }
        #expect(try run("numbers.csv").status == 0)
        let rejected = try run("texts.csv", ["--on-type-conflict", "reject"])
        #expect(rejected.status == 1, "\(rejected.output) \(rejected.error)")
        let widened = try run("texts.csv")
        #expect(widened.status == 0)
        #expect(widened.error.contains("Column n of products \(words)"), "\(widened.error)")
        #expect(try space.run("status 3").output.contains("Column n \(words)"))
        #expect(try space.run("list").output.contains("n to text"))
        let json = try space.run("status 3 --json").json()["widened"] as? [[String: Any]]
        #expect(json?.first?["value"] as? String == "007")
        #expect(try run("texts.csv", ["--on-type-conflict", "text"]).status == 2)
    }

    @Test(arguments: Store.Kind.allCases)
    func aTableThatIsAwayIsRefusedAndTakenBackWhenItIsThere(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        let before = try importBoth(into: store)
        let changes: [(away: String, back: String)] = [
            ("ALTER TABLE products RENAME TO old", "ALTER TABLE old RENAME TO products"),
            (
                "ALTER TABLE products RENAME COLUMN price TO cost",
                "ALTER TABLE products RENAME COLUMN cost TO price"
            ),
        ]
        for (away, back) in changes {
            try store.execute(away)
            for command in ["rollback 2 --yes", "rollback 1 2 --yes --overwrite-edited"] {
                let refused = try space.run(command)
                #expect(refused.status == 1, "\(refused.output) \(refused.error)")
                #expect(refused.error.contains("Nothing was changed."))
            }
            try store.execute(back)
            #expect(try space.run("status 2 --json").json()["state"] as? String == "succeeded")
        }
        #expect(try space.run("rollback 2 --yes").status == 0)
        expectSame(try store.all("products"), before)
    }

    @Test(arguments: Store.Kind.allCases)
    func aStaleCopyOfTheLogTakesNothingBack(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        for (name, key) in [("a", "1"), ("b", "2"), ("c", "3")] {
            try space.write("k,n\n\(key),x\n", to: name + ".csv")
        }
        func run(_ name: String, _ log: String) throws -> Finished {
            try space.run([
                "import", name + ".csv", "--into", store.into, "--table", "products", "--key", "k", "--log-dir", log,
            ])
        }
        #expect(try run("a", "log").status == 0)
        try FileManager.default.copyItem(atPath: space.file("log"), toPath: space.file("copy"))
        #expect(try run("b", "log").status == 0)
        #expect(try run("c", "copy").status == 1)
        let rows = try store.all("products")
        let refused = try space.run("rollback 2 --yes --log-dir copy")
        #expect(refused.status == 1, "\(refused.output) \(refused.error)")
        #expect(refused.error.contains("another import of this number"))
        expectSame(try store.all("products"), rows)
        #expect(try space.run("verify 2 --log-dir log").status == 0)
        #expect(try space.run("rollback 2 --yes --log-dir log").status == 0)
        #expect(try store.rows("SELECT k FROM products") == ["1"])
    }

    @Test(arguments: Store.Kind.allCases)
    func aRowLeadsBackToItsLines(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        _ = try importBoth(into: store)
        let result = try space.run(["trace", "--into", store.into, "--table", "products", "--key", "p602", "--json"])
        let changes = try result.jsonArray()
        #expect(changes.map { $0["import"] as? Int } == [1, 2])
        #expect(changes.map { $0["change"] as? String } == ["inserted", "updated"])
        #expect(changes.map { $0["line"] as? Int } == [604, 4])
        #expect(changes.map { $0["record"] as? Int } == [603, 3])
        let source = try String(decoding: space.read("second.csv"), as: UTF8.self)
        let offset = try #require(changes[1]["byte_offset"] as? Int)
        #expect(source.utf8.dropFirst(offset).starts(with: "p602,".utf8))
        #expect((changes[1]["before"] as? [String: String])?["name"] == "Product 602")
        #expect(
            try space.run(["trace", "--into", store.into, "--table", "products", "--key", "sku=nobody"]).status == 2)
    }

    @Test func aRollbackThatLosesItsConnectionWhileItPreparesGoesOnByItself() throws {
        let store = try Store(.postgres, in: space)
        let before = try importBoth(into: store)
        let role = "undoer\(UInt32.random(in: 0 ... .max))"
        // The session that reads the undo data is terminated the first three times.
        for statement in [
            "CREATE ROLE \(role) LOGIN", "CREATE SEQUENCE doom; GRANT USAGE ON SEQUENCE doom TO \(role)",
            """
            CREATE FUNCTION doom() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
                IF nextval('doom') <= 3 THEN PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(5); END IF;
                RETURN true; END $$
            """,
            "GRANT ALL ON products TO \(role); GRANT USAGE, CREATE ON SCHEMA _waybill TO \(role)",
            "GRANT ALL ON ALL TABLES IN SCHEMA _waybill TO \(role); GRANT ALL ON ALL SEQUENCES IN SCHEMA _waybill TO \(role)",
            "ALTER TABLE _waybill.undo_chunks ENABLE ROW LEVEL SECURITY",
            "CREATE POLICY all_but_doomed ON _waybill.undo_chunks USING (doom())",
        ] { try store.execute(statement) }
        let address = store.into.replacing(/\/\/[^@\/]*@/, with: "//\(role)@")
        let result = try space.run(["rollback", "2", "--yes", "--into", address])
        #expect(result.status == 0, "\(result.output) \(result.error)")
        #expect(result.error.contains("trying again"), "\(result.error)")
        #expect(try Int(store.rows("SELECT last_value FROM doom")[0]).map { $0 > 3 } == true)
        expectSame(try store.all("products"), before)
    }

    @Test func aRowIsTracedByAnySpellingThatTheDatabaseTakesForItsKey() throws {
        let store = try Store(.postgres, in: space)
        try store.execute("CREATE EXTENSION citext")
        try store.execute("CREATE TABLE c (k citext PRIMARY KEY, n numeric, d date)")
        try space.write("k,n,d\nCd,3.50,2026-01-02\n", to: "c.csv")
        #expect(try space.run(["import", "c.csv", "--into", store.into, "--table", "c", "--key", "k"]).status == 0)
        for (key, status) in [
            ("Cd", 0), ("cd", 0), ("k=CD", 0), ("n=3.5", 0), ("d=20260102", 0), ("n=x", 2), ("k=c", 2), ("d=", 2),
        ] as [(String, Int32)] {
            #expect(
                try space.run(["trace", "--into", store.into, "--table", "c", "--key", key]).status == status, "\(key)")
        }
        // Of a row that is gone, its import still tells, and of a value what it was before.
        try space.write("k,n,d\nCd,4,2026-01-02\n", to: "c.csv")
        let upsert = ["import", "c.csv", "--into", store.into, "--table", "c", "--key", "k", "--mode", "upsert"]
        #expect(try space.run(upsert).status == 0)
        try store.execute("DELETE FROM c")
        for key in ["Cd", "cd", "n=3.500"] {
            let traced = try space.run(["trace", "--into", store.into, "--table", "c", "--key", key])
            #expect(traced.output.contains("inserted by import 1") && traced.output.contains("updated by import 2"))
        }
        // Texts that are none of a column's new type are compared as texts.
        try store.execute("ALTER TABLE c ALTER k TYPE int USING 0")
        for (key, status) in [("Cd", 0), ("cd", 2), ("k=7", 2)] as [(String, Int32)] {
            #expect(
                try space.run(["trace", "--into", store.into, "--table", "c", "--key", key]).status == status, "\(key)")
        }
    }

    /// What a rollback left, a verification tells.
    @Test(arguments: Store.Kind.allCases) func aVerificationNamesTheRowsThatARollbackKept(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        try space.write("id,name\na,x\nb,x\nc,x\n", to: "a.csv")
        #expect(
            try space.run(["import", "a.csv", "--into", store.into, "--table", "t", "--key", "id"]).status == 0)
        try store.execute("UPDATE t SET name = 'mine' WHERE id = 'b'")
        #expect(try space.run("rollback 1 --yes --no-backup").status == 3)
        let verified = try space.run("verify 1")
        #expect(verified.status == 3, "\(verified.output)")
        #expect(
            verified.output.contains("rolled back, except for 1 row\n")
                && verified.output.contains("t      b    it was changed since"), "\(verified.output)")
        #expect(try space.run("verify 1 --json").status == 3)
        // It is not taken for one that was not rolled back.
        #expect(try space.run("rollback --last --yes").error.isEmpty)
        #expect(try store.all("t").count == 1)
        #expect(try space.run("rollback 1 --yes --no-backup --overwrite-edited").status == 0)
        #expect(try space.run("verify 1").status == 0)
    }

    /// A version is valid from the time at which its import was submitted, as every command shows it.
    @Test(arguments: Store.Kind.allCases) func aVersionIsValidFromTheSubmission(_ kind: Store.Kind) throws {
        let store = try Store(kind, in: space)
        for number in 1...3 {
            try space.write("id,name\na,\(number)\n", to: "a.csv")
            let versioned = [
                "import", "a.csv", "--into", store.into, "--table", "t", "--key", "id", "--mode", "versioned",
            ]
            #expect(try space.run(versioned).status == 0)
        }
        let text = #"to_char(valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"#
        let from = try store.rows("SELECT \(kind == .sqlite ? "valid_from" : text) FROM t ORDER BY version")
        #expect(from.count == 3)
        for (number, time) in zip(1..., from) {
            let status = try space.run("status \(number) --json").json()
            #expect(status["submitted_at"] as? String == time)
            #expect(try space.run("list").output.contains(time.prefix(16).replacing("T", with: " ")))
        }
        #expect(try space.run("rollback 2 --yes --no-backup").status == 0)
        #expect(try space.run("verify 3").status == 0)
    }
}

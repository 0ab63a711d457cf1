import Destinations
import Records
import Testing

/// What SQLite's own constraints, triggers and kinds of tables make of records.
@Suite struct SQLiteConstraintTests {
    /// A table of this definition, prepared for `columns`.
    private func database(
        _ setUp: String..., columns: [String], key: [String] = [], mode: WriteMode = .insert
    ) throws -> TestDatabase {
        let database = try TestDatabase()
        for sql in setUp { try database.run(sql) }
        _ = try database.destination.prepare(.of(columns, key: key, mode: mode))
        return database
    }

    @Test(
        arguments: [
            ("n TEXT NOT NULL", nil, "NOT NULL constraint failed: products.n"),
            ("n TEXT CHECK (n <> 'bad')", "bad", "CHECK constraint failed: n <> 'bad'"),
            ("n TEXT UNIQUE", "twin", "UNIQUE constraint failed: products.n"),
            ("n TEXT REFERENCES brands (name)", "nobody", "FOREIGN KEY constraint failed"),
        ] as [(String, String?, String)])
    func aConstraintCostsTheRecordThatBreaksIt(_ column: String, _ bad: String?, _ words: String) throws {
        let database = try database(
            "CREATE TABLE brands (name TEXT PRIMARY KEY)", "INSERT INTO brands VALUES ('twin'), ('good')",
            "CREATE TABLE products (id TEXT PRIMARY KEY, \(column))",
            "INSERT INTO products VALUES ('0', 'twin')", columns: ["id", "n"], key: ["id"])
        let outcome = try database.write([["1", bad], ["2", "good"]])
        #expect(outcome.inserted == 1)
        #expect(outcome.rejects.map(\.code) == [.constraint])
        #expect(outcome.rejects.map(\.message) == [words])
        #expect(try database.values("id") == ["0", "2"])
    }

    @Test func aNotNullConstraintNamesItsField() throws {
        let database = try database("CREATE TABLE products (id TEXT, n TEXT NOT NULL)", columns: ["id", "n"])
        #expect(try database.write([["1", nil]]).rejects.first?.field == "n")
    }

    @Test func conflictClausesOfTheTableNeitherReplaceNorSkipNorEndTheTransaction() throws {
        for clause in ["REPLACE", "IGNORE", "ROLLBACK", "FAIL", "ABORT"] {
            let database = try database(
                "CREATE TABLE products (id TEXT PRIMARY KEY ON CONFLICT \(clause), n TEXT UNIQUE ON CONFLICT \(clause))",
                columns: ["id", "n"], key: ["id"])
            let outcome = try database.write([["1", "a"], ["1", "b"], ["2", "a"], ["3", "c"]])
            #expect(outcome.inserted == 2)
            #expect(outcome.rejects.map(\.code) == [.duplicateKey, .constraint], "\(clause)")
            #expect(try database.values("id, n") == ["1|a", "3|c"])
        }
    }

    @Test(arguments: ["ABORT", "FAIL", "ROLLBACK"])
    func aTriggerThatRaisesCostsItsRecordOnly(_ action: String) throws {
        for time in ["BEFORE", "AFTER"] {
            let database = try database(
                "CREATE TABLE products (id TEXT PRIMARY KEY, n TEXT)",
                """
                CREATE TRIGGER guard \(time) INSERT ON products WHEN new.n = 'bad'
                BEGIN SELECT RAISE(\(action), 'not this one'); END
                """, columns: ["id", "n"], key: ["id"])
            let outcome = try database.write([["1", "a"], ["2", "bad"], ["3", "c"], ["4", "bad"], ["1", "dup"]])
            #expect(outcome.inserted == 2)
            #expect(outcome.rejects.map(\.message).prefix(2) == ["not this one", "not this one"])
            #expect(outcome.rejects.map(\.key) == ["2", "4", "1"])
            #expect(try database.values("id") == ["1", "3"])
            #expect(try database.query("SELECT count(*) FROM _waybill_ledger") == ["1"])
        }
    }

    @Test(arguments: [WriteMode.insert, .upsert])
    func aTriggerThatIgnoresARecordRejectsIt(_ mode: WriteMode) throws {
        let database = try database(
            "CREATE TABLE products (id TEXT PRIMARY KEY, n TEXT)",
            "CREATE TRIGGER g BEFORE INSERT ON products WHEN new.n = 'bad' BEGIN SELECT RAISE(IGNORE); END",
            columns: ["id", "n"], key: ["id"], mode: mode)
        let outcome = try database.write([["1", "a"], ["2", "bad"]])
        #expect(outcome.inserted == 1)
        #expect(outcome.rejects.map(\.code) == [.constraint])
    }

    @Test func triggersDoNotDisturbTheCounts() throws {
        let database = try database(
            "CREATE TABLE products (id TEXT PRIMARY KEY, n TEXT)", "CREATE TABLE history (id TEXT)",
            "CREATE TRIGGER i AFTER INSERT ON products BEGIN INSERT INTO history VALUES (new.id), ('again'); END",
            "CREATE TRIGGER b BEFORE INSERT ON products BEGIN INSERT INTO history VALUES ('before'); END",
            "CREATE TRIGGER u AFTER UPDATE ON products BEGIN INSERT INTO history VALUES (new.id), ('again'); END",
            columns: ["id", "n"], key: ["id"], mode: .upsert)
        let outcome = try database.write([["1", "a"], ["1", "b"], ["1", "b"], ["2", "c"]])
        #expect([outcome.inserted, outcome.updated, outcome.unchanged] == [2, 1, 1])
    }

    @Test func aTriggersOwnConflictClauseStaysInForce() throws {
        let database = try database(
            "CREATE TABLE products (id TEXT PRIMARY KEY, brand TEXT)", "CREATE TABLE brands (name TEXT PRIMARY KEY)",
            "CREATE TRIGGER t AFTER INSERT ON products BEGIN INSERT OR IGNORE INTO brands VALUES (new.brand); END",
            columns: ["id", "brand"], key: ["id"])
        #expect(try database.write([["1", "a"], ["2", "a"]]).inserted == 2)
    }

    @Test func aStrictTableRejectsAValueOfTheWrongType() throws {
        let database = try database(
            "CREATE TABLE products (id TEXT PRIMARY KEY, n INTEGER) STRICT", columns: ["id", "n?integer"], key: ["id"])
        let outcome = try database.write([["1", "12"], ["2", "abc"]])
        #expect(outcome.rejects.map(\.code) == [.type])
        #expect(outcome.rejects.first?.message == "cannot store TEXT value in INTEGER column products.n")
        #expect(outcome.rejects.first?.field == "n")
        #expect(try database.values("id, typeof(n)") == ["1|integer"])
    }

    @Test func aRowIDKeyRejectsTextThatIsNoNumber() throws {
        let database = try database(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, n TEXT)", columns: ["id", "n"], key: ["id"])
        let outcome = try database.write([["1", "a"], ["x", "b"], ["1", "c"], [nil, "d"]])
        #expect(outcome.rejects.map(\.code) == [.type, .duplicateKey, .keyMissing])
    }

    @Test(arguments: ["", "WITHOUT ROWID", "STRICT"])
    func anUpsertCountsInEveryKindOfTable(_ kind: String) throws {
        let database = try database(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, n INTEGER) \(kind)", columns: ["id", "n"], key: ["id"],
            mode: .upsert)
        try database.write([["1", "10"], ["2", "20"]])
        let outcome = try database.write([["1", "10"], ["2", "21"], ["3", "30"], ["3", "30"]])
        #expect([outcome.inserted, outcome.updated, outcome.unchanged] == [1, 1, 2])
    }

    @Test func aColumnThatIgnoresCaseStillTakesAValueOfAnotherCase() throws {
        let database = try database(
            "CREATE TABLE products (id TEXT PRIMARY KEY, n TEXT COLLATE NOCASE)", columns: ["id", "n"], key: ["id"],
            mode: .upsert)
        try database.write([["1", "abc"]])
        #expect(try database.write([["1", "ABC"]]).updated == 1)
        #expect(try database.values("n") == ["ABC"])
    }

    @Test func anUpsertLeavesColumnsThatTheSourceLacksAlone() throws {
        let database = try database(
            "CREATE TABLE products (id TEXT PRIMARY KEY, n TEXT, seen TEXT DEFAULT 'new')",
            "INSERT INTO products VALUES ('1', 'a', 'old')", columns: ["ID", "N"], key: ["id"], mode: .upsert)
        try database.write([["1", "b"], ["2", "c"]])
        #expect(try database.values("id, n, seen") == ["1|b|old", "2|c|new"])
    }

    @Test func deferredForeignKeysCostOnlyTheRecordsWithoutAParent() throws {
        for kind in ["", "WITHOUT ROWID"] {
            let database = try database(
                """
                CREATE TABLE products (id TEXT PRIMARY KEY,
                    parent TEXT REFERENCES products DEFERRABLE INITIALLY DEFERRED) \(kind)
                """, columns: ["id", "parent"], key: ["id"])
            // 1 comes before its parent; 4 refers to 3, which is refused.
            let outcome = try database.write([["1", "2"], ["2", nil], ["3", "none"], ["4", "3"], ["5", "2"]])
            #expect(outcome.inserted == 3)
            #expect(outcome.rejects.map(\.key) == ["3", "4"])
            #expect(outcome.rejects.first?.code == .constraint)
            #expect(try database.values("id", order: "id") == ["1", "2", "5"])
        }
    }

    @Test func aTableWithoutAKeyInThePlanStillReportsItsPrimaryKey() throws {
        let database = try database("CREATE TABLE products (id TEXT PRIMARY KEY, n TEXT)", columns: ["n", "id"])
        let outcome = try database.write([["a", "1"], ["b", "1"]])
        #expect(outcome.rejects.map(\.code) == [.duplicateKey])
        #expect(outcome.rejects.map(\.key) == ["1"])
    }

    @Test(arguments: [
        "CREATE VIEW products AS SELECT 1 AS id",
        "CREATE VIRTUAL TABLE products USING fts5(id)",
        "CREATE TABLE products (n INTEGER, id TEXT AS (n || 'x'))",
        "CREATE TABLE _waybill_ledger (id TEXT)",
    ])
    func aTableThatCannotBeWrittenIsRefusedUpFront(_ sql: String) throws {
        let database = try TestDatabase()
        try database.run(sql)
        #expect(throws: DataError.self) { try database.destination.prepare(.of(["id"])) }
        #expect(try database.query("SELECT count(*) FROM sqlite_schema WHERE name = '_waybill_inferred'") == ["0"])
    }

    @Test func aPartialUniqueIndexIsNoKey() throws {
        let database = try TestDatabase()
        try database.run("CREATE TABLE products (id TEXT)", "CREATE UNIQUE INDEX i ON products (id) WHERE id > 'a'")
        #expect(throws: DataError.self) { try database.destination.prepare(.of(["id"], key: ["id"], mode: .upsert)) }
    }

    @Test func anExpressionOfTheTableThatFailsCostsItsRecord() throws {
        let database = try database(
            "CREATE TABLE products (id TEXT, doc TEXT)", "CREATE INDEX j ON products (json_extract(doc, '$.a'))",
            columns: ["id", "doc"])
        let outcome = try database.write([["1", #"{"a":1}"#], ["2", "{broken"]])
        #expect(outcome.inserted == 1)
        #expect(outcome.rejects.map(\.code) == [.constraint])
    }

    @Test(arguments: [true, false]) func aTableThatHidesAllNamesOfTheRowIDIsTakenOnlyWithoutUndoData(_ isThere: Bool)
        throws
    {
        let database = try TestDatabase()
        if isThere { try database.run("CREATE TABLE products (rowid, _rowid_, OID, v text UNIQUE)") }
        var plan = TablePlan.of(["rowid", "_rowid_", "OID", "v"], key: ["v"])
        let error = #expect(throws: DataError.self) { try database.destination.prepare(plan) }
        #expect(error?.code == .unusableOption && error?.remedy?.contains("--no-undo") == true)
        #expect(try database.query("SELECT name FROM sqlite_schema WHERE name = 'products'").isEmpty != isThere)
        plan.keepsUndo = false
        _ = try database.destination.prepare(plan)
    }

    @Test(arguments: ["", "DEFERRABLE INITIALLY DEFERRED"])
    func aRecordThatChangesWhatOthersReferToCostsItselfOnly(_ timing: String) throws {
        let database = try TestDatabase()
        try database.run(
            "CREATE TABLE products (sku TEXT PRIMARY KEY, code TEXT UNIQUE)",
            "CREATE TABLE labels (code TEXT REFERENCES products (code) \(timing))",
            "INSERT INTO products VALUES ('a', '1'), ('b', '2'), ('c', '3')", "INSERT INTO labels VALUES ('1')")
        _ = try database.destination.prepare(.of(["sku", "code"], key: ["sku"], mode: .upsert))
        let outcome = try database.write([["a", "9"], ["b", "8"], ["d", "7"]])
        #expect(outcome.rejects.map(\.key) == ["a"] && outcome.updated == 1 && outcome.inserted == 1)
        #expect(try database.values("sku, code") == ["a|1", "b|8", "c|3", "d|7"])
    }
}

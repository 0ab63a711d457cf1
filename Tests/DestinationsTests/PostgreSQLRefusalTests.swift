import Destinations
import Records
import Testing

/// Whom PostgreSQL's refusals cost something.
@Suite struct PostgreSQLRefusalTests {
    /// What someone does to the table between two chunks costs no record.
    @Test(
        arguments: [
            "DROP COLUMN junk", "ADD COLUMN more int DEFAULT 7", "RENAME COLUMN junk TO other",
            "ALTER COLUMN junk TYPE text",
        ], [WriteMode.upsert, .insert, .versioned])
    func aTableThatChangesMeanwhileIsLookedAtAnew(_ change: String, _ mode: WriteMode) throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(
            "CREATE TABLE products (id int, v text, junk int DEFAULT 1, is_current int, version int, valid_from text, valid_to text)"
        )
        try lab.execute("CREATE UNIQUE INDEX ON products (id\(mode == .versioned ? ", version" : ""))")
        _ = try lab.destination.prepare(.of(["id?integer", "v"], key: ["id"], mode: mode, table: "products"))
        func rows(_ first: Int) -> [[String?]] { (first..<first + 150).map { ["\($0)", "v\($0)"] } }
        for chunk in 1...3 {
            let outcome = try lab.write(rows(chunk * 1_000), chunk: UInt64(chunk))
            #expect(
                outcome.inserted == 150 && outcome.rejects.isEmpty, "chunk \(chunk): \(outcome.rejects.first as Any)")
            if chunk == 1 { try lab.execute("ALTER TABLE products \(change)") }
        }
        #expect(try lab.query("SELECT count(*) FROM products") == [["450"]])
    }

    @Test func aColumnThatRecordsNeedAndSomebodyDroppedEndsTheImport() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (id int PRIMARY KEY, v text)")
        _ = try lab.destination.prepare(.of(["id?integer", "v"], key: ["id"], mode: .upsert, table: "products"))
        try lab.write((1..<150).map { ["\($0)", "a"] })
        try lab.execute("ALTER TABLE products DROP COLUMN v")
        #expect(throws: DataError.self) { try lab.write((1..<150).map { ["\($0)", "b"] }, chunk: 2) }
        #expect(try lab.query("SELECT count(*) FROM products") == [["149"]])
    }

    struct Case: CustomTestStringConvertible {
        var name: String
        var setUp: String
        /// Of the column v, for the keys 1, 2, 3 …; those of `bad` are refused.
        var values: [String?]
        var bad: Set<Int>
        var testDescription: String { name }
    }

    private static func raising(_ state: String) -> Case {
        Case(
            name: state,
            setUp: """
                CREATE TABLE products (id int PRIMARY KEY, v text);
                CREATE FUNCTION judge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    IF NEW.v = 'bad' THEN RAISE 'refused' USING ERRCODE = '\(state)'; END IF; RETURN NEW; END $$;
                CREATE TRIGGER judge BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION judge()
                """, values: ["a", "bad", "c"], bad: [1])
    }

    /// Not to be compressed.
    private static let long: String = {
        var random = SeededRandom(1)
        return String((0..<12_000).map { _ in Character(Unicode.Scalar(UInt8.random(in: 97...122, using: &random))) })
    }()
    private static let deep = String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000)
    private static let words = (0..<90_000).map { "a\($0 * 7_919)b\($0)" }.joined(separator: " ")

    private static func table(_ name: String, _ columns: String, _ values: [String?], _ bad: Set<Int>) -> Case {
        Case(name: name, setUp: "CREATE TABLE products (id int PRIMARY KEY, \(columns))", values: values, bad: bad)
    }

    static let cases =
        [
            table("NUL in jsonb", "v jsonb", ["{}", #"{"x": 1}"#, #"{"x": "a\u0000b"}"#, "[1]"], [2]),
            table("half a pair in jsonb", "v jsonb", ["{}", "{}", #"{"x": "\ud800"}"#, "{}"], [2]),
            table("malformed jsonb", "v jsonb", ["{\n}", "{}", "{\n\n\nbad", "{}"], [2]),
            table(
                "a context in a value", "v jsonb",
                ["{}", "{}", "{bad\nCOPY _waybill_staging_1, line 1, column c2: x", "{}"], [2]),
            table("deep json", "v json", ["[]", deep, "[1]"], [1]),
            table("deep jsonb", "v jsonb", ["[]", deep, "[1]"], [1]),
            table("a long value in an index", "v text UNIQUE", ["a", long, "c"], [1]),
            Case(
                name: "a row larger than a page",
                setUp:
                    "CREATE TABLE products (id int PRIMARY KEY, v text); ALTER TABLE products ALTER v SET STORAGE PLAIN",
                values: ["a", long, "c"], bad: [1]),
            table(
                "a long tsvector", "v text, w tsvector GENERATED ALWAYS AS (to_tsvector('simple', v)) STORED",
                ["a", words, "c"], [1]),
            table("a division", "v int, w int GENERATED ALWAYS AS (100 / v) STORED", ["1", "0", "3"], [1]),
            table("a check that divides", "v int CHECK (100 / v > 2)", ["1", "0", "3", "99"], [1, 3]),
            Case(
                name: "an index that reckons",
                setUp: "CREATE TABLE products (id int PRIMARY KEY, v text); CREATE INDEX ON products ((v::int))",
                values: ["1", "x", "3"], bad: [1]),
            Case(
                name: "a domain that raises",
                setUp: """
                    CREATE FUNCTION judge(text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
                        IF $1 = 'bad' THEN RAISE 'refused' USING ERRCODE = 'U0001'; END IF; RETURN true; END $$;
                    CREATE DOMAIN judged AS text CHECK (judge(VALUE)); CREATE TABLE products (id int PRIMARY KEY, v judged)
                    """, values: ["a", "bad", "c"], bad: [1]),
            table("an orphan", "v int REFERENCES products (id)", ["2", "3", nil, "9"], [3]),
            table(
                "an orphan that is found late", "v int REFERENCES products (id) DEFERRABLE INITIALLY DEFERRED",
                ["2", "3", nil, "9"], [3]),
            table("a circle", "v int REFERENCES products (id)", ["2", "3", "1", "1", "5", "9"], [5]),
            table(
                "a circle around an orphan's child", "v int REFERENCES products (id)", ["2", "1", "5", "9", "4"],
                [2, 3, 4]),
            table("a bad type beside children", "v int REFERENCES products (id)", ["2", "3", nil, "x"], [3]),
            table(
                "a refused parent", "v int REFERENCES products (id), CHECK (id <> 3)", ["2", "3", nil, "2"],
                [0, 1, 2, 3]),
        ]
        + [
            "P0001", "P0004", "PT409", "U0001", "45000", "42501", "0A000", "22023", "23503", "54000", "55000", "55P03",
            "57014",
            "40001", "40P01", "XX000", "38000", "2F002", "42883", "42P01", "25006", "72000", "0B000",
        ].map(raising)

    @Test(arguments: cases, [WriteMode.insert, .upsert])
    func aRefusalCostsItsRecordOnly(_ given: Case, _ mode: WriteMode) throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(given.setUp)
        _ = try lab.destination.prepare(.of(["id", "v"], key: ["id"], mode: mode))
        let outcome = try lab.writePatiently(given.values.enumerated().map { ["\($0 + 1)", $1] })
        #expect(
            Set(outcome.rejects.map { Int($0.location.record) - 1 }) == given.bad, "\(outcome.rejects.map(\.message))")
        #expect(outcome.inserted == given.values.count - given.bad.count)
    }

    @Test func aRowLargerThanAPageIsToldWhatHelps() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(
            "CREATE TABLE products (id int PRIMARY KEY, v text); ALTER TABLE products ALTER v SET STORAGE PLAIN")
        _ = try lab.destination.prepare(.of(["id", "v"], key: ["id"]))
        let message = try lab.write([["1", Self.long]]).rejects.first?.message
        #expect(message?.hasPrefix("row is too big: size 12032, maximum size 8160; ") == true, "\(message ?? "")")
        #expect(message?.hasSuffix("or import into SQLite") == true)
    }

    @Test(arguments: [WriteMode.insert, .upsert]) func aPolicyRefusesItsRecordOnly(_ mode: WriteMode) throws {
        let (lab, role, url) = try makeClerk()
        try lab.execute(
            """
            CREATE TABLE shops (id int PRIMARY KEY); INSERT INTO shops VALUES (1);
            ALTER TABLE shops ENABLE ROW LEVEL SECURITY; GRANT SELECT, REFERENCES ON shops TO \(role);
            CREATE TABLE products (id int PRIMARY KEY, tenant text, shop int REFERENCES shops);
            ALTER TABLE products ENABLE ROW LEVEL SECURITY; GRANT ALL ON products TO \(role);
            CREATE POLICY own ON products USING (tenant = current_user) WITH CHECK (tenant = current_user);
            INSERT INTO products VALUES (4, 'other', NULL)
            """)
        let destination = try PostgreSQLDestination(url: url)
        _ = try destination.prepare(.of(["id", "tenant", "shop"], key: ["id"], mode: mode))
        let rows: [[String?]] = [
            ["1", role, "1"], ["2", "other", nil], ["3", role, "2"], ["4", role, nil], ["5", role, "1"],
        ]
        var outcome = ChunkOutcome()
        _ = try destination.write(.rows(rows), key: LedgerKey(logID: "log", importID: 1, chunk: 1)) {
            outcome = $0
            return []
        }
        #expect(outcome.inserted == 2)
        #expect(outcome.rejects.map(\.location.record) == [2, 3, 4])
    }

    @Test(
        arguments: [
            ("(lower(v))", "acc"), ("(lower(v)) WHERE id < 9", "acc"), ("(v) WHERE id < 9", "acc"), ("(v)", "acc"),
            ("(v) INCLUDE (id)", "acc"), ("(v, (1))", "acc_pkey"),
        ], [WriteMode.insert, .upsert])
    func aUniqueIndexBesidesTheKeyIsNamedInTheServersWords(_ index: (String, String), _ mode: WriteMode) throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(
            "CREATE TABLE products (id int PRIMARY KEY, v text); CREATE UNIQUE INDEX \(index.1) ON products \(index.0)")
        _ = try lab.destination.prepare(.of(["id", "v"], key: ["id"], mode: mode))
        let outcome = try lab.write([["1", "a"], ["2", "a"], ["3", "b"]])
        #expect(outcome.inserted == 2)
        #expect(outcome.rejects.map(\.code) == [.constraint])
        #expect(
            outcome.rejects.first?.message.hasPrefix("duplicate key value violates unique constraint \"\(index.1)\"")
                == true)
    }

    @Test func thePartOfATableThatHasTheKeyAlreadyIsTheTable() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (id int PRIMARY KEY, v text) PARTITION BY RANGE (id);
            CREATE TABLE low PARTITION OF products FOR VALUES FROM (0) TO (10)
            """)
        _ = try lab.destination.prepare(.of(["id", "v"], key: ["id"]))
        let outcome = try lab.write([["1", "a"], ["1", "b"], ["12", "c"]])
        #expect(outcome.rejects.map(\.code) == [.duplicateKey, .constraint])
    }

    @Test(arguments: [WriteMode.upsert, .versioned]) func aLaterRecordOfTheKeyHidesNoRefusal(_ mode: WriteMode) throws {
        let lab = try PostgreSQLLaboratory()
        var plan = TablePlan.of(["id", "v:integer"], key: ["id"], mode: mode)
        plan.moment = "2026-01-01T00:00:00Z"
        _ = try lab.destination.prepare(plan)
        try lab.execute("ALTER TABLE products ADD CHECK (v > 0)")
        let outcome = try lab.write([["1", "1"], ["2", "-1"], ["2", "3"], ["1", "0"]])
        #expect(outcome.rejects.map(\.location.record) == [2, 4])
        #expect(outcome.inserted == 2)
    }

    @Test func childrenThatComeAfterTheirParentGoWithItInADeletion() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (id int PRIMARY KEY, boss int REFERENCES products (id));
            CREATE TABLE orders (product int REFERENCES products (id));
            INSERT INTO products VALUES (1, NULL), (2, 1), (3, 2), (4, NULL), (5, 4); INSERT INTO orders VALUES (5)
            """)
        _ = try lab.destination.prepare(.of(["id"], key: ["id"], mode: .delete))
        let outcome = try lab.write([["1"], ["2"], ["4"], ["3"], ["5"], ["6"]])
        #expect(outcome.rejects.map(\.key) == ["4", "5"])
        #expect([outcome.updated, outcome.unchanged] == [3, 1])
        #expect(try lab.rows(of: "products").map(\.[0]) == ["4", "5"])
    }

    /// What is not a record's fault ends the import, and no record is rejected for it.
    @Test(
        arguments: [
            "REVOKE INSERT ON products FROM #", "ALTER TABLE products RENAME TO goods",
            "ALTER TABLE products DROP COLUMN v",
            "ALTER ROLE # SET default_transaction_read_only = on",
            """
            CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO nothing VALUES (1); RETURN NEW; END';
            CREATE TRIGGER audit BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION audit()
            """,
        ], [WriteMode.insert, .upsert])
    func whatStandsAgainstTheTableRejectsNothing(_ change: String, _ mode: WriteMode) throws {
        let (lab, role, url) = try makeClerk()
        try lab.execute("CREATE TABLE products (id int PRIMARY KEY, v text); GRANT ALL ON products TO \(role)")
        let plan = TablePlan.of(["id", "v"], key: ["id"], mode: mode)
        let before = try PostgreSQLDestination(url: url)
        _ = try before.prepare(plan)
        try lab.execute(change.replacing("#", with: role))
        for isAnew in [false, true] {
            let error = #expect(throws: DataError.self) {
                let destination = try isAnew ? PostgreSQLDestination(url: url) : before
                if isAnew {
                    _ = try destination.prepare(plan)
                } else if change.contains("ROLE") {
                    throw DataError(.destination, "")
                }
                let rows = (1...150).map { ["\($0)", "a"] as [String?] }
                _ = try destination.write(.rows(rows), key: LedgerKey(logID: "log", importID: 1, chunk: 1)) { _ in [] }
            }
            #expect(error?.code == .destination || error?.code == .unusableOption, "\(error?.description ?? "")")
        }
    }

    /// A database that a role without privileges may use.
    private func makeClerk() throws -> (lab: PostgreSQLLaboratory, role: String, url: String) {
        let lab = try PostgreSQLLaboratory()
        let role = "clerk_\(UInt32.random(in: 0 ... .max))"
        let database = try lab.query("SELECT current_database()")[0][0] ?? ""
        try lab.execute("CREATE ROLE \(role) LOGIN; GRANT CREATE ON DATABASE \(database) TO \(role)")
        return (lab, role, lab.url.replacing("//postgres@", with: "//\(role)@"))
    }
}

extension Laboratory {
    /// Writes a chunk as an import does: what may pass is tried again.
    func writePatiently(_ rows: [[String?]], chunk: UInt64 = 1) throws -> ChunkOutcome {
        for _ in 0..<3 {
            do { return try write(rows, chunk: chunk) } catch let error as DataError where error.code == .busy {}
        }
        return try write(rows, chunk: chunk)
    }
}

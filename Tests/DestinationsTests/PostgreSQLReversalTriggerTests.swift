import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// Triggers fire while rows are undone, too.
@Suite struct PostgreSQLReversalTriggerTests {
    private static let triggers = [
        // What is written back.
        ("BEFORE UPDATE", "new.v := 'x'; RETURN new"),
        ("BEFORE INSERT OR UPDATE", "IF TG_OP = 'UPDATE' THEN new.n := old.n + 1; END IF; RETURN new"),
        ("BEFORE INSERT OR UPDATE", "new.v := new.v || '!'; RETURN new"),
        ("BEFORE INSERT", "new.n := 77; RETURN new"),
        // Other rows.
        (
            "AFTER INSERT OR UPDATE",
            "IF pg_trigger_depth() = 1 THEN UPDATE products SET n = 5 WHERE v = new.v AND id <> new.id; END IF; RETURN null"
        ),
        (
            "AFTER UPDATE",
            "IF pg_trigger_depth() = 1 THEN UPDATE products SET n = n + 1 WHERE v = new.v AND id <> new.id; END IF; RETURN null"
        ),
        ("AFTER UPDATE", "DELETE FROM products WHERE id = new.id + 4; RETURN null"),
        ("AFTER DELETE", "INSERT INTO products VALUES (old.id + 50, old.v, 9); RETURN null"),
        ("AFTER DELETE", "UPDATE products SET n = n + 1; RETURN null"),
        // Something else instead.
        ("BEFORE DELETE", "UPDATE products SET n = 9 WHERE id = old.id; RETURN null"),
    ]

    private func make(_ lab: PostgreSQLLaboratory, _ trigger: (event: String, body: String), key: String) throws {
        try lab.execute(
            """
            CREATE TABLE products (id int\(key), v text, n int);
            INSERT INTO products VALUES (1, 's', 2), (3, 's', 2), (5, 'q', 2), (7, 's', 1);
            CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \(trigger.body); END $$;
            CREATE TRIGGER act \(trigger.event) ON products FOR EACH ROW EXECUTE FUNCTION act()
            """)
    }

    /// The keys of the rows that are not what they were.
    private func differences(_ before: [[String?]], _ now: [[String?]]) -> Set<String> {
        Set((before + now).filter { !before.contains($0) || !now.contains($0) }.compactMap { $0[0] })
    }

    @Test(arguments: triggers, [WriteMode.upsert, .delete])
    func whatIsNotAsBeforeIsNamedUntilItIs(_ trigger: (event: String, body: String), _ mode: WriteMode) throws {
        let lab = try PostgreSQLLaboratory()
        try make(lab, trigger, key: " PRIMARY KEY")
        let before = try lab.rows(of: "products")
        let isDeletion = mode == .delete
        _ = try lab.destination.prepare(.of(isDeletion ? ["id"] : ["id", "v"], key: ["id"], mode: mode))
        try lab.write(isDeletion ? [["1"], ["5"]] : [["1", "z"], ["5", "q"], ["6", "s"]])
        for _ in 1...2 {
            let named = Set(try lab.reverse(1).kept.map(\.key))
            #expect(try named == differences(before, lab.rows(of: "products")))
        }
        #expect(try lab.query("SELECT tgname FROM pg_trigger WHERE tgrelid = 'products'::regclass") == [["act"]])
        try lab.execute("ALTER TABLE products DISABLE TRIGGER USER")
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products") == before)
    }

    /// A row that comes by INSERT is given the rest by an update, which this trigger leaves alone.
    @Test func aRowThatATriggerStampsComesBackAsItWas() throws {
        let lab = try PostgreSQLLaboratory()
        try make(lab, Self.triggers[3], key: " PRIMARY KEY")
        let before = try lab.rows(of: "products")
        _ = try lab.destination.prepare(.of(["id"], key: ["id"], mode: .delete))
        try lab.write([["1"], ["3"]])
        #expect(try lab.reverse(1) == ChunkReversal(reversed: 2))
        #expect(try lab.rows(of: "products") == before)
    }

    /// The newest flag goes back to the row that had it.
    @Test func aFlagThatTriggersPassOnComesBack() throws {
        let lab = try PostgreSQLLaboratory()
        try make(
            lab, ("AFTER UPDATE", "UPDATE products SET n = 0 WHERE new.n = 1 AND n = 1 AND id <> new.id; RETURN null"),
            key: " PRIMARY KEY")
        let before = try lab.rows(of: "products")
        _ = try lab.destination.prepare(.of(["id", "n"], key: ["id"], mode: .upsert))
        try lab.write([["3", "1"], ["5", "9"]])
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products") == before)
    }

    @Test func aRowOfALaterImportGoesOnFromWhatATriggerMadeOfIt() throws {
        let lab = try PostgreSQLLaboratory()
        try make(lab, Self.triggers[4], key: " PRIMARY KEY")
        _ = try lab.destination.prepare(.of(["id", "v"], key: ["id"], mode: .upsert))
        try lab.write([["1", "z"]], importID: 1)
        try lab.write([["3", "y"]], importID: 2)
        try lab.write([["3", "s"]], importID: 2, chunk: 2)
        #expect(try lab.reverse(1).kept.map(\.key).contains("3"))
        try lab.execute("ALTER TABLE products DISABLE TRIGGER USER")
        #expect(try lab.reverse(2).kept.isEmpty)
        #expect(try lab.reverse(1).kept.isEmpty)
    }

    @Test func withoutAKeyItIsSaidAsWell() throws {
        let lab = try PostgreSQLLaboratory()
        try make(lab, Self.triggers[1], key: "")
        try lab.execute("CREATE INDEX ON products (id)")
        var plan = TablePlan.of(["id"], key: ["id"], mode: .delete)
        plan.marks = [DeletionMark(column: "v", value: "gone")]
        _ = try lab.destination.prepare(plan)
        try lab.write([["5"]])
        for _ in 1...2 { #expect(try lab.reverse(1).kept.map(\.reason) == [.refused]) }
        try lab.execute("ALTER TABLE products DISABLE TRIGGER USER")
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.query("SELECT v, n FROM products WHERE id = 5") == [["q", "2"]])
    }
}

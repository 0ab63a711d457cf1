import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// What triggers do to other rows of the table goes with the import, too.
@Suite struct PostgreSQLTriggerUndoTests {
    private let lab: PostgreSQLLaboratory

    init() throws {
        lab = try PostgreSQLLaboratory()
        try makeTable()
    }

    private func makeTable() throws {
        try lab.execute(
            """
            DROP TABLE IF EXISTS products; DROP FUNCTION IF EXISTS act();
            CREATE TABLE products (id int PRIMARY KEY, grp text, latest boolean DEFAULT true, n int DEFAULT 0);
            INSERT INTO products VALUES (100, 'a', true, 1), (101, 'b', false, 1)
            """)
    }

    static let triggers = [
        // The newest row of all.
        ("AFTER INSERT", "UPDATE products SET latest = false WHERE id <> new.id AND latest"),
        ("AFTER INSERT OR UPDATE OF grp", "UPDATE products SET latest = false WHERE id <> new.id AND latest"),
        ("BEFORE INSERT", "UPDATE products SET latest = false WHERE grp = new.grp AND latest"),
        // A counter in each row of a group.
        (
            "AFTER INSERT OR UPDATE OF grp",
            "UPDATE products p SET n = (SELECT count(*) FROM products WHERE grp = p.grp) WHERE grp = new.grp AND n <> (SELECT count(*) FROM products WHERE grp = p.grp)"
        ),
        // Rows that go and rows that come.
        ("AFTER INSERT", "DELETE FROM products WHERE grp = new.grp AND id < new.id"),
        ("AFTER INSERT", "INSERT INTO products SELECT new.id + 1000, new.grp, false, 7 WHERE new.id < 1000"),
        // The row itself, again.
        ("AFTER INSERT", "UPDATE products SET n = 9 WHERE id = new.id"),
    ]

    private func make(_ trigger: (event: String, action: String), definer: Bool = false) throws {
        try lab.execute(
            """
            CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql \(definer ? "SECURITY DEFINER" : "") AS
            $$BEGIN \(trigger.action); RETURN new; END$$;
            CREATE TRIGGER "Act" \(trigger.event) ON products FOR EACH ROW EXECUTE FUNCTION act()
            """)
    }

    @Test(arguments: [WriteMode.insert, .upsert]) func whatATriggerDidToOtherRowsIsTakenBack(_ mode: WriteMode) throws {
        for (index, trigger) in Self.triggers.enumerated() {
            try makeTable()
            try make(trigger)
            _ = try lab.destination.prepare(.of(["id", "grp"], key: ["id"], mode: mode))
            let before = try lab.rows(of: "products")
            let importID = UInt64(index + 1)
            try lab.write([["1", "a"], ["2", "a"], ["3", "b"]], importID: importID, chunk: 1)
            let more = mode == .upsert ? [["100", "c"], ["4", "b"]] : []
            try lab.write([["4", "a"], ["5", "c"]] + more, importID: importID, chunk: 2)
            let comparison = try lab.destination.compareRows(logID: "log", importID: importID)
            #expect(comparison.edited + comparison.missing == 0, "\(trigger)")
            #expect(try lab.reverse(importID).kept.isEmpty, "\(trigger)")
            #expect(try lab.rows(of: "products") == before, "\(trigger)")
        }
    }

    /// Triggers fire for a rollback, too.
    @Test func aRowThatATriggerChangesAgainIsNamed() throws {
        try make(Self.triggers[1])
        try lab.execute("ALTER TABLE products DISABLE TRIGGER USER")
        _ = try lab.destination.prepare(.of(["id", "latest"], key: ["id"], mode: .upsert))
        try lab.write([["100", "f"], ["101", "f"], ["102", "f"]], importID: 1)
        try lab.write([["100", "t"], ["101", "t"], ["102", "t"]], importID: 2)
        try lab.write([["100", "f"], ["101", "f"], ["102", "f"]], importID: 3)
        try lab.execute("ALTER TABLE products ENABLE TRIGGER USER")
        let outcome = try lab.reverse(3)
        let wrong = try lab.query("SELECT id FROM products WHERE NOT latest ORDER BY 1").compactMap { $0[0] }
        #expect(!wrong.isEmpty && outcome.kept.map(\.key).sorted() == wrong)
        #expect(outcome.kept.allSatisfy { $0.message.contains("changed it again") })
    }

    @Test func nothingIsLeftOfTheWatch() throws {
        try make(Self.triggers[0])
        _ = try lab.destination.prepare(.of(["id", "grp"], key: ["id"]))
        for chunk in UInt64(1)...3 { try lab.write([["\(chunk)", "a"]], chunk: chunk) }
        #expect(try lab.query("SELECT tgname FROM pg_trigger WHERE tgrelid = 'products'::regclass") == [["Act"]])
        #expect(try lab.query("SELECT count(*) FROM pg_proc WHERE proname LIKE '%waybill%'") == [["0"]])
    }

    /// Without the right, or without a key, it is said what stays.
    @Test func whatNobodyCouldWatchIsSaid() throws {
        try lab.execute("CREATE TABLE bare (id int, latest boolean DEFAULT true); INSERT INTO bare VALUES (100, true)")
        try lab.execute(
            """
            CREATE FUNCTION act() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN UPDATE bare SET latest = false WHERE id <> new.id AND latest; RETURN new; END$$;
            CREATE TRIGGER act AFTER INSERT ON bare FOR EACH ROW EXECUTE FUNCTION act()
            """)
        _ = try lab.destination.prepare(.of(["id"], key: [], table: "bare"))
        try lab.write([["1"]])
        let outcome = try lab.reverse(1)
        #expect(outcome.reversed == 1)
        #expect(outcome.kept.map(\.reason) == [.refused])
        #expect(outcome.kept.first?.message.contains("triggers of the table made 1 more change") == true)
        #expect(try lab.reverse(1).kept.isEmpty)
    }

    @Test func aRoleWithoutTheRightIsToldWhatStays() throws {
        let role = "loader\(UInt32.random(in: 0 ... .max))"
        try make(Self.triggers[0], definer: true)
        _ = try lab.destination.prepare(.of(["id", "grp"], key: ["id"]))
        try lab.execute(
            """
            CREATE ROLE \(role) LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON products TO \(role);
            GRANT USAGE ON SCHEMA _waybill TO \(role);
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA _waybill TO \(role);
            GRANT USAGE ON ALL SEQUENCES IN SCHEMA _waybill TO \(role)
            """)
        let theirs = PostgreSQLLaboratory(url: lab.url.replacing("//postgres@", with: "//\(role)@"))
        _ = try theirs.destination.prepare(.of(["id", "grp"], key: ["id"]))
        try theirs.write([["1", "a"]])
        let outcome = try lab.reverse(1)
        #expect(outcome.reversed == 1 && outcome.kept.count == 1)
        #expect(outcome.kept.first?.message.contains("1 more change ") == true)
    }
}

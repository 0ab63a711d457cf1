import Destinations
import Records
import Testing

/// What is written at once leaves what is written by way of the temporary table: the same rows, counts, rejects and undo data.
///
/// The judge is a table with row level security, which does not bind the superuser, and which nothing is written to at once.
@Suite struct PostgreSQLAtOnceLaws {
    private struct Shape: CustomStringConvertible {
        var description: String
        var definition: String
        var modes: [WriteMode] = [.insert, .upsert]
        var hasKey = true
    }

    private static let trigger = """
        CREATE FUNCTION acted() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN IF NEW.n = 7 THEN NEW.name := NEW.name || ''!''; END IF; IF NEW.n = 8 THEN NEW.sku := ''k1''; END IF;
             IF NEW.n = 9 AND NEW.name = ''b'' THEN RETURN NULL; END IF; RETURN NEW; END';
        CREATE TRIGGER acted BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION acted();
        """
    private static let others = """
        CREATE FUNCTION marked() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN UPDATE products SET name = ''other'' WHERE sku = ''k2'' AND NEW.n = 5 AND name <> ''other''; RETURN NULL; END';
        CREATE TRIGGER marked AFTER INSERT ON products FOR EACH ROW EXECUTE FUNCTION marked();
        """
    private static let shapes = [
        Shape(
            description: "plain", definition: "CREATE TABLE products (sku text PRIMARY KEY, name text, n int)",
            modes: [.insert, .upsert, .delete]),
        Shape(
            description: "number as key",
            definition: "CREATE TABLE products (n int PRIMARY KEY, sku text, name text NOT NULL DEFAULT 'x')"),
        Shape(
            description: "columns that are left out",
            definition: "CREATE TABLE products (a text DEFAULT 'd', sku text PRIMARY KEY, name text, n int, z jsonb)",
            modes: [.insert, .upsert, .delete]),
        Shape(
            description: "checks",
            definition: "CREATE TABLE products (sku text PRIMARY KEY, name text CHECK (name <> 'c'), n int UNIQUE)"),
        Shape(
            description: "another type", definition: "CREATE TABLE products (sku text PRIMARY KEY, name text, n money)",
            modes: [.insert, .upsert, .delete]),
        Shape(
            description: "no key", definition: "CREATE TABLE products (sku text, name text, n int)", modes: [.insert],
            hasKey: false),
        Shape(
            description: "trigger",
            definition: "CREATE TABLE products (sku text PRIMARY KEY, name text, n int); \(trigger)"),
        Shape(
            description: "trigger that changes other rows",
            definition: "CREATE TABLE products (sku text PRIMARY KEY, name text, n int); \(others)"),
        Shape(
            description: "rows that others refer to",
            definition: """
                CREATE TABLE products (sku text PRIMARY KEY, name text, n int);
                CREATE TABLE parts (sku text REFERENCES products DEFERRABLE);
                INSERT INTO products VALUES ('k3', 'a', 1); INSERT INTO parts VALUES ('k3')
                """, modes: [.delete, .upsert]),
    ]

    @Test(arguments: shapes.indices, UInt64(0)..<4)
    func whatIsWrittenAtOnceIsTheSameAsOtherwise(_ shape: Int, _ seed: UInt64) throws {
        let shape = Self.shapes[shape]
        let mode = shape.modes[Int(seed) % shape.modes.count]
        var random = SeededRandom(seed &* 7919 &+ 13)
        let (lab, judge) = (try PostgreSQLLaboratory(), try PostgreSQLLaboratory())
        for lab in [lab, judge] { try lab.execute(shape.definition) }
        try judge.execute("ALTER TABLE products ENABLE ROW LEVEL SECURITY")
        let keys = shape.definition.contains("n int PRIMARY KEY") ? ["n"] : ["sku"]
        let start = try lab.sortedRows(of: "products")
        let range = [6, 25, 12, 1_000][Int(seed)]
        for importID in UInt64(1)...3 {
            // Something to be deleted has to be there first.
            let current = mode == .delete && importID == 1 ? WriteMode.upsert : mode
            let plan = TablePlan.of(["sku", "name", "n"], key: shape.hasKey ? keys : [], mode: current)
            for lab in [lab, judge] { _ = try lab.destination.prepare(plan) }
            for chunk in UInt64(1)...3 {
                let rows = (0..<Int.random(in: 1...14, using: &random)).map { _ in
                    [
                        "k\(Int.random(in: 0..<range, using: &random))",
                        ["a", "b", "c", nil].randomElement(using: &random) ?? nil,
                        "\(Int.random(in: 0..<max(10, range), using: &random))",
                    ] as [String?]
                }
                let about = "\(shape), \(current), seed \(seed), import \(importID), chunk \(chunk): \(rows)"
                let outcomes = try [lab, judge].map { try $0.write(rows, importID: importID, chunk: chunk) }
                #expect(outcomes[0] == outcomes[1], "\(about)")
                #expect(try lab.sortedRows(of: "products") == judge.sortedRows(of: "products"), "\(about)")
            }
            #expect(
                try undo(of: lab) == undo(of: judge), "\(shape), \(current), seed \(seed), import \(importID)")
        }
        var isAllUndone = true
        for importID in ([1, 2, 3] as [UInt64]).shuffled(using: &random) {
            let outcomes = try [lab, judge].map { try $0.reverse(importID) }
            isAllUndone = isAllUndone && outcomes[1].kept.isEmpty
            #expect(outcomes[0] == outcomes[1], "\(shape), \(mode), seed \(seed), import \(importID)")
            #expect(try lab.sortedRows(of: "products") == judge.sortedRows(of: "products"))
        }
        if isAllUndone, !shape.definition.contains("TRIGGER") { #expect(try lab.sortedRows(of: "products") == start) }
    }

    /// The undo data, in no order; without the places of rows, which attempts that failed move.
    private func undo(of lab: PostgreSQLLaboratory) throws -> [[String?]] {
        let changes = try lab.query(
            """
            SELECT chunk, kind, record, key, before, before_print, after_print FROM (
                SELECT c.import, c.chunk, u.kind, u.record, CASE WHEN t.key <> '{}' THEN u.key END AS key, u.before,
                    u.before_print, u.after_print
                FROM _waybill.undo_rows u JOIN _waybill.undo_chunks c ON c.id = u.chunk_id
                JOIN _waybill.undo_tables t ON t.id = u.table_id) u
            ORDER BY import, chunk, after_print, key, record, before
            """)
        let unchanged = try lab.query(
            """
            SELECT c.import, c.chunk, k.key, coalesce(k.record, u.first + k.i::int - 1) FROM _waybill.undo_unchanged u
            JOIN _waybill.undo_chunks c ON c.id = u.chunk_id
            CROSS JOIN LATERAL unnest(u.keys, u.records) WITH ORDINALITY k (key, record, i) ORDER BY 1, 2, 3, 4
            """)
        return changes + unchanged
    }

    // MARK: Which way a chunk goes

    /// How many rows of undo data there are by themselves, and not packed.
    private func loose(_ lab: PostgreSQLLaboratory) throws -> String? {
        try lab.query("SELECT count(*) FROM _waybill.undo")[0][0]
    }

    @Test(arguments: [
        "sku text, name text", "sku text PRIMARY KEY, name text, data jsonb", "sku text PRIMARY KEY, name xml",
    ])
    func whatOnlyTheServerKnowsIsInsertedAtOnce(_ columns: String) throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (\(columns));
            CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER nothing BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION nothing()
            """)
        let key = columns.contains("PRIMARY") ? ["sku"] : []
        _ = try lab.destination.prepare(.of(["sku", "name"], key: key))
        try lab.write([["a", "1"], ["b", "1"]])
        #expect(try loose(lab) == "0")
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == 2)
    }

    @Test func recordsOfTheSameKeyDoNotHoldUpTheOthers() throws {
        let lab = try PostgreSQLLaboratory()
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        try lab.write([["a", "1"], ["b", "1"], ["a", "2"]], importID: 1, chunk: 1)
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .insert))
        #expect(try lab.write([["c", "1"], ["b", "1"], ["c", "2"]], importID: 2).rejects.map(\.key) == ["b", "c"])
        #expect(try loose(lab) == "0")
    }
}

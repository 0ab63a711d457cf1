import Destinations
import Records
import Testing

/// Upserts by a key that is not the one that tells the table's rows apart, and may give them another identity.
@Suite struct PostgreSQLIdentityChangeTests {
    private static let tables = [
        "CREATE TABLE products (id int PRIMARY KEY, code text NOT NULL UNIQUE, v text)",
        """
        CREATE TABLE products (id int, code text NOT NULL, v text, PRIMARY KEY (id, code)) PARTITION BY HASH (code);
        CREATE TABLE part PARTITION OF products FOR VALUES WITH (modulus 1, remainder 0);
        CREATE UNIQUE INDEX ON products (code)
        """,
        """
        CREATE TABLE products (id int PRIMARY KEY, code text NOT NULL UNIQUE, v text);
        CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
        CREATE TRIGGER same BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION same()
        """,
    ]

    private func make(_ table: String, _ lab: PostgreSQLLaboratory) throws {
        try lab.execute("DROP TABLE IF EXISTS products; DROP FUNCTION IF EXISTS same()")
        try lab.execute(table)
        try lab.execute("INSERT INTO products VALUES (1, 'a', 'v'), (2, 'b', 'v'), (3, 'c', 'v')")
    }

    private func upsert(_ rows: [[String?]], _ importID: UInt64, _ lab: PostgreSQLLaboratory) throws -> ChunkOutcome {
        _ = try lab.destination.prepare(.of(["id", "code", "v"], key: ["code"], mode: .upsert))
        return try lab.write(rows, importID: importID)
    }

    private static let deliveries: [[[String]]] = [
        [["22", "b", "v2"]], [["22", "b", "v"]], [["22", "b", "x"], ["2", "d", "y"]],
        [["5", "a", "x"], ["1", "b", "y"]],
        [["22", "b", "1"], ["33", "b", "2"], ["2", "b", "3"]], [["2", "a", "x"], ["1", "b", "y"]],
        [["3", "a", "x"], ["9", "c", "y"], ["3", "d", "z"]], [["1", "a", "v"], ["7", "d", "v"], ["8", "d", "v"]],
    ]

    /// The judge is the server's own ON CONFLICT, record by record.
    @Test(arguments: tables) func isWhatTheServerMakesOfItAndIsTakenBack(_ table: String) throws {
        let lab = try PostgreSQLLaboratory()
        for (index, rows) in Self.deliveries.enumerated() {
            try make(table, lab)
            let before = try lab.query("SELECT * FROM products ORDER BY 1")
            var refused = 0
            for row in rows {
                do {
                    try lab.execute(
                        """
                        INSERT INTO products VALUES (\(row[0]), '\(row[1])', '\(row[2])')
                        ON CONFLICT (code) DO UPDATE SET id = excluded.id, v = excluded.v
                        """)
                } catch { refused += 1 }
            }
            let wanted = try lab.query("SELECT * FROM products ORDER BY 1")
            try make(table, lab)
            let importID = UInt64(index + 1)
            let outcome = try upsert(rows, importID, lab)
            #expect(outcome.rejects.count == refused, "\(rows)")
            #expect(try lab.query("SELECT * FROM products ORDER BY 1") == wanted, "\(rows)")
            let comparison = try lab.destination.compareRows(logID: "log", importID: importID)
            #expect(comparison.edited == 0 && comparison.missing == 0, "\(rows)")
            #expect(try lab.reverse(importID).kept.isEmpty, "\(rows)")
            #expect(try lab.query("SELECT * FROM products ORDER BY 1") == before, "\(rows)")
        }
    }

    @Test(arguments: tables) func isTakenBackInAnyOrder(_ table: String) throws {
        let lab = try PostgreSQLLaboratory()
        for order: [UInt64] in [[2, 3], [5, 4]] {
            try make(table, lab)
            let before = try lab.query("SELECT * FROM products ORDER BY 1")
            _ = try upsert([["22", "b", "2"], ["4", "d", "2"]], order.min() ?? 0, lab)
            _ = try upsert([["22", "b", "3"], ["44", "d", "3"]], order.max() ?? 0, lab)
            for importID in order { #expect(try lab.reverse(importID).kept.isEmpty, "import \(importID)") }
            #expect(try lab.query("SELECT * FROM products ORDER BY 1") == before)
        }
    }
}

import Destinations
import PostgreSQLTestSupport
import Records
import Testing

/// Rows that a rollback or a restore finds otherwise than they seem.
@Suite struct PostgreSQLKeptRowTests {
    private let lab: PostgreSQLLaboratory

    init() throws { lab = try PostgreSQLLaboratory() }

    private func hold(_ events: String) throws {
        try lab.execute(
            """
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN null; END';
            CREATE TRIGGER hold BEFORE \(events) ON products FOR EACH ROW EXECUTE FUNCTION hold()
            """)
    }

    // MARK: Triggers that keep rows

    @Test(arguments: [true, false], [true, false])
    func aRowThatATriggerKeepsIsNotCalledEdited(_ isKeyed: Bool, _ overwrites: Bool) throws {
        _ = try lab.destination.prepare(.of(["sku", "name"], key: isKeyed ? ["sku"] : []))
        try lab.write([["a", "0"], ["b", "0"]])
        try hold("DELETE")
        let outcome = try lab.reverse(1, overwritesEdited: overwrites)
        if isKeyed || !overwrites {
            #expect(outcome.kept.count == 2 && outcome.reversed == 0)
            #expect(outcome.kept.allSatisfy { $0.reason == .refused && $0.message.contains("DISABLE TRIGGER") })
        }
        #expect(try lab.rows(of: "products").count == 2)
        // What the message says helps.
        try lab.execute("ALTER TABLE public.products DISABLE TRIGGER USER")
        #expect(try lab.reverse(1, overwritesEdited: overwrites).kept.isEmpty)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test(arguments: [WriteMode.upsert, .delete])
    func aRowThatATriggerKeepsOutIsNotCalledBack(_ mode: WriteMode) throws {
        _ = try lab.destination.prepare(.of(["sku", "name"], key: ["sku"]))
        try lab.write([["a", "0"], ["b", "0"]], importID: 1)
        _ = try lab.destination.prepare(.of(mode == .delete ? ["sku"] : ["sku", "name"], key: ["sku"], mode: mode))
        try lab.write(mode == .delete ? [["a"]] : [["a", "1"]], importID: 2)
        try hold("INSERT OR UPDATE")
        let outcome = try lab.reverse(2)
        #expect(outcome.reversed == 0 && outcome.kept.map(\.key) == ["a"])
        #expect(
            outcome.kept.allSatisfy {
                $0.message.contains("a trigger of the table kept it") || $0.message.contains("prevented the insert")
            })
        try lab.execute("ALTER TABLE products DISABLE TRIGGER USER")
        #expect(try lab.reverse(2).reversed == 1)
        #expect(try lab.rows(of: "products") == [["a", "0"], ["b", "0"]])
    }

    // MARK: Tables and their parts

    @Test(arguments: [["products", "part"], ["part", "products"]], [WriteMode.upsert, .delete])
    func aRowIsTheSameByWhicheverNameItCame(_ names: [String], _ mode: WriteMode) throws {
        try lab.execute(
            """
            CREATE TABLE products (sku text, d int, name text, PRIMARY KEY (sku, d)) PARTITION BY RANGE (d);
            CREATE TABLE part (name text, d int, sku text, PRIMARY KEY (sku, d));
            ALTER TABLE products ATTACH PARTITION part FOR VALUES FROM (0) TO (10)
            """)
        func write(_ table: String, _ mode: WriteMode, _ rows: [[String?]], _ importID: UInt64) throws {
            let columns = mode == .delete ? ["sku", "d"] : ["sku", "d", "name"]
            _ = try lab.destination.prepare(.of(columns, key: ["sku", "d"], mode: mode, table: table))
            try lab.write(rows, importID: importID)
        }
        try write(names[0], .insert, [["a", "1", "x"], ["b", "1", "x"]], 1)
        try write(names[1], .upsert, [["a", "1", "x"], ["b", "1", "y"]], 2)
        #expect(try lab.reverse(1) == ChunkReversal(handedOver: 2))
        #expect(try lab.query("SELECT sku, name FROM products ORDER BY 1") == [["a", "x"], ["b", "y"]])
        #expect(try lab.reverse(2) == ChunkReversal(reversed: 2))
        #expect(try lab.query("SELECT FROM products").isEmpty)
        let changes = try lab.destination.changes(table: names[0], key: [("sku", "b")])
        #expect(changes.isEmpty)
    }

    /// Two parts may have rows of the same key where the whole has no key.
    @Test func partsOfATableWithoutAKeyAreApart() throws {
        try lab.execute(
            """
            CREATE TABLE products (sku text, d int) PARTITION BY LIST (d);
            CREATE TABLE one PARTITION OF products (PRIMARY KEY (sku)) FOR VALUES IN (1);
            CREATE TABLE two PARTITION OF products (PRIMARY KEY (sku)) FOR VALUES IN (2)
            """)
        for (importID, table) in [(UInt64(1), "one"), (2, "two")] {
            _ = try lab.destination.prepare(.of(["sku", "d"], key: ["sku"], mode: .upsert, table: table))
            try lab.write([["a", "\(importID)"]], importID: importID)
        }
        #expect(try lab.reverse(1) == ChunkReversal(reversed: 1))
        #expect(try lab.query("SELECT d FROM products") == [["2"]])
    }

    // MARK: Backups of a table without a key

    @Test func rowsThatALaterImportBroughtAreNotThoseOfTheBackup() throws {
        _ = try lab.destination.prepare(.of(["v"], key: []))
        try lab.write([["x"], ["x"], ["y"]], importID: 1)
        let path = "\(Scratch.folder)/waybill-backup-\(UInt64.random(in: 0 ... .max))"
        try lab.destination.backUp(to: path, logID: "log", importIDs: [1])
        _ = try lab.reverse(1)
        try lab.write([["x"], ["x"], ["y"], ["z"]], importID: 2)
        let report = try lab.destination.restore(
            from: path, logID: "log", importIDs: [1], overwritesEdited: false, isTrial: false)
        #expect(report.kept.isEmpty && report.tables.map(\.added) == [3])
        #expect(try lab.rows(of: "products").count == 7)
        for importID in UInt64(1)...2 {
            let comparison = try lab.destination.compareRows(logID: "log", importID: importID)
            #expect(comparison.edited + comparison.missing == 0)
        }
        #expect(try lab.reverse(2).reversed == 4)
        #expect(try lab.rows(of: "products").compactMap { $0[0] } == ["x", "x", "y"])
        #expect(try lab.reverse(1).reversed == 3)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    @Test func rowsThatWereMarkedAreMarkedAgain() throws {
        try lab.execute("CREATE TABLE products (k int, v text); CREATE INDEX ON products (k)")
        try lab.execute("INSERT INTO products VALUES (1, 'a'), (1, 'a'), (2, 'b')")
        var plan = TablePlan.of(["k"], key: ["k"], mode: .delete)
        plan.marks = [DeletionMark(column: "v", value: "gone")]
        _ = try lab.destination.prepare(plan)
        #expect(try lab.write([["1"]]).updated == 1)
        let marked = try lab.rows(of: "products")
        let path = "\(Scratch.folder)/waybill-backup-\(UInt64.random(in: 0 ... .max))"
        try lab.destination.backUp(to: path, logID: "log", importIDs: [1])
        #expect(try lab.reverse(1).reversed == 2)
        _ = try lab.destination.restore(
            from: path, logID: "log", importIDs: [1], overwritesEdited: false, isTrial: false)
        #expect(try lab.rows(of: "products") == marked)
    }

    // MARK: What is there

    @Test func rowsWithoutAKeyThatWereAllEditedAreUnclear() throws {
        _ = try lab.destination.prepare(.of(["v"], key: []))
        try lab.write([["x"], ["y"]])
        func presence() throws -> RowPresence { try lab.destination.presence(logID: "log", importID: 1) }
        #expect(try presence().there == 2)
        try lab.execute("UPDATE products SET v = v || '!'")
        #expect(try presence().unclear == 2 && presence().missing == 0)
        try lab.execute("DELETE FROM products")
        #expect(try presence().missing == 2)
        // Rows of another import are not edited ones.
        try lab.write([["z"]], importID: 2)
        #expect(try presence().missing == 2)
    }

    @Test func aTableThatTakesAnothersNameStopsTheImport() throws {
        try lab.execute("CREATE TABLE products (id int PRIMARY KEY, v text)")
        let plan = TablePlan.of(["id", "v"], key: ["id"])
        _ = try lab.destination.prepare(plan)
        try lab.write([["1", "a"]], chunk: 1)
        try lab.execute("ALTER TABLE products RENAME TO former; CREATE TABLE products (id int PRIMARY KEY, v text)")
        for _ in 0..<2 {
            let error = #expect(throws: DataError.self) { try lab.write([["2", "b"]], chunk: 2) }
            #expect(error?.message.contains("was renamed or dropped during the import") == true)
        }
        #expect(try lab.rows(of: "products").isEmpty)
        try lab.execute("DROP TABLE products; ALTER TABLE former RENAME TO products")
        try lab.write([["2", "b"]], chunk: 2)
        #expect(try lab.rows(of: "products").count == 2)
    }
}

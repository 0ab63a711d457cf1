import Destinations
import Foundation
import Records
import Testing

/// A table goes with the import that created it, where nobody has use for it any more.
@Suite struct CreatedTableTests {
    private static func plan(by log: String = "log") -> TablePlan {
        var plan = TablePlan.of(["id", "v?boolean", "w?timestamptz"], key: ["id"], mode: .upsert)
        plan.logID = log
        return plan
    }

    private static let rows: [[String?]] = [["1", "TRUE", "2026-01-31T10:00:00Z"], ["2", "FALSE", nil]]

    private func takeBack(_ lab: any Laboratory, log: String = "log", importID: UInt64 = 1, chunks: [UInt64] = [1])
        throws
    {
        for chunk in chunks.reversed() {
            let key = LedgerKey(logID: log, importID: importID, chunk: chunk)
            _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { _ in [] }
        }
        try lab.destination.finishReversal(logID: log, importID: importID)
    }

    @Test(arguments: Backend.allCases) func itGoesWithItsImportAndIsCreatedAnew(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        for round in UInt64(1)...2 {
            #expect(try lab.destination.prepare(Self.plan()).created)
            try lab.write(Self.rows, importID: round)
            #expect(try !lab.destination.removeCreated("products", logID: "log", besides: []), "it has rows")
            try takeBack(lab, importID: round)
            #expect(try lab.destination.removeCreated("products", logID: "log", besides: []))
            #expect(try !lab.destination.hasTable("products"))
            #expect(try !lab.destination.removeCreated("products", logID: "log", besides: []), "it is gone")
            try lab.destination.requireReversible(logID: "log", importID: round)
        }
    }

    /// The widened column has its first type again by then.
    @Test(arguments: Backend.allCases) func itGoesAlsoAfterAColumnWasWidened(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        try lab.write(Self.rows)
        #expect(try lab.write([["3", "maybe", "never"]], chunk: 2).widened.map(\.name) == ["v", "w"])
        #expect(
            try lab.rows(of: "products") == [
                ["1", "TRUE", "2026-01-31T10:00:00Z"], ["2", "FALSE", nil], ["3", "maybe", "never"],
            ])
        try takeBack(lab, chunks: [1, 2])
        #expect(try lab.destination.removeCreated("products", logID: "log", besides: []))
    }

    private static let changes: [Backend: [String]] = [
        .sqlite: [
            "ALTER TABLE products ADD COLUMN x", "CREATE INDEX i ON products (v)",
            "CREATE VIEW a AS SELECT * FROM Products",
            "CREATE TRIGGER t AFTER INSERT ON products BEGIN SELECT 1; END",
            "CREATE TABLE o (p REFERENCES \"products\")", "ALTER TABLE products RENAME COLUMN v TO u",
            "CREATE VIRTUAL TABLE f USING fts5(v, content=\"products\")",
            "CREATE INDEX i ON products (id COLLATE NOCASE)",
            "CREATE TABLE o (a); CREATE TRIGGER t AFTER INSERT ON o BEGIN DELETE FROM products; END",
            "INSERT INTO products (id) VALUES ('9')",
            "DROP TABLE products; CREATE TABLE products (id TEXT PRIMARY KEY, v, w)",
        ],
        .postgres: [
            "ALTER TABLE products ADD COLUMN x int", "CREATE INDEX ON products (v)",
            "CREATE VIEW a AS SELECT * FROM products",
            "GRANT SELECT ON products TO public", "GRANT UPDATE (v) ON products TO public",
            "COMMENT ON TABLE products IS 'x'", "COMMENT ON COLUMN products.v IS 'x'",
            "CREATE TABLE o (p text REFERENCES products)", "ALTER TABLE products ALTER v SET DEFAULT true",
            "ALTER TABLE products ENABLE ROW LEVEL SECURITY", "CREATE RULE r AS ON DELETE TO products DO ALSO SELECT 1",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'; "
                + "CREATE TRIGGER t BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE FUNCTION f() RETURNS SETOF products LANGUAGE sql AS 'SELECT * FROM products'",
            "CREATE TABLE child () INHERITS (products)", "CREATE STATISTICS s ON id, v FROM products",
            "ALTER TABLE products ADD CHECK (id <> '')", "ALTER TABLE products SET (fillfactor = 50)",
            "CREATE MATERIALIZED VIEW m AS SELECT * FROM products", "INSERT INTO products (id) VALUES ('9')",
            "DROP TABLE products; CREATE TABLE products (id text PRIMARY KEY, v boolean, w timestamptz)",
        ],
    ]

    @Test(arguments: Backend.allCases) func whatSomebodyChangedStays(_ backend: Backend) throws {
        for change in Self.changes[backend]! {
            let lab = try backend.makeLaboratory()
            _ = try lab.destination.prepare(Self.plan())
            try lab.write(Self.rows)
            try takeBack(lab)
            lab.kill()
            let parts = change.components(separatedBy: "; CREATE ")
            for part in [parts[0]] + parts.dropFirst().map({ "CREATE \($0)" }) { try lab.execute(part) }
            #expect(try !lab.destination.removeCreated("products", logID: "log", besides: []), "\(change)")
            #expect(try lab.destination.hasTable("products"), "\(change)")
        }
    }

    @Test(
        arguments: [
            "CREATE TABLE products_2 (products TEXT, p INTEGER REFERENCES other)",
            "CREATE TABLE o (a DEFAULT 'products')",
            "CREATE VIEW v AS SELECT name FROM my_products", "CREATE TABLE o (a); CREATE INDEX products_of_o ON o (a)",
        ])
    func whatHasOnlyASimilarNameDoesNotKeepIt(_ other: String) throws {
        let lab = try SQLiteLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        try lab.execute(other)
        #expect(try lab.destination.removeCreated("products", logID: "log", besides: []))
    }

    @Test(arguments: Backend.allCases) func whatAnotherImportWroteToStays(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        try lab.write(Self.rows)
        #expect(try lab.write(Self.rows, importID: 2).unchanged == 2)
        try takeBack(lab)
        #expect(try !lab.destination.removeCreated("products", logID: "log", besides: []))
        try takeBack(lab, importID: 2)
        #expect(try lab.destination.removeCreated("products", logID: "log", besides: []))
    }

    @Test(arguments: Backend.allCases) func chunksOfAnImportThatWroteNothingDoNotKeepIt(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        try lab.write(Self.rows)
        try lab.write([], importID: 2)
        try takeBack(lab)
        #expect(try !lab.destination.removeCreated("products", logID: "log", besides: [3]))
        #expect(try lab.destination.removeCreated("products", logID: "log", besides: [3, 2]))
    }

    @Test(arguments: Backend.allCases) func anotherLogsTableStays(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(Self.plan(by: "other"))
        #expect(try !lab.destination.removeCreated("products", logID: "log", besides: []))
        #expect(try lab.destination.removeCreated("products", logID: "other", besides: []))
    }

    @Test func aTableThatIsInUseStays() throws {
        let lab = try PostgreSQLLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        let reader = try PostgreSQLDestination(url: lab.url, isTrial: true)
        _ = try reader.prepare(Self.plan())
        let key = LedgerKey(logID: "other", importID: 1, chunk: 1)
        _ = try reader.write(.rows(Self.rows), key: key) { _ in [1] }
        #expect(try !lab.destination.removeCreated("products", logID: "log", besides: []))
    }

    // MARK: Guesses that cannot become text

    @Test(
        arguments: [
            ("jsonb", ["{\"b\": 1}"], "x"),
            ("timestamptz", ["2026-01-31T10:00:00+01:00", "2026-07-31T10:00:00+02:00"], "unknown"),
        ])
    func whatDoesNotKeepHowValuesWereWrittenStaysAsItIs(_ type: String, _ values: [String], _ stray: String) throws {
        let lab = try PostgreSQLLaboratory()
        var plan = TablePlan.of(["id", "v?\(type)"], key: ["id"])
        plan.logID = "log"
        _ = try lab.destination.prepare(plan)
        try lab.write(values.enumerated().map { ["\($0)", $1] })
        let outcome = try lab.write([["8", stray], ["9", values[0]]], chunk: 2)
        #expect(outcome.widened.isEmpty && outcome.inserted == 1)
        #expect(outcome.rejects.map(\.field) == ["v"])
        #expect(outcome.rejects[0].message.hasSuffix("it does not keep how its values were written"))
    }

    @Test func textsOfAJSONSourceAreDocumentsInAColumnOfThem() throws {
        let lab = try PostgreSQLLaboratory()
        var plan = TablePlan.of(["id", "v?jsonb"])
        plan.logID = "log"
        _ = try lab.destination.prepare(plan)
        let rows = [["\"1\"", "{\"a\": 1}"], ["\"2\"", "\"none\""], ["\"3\"", "5"], ["\"4\"", "\"a \\\"b\\\"\""]]
        let outcome = try lab.write(.json(rows), as: LedgerKey(logID: "log", importID: 1, chunk: 1))
        #expect(outcome.inserted == 4 && outcome.widened.isEmpty)
        #expect(try lab.rows(of: "products").map { $0[1] } == ["{\"a\": 1}", "\"none\"", "5", "\"a \\\"b\\\"\""])
    }
}

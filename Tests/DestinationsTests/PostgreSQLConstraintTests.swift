import Destinations
import Records
import Testing

/// Constraints, defaults and sequences of a table in PostgreSQL.
@Suite struct PostgreSQLConstraintTests {
    private let lab: PostgreSQLLaboratory

    init() throws { lab = try PostgreSQLLaboratory() }

    /// One record that is refused is no reason to refuse others, which hold together.
    @Test(arguments: [WriteMode.upsert, .update])
    func recordsThatExchangeValuesUnderADeferrableConstraintHoldBesideABadOne(_ mode: WriteMode) throws {
        try lab.execute(
            "CREATE TABLE products (id int PRIMARY KEY, code text UNIQUE DEFERRABLE INITIALLY DEFERRED, name text)")
        try lab.execute("INSERT INTO products SELECT n, 'c' || n, '' FROM generate_series(1, 7) n")
        _ = try lab.destination.prepare(.of(["id", "code", "name"], key: ["id"], mode: mode))
        let before = try lab.rows(of: "products")
        let outcome = try lab.write([
            ["1", "c2", "x"], ["2", "c1", "x"], ["3", "c7", "bad"],
            ["4", "c5", "x"], ["5", "c6", "x"], ["6", "c4", "x"],
        ])
        #expect(outcome.rejects.map(\.key) == ["3"] && outcome.updated == 5, "\(outcome)")
        #expect(try lab.rows(of: "products").map { $0[1] } == ["c2", "c1", "c3", "c5", "c6", "c4", "c7"])
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products") == before)
    }

    @Test func anIndexThatCouldNotBeBuiltIsNoKey() throws {
        try lab.execute("CREATE TABLE products (sku text, name text)")
        try lab.execute("CREATE UNIQUE INDEX ux ON products (sku)")
        // As CREATE INDEX CONCURRENTLY leaves one that it could not build.
        try lab.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ux'::regclass")
        let error = #expect(throws: DataError.self) {
            try lab.destination.prepare(.of(["sku", "name"], key: ["sku"], mode: .upsert))
        }
        #expect(error?.message.hasSuffix("it has no unique index; invalid: ux") == true)
        #expect(error?.remedy?.hasPrefix("Repair the invalid index: REINDEX INDEX \"ux\". Or drop it. ") == true)
    }

    @Test func theDefaultOfADomainIsOne() throws {
        try lab.execute("CREATE DOMAIN word AS text DEFAULT 'none'")
        try lab.execute("CREATE TABLE products (id int PRIMARY KEY, a word NOT NULL, b word DEFAULT 'own')")
        var plan = TablePlan.of(["id", "a", "b"], key: ["id"])
        plan.defaultIfEmpty = ["*"]
        _ = try lab.destination.prepare(plan)
        #expect(try lab.write([["1", nil, nil], ["2", "x", "y"]]).inserted == 2)
        #expect(try lab.rows(of: "products") == [["1", "none", "own"], ["2", "x", "y"]])
        // Nor does a new row lack a value for it.
        _ = try lab.destination.prepare(.of(["id"], key: ["id"]))
        #expect(try lab.write([["3"]], importID: 2).inserted == 1)
    }

    @Test func aDefaultThatFailsIsNamedBeforeAnythingIsWritten() throws {
        try lab.execute("CREATE TABLE products (id int PRIMARY KEY, a int DEFAULT (1 / 0))")
        var plan = TablePlan.of(["id", "a"], key: ["id"])
        plan.defaultIfEmpty = ["a"]
        let error = #expect(throws: DataError.self) { try lab.destination.prepare(plan) }
        #expect(error?.message == "the default of a in table products, (1 / 0), fails: division by zero")
        plan.defaultIfEmpty = []
        _ = try lab.destination.prepare(plan)
        #expect(try lab.write([["1", nil]]).inserted == 1)
    }

    /// The application goes on with the numbers that the sequence can give.
    @Test(arguments: [["500", "150"], ["150", "500"], ["150", "160"]])
    func numbersBeyondASequenceDoNotKeepItFromBeingSet(_ numbers: [String]) throws {
        try lab.execute("CREATE SEQUENCE s AS int MINVALUE 100 MAXVALUE 200 START 100")
        try lab.execute("CREATE TABLE products (id int PRIMARY KEY DEFAULT nextval('s'), a text)")
        _ = try lab.destination.prepare(.of(["id", "a"], key: ["id"]))
        #expect(try lab.write(numbers.map { [$0, "x"] }).inserted == 2)
        try lab.execute("INSERT INTO products (a) VALUES ('app')")
        let next = try lab.rows(of: "products").first { $0[1] == "app" }
        #expect(next?[0] == (numbers.contains("160") ? "161" : "151"))
    }
}

import Destinations
import Records
import Testing

/// Whose guesses may be changed, into which types, and what becomes of values where they may not.
@Suite struct WideningTests {
    static func plan(_ columns: [String] = ["id", "v?integer"], by log: String = "log") -> TablePlan {
        var plan = TablePlan.of(columns, key: ["id"])
        plan.logID = log
        return plan
    }

    @Test(arguments: Backend.allCases) func anotherLogRejectsWhatItsGuessDoesNotHold(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        try lab.write([["1", "5"]], chunk: 1)
        let prepared = try lab.destination.prepare(Self.plan(by: "other")).plan
        #expect(prepared.columns[1] == Column(name: "v", type: .integer, isInferred: false))
        let outcome = try lab.write([["2", "6"], ["3", "007"], ["4", "8"]], log: "other")
        #expect(outcome.widened.isEmpty)
        #expect(outcome.inserted == 2)
        #expect(outcome.rejects.map(\.code) == [.type])
        #expect(outcome.rejects[0].message.hasPrefix("'007' does not fit column v of type "))
        #expect(outcome.rejects[0].message.contains("another log guessed this type"))
        #expect(try lab.rows(of: "products").map { $0[1] } == ["5", "6", "8"])
        _ = try lab.destination.prepare(Self.plan())
        #expect(try lab.write([["3", "007"]], chunk: 2).widened.map(\.name) == ["v"])
        #expect(try lab.rows(of: "products").map { $0[1] } == ["5", "6", "007", "8"])
    }

    @Test(arguments: Backend.allCases) func whoKeepsTypesGetsRejects(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        var plan = Self.plan(["id", "v?integer", "w?real"])
        plan.keepsTypes = true
        _ = try lab.destination.prepare(plan)
        let outcome = try lab.write([
            ["1", "5", "1.5"], ["2", "x", "1"], ["3", "6", "x"], ["4", "7", nil], ["5", "1.5", "1"],
        ])
        #expect(outcome.rejects.map(\.field) == ["v", "w", "v"])
        #expect(outcome.inserted == 2)
        #expect(outcome.widened.isEmpty)
    }

    /// What older programs left says nothing of the log.
    @Test(arguments: Backend.allCases) func anOldGuessIsThatOfTheOnlyLog(_ backend: Backend) throws {
        for (log, widened) in [("log", ["v"]), ("other", [])] {
            let lab = try backend.makeLaboratory()
            _ = try lab.destination.prepare(Self.plan())
            try lab.write([["1", "5"]], chunk: 1)
            lab.kill()
            let guesses = backend == .postgres ? "_waybill.inferred" : "_waybill_inferred"
            try lab.execute("ALTER TABLE \(guesses) DROP COLUMN log_id")
            _ = try lab.destination.prepare(Self.plan(by: log))
            let outcome = try lab.write([["2", "007"]], log: log, chunk: 2)
            #expect(outcome.widened.map(\.name) == widened)
            #expect(outcome.rejects.count == 1 - widened.count)
        }
    }

    @Test(arguments: Backend.allCases) func theFirstValueThatDoesNotFitIsNamed(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        let widened = try lab.write([["1", "5"], ["2", "007"], ["3", "+8"]]).widened
        #expect(widened.map { [$0.value, "\($0.location.line)"] } == [["007", "3"]])
        #expect(widened.map { $0.to.lowercased() } == ["text"])
    }

    // MARK: PostgreSQL

    @Test func aNumberGetsAWiderTypeOfNumbersBeforeItBecomesText() throws {
        let lab = try PostgreSQLLaboratory()
        _ = try lab.destination.prepare(Self.plan(["id", "v?integer", "w?real"]))
        var types: [String] = []
        for (chunk, row) in [
            ["1", "5", "1.5"], ["2", "1.50", "2"], ["3", "12345678901234567890", "2.50"], ["4", "x", "y"],
        ]
        .enumerated() {
            let outcome = try lab.write([row.map(Optional.init)], chunk: UInt64(chunk + 1))
            types += outcome.widened.map { "\($0.name): \($0.from) to \($0.to)" }
        }
        #expect(
            types == [
                "v: bigint to numeric", "w: double precision to numeric", "v: numeric to text", "w: numeric to text",
            ])
        #expect(
            try lab.rows(of: "products") == [
                ["1", "5", "1.5"], ["2", "1.50", "2"], ["3", "12345678901234567890", "2.50"], ["4", "x", "y"],
            ])
        for (chunk, type) in [(4, "numeric"), (3, "numeric"), (2, "bigint"), (1, "bigint")] as [(UInt64, String)] {
            let key = LedgerKey(logID: "log", importID: 1, chunk: chunk)
            _ = try lab.destination.reverse(key, overwritesEdited: false, only: nil) { _ in [] }
            #expect(
                try lab.query(
                    "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'products'::regclass AND attname = 'v'"
                )
                    == [[type]])
        }
    }

    static let hindrances = [
        "CREATE VIEW w AS SELECT v FROM products", "CREATE MATERIALIZED VIEW w AS SELECT v FROM products",
        "CREATE RULE r AS ON UPDATE TO products WHERE new.v > 3 DO INSTEAD NOTHING",
        "CREATE POLICY p ON products USING (v > 0)",
        "ALTER TABLE products ADD COLUMN twice bigint GENERATED ALWAYS AS (v * 2) STORED",
        "ALTER TABLE products ADD CHECK (v > 0 AND v < 100)",
        "CREATE INDEX ON products ((v % 10))", "CREATE INDEX ON products (v) WHERE v > 3",
        "ALTER TABLE products ADD UNIQUE (v); CREATE TABLE child (v bigint REFERENCES products (v))",
    ]

    @Test(arguments: hindrances) func whatStandsAgainstAnotherTypeCostsTheRecordsOnly(_ hindrance: String) throws {
        let lab = try PostgreSQLLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        try lab.write([["1", "5"]], chunk: 1)
        try lab.execute("ALTER TABLE products ALTER v SET NOT NULL")
        for statement in hindrance.split(separator: "; ") { try lab.execute(String(statement)) }
        _ = try lab.destination.prepare(Self.plan())
        for (chunk, id) in [(2, "2"), (3, "5")] as [(UInt64, String)] {
            let outcome = try lab.write([[id, "6\(id)"], ["x" + id, "abc"], [id + "y", "7\(id)"]], chunk: chunk)
            #expect(outcome.widened.isEmpty)
            #expect(outcome.inserted == 2, "\(outcome.rejects.map(\.message))")
            #expect(outcome.rejects.map(\.key) == ["x" + id])
            #expect(outcome.rejects.first?.message.contains("the type cannot be changed: ") == true)
        }
        #expect(
            try lab.query("SELECT v FROM products ORDER BY id COLLATE \"C\"") == [
                ["5"], ["62"], ["72"], ["65"], ["75"],
            ])
    }

    // MARK: SQLite

    @Test func aTableThatSomebodyMadeAnewHasNoGuesses() throws {
        let lab = try SQLiteLaboratory()
        _ = try lab.destination.prepare(Self.plan())
        try lab.write([["1", "5"]], chunk: 1)
        lab.kill()
        try lab.execute("DROP TABLE products")
        try lab.execute("CREATE TABLE products (id TEXT PRIMARY KEY, v INTEGER)")
        let prepared = try lab.destination.prepare(Self.plan()).plan
        #expect(prepared.columns[1] == Column(name: "v", type: .integer, isInferred: false))
        let outcome = try lab.write([["2", "007"]], chunk: 2)
        #expect(outcome.widened.isEmpty)
        #expect(outcome.inserted == 1)
    }

    @Test func aTableThatWantsNumbersKeepsItsTypes() throws {
        let lab = try SQLiteLaboratory()
        _ = try lab.destination.prepare(Self.plan(["id", "v?integer", "w?integer"]))
        try lab.write([["1", "5", "5"]], chunk: 1)
        lab.kill()
        // As someone would who made the table again.
        try lab.execute("ALTER TABLE products ADD COLUMN u CHECK (typeof(v) = 'integer')")
        _ = try lab.destination.prepare(Self.plan(["id", "v?integer", "w?integer"]))
        let outcome = try lab.write([["2", "007", "1"], ["3", "6", "007"], ["4", "7", "8"]], chunk: 2)
        #expect(outcome.rejects.map(\.key) == ["2"])
        #expect(outcome.rejects.first?.message.contains("CHECK constraint failed") == true)
        #expect(outcome.widened.map(\.name) == ["w"])
        #expect(try lab.rows(of: "products").map { Array($0[1...2]) } == [["5", "5"], ["6", "007"], ["7", "8"]])
    }
}

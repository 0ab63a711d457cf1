import Destinations
import Records
import Testing

/// Columns of a table that somebody else made.
@Suite struct OwnColumnTests {
    private static let all = Backend.allCases

    private func write(
        _ rows: [[String?]], _ plan: TablePlan, _ lab: any Laboratory, importID: UInt64 = 1
    ) throws -> ChunkOutcome {
        _ = try lab.destination.prepare(plan)
        return try lab.write(rows, importID: importID)
    }

    // MARK: Booleans in SQLite

    @Test(arguments: ["BOOLEAN", "bool", "STRICT"])
    func trueAndFalseAreOneAndZeroWhereSQLReadsThem(_ type: String) throws {
        let lab = try SQLiteLaboratory()
        let isStrict = type == "STRICT"
        try lab.execute(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, b \(isStrict ? "INTEGER" : type)) \(isStrict ? type : "")")
        let plan = TablePlan.of(["id?integer", "b?boolean"], key: ["id"], mode: .upsert)
        let outcome = try write(
            [["1", "true"], ["2", "FALSE"], ["3", "0"], ["4", nil], ["5", "maybe"]], plan, lab)
        #expect(outcome.inserted == (isStrict ? 4 : 5) && outcome.rejects.count == (isStrict ? 1 : 0))
        let rows = try lab.rows(of: "products")
        #expect(rows.prefix(4).map { $0[1] } == ["1", "0", "0", nil])
        if !isStrict { #expect(rows[4][1] == "maybe") }
        // The same again changes nothing.
        #expect(try write([["1", "True"], ["2", "false"]], plan, lab, importID: 2).unchanged == 2)
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == outcome.inserted)
        #expect(try lab.reverse(2).kept.isEmpty && lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products").isEmpty)
    }

    /// What is noted of such rows is told from their values, without asking for them.
    @Test(arguments: ["BOOLEAN", "STRICT"]) func rowsWithBooleansAreKnownAgain(_ type: String) throws {
        let lab = try SQLiteLaboratory()
        let isStrict = type == "STRICT"
        try lab.execute(
            "CREATE TABLE products (id TEXT PRIMARY KEY, b \(isStrict ? "INTEGER" : type)) \(isStrict ? type : "")")
        let plan = TablePlan.of(["id", "b?boolean"], key: ["id"], mode: .upsert)
        #expect(try write([["a", "true"], ["b", "FALSE"], ["c", "7"], ["d", nil]], plan, lab).inserted == 4)
        #expect(try lab.rows(of: "products").map { $0[1] } == ["1", "0", "7", nil])
        #expect(try lab.destination.compareRows(logID: "log", importID: 1).asWritten == 4)
        #expect(try lab.reverse(1).kept.isEmpty && lab.rows(of: "products").isEmpty)
    }

    @Test func textsStayTextsInOtherColumns() throws {
        let lab = try SQLiteLaboratory()
        try lab.execute("CREATE TABLE products (id INTEGER PRIMARY KEY, a TEXT, b INTEGER, c BOOLEAN)")
        let plan = TablePlan.of(["id?integer", "a?boolean", "b?boolean", "c"], key: ["id"], mode: .upsert)
        _ = try write([["1", "true", "true", "true"]], plan, lab)
        #expect(try lab.rows(of: "products") == [["1", "true", "true", "true"]])
    }

    @Test func anAddedColumnOfBooleansIsOneOfIntegersInAStrictTable() throws {
        let lab = try SQLiteLaboratory()
        try lab.execute("CREATE TABLE products (id INTEGER PRIMARY KEY) STRICT")
        var plan = TablePlan.of(["id?integer", "b?boolean"], key: ["id"], mode: .upsert)
        (plan.addsColumns, plan.logID) = (true, "log")
        _ = try write([["1", "true"], ["2", "false"]], plan, lab)
        #expect(try lab.rows(of: "products") == [["1", "1"], ["2", "0"]])
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.destination.removeAdded("b", of: "products", logID: "log"))
    }

    @Test(arguments: all) func aDefaultOfNullIsNone(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY, a text DEFAULT null)")
        var plan = TablePlan.of(["id", "a"], key: ["id"])
        plan.defaultIfEmpty = ["a"]
        let error = #expect(throws: DataError.self) { try lab.destination.prepare(plan) }
        #expect(error?.message == "table products has no default for a, which --default-if-empty asks for")
    }

    // MARK: Columns that the table computes

    private func computing(_ backend: Backend) throws -> any Laboratory {
        let lab = try backend.makeLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (id integer PRIMARY KEY, p text, n text,
                k text GENERATED ALWAYS AS (lower(p)) STORED UNIQUE)
            """)
        try lab.execute("INSERT INTO products (id, p, n) VALUES (1, 'Ann', 'x'), (2, 'Bob', 'x')")
        return lab
    }

    @Test(arguments: all) func rowsAreFoundByAColumnThatTheTableComputes(_ backend: Backend) throws {
        let lab = try computing(backend)
        let before = try lab.rows(of: "products")
        let update = TablePlan.of(["k", "n"], key: ["k"], mode: .update)
        #expect(try write([["ann", "new"], ["bob", "x"], ["eve", "x"]], update, lab).updated == 1)
        #expect(try lab.rows(of: "products").map { $0[2] } == ["new", "x"])
        #expect(try write([["bob"]], .of(["k"], key: ["k"], mode: .delete), lab, importID: 2).updated == 1)
        #expect(try lab.rows(of: "products").count == 1)
        #expect(try lab.reverse(2).kept.isEmpty && lab.reverse(1).kept.isEmpty)
        #expect(try lab.rows(of: "products") == before)
    }

    @Test(
        arguments: all,
        [
            (["k", "n"], "k", WriteMode.upsert, "Only --mode update and --mode delete can find rows"),
            (["id", "k"], "id", .upsert, "Leave it out: --skip-columns k"),
            (["k", "n"], "n", .update, "Leave it out: --skip-columns k"),
        ])
    func valuesForItAreRefused(
        _ backend: Backend, _ plan: (columns: [String], key: String, mode: WriteMode, remedy: String)
    ) throws {
        let lab = try computing(backend)
        let error = #expect(throws: DataError.self) {
            try lab.destination.prepare(.of(plan.columns, key: [plan.key], mode: plan.mode))
        }
        #expect(error?.message == "table products computes k itself (generated); no value can be written")
        #expect(error?.remedy?.hasPrefix(plan.remedy) == true)
    }

    // MARK: Names

    @Test func columnsThatDifferInCaseAreTwoInPostgreSQL() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (id int PRIMARY KEY, \"A\" text, a text)")
        let error = #expect(throws: DataError.self) {
            try lab.destination.prepare(.of(["id", "a", "A_2"], key: ["id"], mode: .upsert))
        }
        #expect(error?.remedy?.contains("columns: {A_2: {to: A}}") == true)
        for importID in UInt64(1)...2 {
            let outcome = try write(
                [["1", "low", "UP\(importID)"]], .of(["id", "a", "A"], key: ["id"], mode: .upsert), lab,
                importID: importID)
            #expect(outcome.rejects.isEmpty)
            #expect(try lab.rows(of: "products") == [["1", "UP\(importID)", "low"]])
        }
        try lab.execute("ALTER TABLE products DROP COLUMN \"A\"")
        #expect(throws: DataError.self) {
            try lab.destination.prepare(.of(["id", "a", "A"], key: ["id"], mode: .upsert))
        }
    }

    @Test(arguments: all) func theRemedyForAColumnThatIsGivenIsNotToSkipIt(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY)")
        var plan = TablePlan.of(["id", "batch"], key: ["id"], mode: .upsert)
        plan.constants = ["batch"]
        let error = #expect(throws: DataError.self) { try lab.destination.prepare(plan) }
        let remedy = error?.remedy ?? ""
        #expect(remedy.hasPrefix("To add the column to the table: --new-columns add; or leave out --set batch="))
    }

    // MARK: Marks

    @Test(arguments: all) func columnsOfMarksAreAnnouncedAndGoWithTheirImport(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY)")
        try lab.execute("INSERT INTO products VALUES (1), (2)")
        var plan = TablePlan.of(["id"], key: ["id"], mode: .delete)
        plan.logID = "log"
        plan.marks = [.init(column: "gone", value: "true"), .init(column: "batch", value: "140")]
        for importID in UInt64(1)...2 {
            let notes = try lab.destination.prepare(plan).plan.notes
            #expect(notes == ["table products gets the columns gone (boolean), batch (integer)"])
            #expect(try lab.write([["1"]], importID: importID).updated == 1)
            #expect(try lab.destination.prepare(plan).plan.notes.isEmpty)
            #expect(try lab.reverse(importID).kept.isEmpty)
            let added = try lab.destination.addedColumns(of: "products", logID: "log")
            #expect(added == ["batch", "gone"])
            for column in added {
                #expect(try lab.destination.removeAdded(column, of: "products", logID: "log"))
            }
            #expect(try lab.rows(of: "products") == [["1"], ["2"]])
        }
    }

    // MARK: Versions

    /// Which of two current versions the next one follows, nobody can tell.
    @Test(arguments: all) func aKeyWithTwoCurrentVersionsCostsItsRecord(_ backend: Backend) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (sku text, name text, is_current \(backend == .sqlite ? "integer" : "boolean"),
                version integer, valid_from text, valid_to text)
            """)
        try lab.execute("CREATE INDEX i ON products (sku)")
        let yes = backend == .sqlite ? "1" : "true"
        try lab.execute(
            "INSERT INTO products VALUES ('a', '1', \(yes), 1, '2020', NULL), ('a', '2', \(yes), 1, '2020', NULL)")
        let before = try lab.sortedRows(of: "products")
        var plan = TablePlan.of(["sku", "name"], key: ["sku"], mode: .versioned)
        plan.moment = "2026-01-01T00:00:00Z"
        let outcome = try write([["a", "3"], ["b", "1"], ["c", "1"]], plan, lab)
        #expect(outcome.inserted == 2 && outcome.rejects.map(\.key) == ["a"])
        #expect(outcome.rejects.first?.message.contains("several current versions") == true)
        let versioned = VersionedTable(table: "products", key: ["sku"], isCurrent: "is_current")
        #expect(try lab.reverse(1, versioned: [versioned]).kept.isEmpty)
        #expect(try lab.sortedRows(of: "products") == before)
    }
}

import Destinations
import Records
import Testing

/// What modes do in tables with peculiarities.
@Suite struct ModeCaseTests {
    /// A refused record has the others judged one by one.
    @Test(arguments: Backend.allCases, [false, true])
    func aVersionKeepsWhatRecordsLack(_ backend: Backend, _ isRefused: Bool) throws {
        let lab = try backend.makeLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (id integer, n text CHECK (n <> 'bad'), p integer DEFAULT 7, q text, number text UNIQUE,
                is_current boolean, version integer, valid_from text, valid_to text, PRIMARY KEY (id, version))
            """)
        try lab.execute("INSERT INTO products VALUES (1, 'A', 99, 'q', 'x', true, 1, '2020-01-01', NULL)")
        let before = try lab.sortedRows(of: "products")
        var plan = TablePlan.of(["id", "n"], key: ["id"], mode: .versioned)
        plan.moment = "2026-01-01T00:00:00Z"
        _ = try lab.destination.prepare(plan)
        let records: [[String?]] = [["1", "A2"], ["2", "B"], ["1", "A3"]]
        let outcome = try lab.write(records + (isRefused ? [["3", "bad"]] : []))
        #expect(outcome.inserted == 1 && outcome.rejects.count == (isRefused ? 1 : 0), "\(outcome)")
        let rows = try lab.rows(of: "products").map { [$0[0], $0[1], $0[2], $0[3], $0[4], $0[6]] }
        #expect(rows.contains(["1", "A", "99", "q", "x", "1"]) && rows.contains(["2", "B", "7", nil, nil, "1"]))
        #expect(rows.contains(["1", "A3", "99", "q", nil, "2"]) && rows.count == 3, "\(rows)")
        #expect(try lab.reverse(1).kept.isEmpty)
        #expect(try lab.sortedRows(of: "products") == before)
    }

    @Test(arguments: ["REPLACE", "IGNORE", "ROLLBACK", "FAIL"], [WriteMode.insert, .update, .upsert])
    func noModeObeysHowATableHandlesConflicts(_ word: String, _ mode: WriteMode) throws {
        let lab = try SQLiteLaboratory()
        try lab.execute(
            """
            CREATE TABLE products (id integer PRIMARY KEY, email text UNIQUE ON CONFLICT \(word),
                n text NOT NULL ON CONFLICT \(word))
            """)
        try lab.execute("INSERT INTO products VALUES (1, 'a', 'A'), (2, 'b', 'B')")
        let before = try lab.rows(of: "products")
        _ = try lab.destination.prepare(.of(["id", "email", "n"], key: ["id"], mode: mode))
        let id = mode == .insert ? "3" : "1"
        let outcome = try lab.write([[id, "b", "X"], [id, "c", nil]])
        #expect(outcome.rejects.map(\.code) == [.constraint, .constraint], "\(outcome)")
        #expect(try lab.rows(of: "products") == before)
    }

    @Test(arguments: [WriteMode.update, .upsert]) func aSequenceFollowsTheNumbersOfRecords(_ mode: WriteMode) throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (id serial PRIMARY KEY, email text UNIQUE)")
        try lab.execute("INSERT INTO products (email) VALUES ('a'), ('b')")
        _ = try lab.destination.prepare(.of(["id", "email"], key: ["email"], mode: mode))
        #expect(try lab.write([["9", "a"]]).updated == 1)
        try lab.execute("INSERT INTO products (email) VALUES ('app')")
        #expect(try lab.rows(of: "products").contains(["10", "app"]))
    }

    @Test(arguments: [WriteMode.insert, .update, .upsert])
    func aKeyThatAnIndexCannotTakeCostsItsRecord(_ mode: WriteMode) throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (code text, n text)")
        try lab.execute("CREATE UNIQUE INDEX one ON products ((code::int))")
        try lab.execute("INSERT INTO products VALUES ('5', 'old')")
        var plan = TablePlan.of(["code", "n"], key: ["code"], mode: mode)
        (plan.keyIndex, plan.skipsDuplicates) = ("one", mode == .insert)
        _ = try lab.destination.prepare(plan)
        let outcome = try lab.write([["x", "1"], ["05", "new"], ["y", "2"], ["5", "new"], ["z", "3"]])
        #expect(outcome.rejects.map(\.location.record) == [1, 3, 5], "\(outcome)")
        #expect(outcome.rejects.allSatisfy { $0.code == .type && $0.field == "code" })
        #expect(try lab.rows(of: "products").map { $0[1] } == [mode == .insert ? "old" : "new"])
    }

    @Test func deletionsFromATableWithoutAKeyAreCompared() throws {
        let lab = try PostgreSQLLaboratory()
        try lab.execute("CREATE TABLE products (sku text, n text)")
        try lab.execute("CREATE INDEX ON products (sku)")
        try lab.execute("INSERT INTO products VALUES ('a', '1'), ('a', '1'), ('b', '2')")
        _ = try lab.destination.prepare(.of(["sku"], key: ["sku"], mode: .delete))
        try lab.write([["a"]])
        var comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.asWritten == 2 && comparison.missing == 0 && comparison.edited == 0)
        try lab.execute("INSERT INTO products VALUES ('a', '1')")
        comparison = try lab.destination.compareRows(logID: "log", importID: 1)
        #expect(comparison.asWritten == 1 && comparison.missing == 1)
    }

    @Test(arguments: Backend.allCases, ["integer", "boolean", "text", nil])
    func aBooleanMarkIsTrueForTheDatabase(_ backend: Backend, _ type: String?) throws {
        if backend == .postgres && type == "integer" { return }
        let lab = try backend.makeLaboratory()
        try lab.execute("CREATE TABLE products (id integer PRIMARY KEY\(type.map { ", gone \($0)" } ?? ""))")
        try lab.execute("INSERT INTO products (id) VALUES (1), (2)")
        var plan = TablePlan.of(["id"], key: ["id"], mode: .delete)
        plan.marks = [DeletionMark(column: "gone", value: "true")]
        _ = try lab.destination.prepare(plan)
        #expect(try lab.write([["1"]]).updated == 1)
        let mark = type == "text" ? "true" : backend == .sqlite ? "1" : "t"
        #expect(try lab.rows(of: "products") == [["1", mark], ["2", nil]])
        #expect(try lab.write([["1"], ["2"]], importID: 2).updated == 1)
    }
}

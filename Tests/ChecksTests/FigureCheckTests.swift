import Checks
import Records
import Testing

@Suite("Checks that show figures, and statements of the user's")
struct FigureCheckTests {
    private static func people() throws -> Laboratory {
        try Laboratory(
            columns: "id INTEGER, tier TEXT, state TEXT, at TEXT",
            rows: [
                "1, 'free', 'TX', '2024-01-03'", "2, 'free', 'NY', '2024-01-02'", "3, 'gold', 'TX', NULL",
                "4, NULL, 'TX', '2024-01-01'",
            ])
    }

    @Test("A distribution has the most frequent values first, NULL among them, and their shares")
    func distribution() throws {
        let result = try Self.people().run("distribution: {column: tier}")
        #expect(result.outcome == .info)
        #expect(result.rows?.columns == ["tier", "rows", "share"])
        #expect(result.rows?.rows.first == ["free", "2", "50%"])
        #expect(result.rows?.rows.contains([nil, "1", "25%"]) == true)
        #expect(result.expected.isEmpty)
    }

    @Test("A distribution can be by several columns")
    func distributionByTwo() throws {
        let result = try Self.people().run("distribution: {columns: [tier, state]}")
        #expect(result.rows?.columns == ["tier", "state", "rows", "share"])
        #expect(result.rows?.rows.count == 4)
    }

    @Test(
        "Shares and numbers can be expected of values, also of those that are not there",
        arguments: [
            ("{free: {min: 10%, max: 50%}, gold: 1}", true), ("{free: {max: 49.9%}}", false), ("{free: 2}", true),
            ("{silver: {min: 1}}", false), ("{silver: 0}", true), ("{silver: {max: 1%}}", true),
        ])
    func expectedDistribution(expect: String, holds: Bool) throws {
        let result = try Self.people().run("distribution: {column: tier, expect: \(expect)}")
        #expect(result.outcome == (holds ? .passed : .failed), "\(result)")
        #expect(result.rows?.rows.count == 3)
    }

    @Test("In an empty table, no value has the share that it should have")
    func emptyDistribution() throws {
        let lab = try Laboratory(columns: "tier", rows: [])
        #expect(try lab.run("distribution: {column: tier, expect: {free: {min: 10%}}}").outcome == .failed)
        #expect(try lab.run("distribution: {column: tier}").rows?.rows.isEmpty == true)
    }

    @Test("The most frequent values leave NULL out and are as many as asked for")
    func top() throws {
        let result = try Self.people().run("top: {column: tier, count: 1}")
        #expect(result.outcome == .info)
        #expect(result.rows == QueryResult(columns: ["tier", "rows"], rows: [["free", "2"]], isCut: true))
        #expect(result.found == "free (2)")
        let lab = try Laboratory(columns: "v", rows: ["NULL", "NULL", "'x'"])
        #expect(try lab.run("top: {column: v}").rows?.rows == [["x", "1"]])
    }

    @Test("The latest rows are the greatest by a column; rows without a value there are left out")
    func latest() throws {
        let result = try Self.people().run("latest: {columns: [id, tier], by: at, count: 2}")
        #expect(result.outcome == .info)
        #expect(result.rows?.columns == ["id", "tier"])
        #expect(result.rows?.rows == [["1", "free"], ["2", "free"]])
        #expect(try Self.people().run("latest: {columns: [id], by: at}").rows?.rows.last == ["4"])
    }

    @Test("What is fresh is judged by the newest value")
    func fresh() throws {
        let lab = try Laboratory(
            """
            CREATE TABLE people (now TEXT, old TEXT, later TEXT, odd TEXT, none TEXT);
            INSERT INTO people VALUES (datetime('now', '-1 hour'), date('now', '-3 days'), '2999-01-01', 'soon', NULL);
            INSERT INTO people VALUES ('1999-01-01', '1999-01-01', NULL, NULL, NULL);
            """)
        #expect(try lab.run("fresh: {column: now, within: 2h}").outcome == .passed)
        #expect(try lab.run("fresh: {column: now, within: 59m}").outcome == .failed)
        #expect(try lab.run("fresh: {column: old, within: 48h}").outcome == .failed)
        #expect(try lab.run("fresh: {column: old, within: 5d}").outcome == .passed)
        #expect(try lab.run("fresh: {column: later, within: 1s}").message.contains("in the future"))
        #expect(try lab.run("fresh: {column: none, within: 1h}").found == "no values")
        #expect(try lab.run("fresh: {column: none, within: 1h}").outcome == .failed)
        #expect(try lab.run("fresh: {column: odd, within: 1h}").outcome == .broken)
    }

    @Test(
        "A statement's value, its number or its rows can be expected",
        arguments: [
            ("SELECT count(*) FROM people", "4", CheckResult.Outcome.passed), ("SELECT 4.0", "4", .passed),
            ("SELECT 'x'", "x", .passed), ("SELECT 'x'", "y", .failed), ("SELECT 1 WHERE 0", "1", .failed),
            ("SELECT NULL", "0", .failed), ("SELECT 5", "{min: 5, max: 5}", .passed), ("SELECT 5", "{min: 6}", .failed),
            ("SELECT 'x'", "{min: 1}", .failed), ("SELECT * FROM people WHERE id > 9", "none", .passed),
            ("SELECT * FROM people", "none", .failed), ("SELECT * FROM people; ", "{rows: 4}", .passed),
            ("SELECT * FROM people -- all", "{rows: {max: 3}}", .failed),
        ])
    func sql(statement: String, expect: String, outcome: CheckResult.Outcome) throws {
        let result = try Self.people().run("{sql: \"\(statement)\", expect: \(expect)}")
        #expect(result.outcome == outcome, "\(result)")
    }

    @Test("A statement without an expectation shows what it gives")
    func sqlFigures() throws {
        #expect(try Self.people().run("sql: SELECT 5").found == "5")
        let result = try Self.people().run("sql: SELECT id, tier FROM people ORDER BY id")
        #expect(result.outcome == .info)
        #expect(result.rows?.rows.first == ["1", "free"])
    }

    @Test("A statement is run three times against its time limit")
    func timed() throws {
        let lab = try Self.people()
        let result = try lab.run("{timed: SELECT * FROM people, within: 1h}")
        #expect(result.outcome == .passed)
        #expect(lab.statements.count == 3)
    }

    @Test("One slow run does not fail a statement, two do")
    func median() throws {
        let check = Check(.timed("SELECT 1", within: try #require(TimeSpan("1h"))))
        for (slow, outcome) in [(1, CheckResult.Outcome.passed), (2, .failed)] {
            var runs = 0
            let result = check.run(in: .sqlite, defaultTable: nil) { _, _, timeout in
                runs += 1
                if runs <= slow { throw DataError(.busy, "It took longer than \(timeout).") }
                return QueryResult(columns: [], rows: [], isCut: false)
            }
            #expect(result.outcome == outcome)
        }
    }
}

import Checks
import Records
import Testing

@Suite("Checks that count rows")
struct CountingCheckTests {
    private static func people() throws -> Laboratory {
        try Laboratory(
            columns: "email TEXT, name TEXT, tier TEXT",
            rows: ["'a@b.de', 'Ann', 'gold'", "'a@b.de', '', 'free'", "NULL, NULL, 'free'", "NULL, 'Dan', 'free'"])
    }

    @Test(
        "The number of rows is compared with both limits, which are allowed",
        arguments: [
            ("rows: 4", CheckResult.Outcome.passed), ("rows: 5", .failed), ("rows: {min: 4, max: 4}", .passed),
            ("rows: {min: 5}", .failed), ("rows: {max: 3}", .failed), ("{rows: 1, where: tier = 'gold'}", .passed),
            ("{rows: 3, where: \"tier = 'free' -- all of them\"}", .passed), ("rows: 1_0", .failed),
        ])
    func rows(yaml: String, outcome: CheckResult.Outcome) throws {
        #expect(try Self.people().run(yaml).outcome == outcome)
    }

    @Test("What was expected and what was found are said")
    func words() throws {
        let result = try Self.people().run("{name: enough, rows: {min: 9, max: 12}}")
        #expect(result.name == "enough")
        #expect(result.expected == "9 to 12")
        #expect(result.found == "4")
        #expect(result.message == "There are 4 rows; expected: 9 to 12.")
    }

    @Test("Rows that fit a condition are counted")
    func count() throws {
        #expect(try Self.people().run("count: {where: \"tier = 'free'\", min: 3, max: 3}").outcome == .passed)
        #expect(try Self.people().run("count: {where: \"tier = 'gold' OR 1\", max: 3}").outcome == .failed)
    }

    @Test("Duplicates are shown with their number; NULLs are none")
    func unique() throws {
        let result = try Self.people().run("unique: email")
        #expect(result.outcome == .failed)
        #expect(result.found == "1 duplicated, in 2 rows")
        #expect(result.rows?.columns == ["email", "rows"])
        #expect(result.rows?.rows == [["a@b.de", "2"]])
        #expect(try Self.people().run("{unique: email, where: \"tier = 'gold'\"}").outcome == .passed)
    }

    @Test("Columns together are unique where one of them alone is not")
    func uniqueTogether() throws {
        #expect(try Self.people().run("unique: [email, name]").outcome == .passed)
        #expect(try Self.people().run("unique: [tier]").found == "1 duplicated, in 3 rows")
    }

    @Test("A sample has twenty rows at most, and says that there are more")
    func sample() throws {
        let lab = try Laboratory(columns: "a", rows: (0..<50).map { "\($0 / 2)" })
        let result = try lab.run("unique: [a]")
        #expect(result.found == "25 duplicated, in 50 rows")
        #expect(result.rows?.rows.count == 20)
        #expect(result.rows?.isCut == true)
    }

    @Test("Neither NULL nor an empty text is a value")
    func required() throws {
        let result = try Self.people().run("required: [tier, name, email]")
        #expect(result.outcome == .failed)
        #expect(result.found == "name: 2 of 4 (50%)")
        #expect(result.rows?.rows == [["name", "2", "2", "50%"], ["email", "2", "2", "50%"]])
        #expect(try Self.people().run("required: tier").found == "4 of 4 (100%)")
    }

    @Test("A percentage is the least share of rows with a value", arguments: [(50, true), (50.01, false), (0.1, true)])
    func percent(percent: Double, holds: Bool) throws {
        let result = try Self.people().run("{required: [name], percent: \(percent)}")
        #expect(result.outcome == (holds ? .passed : .failed))
    }

    @Test("A share that is not all is not shown as all, and one that is not nothing not as nothing")
    func rounding() throws {
        let numbers = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 99999)"
        let lab = try Laboratory(
            """
            CREATE TABLE people (a TEXT, b TEXT);
            INSERT INTO people \(numbers) SELECT 'x', NULL FROM c;
            INSERT INTO people VALUES (NULL, 'y');
            """)
        #expect(try lab.run("required: a").found == "99999 of 100000 (99.99%)")
        #expect(try lab.run("required: b").found == "1 of 100000 (<0.01%)")
        #expect(try lab.run("{required: a, percent: 99.999}").outcome == .passed)
        #expect(try lab.run("{required: a, percent: 99.9991}").outcome == .failed)
    }

    @Test("Nothing is missing and nothing is twice in an empty table")
    func empty() throws {
        let lab = try Laboratory(columns: "a", rows: [])
        #expect(try lab.run("rows: 0").outcome == .passed)
        #expect(try lab.run("rows: {min: 1}").outcome == .failed)
        #expect(try lab.run("unique: a").outcome == .passed)
        #expect(try lab.run("required: a").found == "no rows")
        #expect(try lab.run("required: a").outcome == .passed)
    }
}

import Checks
import Records
import Testing

@Suite("Checks that look at each value")
struct ValueCheckTests {
    @Test(
        "Each format tells right from wrong",
        arguments: [
            ("email", ["a@b.de", "ü.x@münchen.example"], ["a@b", "@b.de", "a b@c.de", ""]),
            ("date", ["2024-02-29", "0001-01-01"], ["2023-02-29", "2024-13-01", "2024-1-1", "2024-01-01T00:00", ""]),
            (
                "timestamp",
                [
                    "2024-01-31", "2024-01-31 23:59", "2024-01-31T23:59:00.5Z", "2024-01-31 23:59:00.123456+05:30",
                    "2024-01-31 23:59:00+00",
                ],
                ["2024-01-31T24:00", "2024-01-31T", "2024-01-31 23:59:60", "23:59", "2024-01-31 23:59:00+19", "now"]
            ),
            ("integer", ["0", "-5", "+007", "123456789012345678901234567890"], ["", "-", "1.0", "1e5", " 1"]),
            ("number", ["0", "-1.5", "1e5", ".5", "007"], ["", "abc", "1,5", "0x1F", "NaN", "--1"]),
            (
                "uuid", ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-42661417400F"],
                ["123e4567e89b12d3a456426614174000", "g23e4567-e89b-12d3-a456-426614174000", ""]
            ),
            (
                "url", ["https://example.org", "http://example.org:80/a?b#c", "ftp://[::1]/"],
                ["example.org", "http://", "http:///a", "http://a b", "1http://a", "javascript:alert(1)", ""]
            ),
        ])
    func formats(word: String, right: [String], wrong: [String]) throws {
        let rows = { (values: [String]) in values.map { "'\($0)'" } + ["NULL"] }
        let good = try Laboratory(columns: "v TEXT", rows: rows(right)).run("format: {column: v, as: \(word)}")
        #expect(good.outcome == .passed, "\(good)")
        #expect(good.found == "all \(right.count)")
        let bad = try Laboratory(columns: "v TEXT", rows: rows(wrong)).run("format: {column: v, as: \(word)}")
        #expect(bad.found == "\(wrong.count) of \(wrong.count) not")
        #expect(bad.outcome == .failed)
    }

    @Test("A pattern is for the whole value")
    func pattern() throws {
        let lab = try Laboratory(columns: "zip TEXT", rows: ["'1234 AB'", "'1234AB'", "'x1234AB'", "NULL"])
        let result = try lab.run("format: {column: zip, pattern: '\\d{4} ?[A-Z]{2}'}")
        #expect(result.found == "1 of 3 not")
        #expect(result.rows?.rows == [["x1234AB", "1"]])
    }

    @Test("Only the values of the list are allowed; numbers are compared as numbers")
    func oneOf() throws {
        let lab = try Laboratory(columns: "tier TEXT, n REAL", rows: ["'free', 1", "'gold', 2", "'Gold', NULL"])
        #expect(try lab.run("one_of: {column: tier, values: [free, gold]}").rows?.rows == [["Gold", "1"]])
        #expect(try lab.run("one_of: {column: tier, values: [free, gold, Gold]}").outcome == .passed)
        #expect(try lab.run("one_of: {column: n, values: [1, 2]}").outcome == .passed)
        #expect(try lab.run("one_of: {column: n, values: [1]}").outcome == .failed)
    }

    @Test("A range has numbers or times, and both limits are in it")
    func range() throws {
        let lab = try Laboratory(
            columns: "n, t TEXT", rows: ["0, '2024-01-01'", "5, '2024-12-31T23:59:59Z'", "NULL, NULL", "'10', NULL"])
        #expect(try lab.run("range: {column: n, min: 0, max: 10}").outcome == .passed)
        #expect(try lab.run("range: {column: n, min: 0, max: 5}").rows?.rows == [["10", "1"]])
        #expect(try lab.run("range: {column: n, min: 0.5}").found == "1 of 3 not")
        #expect(try lab.run("range: {column: t, min: 2024-01-01, max: 2025-01-01}").outcome == .passed)
        #expect(try lab.run("range: {column: t, min: 2024-01-01, max: 2024-12-31}").outcome == .failed)
        #expect(try lab.run("range: {column: t, min: 1}").found == "2 of 2 not")
    }

    @Test("An offset is counted in")
    func offset() throws {
        let lab = try Laboratory(columns: "t", rows: ["'2024-01-01T01:00+02:00'", "'2023-12-31 23:30-01'"])
        #expect(try lab.run("range: {column: t, min: 2023-12-31T23:00Z}").outcome == .passed)
        #expect(
            try lab.run("range: {column: t, min: 2023-12-31T23:01Z}").rows?.rows == [["2024-01-01T01:00+02:00", "1"]])
        #expect(try lab.run("range: {column: t, max: 2024-01-01T00:29Z}").rows?.rows == [["2023-12-31 23:30-01", "1"]])
    }

    @Test("Integers beyond what a double holds are compared exactly")
    func exact() throws {
        let lab = try Laboratory(columns: "n", rows: ["9007199254740993"])
        #expect(try lab.run("range: {column: n, max: 9007199254740992}").outcome == .failed)
        #expect(try lab.run("range: {column: n, max: 9007199254740993}").outcome == .passed)
    }

    /// Numbers to 40,000 as rows of SQL. Beside a value of `long`, a page has fewer values than that.
    private static let numbers = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 40000)"
    private static let long = "printf('%.40000c', 'x')"

    @Test("Every value of many pages is judged once, whatever types the column mixes")
    func pages() throws {
        let lab = try Laboratory(
            """
            CREATE TABLE people (v);
            INSERT INTO people \(Self.numbers) SELECT i FROM c;
            INSERT INTO people \(Self.numbers) SELECT 'it''s ' || i FROM c;
            INSERT INTO people \(Self.numbers) SELECT 'twice' FROM c;
            INSERT INTO people VALUES (\(Self.long)), (\(Self.long) || 'y'), ('\u{1F600}');
            """)
        let result = try lab.run("format: {column: v, as: integer}")
        #expect(result.found == "80003 of 120003 not")
        #expect(result.rows?.rows.count == 20)
        #expect(result.rows?.isCut == true)
        #expect(lab.statements.count == 4)
    }

    @Test("A huge value is asked for only in part")
    func huge() throws {
        let lab = try Laboratory("CREATE TABLE people (v); INSERT INTO people VALUES (printf('%.9000000c', 'x'));")
        let result = try lab.run("format: {column: v, as: email}")
        #expect(result.found == "1 of 1 not")
        #expect(result.rows?.rows.first?.first??.utf8.count == 1025)
        #expect(try lab.run("top: {column: v}").rows?.rows.first?.first??.utf8.count == 200)
    }

    @Test("Text that is no UTF-8 ends the check where it would else go round for ever")
    func brokenText() throws {
        let lab = try Laboratory(
            """
            CREATE TABLE people (v TEXT);
            INSERT INTO people \(Self.numbers) SELECT CAST(x'FE' AS TEXT) || i FROM c;
            INSERT INTO people VALUES (\(Self.long));
            """)
        let result = try lab.run("format: {column: v, as: email}")
        #expect(result.outcome == .broken)
        #expect(result.message.contains("UTF-8"))
    }

    @Test("There is nothing wrong in an empty table")
    func empty() throws {
        let lab = try Laboratory(columns: "v", rows: ["NULL"])
        #expect(try lab.run("format: {column: v, as: email}").outcome == .passed)
        #expect(try lab.run("range: {column: v, min: 1}").outcome == .passed)
    }
}

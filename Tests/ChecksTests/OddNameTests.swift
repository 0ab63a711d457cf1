import Checks
import Records
import Testing
import Yams

@Suite("Odd names, and checks that cannot run")
struct OddNameTests {
    private static let kinds = [
        "rows: {min: 0}", "unique: COLUMN", "required: COLUMN", "format: {column: COLUMN, as: email}",
        "one_of: {column: COLUMN, values: [a]}", "distribution: {column: COLUMN, expect: {\"it's\": 0}}",
        "top: {column: COLUMN}", "fresh: {column: COLUMN, within: 1h}", "range: {column: COLUMN, min: 1}",
        "count: {where: 1 = 1, min: 0}", "latest: {columns: [COLUMN], by: COLUMN}",
    ]

    @Test(
        "A name is a name, whatever it says", arguments: kinds,
        ["a b", "x\"; DROP TABLE people; --", "it's", "select", "(1)", "*", "e\u{301}\"\u{301}", "😀", "a.b"])
    func oddNames(kind: String, name: String) throws {
        let quoted =
            "\"\(String(name.unicodeScalars.flatMap { $0 == "\"" ? ["\"", "\""] : [$0] }.map(Character.init)))\""
        let lab = try Laboratory(
            """
            CREATE TABLE people (a); CREATE TABLE \(quoted) (\(quoted) TEXT);
            INSERT INTO \(quoted) VALUES ('2024-01-01');
            """
        )
        let yaml = Self.yaml(name)
        let result = try lab.run("{table: \(yaml), \(kind.replacing("COLUMN", with: yaml))}")
        #expect(result.outcome != .broken, "\(result.message)")
        #expect(try lab.query("SELECT count(*) FROM people", 1).rows == [["0"]])
    }

    @Test(
        "A column that is not there breaks the check, in the database's words",
        arguments: kinds.filter { $0.contains("COLUMN") })
    func noColumn(kind: String) throws {
        let result = try Laboratory(columns: "a", rows: ["1"]).run(kind.replacing("COLUMN", with: "nowhere"))
        #expect(result.outcome == .broken)
        #expect(result.message.contains("nowhere"))
    }

    @Test("A value with quotes stays a value")
    func values() throws {
        let lab = try Laboratory(columns: "v", rows: ["'it''s'", "'x'"])
        let result = try lab.run("distribution: {column: v, expect: {\"it's\": 1, \"' OR 1=1 --\": 0}}")
        #expect(result.outcome == .passed)
    }

    @Test("A check without a table, a bad name and bad SQL break only that check")
    func broken() throws {
        let lab = try Laboratory(columns: "a", rows: ["1"])
        #expect(try lab.run("rows: 1", defaultTable: nil).outcome == .broken)
        #expect(try lab.run("sql: SELEKT 1", defaultTable: nil).message.contains("SELEKT"))
        #expect(try lab.run("{rows: 1, where: 'nonsense ='}").outcome == .broken)
        #expect(try lab.run("{rows: 1, table: \"a\\0b\"}").outcome == .broken)
        #expect(try lab.run("rows: 1").outcome == .passed)
        #expect(try lab.run("{timed: SELEKT 1, within: 1s}").outcome == .broken)
    }

    private static func yaml(_ name: String) -> String { "'\(name.replacing("'", with: "''"))'" }
}

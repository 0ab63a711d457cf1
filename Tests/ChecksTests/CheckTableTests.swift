import Checks
import Records
import Testing

@Suite("Results as text")
struct CheckTableTests {
    @Test("Columns are aligned, figures stand below, and the last line sums up")
    func text() {
        let figures = QueryResult(columns: ["city", "rows"], rows: [["Austin", "12"], [nil, "3"]], isCut: true)
        let table = CheckTable([
            Self.result("enough", .passed, "1 to 5", "3"), Self.result("unique email", .failed, "none", "2", figures),
            Self.result("top", .info, "", "Austin (12)", figures), Self.result("fresh", .broken, "", ""),
        ])
        #expect(
            table.text == """
                PASS    enough        3            expected: 1 to 5
                FAIL    unique email  2            expected: none
                          no such column
                          city    rows
                          Austin  12
                          NULL    3
                          …
                INFO    top           Austin (12)
                          city    rows
                          Austin  12
                          NULL    3
                          …
                BROKEN  fresh
                          no such column
                4 checks: 1 passed, 1 failed, 1 info, 1 broken

                """)
    }

    @Test("A value cannot break the lines or send signs to the terminal")
    func printable() {
        let figures = QueryResult(columns: ["a"], rows: [["x\n\u{1B}[31m"]], isCut: false)
        let text = CheckTable([Self.result("a\tb", .info, "", "", figures)]).text
        #expect(text.contains("a\\tb"))
        #expect(text.contains("x\\n\\u{1B}[31m"))
    }

    @Test("Without checks there is only the sum")
    func none() { #expect(CheckTable([]).text == "0 checks\n") }

    private static func result(
        _ name: String, _ outcome: CheckResult.Outcome, _ expected: String, _ found: String, _ rows: QueryResult? = nil
    ) -> CheckResult {
        CheckResult(
            name: name, outcome: outcome, expected: expected, found: found, message: "no such\ncolumn", rows: rows,
            milliseconds: 1)
    }
}

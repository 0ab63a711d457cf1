import Checks
import Testing
import Yams

@Suite("Checks as waybill.yaml says them")
struct CheckCodingTests {
    @Test(
        "A check is the same after it was written and read again",
        arguments: [
            "rows: {min: 9000, max: 600000}", "{name: all, table: t, rows: 5, where: a = 1}", "unique: [a, b]",
            "unique: a",
            "{required: [a], percent: 99.5}", "format: {column: a, as: email}", "format: {column: a, pattern: 'a+'}",
            "one_of: {column: a, values: [x, 5, true]}", "distribution: {column: a, expect: {x: {min: 10%}, y: 5}}",
            "distribution: {columns: [a, b]}", "top: {column: a, count: 20}", "fresh: {column: a, within: 1.5d}",
            "range: {column: a, min: 2024-01-01}", "range: {column: a, min: 0, max: 5}",
            "count: {where: a = 1, max: 3}",
            "latest: {columns: [a, b], by: c}", "sql: SELECT 1", "{sql: SELECT 1, expect: none}",
            "{sql: SELECT 1, expect: {min: 1}}", "{sql: SELECT 1, expect: {rows: {max: 5}}}",
            "{sql: SELECT 1, expect: 0}", "{timed: SELECT 1, within: 200ms}",
        ])
    func roundTrip(yaml: String) throws {
        let check = try YAMLDecoder().decode(Check.self, from: yaml)
        let again = try YAMLDecoder().decode(Check.self, from: YAMLEncoder().encode(check))
        #expect(again == check)
    }

    @Test(
        "What is not possible is an error that says what is",
        arguments: [
            ("{}", "it does not say what to check. A check has one of: rows, unique,"),
            ("{rows: 1, unique: a}", "it checks rows and unique."),
            ("{row: 1}", "unknown key `row`; did you mean `rows`?"),
            (
                "{rows: 1, percent: 5}",
                "percent: `percent` cannot be combined with `rows`. Possible: name, table, where."
            ),
            ("{sql: SELECT 1, table: t}", "`table` cannot be combined with `sql`. Possible: name, expect."),
            ("{count: {where: a, min: 1}, where: b}", "`where` cannot be combined with `count`"),
            ("rows: many", "rows: `many` is neither a number nor"), ("rows: 10%", "rows: `rows` takes a number"),
            ("rows: {}", "rows.min: there is neither `min` nor `max`."),
            ("rows: {min: 5, max: 4}", "rows.min: `min` 5 is above `max` 4."),
            ("rows: {minimum: 5}", "rows: unknown key `minimum`"), ("unique: []", "takes the name of a column"),
            ("unique: [a, a]", "named twice"),
            ("{required: a, percent: 101}", "percent: `percent` takes a number above 0"),
            ("format: {column: a}", "a format has `as` or `pattern`."), ("format: {as: email}", "`column` is missing"),
            ("format: {column: a, as: mail}", "format.as: `mail` is not one of email, date, timestamp"),
            ("format: {column: a, pattern: '(a+)*'}", "format.pattern: the pattern `(a+)*` repeats"),
            ("format: {column: a, pattern: '('}", "is not a regular expression"),
            ("one_of: {column: a, values: []}", "`values` takes a list"),
            ("distribution: {column: a, columns: [b]}", "a distribution has `column` or `columns`."),
            ("distribution: {columns: [a, b], expect: {x: 1}}", "`expect` is for a distribution by one column."),
            ("top: {column: a, count: 21}", "`count` takes a number from 1 to 20"),
            ("fresh: {column: a, within: 24}", "takes a time: 200ms"), ("{timed: SELECT 1}", "`within` takes a time"),
            ("range: {column: a}", "a range has `min`, `max` or both"),
            ("range: {column: a, min: 5, max: 2024-01-01}", "two numbers or two dates, in order"),
            ("range: {column: a, min: 5, max: 4}", "in order"), ("count: {min: 1}", "`where` is missing"),
            ("latest: {columns: [a]}", "`by` is missing"),
            ("{sql: SELECT 1, expect: {rows: 1, min: 1}}", "must stand alone"),
        ])
    func errors(yaml: String, words: String) throws {
        let message = try Self.message("- {name: first, rows: 1}\n- \(yaml)")
        #expect(message.hasPrefix("check 2: "))
        #expect(message.contains(words), "\(message)")
    }

    @Test("An error names the check by its number and its name")
    func place() throws {
        let message = try Self.message("- {name: enough people, rows: {max: some}}")
        #expect(message == "check 1 (enough people): rows.max: `max` takes a number.")
    }

    @Test(
        "A check without a name is called after what it checks",
        arguments: [
            ("rows: 1", "rows"), ("{rows: 1, table: people}", "rows (people)"), ("unique: [a, b]", "unique a, b"),
            ("format: {column: a, as: uuid}", "a is uuid"), ("{name: x, rows: 1}", "x"),
            ("sql: \"SELECT  1\\n+ 1\"", "sql SELECT 1 + 1"),
        ])
    func names(yaml: String, name: String) throws {
        #expect(try YAMLDecoder().decode(Check.self, from: yaml).title == name)
    }

    private static func message(_ yaml: String) throws -> String {
        let error = #expect(throws: DecodingError.self) { try YAMLDecoder().decode(CheckList.self, from: yaml) }
        guard case .dataCorrupted(let context) = error else { return "\(String(describing: error))" }
        return context.debugDescription
    }
}

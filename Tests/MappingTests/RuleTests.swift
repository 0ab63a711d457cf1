import Mapping
import Records
import Testing

/// Each rule and format, value by value: what becomes of it in the table, or the reject's code and message.
@Suite struct RuleTests {
    enum Outcome: Equatable, Sendable {
        case kept(String)
        case reject(RejectCode, String)
    }

    struct Case: Sendable {
        var column: ColumnMapping
        var value: String?
        var outcome: Outcome
    }

    static func kept(_ column: ColumnMapping, _ values: [(String?, String)]) -> [Case] {
        values.map { Case(column: column, value: $0.0, outcome: .kept($0.1)) }
    }

    static func rejected(_ column: ColumnMapping, _ code: RejectCode, _ values: [(String?, String)]) -> [Case] {
        values.map { Case(column: column, value: $0.0, outcome: .reject(code, "a: \($0.1)")) }
    }

    static let required = ColumnMapping.with { $0.required = true }
    static let oneOf = ColumnMapping.with { $0.oneOf = ["NL", "BE", "FR"] }
    static let numberOneOf = ColumnMapping.with {
        $0.type = .numeric
        $0.oneOf = ["0", "6", "21"]
    }
    static let manyOptions = ColumnMapping.with { $0.oneOf = (1...7).map(String.init) }
    static let pattern = ColumnMapping.with { $0.pattern = #"\d{4} ?[A-Z]{2}"# }
    static let host = ColumnMapping.with { $0.pattern = #"(?i)(?!www\.)([a-z]++\.)+(?>[a-z]+)"# }
    static let email = ColumnMapping.with { $0.email = true }
    static let length = ColumnMapping.with {
        $0.minLength = 2
        $0.maxLength = 4
    }
    static let range = ColumnMapping.with {
        $0.type = .integer
        $0.min = "-5"
        $0.max = "9007199254740993"
    }
    static let dateRange = ColumnMapping.with {
        $0.format = "d-M-yyyy"
        $0.min = "2000-02-29"
        $0.max = "2024-12-31"
    }
    static let timeRange = ColumnMapping.with {
        $0.type = .timestamp
        $0.max = "2024-01-01T00:00:00Z"
    }
    static let boolean = ColumnMapping.with { $0.type = .boolean }

    static let cases: [Case] =
        kept(required, [("x", "x"), (" ", " ")])
        + rejected(
            required, .required, [(nil, "has no value (rule required)"), ("", "`` is not a value (rule required)")])
        + kept(oneOf, [("BE", "BE"), (nil, "∅")])
        + rejected(
            oneOf, .oneOf,
            [
                ("be", "`be` is not one of `NL`, `BE`, `FR` (rule one_of)"),
                ("", "`` is not one of `NL`, `BE`, `FR` (rule one_of)"),
            ]
        )
        + kept(numberOneOf, [("21.00", "21.00"), ("0", "0"), ("+6", "6")])
        + rejected(numberOneOf, .oneOf, [("9", "`9` is not one of `0`, `6`, `21` (rule one_of)")])
        + kept(manyOptions, [("1", "1"), ("7", "7")])
        + rejected(manyOptions, .oneOf, [("8", "`8` is not one of `1`, `2`, `3`, `4`, `5` and 2 more (rule one_of)")])
        + kept(pattern, [("1234 AB", "1234 AB"), ("1234AB", "1234AB"), (nil, "∅")])
        + rejected(
            pattern, .pattern,
            [
                ("1234 ABC", #"`1234 ABC` does not match `\d{4} ?[A-Z]{2}` (rule pattern)"#),
                ("x1234 AB", #"`x1234 AB` does not match `\d{4} ?[A-Z]{2}` (rule pattern)"#),
                ("a\nb", #"`a\nb` does not match `\d{4} ?[A-Z]{2}` (rule pattern)"#),
                (
                    String(repeating: "1", count: 1025),
                    "`\(String(repeating: "1", count: 60))…` has more than 1024 bytes, the most for a pattern (rule pattern)"
                ),
            ])
        + kept(host, [("a.bc.de", "a.bc.de"), ("A.BC.de", "A.BC.de")])
        + rejected(
            host, .pattern,
            [("www.x.nl", #"`www.x.nl` does not match `(?i)(?!www\.)([a-z]++\.)+(?>[a-z]+)` (rule pattern)"#)])
        + kept(
            email,
            ["a@b.nl", "a.b+c@sub.example.com", "o'neil@x-y.org", "é@münchen.de", "a@1.co"].map { ($0, $0) })
        + rejected(
            email, .email,
            [
                "foo@", "@b.nl", "a@b", "a b@c.nl", ".a@b.nl", "a.@b.nl", "a..b@c.nl", "a@-b.nl", "a@b-.nl", "a@b..nl",
                "a@b.n", "a@b.12", "a@b.nl ", "a@b_c.nl", "a", "", String(repeating: "a", count: 65) + "@b.nl",
            ].map {
                let shown = $0.count > 60 ? $0.prefix(60) + "…" : $0[...]
                return ($0, "`\(shown)` is not an e-mail address (rule email)")
            })
        + kept(length, [("ab", "ab"), ("éééé", "éééé"), ("😀😀", "😀😀"), (nil, "∅")])
        + rejected(
            length, .length,
            [
                ("é", "`é` has fewer than 2 characters (rule min_length)"),
                ("abcde", "`abcde` has more than 4 characters (rule max_length)"),
            ])
        + kept(range, [("-5", "-5"), ("9007199254740993", "9007199254740993"), ("+7", "7"), (" 7 ", "7"), (nil, "∅")])
        + rejected(
            range, .range,
            [
                ("-6", "`-6` is less than -5 (rule min)"),
                ("9007199254740994", "`9007199254740994` is more than 9007199254740993 (rule max)"),
            ])
        + rejected(range, .format, [("1.0", "`1.0` is not an integer"), ("", "an empty text is not an integer")])
        + kept(dateRange, [("29-2-2000", "2000-02-29"), ("31-12-2024", "2024-12-31")])
        + rejected(
            dateRange, .range,
            [
                ("28-2-2000", "`28-2-2000` is before 2000-02-29 (rule min)"),
                ("1-1-2025", "`1-1-2025` is after 2024-12-31 (rule max)"),
            ])
        + kept(timeRange, [("2024-01-01T01:00:00+01:00", "2024-01-01T01:00:00+01:00")])
        + rejected(
            timeRange, .range,
            [
                (
                    "2023-12-31 23:00:01-01:00",
                    "`2023-12-31 23:00:01-01:00` is after 2024-01-01T00:00:00Z (rule max)"
                ), ("2024-01-01 00:00:00.5", "`2024-01-01 00:00:00.5` is after 2024-01-01T00:00:00Z (rule max)"),
            ])
        + kept(
            boolean,
            ["true", "T", "Yes", "y", "ON", "1", " true "].map { ($0, "1") }
                + ["false", "F", "nO", "n", "off", "0"].map { ($0, "0") } + [(nil, "∅")])
        + rejected(
            boolean, .format,
            (["x", "2", "tru", "10", "Q"] as [String]).map {
                ($0, "`\($0)` is not a boolean (true, yes, 1; false, no, 0)")
            })

    @Test(arguments: cases.indices, [false, true])
    func aValueKeepsOrBreaksItsRule(index: Int, isDecoded: Bool) throws {
        let test = Self.cases[index]
        let value = test.value.map { isDecoded ? "~" + $0 : $0 }
        let result = try map([["1", value]], columns: ["z", "a"], .with { $0.columns = ["a": test.column] })
        let kept = result.lines.map { Outcome.kept(String($0.dropFirst(2))) }
        let rejected = result.rejects.map { Outcome.reject($0.code, $0.message) }
        #expect(kept + rejected == [test.outcome])
    }
}

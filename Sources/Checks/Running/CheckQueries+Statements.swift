internal import FoundationEssentials
internal import Records

/// Checks about time, and checks that the user wrote in SQL.
extension CheckQueries {
    /// The newest value is the greatest one as the database compares it: texts by their characters, so that they must be
    /// written alike.
    func fresh(_ column: String, within span: TimeSpan) throws -> Finding {
        let expected = "not older than \(span.text)"
        let newest = try run("SELECT CAST(max(\(self.column(column))) AS TEXT) \(from())", limit: 1)
        guard let text = newest.rows.first?.first ?? nil else {
            return Finding(false, expected: expected, found: "no values", "\(column) has no values.")
        }
        guard let time = ISOTime(text) else {
            throw DataError(
                .malformed, "The greatest value of \(column) is \(Excerpt.of(text)), which is not a time in ISO 8601.")
        }
        let now = Date().timeIntervalSince1970
        let age = Duration.seconds(now - Double(time.seconds) - Double(time.nanoseconds) / 1e9)
        return Finding(
            age <= span.duration, expected: expected, found: text,
            "The newest \(column) is \(text), \(age < .zero ? "in the future" : "\(TimeSpan.words(age)) old"); "
                + "expected: \(expected).")
    }

    func sql(_ statement: String, _ expectation: Check.Expectation?) throws -> Finding {
        let figures = try run(statement)
        let rows = "\(figures.isCut ? "more than " : "")\(figures.rows.count) rows"
        let value = figures.rows.first?.first ?? nil
        let first = figures.rows.isEmpty ? "no rows" : value ?? "NULL"
        switch expectation {
        case nil:
            let isOne = figures.rows.count == 1 && figures.rows[0].count == 1
            let found = isOne || figures.rows.isEmpty ? first : rows
            return Finding(
                .info, expected: "", found: found, "The statement gave \(found).", rows: isOne ? nil : figures)
        case .noRows?:
            let found = figures.rows.isEmpty ? "no rows" : rows
            return Finding(
                figures.rows.isEmpty, expected: "no rows", found: found, "The statement gave \(found).",
                rows: figures.rows.isEmpty ? nil : figures)
        case .value(let expected)?:
            let isSame =
                value == expected || value.flatMap { NumberValue($0) }.map { $0 == NumberValue(expected) } == true
            return Finding(
                isSame, expected: expected, found: first, "The statement gave \(first); expected: \(expected).")
        case .between(let bounds)?:
            let number = value.flatMap { NumberValue($0) }
            return Finding(
                number.map { bounds.contain($0) } ?? false, expected: bounds.description, found: first,
                "The statement gave \(first); expected: \(bounds.description).")
        case .rows(let bounds)?:
            let count = try number(
                "SELECT count(*) FROM \(Self.enclosed(String(Self.withoutEnd(statement)))) AS counted")
            return Finding(
                bounds.contain(.integer(count)), expected: "\(bounds.description) rows", found: "\(count) rows",
                "The statement gave \(count) rows; expected: \(bounds.description).", rows: figures)
        }
    }

    /// The statement without the semicolon at its end.
    private static func withoutEnd(_ statement: String) -> Substring {
        var rest = statement[...]
        while let last = rest.last, last.isWhitespace || last == ";" { rest.removeLast() }
        return rest
    }

    /// A run that the database stops counts as ten times as long as allowed, and a second at least.
    func timed(_ statement: String, within span: TimeSpan) throws -> Finding {
        let limit = max(.seconds(1), span.duration * 10)
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 1...3 {
            let start = clock.now
            do {
                _ = try run(statement, limit: Self.timedRows, timeout: limit)
                times.append(clock.now - start)
            } catch let error as DataError where error.code == .busy {
                times.append(limit)
            }
        }
        let median = times.sorted()[1]
        let found = median < limit ? TimeSpan.words(median) : "more than \(TimeSpan.words(limit))"
        return Finding(
            median <= span.duration, expected: "within \(span.text)", found: found,
            "The statement took \(found), the median of three runs; expected: within \(span.text).")
    }

    /// So many rows are fetched at most.
    private static let timedRows = 1000
}

extension TimeSpan {
    /// `12.3 ms`, `4.5 s`, `3.2 h`
    fileprivate static func words(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        let (number, unit) =
            switch seconds {
            case ..<1: (seconds * 1000, "ms")
            case ..<120: (seconds, "s")
            case ..<7200: (seconds / 60, "min")
            case ..<172_800: (seconds / 3600, "h")
            default: (seconds / 86400, "d")
            }
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}

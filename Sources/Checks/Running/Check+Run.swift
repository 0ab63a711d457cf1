package import Records

extension Check {
    /// Finds out whether the check holds. What keeps it from running is its result, too: it never throws.
    ///
    /// - Parameters:
    ///   - defaultTable: the table of checks that name none; nil if there are several.
    ///   - query: runs a statement that only reads; gives at most so many rows, and throws `DataError.busy` after the
    ///     timeout.
    package func run(
        in dialect: SQLDialect, defaultTable: String?,
        query: (_ sql: String, _ limit: Int, _ timeout: Duration) throws -> QueryResult
    ) -> CheckResult {
        let clock = ContinuousClock()
        let start = clock.now
        let finding = withoutActuallyEscaping(query) { query in
            do {
                return try find(CheckQueries(dialect, table: table ?? defaultTable, condition: condition, query: query))
            } catch {
                let message = (error as? DataError)?.message ?? "\(error)"
                return Finding(.broken, expected: "", found: "", message)
            }
        }
        return CheckResult(
            name: title, outcome: finding.outcome, expected: finding.expected, found: finding.found,
            message: finding.message, rows: finding.rows, milliseconds: Int((clock.now - start) / .milliseconds(1)))
    }

    private func find(_ queries: CheckQueries) throws -> Finding {
        switch kind {
        case .rows(let bounds): try queries.rows(bounds)
        case .count(let condition, let bounds): try queries.count(where: condition, bounds)
        case .unique(let columns): try queries.unique(columns)
        case .required(let columns, let percent): try queries.required(columns, percent: percent)
        case .format(let column, let format):
            try queries.judge(column, expected: format.description, format.judge())
        case .oneOf(let column, let values): try queries.oneOf(column, values)
        case .range(let column, let range):
            try queries.judge(column, expected: range.description) { range.contains($0) }
        case .distribution(let columns, let expected): try queries.distribution(columns, expected)
        case .top(let column, let count): try queries.top(column, count: count)
        case .latest(let columns, let by, let count): try queries.latest(columns, by: by, count: count)
        case .fresh(let column, let span): try queries.fresh(column, within: span)
        case .sql(let statement, let expectation): try queries.sql(statement, expectation)
        case .timed(let statement, let span): try queries.timed(statement, within: span)
        }
    }
}

/// A result without name and time.
struct Finding {
    var outcome: CheckResult.Outcome
    var expected: String
    var found: String
    var message: String
    var rows: QueryResult?

    init(
        _ outcome: CheckResult.Outcome, expected: String, found: String, _ message: String, rows: QueryResult? = nil
    ) {
        self.outcome = outcome
        self.expected = expected
        self.found = found
        self.message = message
        self.rows = rows
    }

    /// Passed or failed.
    init(_ holds: Bool, expected: String, found: String, _ message: String, rows: QueryResult? = nil) {
        self.init(holds ? .passed : .failed, expected: expected, found: found, message, rows: rows)
    }
}

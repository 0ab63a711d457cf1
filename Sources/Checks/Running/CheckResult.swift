package import Records

/// What a check found.
package struct CheckResult: Equatable, Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        case passed, failed
        /// Nothing was expected: there are figures only.
        case info
        /// It could not run.
        case broken
    }

    package var name: String
    package var outcome: Outcome
    /// What should be, in a few words; empty for `info`.
    package var expected: String
    /// What is, in a few words; empty if nothing was found out.
    package var found: String
    /// The whole in a sentence; where the check could not run, why.
    package var message: String
    /// The figures: a distribution, the first rows, a sample of what is wrong; at most `Check.maximumFigures` rows.
    package var rows: QueryResult?
    /// How long it took.
    package var milliseconds: Int

    package init(
        name: String, outcome: Outcome, expected: String, found: String, message: String, rows: QueryResult? = nil,
        milliseconds: Int
    ) {
        self.name = name
        self.outcome = outcome
        self.expected = expected
        self.found = found
        self.message = message
        self.rows = rows
        self.milliseconds = milliseconds
    }
}

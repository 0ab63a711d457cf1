/// Something that is to hold for what is in the destination, or figures about it, as `waybill.yaml` says it.
///
/// It is a plain value: `run` finds out whether it holds. Its coded form is stable.
package struct Check: Equatable, Sendable {
    /// What the user calls it; nil if nothing was said.
    package var name: String?
    /// The table it is about; nil for the import's only one.
    package var table: String?
    /// The condition, in SQL, of the rows that it is about; nil for all rows.
    package var condition: String?
    package var kind: Kind

    package init(_ kind: Kind, name: String? = nil, table: String? = nil, where condition: String? = nil) {
        self.kind = kind
        self.name = name
        self.table = table
        self.condition = condition
    }

    package enum Kind: Equatable, Sendable {
        /// The number of rows.
        case rows(Bounds)
        /// No two rows have the same values in these columns together; rows with a NULL in them do not count.
        case unique([String])
        /// In each of the columns, at least so many percent of the rows have a value: neither NULL nor an empty text.
        case required([String], percent: Double)
        /// The column's values are written so; NULL does not count.
        case format(column: String, ValueFormat)
        /// The column has no other values than these; NULL does not count.
        case oneOf(column: String, values: [String])
        /// How many rows have each value, or each combination of values. Expectations are for one column only.
        case distribution([String], expected: [String: Bounds])
        /// The column's most frequent values.
        case top(column: String, count: Int)
        /// The column's newest time is not older than this.
        case fresh(column: String, within: TimeSpan)
        /// The column's numbers or times are within these limits, which are allowed values; NULL does not count.
        case range(column: String, ValueRange)
        /// The number of rows that fit a condition in SQL.
        case count(where: String, Bounds)
        /// The rows with the greatest values in the column `by`.
        case latest([String], by: String, count: Int)
        /// What a statement of the user's gives; without an expectation figures only.
        case sql(String, Expectation?)
        /// How long a statement of the user's takes: the median of three runs.
        case timed(String, within: TimeSpan)
    }

    /// What a statement is to give.
    package enum Expectation: Equatable, Sendable {
        /// The first column of the first row, as text; numbers are compared as numbers.
        case value(String)
        /// The first column of the first row, as a number.
        case between(Bounds)
        /// So many rows.
        case rows(Bounds)
        /// No rows.
        case noRows
    }

    /// How many rows figures have at most.
    package static let maximumFigures = 20
}

/// What the values of a column look like.
package enum ValueFormat: Equatable, Sendable {
    case word(Word)
    /// A regular expression for the whole value; see `WholePattern`.
    case pattern(String)

    package enum Word: String, CaseIterable, Sendable {
        case email, date, timestamp, integer, number, uuid, url
    }
}

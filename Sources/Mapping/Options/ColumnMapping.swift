/// What happens to one source column.
package struct ColumnMapping: Equatable, Sendable {
    /// The column's new name; nil keeps the source's.
    package var to: String?
    /// The column does not go into the table. Its rules still hold, and templates can use it.
    package var drop = false
    package var type: ValueType?
    /// How dates are written: `dd-MM-yyyy`; see `DateFormat`. Nil for ISO 8601.
    package var format: String?
    /// The decimal separator, `,` or `.`; with it, digits may be in groups. Nil for a point and no groups.
    package var decimal: String?
    /// What is before or after numbers, such as `$`; with it, digits may be in groups, too.
    package var currency: String?
    /// Spellings that mean NULL in this column, besides those of the section.
    package var null: [String] = []
    /// Takes white space off both ends.
    package var trim = false
    /// The value, as the source would write it, where there is none.
    package var `default`: String?

    /// There must be a value: neither NULL nor an empty text.
    package var required = false
    /// No two records of the source have the same value; NULL is not compared.
    package var unique = false
    /// The only values allowed, as they go into the table; numbers are compared as numbers.
    package var oneOf: [String]?
    /// A regular expression for the whole value.
    package var pattern: String?
    package var email = false
    /// The smallest number, or the earliest date in ISO 8601, that is allowed.
    package var min: String?
    /// The largest number, or the latest date in ISO 8601, that is allowed.
    package var max: String?
    /// Counted in Unicode code points, as databases count.
    package var minLength: Int?
    package var maxLength: Int?

    package init() {}

    /// A column that does not go into the table.
    package static var dropped: ColumnMapping {
        var column = ColumnMapping()
        column.drop = true
        return column
    }

    /// A plain rename.
    package init(to name: String) { to = name }
}

/// What the values of a column are.
package enum ValueType: String, Codable, Sendable, CaseIterable {
    case text, integer, real, numeric
    /// `true`, `yes`, `1` and the like; becomes 1 or 0.
    case boolean
    /// A day; becomes text in ISO 8601: `2024-01-31`.
    case date
    /// A day and a time; becomes text in ISO 8601: `2024-01-31T23:59:00+01:00`.
    case timestamp
    /// The same where the column is one of times with an offset, whatever the format says.
    case timestamptz
    /// As the table takes them.
    case jsonb, uuid

    var isNumber: Bool { self == .integer || self == .real || self == .numeric }
    var isTime: Bool { self == .date || self == .timestamp || self == .timestamptz }
}

/// The type a column's values are given in the destination.
package enum ColumnType: String, Sendable, CaseIterable {
    case text, integer, real, numeric, boolean, date
    /// A day and a time of day without an offset, and one with an offset.
    case timestamp, timestamptz
    case jsonb, uuid

    package var isNumber: Bool { self == .integer || self == .real || self == .numeric }

    /// Whether it is neither text nor a number: SQLite knows such types by name only.
    package var isNominal: Bool { self != .text && !isNumber }
}

/// A column of the source and of the table it goes into.
package struct Column: Sendable, Equatable {
    package var name: String
    package var type: ColumnType
    /// True if the type was guessed from a sample. A guess is widened when a value does not fit it, by the log that
    /// guessed; a type that the user gave rejects the record.
    package var isInferred: Bool

    package init(name: String, type: ColumnType, isInferred: Bool) {
        self.name = name
        self.type = type
        self.isInferred = isInferred
    }
}

/// What happens to the row that has a record's key.
package enum WriteMode: String, Sendable, CaseIterable {
    /// A row with the key must not be there: the record is rejected, or skipped.
    case insert
    /// The row takes the record's values; where there is none, the record is rejected.
    case update
    /// The row takes the record's values.
    case upsert
    /// The row stays as history, and the record becomes a new version of it.
    case versioned
    /// The row is deleted or marked, whatever else the record says.
    case delete

    /// Whether only rows that exist are written to.
    package var needsTable: Bool { self == .delete || self == .update }
}

/// The columns that tell a row's versions apart.
package struct HistoryColumns: Sendable, Equatable {
    package var isCurrent = "is_current"
    /// From 1.
    package var version = "version"
    /// When the version was imported; UTC, ISO 8601.
    package var validFrom = "valid_from"
    /// When the next version was; NULL in the current one.
    package var validTo = "valid_to"

    package init() {}

    package var names: [String] { [isCurrent, version, validFrom, validTo] }
}

/// A table that keeps versions of its rows: of those with the same key, one at most is the current one.
package struct VersionedTable: Sendable, Hashable {
    package var table: String
    package var key: [String]
    /// The column that says which version is the current one.
    package var isCurrent: String

    package init(table: String, key: [String], isCurrent: String) {
        self.table = table
        self.key = key
        self.isCurrent = isCurrent
    }
}

/// A value that a deletion writes into a row instead of deleting it.
package struct DeletionMark: Sendable, Equatable {
    package var column: String
    /// As text; nil for NULL.
    package var value: String?

    package init(column: String, value: String?) {
        self.column = column
        self.value = value
    }
}

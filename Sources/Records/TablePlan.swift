/// The table that records go into.
package struct TablePlan: Sendable, Equatable {
    package var table: String
    /// Whether a table whose name differs in the case of letters is another one, because rows of its own go into that.
    package var namesCase = false
    /// The columns written, in the order of a chunk's fields.
    package var columns: [Column]
    /// The names of the key columns; empty if rows have no key.
    package var key: [String]
    package var mode: WriteMode
    /// For `versioned`: the columns of the history, which are none of `columns`.
    package var history = HistoryColumns()
    /// For `versioned`: when the import was submitted; UTC, ISO 8601. The same in every run of an import.
    package var moment = ""
    /// For `delete`: what is written into the rows instead of deleting them; empty to delete them.
    package var marks: [DeletionMark] = []
    /// For `insert`: whether a record whose key exists is skipped, instead of rejected.
    package var skipsDuplicates = false
    /// For `update` and `upsert`: whether an empty value leaves the row's value as it is.
    package var keepsNonNull = false
    /// The unique index that tells which row has a record's key; nil for the one on exactly the key's columns.
    package var keyIndex: String?
    /// Whether what is needed to take the chunks back is kept.
    package var keepsUndo = true
    /// The log that writes: only types that it guessed itself may be changed. Nil where that is not known, and any may.
    package var logID: String?
    /// Whether a value that a guessed type does not hold is rejected, instead of the type changed.
    package var keepsTypes = false
    /// Whether columns that the table lacks are added to it.
    package var addsColumns = false
    /// The columns that no source has: their value is given.
    package var constants: Set<String> = []
    /// The columns whose default takes the place of an empty value; `*` for all that have one.
    package var defaultIfEmpty: [String] = []
    /// In a prepared plan: what the user should know before rows are written.
    package var notes: [String] = []

    package init(table: String, columns: [Column], key: [String], mode: WriteMode) {
        self.table = table
        self.columns = columns
        self.key = key
        self.mode = mode
    }
}

/// A column whose guessed type was changed.
package struct ColumnWidening: Sendable, Equatable {
    /// As the plan calls it.
    package var name: String
    /// The types, as the database calls them.
    package var from: String
    package var to: String
    /// The first record with a value that the former type does not hold, and the value, or its beginning.
    package var location: RecordLocation
    package var value: String

    package init(name: String, from: String, to: String, location: RecordLocation, value: String) {
        self.name = name
        self.from = from
        self.to = to
        self.location = location
        self.value = value
    }
}

/// The type a column's values are given in the destination.
package enum ColumnType: String, Sendable, CaseIterable {
    case text, integer, real, numeric
}

/// A column of the source and of the table it goes into.
package struct Column: Sendable, Equatable {
    package var name: String
    package var type: ColumnType
    /// True where the type was guessed from a sample. A guess is widened to text when a value does not fit it; a type
    /// that the user gave rejects the record.
    package var isInferred: Bool

    package init(name: String, type: ColumnType, isInferred: Bool) {
        self.name = name
        self.type = type
        self.isInferred = isInferred
    }
}

/// What happens to a row whose key is in the table already.
package enum WriteMode: String, Sendable, CaseIterable {
    /// The record is rejected.
    case insert
    /// The row takes the record's values.
    case upsert
}

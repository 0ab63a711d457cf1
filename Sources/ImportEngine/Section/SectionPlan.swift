package import Records

/// What the user said of how a section goes into its table.
package struct SectionPlan: Sendable {
    /// Nil for the section's own name.
    package var table: String?
    package var key: [String] = []
    package var mode = WriteMode.insert
    package var types = ColumnTypes.inferred
    /// The columns' names in source order; nil for those of the source.
    package var columns: [String]?

    package init() {}

    /// How the columns get their types.
    package enum ColumnTypes: Sendable, Equatable {
        /// All are guessed from a sample.
        case inferred
        /// All are text.
        case text
        /// These are given, the others are guessed.
        case given([String: ColumnType])
    }
}

/// How a section's records become a table's rows, as the user wrote it down.
///
/// It is a plain value: `Mapper` finds out whether it fits a source, and carries it out. Its coded form is stable.
package struct SectionMapping: Equatable, Sendable {
    /// What happens to a source column, by its name in the source.
    package var columns: [String: ColumnMapping] = [:]
    /// New columns made of others, in this order; they are after the source's columns and the constants.
    package var compose: [ComposedColumn] = []
    /// New columns with one text in every row, by name; they are after the source's columns, sorted by name.
    package var constants: [String: String] = [:]
    /// Spellings that mean NULL in every source column.
    package var null: [String] = []
    /// Takes white space off both ends of all values.
    package var trim = false
    /// What happens to source columns that `columns` does not name.
    package var unlisted = Unlisted.keep

    package enum Unlisted: String, Sendable, CaseIterable { case keep, drop }

    package init() {}
}

/// A new column made of others.
package struct ComposedColumn: Equatable, Sendable {
    package var name: String
    /// Text with the names of columns in braces: `{a}_{b}`; `{{` and `}}` are braces.
    package var template: String

    package init(name: String, template: String) {
        self.name = name
        self.template = template
    }
}

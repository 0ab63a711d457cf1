package import Records

/// A column that a mapping makes.
package struct MappedColumn: Equatable, Sendable {
    package var name: String
    /// The type that follows from the mapping; nil if it says nothing, so that the type can be guessed. Constants and
    /// composed columns are text.
    package var type: ColumnType?
    /// The source's column that it comes from; nil for a constant or composed one.
    package var source: String?

    package init(name: String, type: ColumnType?, source: String?) {
        self.name = name
        self.type = type
        self.source = source
    }
}

package import Records

/// A column that a mapping makes.
package struct MappedColumn: Equatable, Sendable {
    package var name: String
    /// The type that follows from the mapping; nil where it says nothing, so that the type can be guessed. A boolean is an
    /// integer, 1 or 0; dates, timestamps, constants and composed columns are text.
    package var type: ColumnType?
    /// The source's column that it comes from; nil for a constant or composed one.
    package var source: String?

    package init(name: String, type: ColumnType?, source: String?) {
        self.name = name
        self.type = type
        self.source = source
    }
}

extension ValueType {
    /// What the values of this type are in a table.
    var columnType: ColumnType {
        switch self {
        case .integer, .boolean: .integer
        case .real: .real
        case .numeric: .numeric
        case .text, .date, .timestamp: .text
        }
    }
}

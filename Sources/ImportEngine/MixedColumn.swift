internal import ImportLog
internal import Records

/// A column that is whole numbers in some of the tables that are made together, and text in others. PostgreSQL does not compare the
/// two, so that the tables cannot be joined by it.
package struct MixedColumn: Sendable, Equatable {
    package let name: String
    package let integerTables: [String]
    package let textTables: [String]
}

extension [PreparedTable] {
    /// In the order in which they come.
    package var mixedColumns: [MixedColumn] {
        let columns = filter(\.isCreated).flatMap { table in table.columns.map { (table: table.table, $0) } }
        var names: [String] = []
        for (_, column) in columns where !names.contains(column.name) { names.append(column.name) }
        return names.compactMap { name in
            func tables(_ type: ColumnType) -> [String] {
                columns.filter { $0.1.name == name && $0.1.type == type.rawValue }.map(\.table)
            }
            let (integers, texts) = (tables(.integer), tables(.text))
            if integers.isEmpty || texts.isEmpty { return nil }
            return MixedColumn(name: name, integerTables: integers, textTables: texts)
        }
    }
}

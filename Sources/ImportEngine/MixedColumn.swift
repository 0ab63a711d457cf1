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
        let columns = filter(\.isCreated).flatMap { table in
            table.columns.map { (table: table.table, name: $0.name, type: $0.type) }
        }
        let columnsByName = Dictionary(grouping: columns, by: \.name)
        var seen: Set<String> = []
        return columns.map(\.name).filter { seen.insert($0).inserted }.compactMap { name in
            func tables(_ type: ColumnType) -> [String] {
                (columnsByName[name] ?? []).filter { $0.type == type.rawValue }.map(\.table)
            }
            let (integers, texts) = (tables(.integer), tables(.text))
            if integers.isEmpty || texts.isEmpty { return nil }
            return MixedColumn(name: name, integerTables: integers, textTables: texts)
        }
    }
}

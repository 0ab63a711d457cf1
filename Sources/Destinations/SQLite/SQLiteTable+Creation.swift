internal import Records

extension SQLiteTable {
    static func create(_ plan: TablePlan, in connection: SQLiteConnection) throws {
        let key = Set(plan.key.map(SQLiteIdentifier.folded))
        var definitions = try plan.columns.map { column in
            let isKey = key.contains(SQLiteIdentifier.folded(column.name))
            let type = declaration(of: column.type, isOnlyKey: isKey && key.count == 1)
            return "\(try SQLiteIdentifier.quoted(column.name)) \(type)\(isKey ? " NOT NULL" : "")"
        }
        if plan.mode == .versioned {
            let names = try plan.history.names.map(SQLiteIdentifier.quoted)
            definitions += [
                "\(names[0]) INTEGER NOT NULL", "\(names[1]) INTEGER NOT NULL", "\(names[2]) TEXT", "\(names[3]) TEXT",
            ]
            definitions.append("PRIMARY KEY (\(try SQLiteIdentifier.list(plan.key)), \(names[1]))")
        } else if !plan.key.isEmpty {
            definitions.append("PRIMARY KEY (\(try SQLiteIdentifier.list(plan.key)))")
        }
        let most = connection.mostColumns
        guard definitions.count <= most else {
            throw DataError(
                .unusableOption,
                "the table \(plan.table) would have \(plan.columns.count) columns; SQLite allows \(most)",
                remedy: "Leave columns out with 'drop: true' in waybill.yaml, or split the file by its columns.")
        }
        let name = try SQLiteIdentifier.quoted(plan.table)
        try connection.execute("CREATE TABLE main.\(name) (\(definitions.joined(separator: ", ")))")
    }

    /// Whether its columns take nothing but values of their types.
    var isStrict: Bool { columns.contains(where: \.isStrict) }

    /// A single key column of the type INTEGER would become the rowid: NULL would then be numbered, and text refused.
    /// INT is the same type without that.
    private static func declaration(of type: ColumnType, isOnlyKey: Bool) -> String {
        type == .integer && isOnlyKey ? "INT" : type.declaration
    }
}

extension ColumnType {
    /// What a column of the type is declared as.
    var declaration: String { rawValue.uppercased() }
}

internal import Records

/// How undo data describes the rows of a table, as SQL expressions over the table under an alias.
struct PostgreSQLUndoFormat {
    let table: PostgreSQLTable
    /// The row in `_waybill.undo_tables` that says so.
    let tableID: String
    /// The columns that rows are described by.
    let columns: [PostgreSQLTable.Column]
    /// What tells rows apart; empty for a table without a key, whose rows are told apart by their place and content.
    let key: [PostgreSQLTable.Column]

    /// - Parameter wanted: the key of an import, which no record is without: where it is unique, rows that have one are told
    ///   apart by it, even if the table has others.
    init(_ table: PostgreSQLTable, key wanted: [String], in connection: PostgreSQLConnection) throws {
        self.table = table
        columns = table.described
        let identity = table.identity.isEmpty && !wanted.isEmpty && table.isUnique(wanted) ? wanted : table.identity
        key = identity.compactMap(table.column)
        func array(_ names: [String]) -> String {
            "ARRAY[\(names.map(PostgreSQLIdentifier.literal).joined(separator: ", "))]::text[]"
        }
        let (name, names, keys) = (
            PostgreSQLIdentifier.literal(table.quotedName), array(columns.map(\.name)), array(key.map(\.name))
        )
        try connection.execute(
            "INSERT INTO _waybill.undo_tables (table_name, columns, key) VALUES (\(name), \(names), \(keys)) ON CONFLICT DO NOTHING"
        )
        tableID =
            try connection.query(
                "SELECT id FROM _waybill.undo_tables WHERE table_name = \(name) AND columns = \(names) AND key = \(keys)"
            )[0][0] ?? ""
    }

    /// A table as undo data described it before.
    ///
    /// - Throws: `DataError.conflict` where the table does not have these columns any more.
    init(_ table: PostgreSQLTable, tableID: String, columns: [String], key: [String]) throws {
        func find(_ name: String) throws -> PostgreSQLTable.Column {
            if let column = table.columns.first(where: { $0.name == name }) { return column }
            throw DataError.columnIsAway(name, of: table.quotedName, in: nil)
        }
        self.table = table
        self.tableID = tableID
        self.columns = try columns.map(find)
        self.key = try key.map(find)
    }

    private func texts(_ columns: [PostgreSQLTable.Column], _ alias: String) -> String {
        "ARRAY[\(columns.map { "\(alias).\(PostgreSQLIdentifier.quoted($0.name))::text" }.joined(separator: ", "))]"
    }

    /// The row's values, as texts.
    func image(_ alias: String) -> String { texts(columns, alias) }

    /// The row's key, as texts; for a table without a key, the row's place.
    func keyTexts(_ alias: String) -> String { key.isEmpty ? "ARRAY[\(alias).ctid::text]" : texts(key, alias) }

    /// 64 bits that stand for the row's values.
    func fingerprint(_ alias: String) -> String { Self.fingerprint("\(image(alias))::text") }

    /// The collation does not matter to what a row is, and two columns' may contradict each other.
    static func fingerprint(_ text: String) -> String { "hashtextextended(\(text) COLLATE \"C\", 0)" }

    /// Whether a row under an alias has the key that an expression gives as texts, in a way that an index can serve.
    func hasKey(_ alias: String, _ texts: String) -> String {
        if key.isEmpty { return "\(alias).ctid = (\(texts))[1]::tid" }
        return key.enumerated().map {
            "\(alias).\(PostgreSQLIdentifier.quoted($1.name)) = (\(texts))[\($0 + 1)]::\($1.type)"
        }.joined(separator: " AND ")
    }

    /// The values of an image as a list of typed expressions.
    func typed(_ image: String) -> [String] {
        columns.enumerated().map { "(\(image))[\($0 + 1)]::\($1.type)" }
    }
}

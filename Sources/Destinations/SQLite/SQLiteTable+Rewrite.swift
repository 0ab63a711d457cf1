internal import Records

extension SQLiteTable {
    private static let newTable = "_waybill_widening"

    /// Another type for a column; a number in a column that becomes TEXT becomes the text it was most likely read from.
    struct Retyping {
        var column: String
        var from: String
        var to: String
    }

    /// SQLite cannot change a column's type, so the table is written anew: the procedure of its ALTER TABLE page. The
    /// rest of the definition, rowids, indexes and triggers stay as they are. Runs inside a transaction, with foreign
    /// keys off.
    func rewrite(_ retypings: [Retyping], in connection: SQLiteConnection) throws {
        var definition = SQLiteTableDefinition(sql)
        for retyping in retypings {
            guard definition.replaceType(of: retyping.column, retyping.from, by: retyping.to) else {
                throw DataError(
                    .destination,
                    "the type of column \(retyping.column) of table \(self.name) cannot be changed to \(retyping.to)",
                    remedy: "Change the column's type to \(retyping.to) yourself, and go on.")
            }
        }
        let dependents = try connection.query(
            """
            SELECT sql FROM main.sqlite_schema
            WHERE lower(tbl_name) = lower(?1) AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid
            """, [.text(self.name)]
        ) { $0.text(0) }

        let name = try SQLiteIdentifier.quoted(self.name)
        let new = try SQLiteIdentifier.quoted(Self.newTable)
        try connection.execute("CREATE TABLE main.\(new) \(definition.body)")
        try connection.execute(
            try copySQL(from: name, to: new, asText: Set(retypings.filter { $0.to == "TEXT" }.map(\.column))))
        try connection.execute("DROP TABLE main.\(name)")
        // Without it, the renaming fails on views that name the table which is missing at this moment.
        try connection.execute("PRAGMA legacy_alter_table = ON")
        defer { try? connection.execute("PRAGMA legacy_alter_table = OFF") }
        try connection.execute("ALTER TABLE main.\(new) RENAME TO \(name)")
        for sql in dependents { try connection.execute(sql) }
    }

    private func copySQL(from old: String, to new: String, asText texts: Set<String>) throws -> String {
        var names: [String] = []
        var values: [String] = []
        // Where the rowid is a column, it is copied as that column; where columns hide all its names, it is new.
        if hasRowID, rowIDAlias == nil, let rowID = rowIDName {
            names.append(rowID)
            values.append(rowID)
        }
        for column in columns where !column.isGenerated {
            let quoted = try SQLiteIdentifier.quoted(column.name)
            names.append(quoted)
            values.append(texts.contains(column.name) ? Self.asText(quoted) : quoted)
        }
        return """
            INSERT INTO main.\(new) (\(names.joined(separator: ", "))) SELECT \(values.joined(separator: ", "))
            FROM main.\(old)
            """
    }

    /// A whole number in a REAL column was most likely an integer in its source, and is written as one.
    static func asText(_ column: String) -> String {
        """
        CASE WHEN typeof(\(column)) = 'real' AND abs(\(column)) < 1e15 AND \(column) = CAST(\(column) AS INTEGER)
        THEN CAST(CAST(\(column) AS INTEGER) AS TEXT)
        WHEN typeof(\(column)) IN ('integer', 'real') THEN CAST(\(column) AS TEXT) ELSE \(column) END
        """
    }
}

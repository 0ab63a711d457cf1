internal import Records

extension SQLiteTarget {
    private static let newTable = "_waybill_widening"

    /// Gives these columns, places in the plan, the type TEXT and writes their numbers as text again. Returns their
    /// names. Runs inside a transaction, with foreign keys off.
    ///
    /// SQLite cannot change a column's type, so the table is written anew: the procedure of its ALTER TABLE page. The
    /// rest of the definition, rowids, indexes and triggers stay as they are.
    func widen(_ places: [Int], in connection: SQLiteConnection) throws -> [String] {
        guard try connection.schemaVersion() == schemaVersion else { throw SQLiteRowWriter.BeginAgain(refused: [:]) }
        let columns = places.compactMap { table.column(plan.columns[$0].name) }
        var definition = SQLiteTableDefinition(table.sql)
        for column in columns {
            guard definition.replaceType(of: column.name, column.declaredType, by: "TEXT") else {
                throw DataError(
                    .destination, "the type of column \(column.name) of table \(table.name) cannot be widened to TEXT",
                    remedy: "Change the column's type to TEXT yourself, and resume.")
            }
        }
        let dependents = try connection.query(
            """
            SELECT sql FROM main.sqlite_schema
            WHERE lower(tbl_name) = lower(?1) AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid
            """, [.text(table.name)]
        ) { $0.text(0) }

        let name = try SQLiteIdentifier.quoted(table.name)
        let new = try SQLiteIdentifier.quoted(Self.newTable)
        try connection.execute("CREATE TABLE main.\(new) \(definition.body)")
        try connection.execute(try copySQL(from: name, to: new, widening: Set(columns.map(\.name))))
        try connection.execute("DROP TABLE main.\(name)")
        // Without it, the renaming fails on views that name the table which is missing at this moment.
        try connection.execute("PRAGMA legacy_alter_table = ON")
        defer { try? connection.execute("PRAGMA legacy_alter_table = OFF") }
        try connection.execute("ALTER TABLE main.\(new) RENAME TO \(name)")
        for sql in dependents { try connection.execute(sql) }
        for column in columns {
            try SQLiteInferredColumns(connection: connection).remove(column.name, of: table.name)
        }
        return places.map { plan.columns[$0].name }
    }

    private func copySQL(from old: String, to new: String, widening: Set<String>) throws -> String {
        var names: [String] = []
        var values: [String] = []
        let taken = Set(table.columns.map { SQLiteIdentifier.folded($0.name) })
        // Where the rowid is a column, it is copied as that column; where columns hide all its names, it is new.
        let rowID = ["rowid", "_rowid_", "oid"].first { !taken.contains($0) }
        if table.hasRowID, table.rowIDAlias == nil, let rowID {
            names.append(rowID)
            values.append(rowID)
        }
        for column in table.columns where !column.isGenerated {
            let quoted = try SQLiteIdentifier.quoted(column.name)
            names.append(quoted)
            values.append(widening.contains(column.name) ? Self.asText(quoted) : quoted)
        }
        return """
            INSERT INTO main.\(new) (\(names.joined(separator: ", "))) SELECT \(values.joined(separator: ", "))
            FROM main.\(old)
            """
    }

    /// A whole number in a REAL column was most likely an integer in its source, and is written as one.
    private static func asText(_ column: String) -> String {
        """
        CASE WHEN typeof(\(column)) = 'real' AND abs(\(column)) < 1e15 AND \(column) = CAST(\(column) AS INTEGER)
        THEN CAST(CAST(\(column) AS INTEGER) AS TEXT)
        WHEN typeof(\(column)) IN ('integer', 'real') THEN CAST(\(column) AS TEXT) ELSE \(column) END
        """
    }
}

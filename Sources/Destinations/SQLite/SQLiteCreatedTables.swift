internal import Records

/// The tables that imports created, each with the statement that the database keeps of it, so that one which nobody needs any
/// more can go with its import.
struct SQLiteCreatedTables {
    let connection: SQLiteConnection

    func createTable() throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._waybill_created (
                table_name TEXT PRIMARY KEY COLLATE NOCASE, log_id TEXT NOT NULL, sql TEXT NOT NULL)
            """)
    }

    /// Notes a table as it is now.
    func add(_ table: SQLiteTable, by logID: String?) throws {
        try connection.execute(
            "INSERT OR REPLACE INTO main._waybill_created (table_name, log_id, sql) VALUES (?1, ?2, ?3)",
            [.text(table.name), .text(logID ?? ""), .text(table.sql)])
    }

    /// Changes a table's columns; if it was as it had been created, it counts so afterwards.
    func keeping(_ table: SQLiteTable, _ change: () throws -> Void) throws {
        try change()
        guard try SQLiteTable.find("_waybill_created", in: connection) != nil else { return }
        try connection.execute(
            """
            UPDATE main._waybill_created SET sql = (SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?1)
            WHERE table_name = ?1 AND sql = ?2
            """, [.text(table.name), .text(table.sql)])
    }

    /// Drops a table that a log created, if it is as it was then, has no row, and nothing else of the database or of undo data
    /// has to do with it. Runs inside a transaction.
    func remove(_ name: String, by logID: String, besides imports: [UInt64]) throws -> Bool {
        guard try SQLiteTable.find("_waybill_created", in: connection) != nil,
            let table = try SQLiteTable.find(name, in: connection)
        else { return false }
        let isOurs =
            try connection.query(
                "SELECT sql FROM main._waybill_created WHERE table_name = ?1 AND log_id = ?2",
                [.text(table.name), .text(logID)]
            ) { $0.text(0) } == [table.sql]
        let quoted = "main.\(try SQLiteIdentifier.quoted(table.name))"
        guard isOurs, try isAbsent("SELECT 1 FROM \(quoted) LIMIT 1"), try !isMentioned(table),
            try !isInUse(table, besides: imports, of: logID)
        else { return false }
        try connection.execute("DROP TABLE \(quoted)")
        for noted in ["_waybill_created", "_waybill_inferred"] {
            try connection.execute("DELETE FROM main.\(noted) WHERE table_name = ?1", [.text(table.name)])
        }
        return true
    }

    private func isAbsent(_ sql: String, _ values: [SQLiteValue] = []) throws -> Bool {
        try connection.query(sql, values) { _ in true }.isEmpty
    }

    /// Whether an index, a trigger, a view or another table has to do with it. SQLite knows of foreign keys; what views and
    /// triggers are about, only their statements tell.
    private func isMentioned(_ table: SQLiteTable) throws -> Bool {
        let isReferred = """
            SELECT 1 FROM main.sqlite_schema m, pragma_foreign_key_list(m.name, 'main') f
            WHERE m.type = 'table' AND \(Self.isOrdinary) AND m.name <> ?1 AND f."table" = ?1 COLLATE NOCASE LIMIT 1
            """
        if try !isAbsent(isReferred, [.text(table.name)]) { return true }
        return try connection.query(
            "SELECT sql FROM main.sqlite_schema WHERE (type <> 'table' OR NOT \(Self.isOrdinary)) AND sql IS NOT NULL"
        ) { $0.text(0) }.contains { SQLiteTableDefinition($0).names(table.name) }
    }

    private static let isOrdinary = "sql NOT LIKE 'CREATE VIRTUAL %'"

    /// Whether an import has chunks in it that are not taken back, besides some of a log's that wrote nothing.
    private func isInUse(_ table: SQLiteTable, besides imports: [UInt64], of logID: String) throws -> Bool {
        let isTakenBack =
            try SQLiteReversals(connection: connection).exists()
            ? """
            EXISTS (SELECT 1 FROM main._waybill_reversals r
                WHERE r.log_id = l.log_id AND r.import = l.import AND r.chunk = l.chunk)
            """ : "0"
        let standing = """
            SELECT 1 FROM main._waybill_ledger l WHERE table_name = ?1 COLLATE NOCASE AND NOT \(isTakenBack)
                AND NOT (log_id = ?2 AND import IN (\(imports.map(String.init).joined(separator: ", ")))) LIMIT 1
            """
        if try !isAbsent(standing, [.text(table.name), .text(logID)]) { return true }
        guard try SQLiteUndoStore(connection: connection).exists() else { return false }
        return try !isAbsent(
            """
            SELECT 1 FROM main._waybill_undo WHERE table_id IN (
                SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1 COLLATE NOCASE) LIMIT 1
            """, [.text(table.name)])
    }
}

extension SQLiteDestination {
    package func removeCreated(_ table: String, logID: String, besides imports: [UInt64]) throws -> Bool {
        try connection.transaction {
            try SQLiteCreatedTables(connection: connection).remove(
                tableName(table).name, by: logID, besides: imports)
        }
    }
}

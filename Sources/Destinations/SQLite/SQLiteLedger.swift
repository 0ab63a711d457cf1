internal import CSQLite
internal import Records

/// The table that takes each chunk's receipt in the chunk's own transaction.
struct SQLiteLedger {
    static let tableName = "_waybill_ledger"
    private static let columns = ["log_id", "import", "chunk", "table_name", "entry", "committed_at"]

    let connection: SQLiteConnection

    func createTable() throws {
        guard try !exists() else { return }
        try connection.execute(
            """
            CREATE TABLE main._waybill_ledger (
                log_id TEXT NOT NULL, import INTEGER NOT NULL, chunk INTEGER NOT NULL, table_name TEXT NOT NULL,
                entry BLOB NOT NULL, committed_at TEXT NOT NULL, PRIMARY KEY (log_id, import, chunk))
            """)
    }

    /// Throws if the name is taken by someone else's table.
    func exists() throws -> Bool {
        guard let table = try SQLiteTable.find(Self.tableName, in: connection) else { return false }
        guard table.columns.map(\.name) == Self.columns, table.primaryKey == ["log_id", "import", "chunk"] else {
            throw DataError(
                .conflict, "\(connection.path) has a table \(Self.tableName) that is not Waybill's",
                remedy: "Rename that table, or import into another database.")
        }
        return true
    }

    func add(_ receipt: Receipt) throws {
        let sql = """
            INSERT INTO main._waybill_ledger (log_id, import, chunk, table_name, entry, committed_at)
            VALUES (?1, ?2, ?3, ?4, ?5, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
            """
        let key = receipt.key
        let statement = try connection.prepare(sql)
        try statement.bind([
            .text(key.logID), .integer(key.importID), .integer(key.chunk), .text(receipt.table), .blob(receipt.entry),
        ])
        let code = statement.step()
        if SQLiteExtendedCode.isUnique(code) {
            throw DataError(
                .conflict,
                "chunk \(key.chunk) of import \(key.importID) is already in the ledger of \(connection.path)",
                remedy: "Resume the import, which compares the ledger with the log; this chunk was not written again.")
        }
        guard code == SQLITE_DONE else { throw connection.error(code) }
    }

    func forEachReceipt(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws {
        try select("WHERE log_id = ?1 AND import = ?2 ORDER BY chunk", [.text(logID), .integer(importID)], body)
    }

    func receipt(_ key: LedgerKey) throws -> Receipt? {
        var found: Receipt?
        try select(
            "WHERE log_id = ?1 AND import = ?2 AND chunk = ?3",
            [.text(key.logID), .integer(key.importID), .integer(key.chunk)]
        ) { found = $0 }
        return found
    }

    /// The first chunk of each import into a table.
    ///
    /// - Parameter isStanding: whether imports of which a chunk was undone are left out.
    func firstChunks(of table: String, isStanding: Bool) throws -> [LedgerKey] {
        guard try exists() else { return [] }
        let standing =
            try isStanding && SQLiteReversals(connection: connection).exists()
            ? "AND NOT EXISTS (SELECT 1 FROM main._waybill_reversals r WHERE r.log_id = l.log_id AND r.import = l.import)"
            : ""
        return try connection.query(
            """
            SELECT log_id, import, min(chunk) FROM main._waybill_ledger l
            WHERE table_name = ?1 COLLATE NOCASE \(standing) GROUP BY log_id, import ORDER BY log_id, import
            """, [.text(table)]
        ) {
            LedgerKey(
                logID: $0.text(0), importID: UInt64(bitPattern: $0.integer(1)), chunk: UInt64(bitPattern: $0.integer(2))
            )
        }
    }

    /// Whether no other log has written to a table.
    func isWritten(_ table: String, onlyBy logID: String) throws -> Bool {
        guard try exists() else { return true }
        return try connection.query(
            "SELECT 1 FROM main._waybill_ledger WHERE table_name = ?1 COLLATE NOCASE AND log_id <> ?2 LIMIT 1",
            [.text(table), .text(logID)]
        ) { _ in true }.isEmpty
    }

    private func select(_ condition: String, _ values: [SQLiteValue], _ body: (Receipt) throws -> Void) throws {
        guard try exists() else { return }
        try connection.prepare(
            "SELECT log_id, import, chunk, table_name, entry FROM main._waybill_ledger \(condition)"
        ).run(values) { row in
            try body(
                Receipt(
                    key: LedgerKey(
                        logID: row.text(0), importID: UInt64(bitPattern: row.integer(1)),
                        chunk: UInt64(bitPattern: row.integer(2))),
                    table: row.text(3), entry: row.blob(4)))
        }
    }
}

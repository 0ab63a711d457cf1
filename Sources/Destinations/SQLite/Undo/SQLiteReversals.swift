internal import Records

/// The table that takes the receipt of each chunk that was undone, in the transaction that did it.
struct SQLiteReversals {
    let connection: SQLiteConnection

    func createTable() throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._waybill_reversals (
                log_id TEXT NOT NULL, import INTEGER NOT NULL, chunk INTEGER NOT NULL, table_name TEXT NOT NULL,
                entry BLOB NOT NULL, committed_at TEXT NOT NULL, PRIMARY KEY (log_id, import, chunk))
            """)
    }

    func exists() throws -> Bool { try SQLiteTable.find("_waybill_reversals", in: connection) != nil }

    func put(_ receipt: Receipt) throws {
        try connection.execute(
            """
            INSERT OR REPLACE INTO main._waybill_reversals (log_id, import, chunk, table_name, entry, committed_at)
            VALUES (?1, ?2, ?3, ?4, ?5, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
            """,
            [
                .text(receipt.key.logID), .integer(receipt.key.importID), .integer(receipt.key.chunk),
                .text(receipt.table), .blob(receipt.entry),
            ])
    }

    func forEach(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws {
        guard try exists() else { return }
        try connection.prepare(
            """
            SELECT chunk, table_name, entry FROM main._waybill_reversals
            WHERE log_id = ?1 AND import = ?2 ORDER BY chunk
            """
        ).run([.text(logID), .integer(importID)]) { row in
            let key = LedgerKey(logID: logID, importID: importID, chunk: UInt64(bitPattern: row.integer(0)))
            try body(Receipt(key: key, table: row.text(1), entry: row.blob(2)))
        }
    }
}

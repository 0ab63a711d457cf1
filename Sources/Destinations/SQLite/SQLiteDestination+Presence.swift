package import Records

extension SQLiteDestination {
    /// A file is known by its path.
    package func identity() -> String? { nil }

    /// `main.t` is the table t, unless there is one of this whole name; so is `"t"`.
    package func tableName(_ spelling: String) throws -> TableName {
        var name = spelling
        if try !SQLiteTable.isThere(spelling, in: connection) {
            if SQLiteIdentifier.folded(name).hasPrefix("main."), name.utf8.count > 5 {
                name = String(name.dropFirst(5))
            }
            if let inner = SQLiteIdentifier.unquoted(name) { name = inner }
        }
        let found = try SQLiteTable.isThere(name, in: connection) ? SQLiteTable.find(name, in: connection)?.name : nil
        return TableName(name: found ?? name, identity: SQLiteIdentifier.folded(found ?? name))
    }

    package func hasReceipts(logID: String, importID: UInt64) throws -> Bool {
        guard try SQLiteLedger(connection: connection).exists() else { return false }
        return try !connection.query(
            "SELECT 1 FROM main._waybill_ledger WHERE log_id = ?1 AND import = ?2 LIMIT 1",
            [.text(logID), .integer(importID)]
        ) { _ in true }.isEmpty
    }

    package func isEmpty(_ table: String) throws -> Bool {
        let name = try SQLiteIdentifier.quoted(tableName(table).name)
        return try connection.query("SELECT 1 FROM main.\(name) LIMIT 1") { _ in true }.isEmpty
    }

    package func presence(logID: String, importID: UInt64) throws -> RowPresence {
        let store = SQLiteUndoStore(connection: connection)
        guard try store.exists() else { return RowPresence() }
        try settleRows(logID: logID, importID: importID)
        var presence = SQLiteRowPresence(try SQLiteUndoChanges(connection))
        let chunks = try store.chunks(logID: logID, importID: importID).filter { $0 < LedgerKey.closingChunk }
        for chunk in Set([chunks.first, chunks.last].compactMap(\.self)) {
            let key = LedgerKey(logID: logID, importID: importID, chunk: chunk)
            if let id = try store.chunkID(key) { try presence.add(chunkID: id) }
        }
        return presence.result
    }
}

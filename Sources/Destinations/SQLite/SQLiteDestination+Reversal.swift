package import Records

extension SQLiteDestination {
    package func reverse(
        _ key: LedgerKey, overwritesEdited: Bool, only: RowCondition?, versioned: [VersionedTable],
        entry: (ChunkReversal) throws -> [UInt8]
    ) throws -> Receipt {
        func reverse(isStrict: Bool) throws -> Receipt {
            try self.reverse(key, entry: entry) { chunkID in
                let reversal = try SQLiteReversal(
                    connection, chunkID: chunkID, overwritesEdited: overwritesEdited, only: only, versioned: versioned,
                    isStrict: isStrict)
                try reversal.reverse()
                return reversal.outcome
            }
        }
        do { return try reverse(isStrict: false) } catch is SQLiteReversal.NeedsStrictness {
            return try reverse(isStrict: true)
        }
    }

    private func reverse(
        _ key: LedgerKey, entry: (ChunkReversal) throws -> [UInt8], _ body: (Int64) throws -> ChunkReversal
    ) throws -> Receipt {
        let store = SQLiteUndoStore(connection: connection)
        let chunkID = try store.chunkID(key)
        let tables = try chunkID.map(store.tableNames) ?? []
        return try SQLiteIndexTriggers(of: tables, in: connection).transaction {
            try SQLiteReversals(connection: connection).createTable()
            try connection.execute("PRAGMA defer_foreign_keys = ON")
            try SQLiteRowNumbers(connection: connection).settle(tables)
            var outcome = try chunkID.map(body) ?? ChunkReversal()
            if let chunkID, key.isClosing {
                outcome.kept += try UnseenTables(bytes: store.origin(ofChunk: chunkID).1.bytes).kept
            }
            let receipt = Receipt(key: key, table: try table(of: key), entry: try entry(outcome))
            try SQLiteReversals(connection: connection).put(receipt)
            return receipt
        }
    }

    package func requireReversible(logID: String, importID: UInt64) throws {
        let store = SQLiteUndoStore(connection: connection)
        for (name, columns) in try store.tables(logID: logID, importID: importID) {
            guard let table = try SQLiteTable.find(name, in: connection) else {
                throw DataError.tableIsAway(name, in: connection.path)
            }
            if let gone = columns.first(where: { table.column($0) == nil }) {
                throw DataError.columnIsAway(gone, of: name, in: connection.path)
            }
        }
    }

    package func changedTables(haveColumn name: String, logID: String, importID: UInt64) throws -> Bool {
        try SQLiteUndoStore(connection: connection).tables(logID: logID, importID: importID).contains {
            $0.columns.contains { SQLiteIdentifier.isSame($0, name) }
        }
    }

    package func finishReversal(logID: String, importID: UInt64) throws {
        let store = SQLiteUndoStore(connection: connection)
        for chunk in try store.chunks(logID: logID, importID: importID).reversed() {
            let key = LedgerKey(logID: logID, importID: importID, chunk: chunk)
            if let chunkID = try store.chunkID(key) { try narrow(store.widenings(of: chunkID)) }
        }
    }

    private func table(of key: LedgerKey) throws -> String {
        try connection.query(
            "SELECT table_name FROM main._waybill_ledger WHERE log_id = ?1 AND import = ?2 AND chunk = ?3",
            [.text(key.logID), .integer(key.importID), .integer(key.chunk)]
        ) { $0.text(0) }.first ?? ""
    }

    /// Gives columns that a chunk widened their guessed types again, where no other value is in the way.
    private func narrow(_ widenings: [SQLiteUndoStore.Widening]) throws {
        if widenings.isEmpty { return }
        try connection.withoutForeignKeys {
            try connection.transaction {
                let store = SQLiteUndoStore(connection: connection)
                for widening in widenings where try !store.handOver(widening) {
                    if let table = try SQLiteTable.find(widening.table, in: connection) {
                        _ = try table.narrow(
                            widening.column, to: widening.type, by: widening.logID, in: connection)
                    }
                    try store.remove(widening)
                }
            }
        }
    }

    package func forEachReversal(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws {
        try SQLiteReversals(connection: connection).forEach(logID: logID, importID: importID, body)
    }

    package func chunksWithUndo(logID: String, importID: UInt64) throws -> [UInt64] {
        try SQLiteUndoStore(connection: connection).chunks(logID: logID, importID: importID)
    }

    package func compareRows(
        logID: String, importID: UInt64, progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> RowComparison {
        let store = SQLiteUndoStore(connection: connection)
        guard try store.exists() else { return RowComparison() }
        try settleRows(logID: logID, importID: importID)
        var comparison = SQLiteRowComparison(try SQLiteUndoChanges(connection))
        let chunks = try store.chunks(logID: logID, importID: importID).filter { $0 < LedgerKey.closingChunk }
        for (index, chunk) in chunks.enumerated() {
            let key = LedgerKey(logID: logID, importID: importID, chunk: chunk)
            // Chunk by chunk: a reader that stays long keeps others' write-ahead log from being emptied.
            try connection.reading {
                if let id = try store.chunkID(key) { try comparison.add(chunk, chunkID: id) }
            }
            progress(index + 1, chunks.count)
        }
        return comparison.result
    }

    /// Has undo data know the rows that an import wrote by the rowids that they have.
    func settleRows(logID: String, importID: UInt64) throws {
        let tables = try SQLiteUndoStore(connection: connection).tables(logID: logID, importID: importID)
        try SQLiteRowNumbers(connection: connection).settleApart(Array(Set(tables.map(\.name))).sorted())
    }

    package func changes(table: String, key: [(column: String, value: String)]) throws -> [RowChange] {
        guard let table = try SQLiteTable.find(table, in: connection) else {
            throw DataError(
                .unusableOption, "there is no table \(table) in \(connection.path)",
                remedy: "Give the table name exactly as it is in the database.")
        }
        guard try SQLiteUndoStore(connection: connection).exists() else { return [] }
        try SQLiteRowNumbers(connection: connection).settleApart([table.name])
        return try SQLiteRowHistory(table, connection).changes(key: key)
    }
}

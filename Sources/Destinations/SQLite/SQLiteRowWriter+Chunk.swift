internal import Records

extension SQLiteRowWriter {
    /// Writes a chunk, its undo data and its ledger row; the steps between BEGIN and COMMIT.
    ///
    /// Throws `BeginAgain`, before `entry` is called, where the transaction must be begun again.
    func write(
        _ chunk: Chunk, key: LedgerKey, refused: [Int: RejectedRecord], widened: [ColumnWidening],
        judgesForeignKeys: Bool, entry: (ChunkOutcome) throws -> [UInt8]
    ) throws -> Receipt {
        // Nobody can change the schema from here on, but someone may have done so just before.
        guard try connection.schemaVersion() == target.schemaVersion else { throw BeginAgain(refused: [:]) }
        var outcome = try recording(chunk, widened) { try write(chunk, refused: refused) }
        if judgesForeignKeys || connection.hasDeferredViolations {
            let orphans = try recordsWithoutParent(chunk, refused: refused)
            if !orphans.isEmpty { throw BeginAgain(refused: orphans) }
        }
        outcome.widened = widened
        outcome.rowsDigest = recorder?.notes.fingerprints.reduce(0, &+)
        let receipt = Receipt(key: key, table: target.table.name, entry: try entry(outcome))
        try SQLiteLedger(connection: connection).add(receipt)
        if let recorder {
            try SQLiteUndoStore(connection: connection).add(
                recorder, RecordPlaces(of: chunk), for: key, target: undoTable)
        }
        return receipt
    }

    /// Runs `body` with its changes being noted, where undo data is kept.
    private func recording(
        _ chunk: Chunk, _ widened: [ColumnWidening], _ body: () throws -> ChunkOutcome
    ) throws -> ChunkOutcome {
        guard let recorder else { return try body() }
        recorder.reset(tables)
        for column in widened {
            try recorder.noteWidening(
                of: target.table.column(column.name)?.name ?? column.name, from: column.from, by: target.plan.logID,
                in: target.table.name)
        }
        return try chunk.withValues {
            try recorder.recording(written, of: $0, count: chunk.records.count, body)
        }
    }
}

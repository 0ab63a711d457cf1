internal import Records

extension SQLiteRowWriter {
    /// Writes a chunk and its ledger row; the steps between BEGIN and COMMIT.
    ///
    /// Throws `BeginAgain`, before `entry` is called, where the transaction must be begun once more.
    func write(
        _ chunk: Chunk, key: LedgerKey, refused: [Int: RejectedRecord], widened: [String], judgesForeignKeys: Bool,
        entry: (ChunkOutcome) throws -> [UInt8]
    ) throws -> Receipt {
        // Nobody can change the schema from here on, but somebody may have done so just before.
        guard try connection.schemaVersion() == target.schemaVersion else { throw BeginAgain(refused: [:]) }
        var outcome = try write(chunk, refused: refused)
        if judgesForeignKeys || connection.hasDeferredViolations {
            let orphans = try recordsWithoutParent(chunk, refused: refused)
            if !orphans.isEmpty { throw BeginAgain(refused: orphans) }
        }
        outcome.widened = widened
        let receipt = Receipt(key: key, table: target.table.name, entry: try entry(outcome))
        try SQLiteLedger(connection: connection).add(receipt)
        return receipt
    }
}

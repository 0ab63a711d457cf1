internal import Records

extension PostgreSQLWriter {
    /// The fastest way: the records are copied into the table itself, and what undo data keeps of them is computed here.
    ///
    /// It is tried where a copy does what an insertion does, and does it for all records of the chunk or for none: a key
    /// that is there already, or a record that the server refuses, leaves nothing of it, and the chunk goes by the staging
    /// table. What follows will be alike, so that no further copy is tried until a chunk had nothing but insertions.
    ///
    /// - Parameter turn: is waited for with the first rows, and passed on with the last ones.
    /// - Returns: whether all records are inserted.
    func copiedStraight(
        _ records: [Int], _ chunk: Chunk, _ key: LedgerKey, _ values: Chunk.Values, _ turn: PostgreSQLTurn?
    ) throws -> Bool {
        defer { turn?.pass() }
        guard mayCopyStraight, goesStraight, !records.isEmpty else { return false }
        if undo != nil, fingerprinter?.knows(records, values) != true { return false }
        if let undo { packs.begin(tableID: undo.tableID) }
        var undoChunk = ""
        do {
            try connection.savepoint {
                let columns = PostgreSQLIdentifier.list(target.columns.map(\.name))
                let text = PostgreSQLCopyText(places: target.sentPlaces)
                var isTurn = turn == nil
                let count = try connection.copy("COPY \(target.table.quotedName) (\(columns)) FROM STDIN") { send in
                    func sendInTurn(_ bytes: UnsafeRawBufferPointer) throws {
                        if !isTurn { try turn?.wait() }
                        isTurn = true
                        try send(bytes)
                    }
                    try text.write(records, of: values, to: sendInTurn) { record, _ in
                        if undo != nil { fingerprinter?.add(record, of: values, to: &packs) }
                    }
                    // The server has enough to do meanwhile.
                    if undo != nil { undoChunk = self.undoChunk(key, chunk) }
                }
                turn?.pass()
                try requireAll(count, of: records.count)
                if undo == nil { return try judgeDeferred() }
                announceJudgement()
                let begun = connection.announce(undoChunk)
                try connection.copy(PostgreSQLUndoPacks.copy) { send in
                    try beginUndo(connection.rows(of: begun), key)
                    try packs.end(chunkID: chunkID, to: send)
                }
            }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            goesStraight = false
            return false
        }
        outcome.inserted += records.count
        if undo != nil { outcome.rowsDigest = packs.digest }
        return true
    }

    /// Whether a copy into the table does the same as an insertion, as far as can be said before.
    var mayCopyStraight: Bool {
        let table = target.table
        guard target.plan.mode == .insert || target.plan.mode == .upsert, !target.requiresRows, target.keyIndex == nil,
            !table.hasTriggers,
            !table.hasRules
        else {
            return false
        }
        // A part may have triggers of its own, which change what becomes of a record.
        return undo == nil || fingerprinter != nil && !table.isPartitioned
    }
}

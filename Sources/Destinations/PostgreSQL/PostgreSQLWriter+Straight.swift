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
        return try copied(records, chunk, key, values, turn)
    }

    private func copied(
        _ records: [Int], _ chunk: Chunk, _ key: LedgerKey, _ values: Chunk.Values, _ turn: PostgreSQLTurn? = nil
    ) throws -> Bool {
        if undo != nil, fingerprinter?.filled.areForeseeable != true || fingerprinter?.knows(records, values) != true {
            return false
        }
        if let undo { packs.begin(tableID: undo.tableID) }
        var undoChunk = ""
        do {
            try connection.savepoint {
                var isTurn = turn == nil
                let (given, filled) = try filled(count: records.count) {
                    // Numbers are given in the order of the chunks.
                    try turn?.wait()
                    isTurn = true
                }
                let columns = PostgreSQLIdentifier.list(given.map(\.name) + target.columns.map(\.name))
                let text = PostgreSQLCopyText(places: target.sentPlaces)
                var row = 0
                let count = try connection.copy("COPY \(target.table.quotedName) (\(columns)) FROM STDIN") { send in
                    func sendInTurn(_ bytes: UnsafeRawBufferPointer) throws {
                        if !isTurn { try turn?.wait() }
                        isTurn = true
                        try send(bytes)
                    }
                    try text.write(records, of: values, to: sendInTurn) { record, line in
                        guard undo != nil, let fingerprinter else { return }
                        let filling = PostgreSQLFilling(filled, row: row)
                        row += 1
                        for place in fingerprinter.filled.given {
                            PostgreSQLCopyText.append(filling[place], head: &line)
                        }
                        fingerprinter.add(record, of: values, filling, to: &packs)
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

    /// The same where some keys are there already, of a table that refuses nothing else: these records are told by their keys,
    /// and rejected, and the others are copied.
    ///
    /// - Returns: whether all others are inserted.
    func copiedBesideDuplicates(
        _ records: [Int], _ chunk: Chunk, _ key: LedgerKey, _ values: Chunk.Values
    ) throws -> Bool {
        guard target.plan.mode == .insert, !goesStraight, mayCopyStraight, !target.looksFirst,
            target.table.refusesTypesOnly,
            target.table.uniqueKeys.count == 1, target.table.isArbiter(identifying.map { target.columns[$0].name }),
            let fingerprinter, fingerprinter.knowsUpdates, fingerprinter.knows(records, values)
        else { return false }
        var notes = PostgreSQLRowNotes(count: (records.last ?? 0) + 1)
        staging.begin()
        let duplicates: Set<Int>
        do {
            duplicates = try connection.savepoint {
                try staging.sendAll(records, of: values, places: identifying) {
                    fingerprinter.noteKey(of: $0, values, in: &notes)
                }
                let find = findDuplicates(amongThem: notes.hasTwins)
                return Set(try connection.lookingUp { try connection.query(find) }.map { integer($0[0]) })
            }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            return false
        }
        guard try copied(records.filter { !duplicates.contains($0) }, chunk, key, values) else { return false }
        for record in duplicates { rejectDuplicate(record, chunk, values) }
        return true
    }

    /// Selects the staged records whose keys rows have, or records before them.
    private func findDuplicates(amongThem: Bool) -> String {
        let keys = identifying.map(PostgreSQLTarget.staged).joined(separator: ", ")
        let isSame = identifying.map {
            "t.\(PostgreSQLIdentifier.quoted(target.columns[$0].name)) = s.\(PostgreSQLTarget.staged($0))"
        }.joined(separator: " AND ")
        let twins = """
            UNION SELECT _n FROM (SELECT _n, row_number() OVER (PARTITION BY \(keys) ORDER BY _n) AS i FROM \(staging.name)) s
            WHERE i > 1
            """
        return """
            SELECT _n FROM \(staging.name) s WHERE EXISTS (SELECT FROM \(rows) t WHERE \(isSame)) \(amongThem ? twins : "")
            """
    }

    /// Asks for what the server fills in for new rows, where undo data needs it: the columns, and their values for each row.
    ///
    /// - Parameter inTurn: is done before the server is asked.
    private func filled(
        count: Int, inTurn: () throws -> Void
    ) throws -> (columns: [PostgreSQLTable.Column], rows: PostgreSQLRows?) {
        guard undo != nil, let filled = fingerprinter?.filled, !filled.given.isEmpty else { return ([], nil) }
        try inTurn()
        let rows = try connection.rows(filled.values(count: count)) {}
        try requireAll(rows.count, of: count)
        return (filled.given.map { filled.columns[$0] }, rows)
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

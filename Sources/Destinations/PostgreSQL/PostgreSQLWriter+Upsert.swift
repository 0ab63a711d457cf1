internal import Records

extension PostgreSQLWriter {
    /// Upserts records of which each has a key of its own, and of which it is known what the server makes of them: without
    /// sorting them, and with undo data made here.
    ///
    /// - Returns: whether they are written; nothing is where the server refused one of them.
    func upsertedAtOnce(_ records: [Int], _ chunk: Chunk, _ key: LedgerKey, _ values: Chunk.Values) throws -> Bool {
        guard mayUpsertAtOnce, !records.isEmpty, let fingerprinter, fingerprinter.knows(records, values) else {
            return false
        }
        var notes = PostgreSQLRowNotes(count: records[records.count - 1] + 1)
        staging.begin()
        do {
            return try connection.savepoint {
                try staging.sendAll(records, of: values) { fingerprinter.noteKey(of: $0, values, in: &notes) }
                if notes.hasTwins { return false }
                // The staging table has no statistics: without the settings, whole tables may be read for a chunk.
                connection.announce("SET LOCAL enable_hashjoin = off")
                connection.announce("SET LOCAL enable_mergejoin = off")
                let changed = try connection.rows(changeRows) {
                    if undo != nil {
                        for record in records { fingerprinter.noteFingerprint(of: record, values, in: &notes) }
                    }
                }
                // What was not changed is new, or has its values already. Where all were changed, nobody need look.
                let added = changed.count == records.count ? [] : try addRows()
                connection.announce("SET LOCAL enable_hashjoin TO DEFAULT")
                connection.announce("SET LOCAL enable_mergejoin TO DEFAULT")
                if let undo {
                    announceJudgement()
                    let begun = connection.announce(undoChunk(key, chunk))
                    try connection.copy(PostgreSQLUndoPacks.copy) { send in
                        try beginUndo(connection.rows(of: begun), key)
                        try keep(changed, added, values, fingerprinter, notes, undo, send)
                    }
                    noteUnchanged(records, changed, added, notes, undo)
                } else {
                    try judgeDeferred()
                }
                outcome.updated += changed.count
                outcome.inserted += added.count
                outcome.unchanged += records.count - changed.count - added.count
                return true
            }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            return false
        }
    }

    private var mayUpsertAtOnce: Bool {
        target.plan.mode == .upsert && !target.looksFirst && mayCopyStraight && fingerprinter?.knowsUpdates == true
            && !others.isEmpty
            && !target.table.isPartitioned && followers == nil
            // Rows are changed first, and in the table's order: what another unique key refuses might depend on that.
            && target.table.uniqueKeys.count == 1 && !target.table.hasOtherUniqueness
    }

    private func name(_ place: Int) -> String { PostgreSQLIdentifier.quoted(target.columns[place].name) }

    /// Whether a row under `o` has the key of a staged record under `s`.
    private var hasKey: String {
        target.keyPlaces.map { "o.\(name($0)) = s.\(PostgreSQLTarget.staged($0))" }.joined(separator: " AND ")
    }

    /// Whether it has another value at a place of the plan. Texts that differ in no letter are the same in every collation.
    private func differs(_ place: Int) -> String {
        "o.\(name(place))::text COLLATE \"C\" IS DISTINCT FROM s.\(PostgreSQLTarget.staged(place))::text COLLATE \"C\""
    }

    /// Whether it has any other value.
    private var differs: String { others.map(differs).joined(separator: " OR ") }

    /// Changes the rows that are there and differ, and gives for each the record's number and, for undo data, what the values
    /// were that changed: `=` and the value, nothing for NULL. The rows are read under a second name, since only so what
    /// they were before can be returned. Tables that inherit from this one are not meant: their rows have places of their
    /// own.
    private var changeRows: String {
        let sets = others.map { "\(name($0)) = s.\(PostgreSQLTarget.staged($0))" }.joined(separator: ", ")
        let befores = others.map { place in
            """
            CASE WHEN \(differs(place)) THEN CASE WHEN o.\(name(place)) IS NULL THEN '' ELSE '=' || \(format.text("o.\(name(place))", target.columns[place])) END END
            """
        }
        return """
            UPDATE \(rows) t SET \(sets)
            FROM \(staging.name) s JOIN \(rows) o ON \(hasKey)
            WHERE t.ctid = o.ctid AND (\(differs))
            RETURNING \((["s._n"] + (undo == nil ? [] : befores)).joined(separator: ", "))
            """
    }

    /// Inserts the records whose keys are not there; returns which ones these are.
    private func addRows() throws -> [Int] {
        let staged = target.columns.indices.map(PostgreSQLTarget.staged).joined(separator: ", ")
        let row = try connection.query(
            """
            WITH rest AS MATERIALIZED (SELECT s.*, o.ctid AS place, \(differs) AS differs
                FROM \(staging.name) s LEFT JOIN \(rows) o ON \(hasKey)),
            added AS (INSERT INTO \(target.table.quotedName) (\(PostgreSQLIdentifier.list(target.columns.map(\.name))))
                \(target.overriding) SELECT \(staged) FROM rest WHERE place IS NULL RETURNING 1)
            SELECT (SELECT array_to_string(array_agg(_n), ',') FROM rest WHERE place IS NULL),
                (SELECT count(*) FROM added), (SELECT count(*) FROM rest WHERE place IS NOT NULL AND differs)
            """)[0]
        // A row that differs still was written by someone else while this session looked at it.
        guard row[2] == "0" else { throw Self.writtenByAnother }
        let added = (row[0] ?? "").split(separator: ",").compactMap { Int($0) }
        try requireAll(row[1].flatMap { Int($0) } ?? 0, of: added.count)
        return added
    }

    /// Notes the rows that were found as the records are.
    private func noteUnchanged(
        _ records: [Int], _ changed: PostgreSQLRows, _ added: [Int], _ notes: borrowing PostgreSQLRowNotes,
        _ undo: PostgreSQLUndoFormat
    ) {
        guard changed.count + added.count < records.count else { return }
        var isOther = [Bool](repeating: false, count: records[records.count - 1] + 1)
        for row in 0..<changed.count { isOther[changed.integer(row, 0)] = true }
        for record in added { isOther[record] = true }
        let unchanged = records.filter { !isOther[$0] }
        var keys: [UInt64] = []
        keys.reserveCapacity(unchanged.count)
        for record in unchanged { keys.append(notes.keyHash(of: record)) }
        connection.announce(
            PostgreSQLUnchangedRows.insert(unchanged, keys: keys, chunkID: chunkID, tableID: undo.tableID))
    }

    /// Keeps the undo data. What the rows were is known from the records and the values that changed, which is far less than
    /// the server would have to make texts of.
    private func keep(
        _ changed: PostgreSQLRows, _ added: [Int], _ values: Chunk.Values, _ fingerprinter: PostgreSQLFingerprinter,
        _ notes: borrowing PostgreSQLRowNotes, _ undo: PostgreSQLUndoFormat,
        _ send: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        /// In which column of the result a place of the plan is.
        var resultColumns = [Int?](repeating: nil, count: target.columns.count)
        for (index, place) in others.enumerated() { resultColumns[place] = index + 1 }
        packs.begin(tableID: undo.tableID)
        for row in 0..<changed.count {
            let record = changed.integer(row, 0)
            func before(_ place: Int) -> PostgreSQLFingerprinter.Before {
                guard let column = resultColumns[place], let value = changed[row, column] else { return .same }
                return .other(value.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: value.dropFirst()))
            }
            fingerprinter.write(before: before, changedBy: record, values, to: &packs)
            notes.add(record, isUpdate: true, to: &packs)
            try packs.flush(chunkID: chunkID, to: send)
        }
        for record in added {
            notes.add(record, isUpdate: false, to: &packs)
            try packs.flush(chunkID: chunkID, to: send)
        }
        try packs.end(chunkID: chunkID, to: send)
        outcome.rowsDigest = packs.digest
    }
}

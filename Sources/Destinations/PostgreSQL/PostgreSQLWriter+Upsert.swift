internal import Records

extension PostgreSQLWriter {
    /// Upserts records of which it is known what the server makes of them: without sorting them, and with undo data made here.
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
                var lasts = records
                var twins: PostgreSQLTwins?
                if notes.hasTwins {
                    twins = mayWriteTwins ? PostgreSQLTwins(of: records, notes, values, fingerprinter, others) : nil
                    guard let twins else { return false }
                    lasts = twins.lasts
                    connection.announce("DELETE FROM \(staging.name) WHERE \(Self.among(twins.superseded))")
                }
                let (changed, added) = try connection.lookingUp {
                    let changed = try connection.rows(changeRows(returnsFormer: undo != nil || twins != nil)) {
                        if undo != nil, fingerprinter.filled.isEmpty {
                            for record in lasts { fingerprinter.noteFingerprint(of: record, values, in: &notes) }
                        }
                    }
                    // What was not changed is new, or has its values already. Where all were changed, nobody need look.
                    return (changed, changed.count == lasts.count ? nil : try addRows())
                }
                if let undo {
                    announceJudgement()
                    let begun = connection.announce(undoChunk(key, chunk))
                    try connection.copy(PostgreSQLUndoPacks.copy) { send in
                        try beginUndo(connection.rows(of: begun), key)
                        try keep(changed, added, values, fingerprinter, &notes, twins, undo, send)
                    }
                    noteUnchanged(lasts, changed, added?.records ?? [], notes, undo)
                } else {
                    try judgeDeferred()
                }
                let addedCount = added?.records.count ?? 0
                outcome.updated += changed.count
                outcome.inserted += addedCount
                outcome.unchanged += lasts.count - changed.count - addedCount
                if let twins { count(twins, changed, added?.records ?? [], values, fingerprinter) }
                return true
            }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            return false
        }
    }

    /// Counts records with the keys of others as if all had been written one after the other. The last one of each is counted.
    private func count(
        _ twins: PostgreSQLTwins, _ changed: PostgreSQLRows, _ added: [Int], _ values: Chunk.Values,
        _ fingerprinter: PostgreSQLFingerprinter
    ) {
        var rows: [Int: Int] = [:]
        for row in 0..<changed.count { rows[changed.integer(row, 0)] = row }
        let new = Set(added)
        for group in twins.groups {
            var changes = group.changes
            if !new.contains(group.last) {
                let isFirstDifferent = others.enumerated().contains { index, place in
                    guard let row = rows[group.last], let former = changed[row, index + 1] else {
                        return !fingerprinter.haveSameValues(group.first, group.last, values, at: [place])
                    }
                    let value = former.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: former.dropFirst())
                    return !fingerprinter.keeps(value, of: group.first, values, at: place)
                }
                changes += isFirstDifferent ? 1 : 0
                let isCounted = rows[group.last] != nil ? 1 : 0
                outcome.updated += changes - isCounted
                outcome.unchanged += group.count - changes - (1 - isCounted)
            } else {
                outcome.updated += changes
                outcome.unchanged += group.count - 1 - changes
            }
        }
    }

    /// Whether records with the key of a later one can be left away: the table must have no reason to refuse them.
    private var mayWriteTwins: Bool { target.table.refusesTypesOnly }

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

    /// What undo data keeps of the row under an alias that its record does not bring.
    private func filledTexts(_ alias: String) -> [String] {
        undo == nil ? [] : fingerprinter?.filled.texts(alias) ?? []
    }

    /// Changes the rows that are there and differ, and gives for each the record's number and, for undo data, what the values
    /// were that changed (`=` and the value, nothing for NULL) and those that the record does not bring. The rows are read under a second name, since only so what
    /// they were before can be returned. Tables that inherit from this one are not meant: their rows have places of their
    /// own.
    ///
    /// - Parameter returnsFormer: whether the values that changed are given.
    private func changeRows(returnsFormer: Bool) -> String {
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
            RETURNING \((["s._n"] + (returnsFormer ? befores : []) + filledTexts("o")).joined(separator: ", "))
            """
    }

    /// The records that were inserted, and for undo data the values of their rows that they did not bring.
    private struct Added {
        var records: [Int]
        var rows: PostgreSQLRows
        /// Where the rows begin in the result, and these values in a row.
        var firstRow: Int
        static let firstFilled = 2
    }

    /// Inserts the records whose keys are not there.
    ///
    /// One result has both the records' numbers and what their rows were filled with, in the same order: to join them would take
    /// the ways of joining that the server must not take for the look-ups.
    private func addRows() throws -> Added {
        let staged = target.columns.indices.map(PostgreSQLTarget.staged).joined(separator: ", ")
        let filled = filledTexts("t").enumerated().map { (text: $1, name: "f\($0)") }
        let returned = filled.isEmpty ? "1" : filled.map { "\($0.text) AS \($0.name)" }.joined(separator: ", ")
        let nothing = filled.map { _ in ", NULL" }.joined()
        let found = try connection.rows(
            """
            WITH rest AS MATERIALIZED (SELECT s.*, o.ctid AS place, \(differs) AS differs
                FROM \(staging.name) s LEFT JOIN \(rows) o ON \(hasKey)),
            added AS MATERIALIZED (INSERT INTO \(table) AS t (\(names)) \(target.overriding)
                SELECT \(staged) FROM rest WHERE place IS NULL ORDER BY _n RETURNING \(returned))
            SELECT count(*) FILTER (WHERE place IS NOT NULL AND differs), (SELECT count(*) FROM added)\(nothing) FROM rest
            UNION ALL SELECT * FROM (SELECT _n, 0\(nothing) FROM rest WHERE place IS NULL ORDER BY _n) records
            UNION ALL SELECT 0, 0\(filled.map { ", \($0.name)" }.joined()) FROM added\(filled.isEmpty ? " WHERE false" : "")
            """
        ) {}
        // A row that differs still was written by someone else while this session looked at it.
        guard found.integer(0, 0) == 0 else { throw Self.writtenByAnother }
        let count = found.integer(0, 1)
        try requireAll(found.count, of: 1 + count * (filled.isEmpty ? 1 : 2))
        return Added(records: (1..<1 + count).map { found.integer($0, 0) }, rows: found, firstRow: 1 + count)
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
        _ changed: PostgreSQLRows, _ added: Added?, _ values: Chunk.Values, _ fingerprinter: PostgreSQLFingerprinter,
        _ notes: inout PostgreSQLRowNotes, _ twins: PostgreSQLTwins?, _ undo: PostgreSQLUndoFormat,
        _ send: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        /// In which column of the result a place of the plan is.
        var resultColumns = [Int?](repeating: nil, count: target.columns.count)
        for (index, place) in others.enumerated() { resultColumns[place] = index + 1 }
        let isFilled = !fingerprinter.filled.isEmpty
        packs.begin(tableID: undo.tableID)
        for row in 0..<changed.count {
            let record = changed.integer(row, 0)
            let filling = PostgreSQLFilling(changed, row: row, first: others.count + 1)
            func before(_ place: Int) -> PostgreSQLFingerprinter.Before {
                guard let column = resultColumns[place], let value = changed[row, column] else { return .same }
                return .other(value.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: value.dropFirst()))
            }
            if isFilled { fingerprinter.noteFingerprint(of: record, values, filling, in: &notes) }
            fingerprinter.write(before: before, changedBy: record, values, filling, to: &packs)
            notes.add(record, by: twins?.origins[record] ?? record, isUpdate: true, to: &packs)
            try packs.flush(chunkID: chunkID, to: send)
        }
        for (row, record) in (added?.records ?? []).enumerated() {
            if isFilled {
                let filling = PostgreSQLFilling(
                    added?.rows, row: (added?.firstRow ?? 0) + row, first: Added.firstFilled)
                fingerprinter.noteFingerprint(of: record, values, filling, in: &notes)
            }
            notes.add(record, by: twins?.origins[record] ?? record, isUpdate: false, to: &packs)
            try packs.flush(chunkID: chunkID, to: send)
        }
        try packs.end(chunkID: chunkID, to: send)
        outcome.rowsDigest = packs.digest
    }
}

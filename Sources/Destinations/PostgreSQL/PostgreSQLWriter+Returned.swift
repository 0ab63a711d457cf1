internal import Records

/// Inserts records of which only the server knows what becomes of them: into tables with triggers or without a key, and
/// values of types that are not known here.
extension PostgreSQLWriter {
    /// All records of a chunk in one statement, which returns what undo data keeps of the rows; it is packed here.
    ///
    /// Like a copy, it is for all records or for none: a key that is there already, or a record that the server refuses, leaves
    /// nothing of it. So does a trigger that does more to the table than to change its own row on the way in.
    ///
    /// - Returns: whether all records are inserted.
    func insertedAtOnce(_ records: [Int], _ chunk: Chunk, _ key: LedgerKey, _ values: Chunk.Values) throws -> Bool {
        guard let undo, mayInsertAtOnce, goesStraight, !records.isEmpty else { return false }
        staging.begin()
        do {
            try connection.savepoint {
                try staging.sendAll(records, of: values)
                let before = try PostgreSQLWatch.count(of: target.table, connection)
                let rows = try connection.rows(insertReturning(undo)) {}
                try requireAll(rows.count, of: records.count)
                if target.plan.mode == .upsert, (0..<rows.count).contains(where: { rows.integer($0, 2) == 0 }) {
                    throw Self.wasThere
                }
                try judgeDeferred()
                let after = try PostgreSQLWatch.count(of: target.table, connection)
                if let before, let after, after - before != records.count { throw PostgreSQLWatch.IsNeeded() }
                let begun = connection.announce(undoChunk(key, chunk))
                packs.begin(tableID: undo.tableID)
                try connection.copy(PostgreSQLUndoPacks.copy) { send in
                    try beginUndo(connection.rows(of: begun), key)
                    for (row, record) in records.enumerated() {
                        packs.add(
                            record, key: rows[row, 0] ?? UnsafeRawBufferPointer(start: nil, count: 0),
                            fingerprint: rows.fingerprint(row, 1), isUpdate: false)
                        try packs.flush(chunkID: chunkID, to: send)
                    }
                    try packs.end(chunkID: chunkID, to: send)
                }
            }
        } catch is PostgreSQLWatch.IsNeeded {
            // From this chunk on, the table is watched.
            return false
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            goesStraight = false
            return false
        }
        outcome.inserted += records.count
        outcome.rowsDigest = packs.digest
        return true
    }

    private var mayInsertAtOnce: Bool {
        let table = target.table
        guard [.insert, .upsert].contains(target.plan.mode), !target.looksFirst, !table.hasRules,
            !watched.has(table)
        else { return false }
        // A partitioned table does not say whether a row is new.
        return target.plan.mode == .insert || !table.isPartitioned
    }

    /// The rows come back in the order in which they went in.
    private func insertReturning(_ undo: PostgreSQLUndoFormat) -> String {
        let isUpsert = target.plan.mode == .upsert
        return """
            INSERT INTO \(table) AS t (\(names)) \(target.overriding)
            SELECT \(stagedNames) FROM \(staging.name) ORDER BY _n \(isUpsert ? onConflict() : "")
            RETURNING \(undo.keyTexts("t"))::text, \(undo.fingerprint("t"))\(isUpsert ? ", (xmax = 0)::int" : "")
            """
    }

    private static let wasThere = PostgreSQLError(state: "23505", message: "a row is there already")
}

extension UInt64 {
    /// What a decimal integer, of any length and sign, is worth modulo 2⁶⁴.
    init(wrapping decimal: some Collection<UInt8>) {
        let isNegative = decimal.first == UInt8(ascii: "-")
        let number = decimal.dropFirst(isNegative ? 1 : 0).reduce(UInt64(0)) { $0 &* 10 &+ UInt64($1 & 15) }
        self = isNegative ? 0 &- number : number
    }
}

extension PostgreSQLRows {
    /// A value that is a number of 64 bits.
    func fingerprint(_ row: Int, _ column: Int) -> UInt64 {
        self[row, column].map { UInt64(wrapping: $0) } ?? 0
    }
}

internal import Records

/// Writes a chunk's records, set by set, inside a transaction that someone else began.
final class PostgreSQLWriter {
    let target: PostgreSQLTarget
    let connection: PostgreSQLConnection
    let staging: PostgreSQLStaging
    /// How undo data describes the table's rows.
    let format: PostgreSQLUndoFormat
    /// The same; nil if no undo data is kept.
    let undo: PostgreSQLUndoFormat?
    /// The rows of other tables that change with those that are written; nil if there are none.
    let followers: PostgreSQLFollowers?
    /// Knows the undo data of insertions beforehand; nil if that cannot be.
    let fingerprinter: PostgreSQLFingerprinter?
    /// The chunk's undo data, where it is made here, while it is collected.
    var packs = PostgreSQLUndoPacks()
    /// Whether the next chunk's records are tried to be copied straight into the table.
    var goesStraight = true
    /// Whether the last chunk was written in few statements.
    private(set) var wroteAtOnce = false
    /// The id of the chunk's undo data.
    private(set) var chunkID = ""
    /// The number of the next change.
    var nextChange = 0
    /// How many rows got another identity, which are two changes each.
    var moveCount = 0
    /// How many changes were only tried, of those that the server counts.
    var triedCount = 0
    /// Tells what triggers do to other rows of the table.
    private var watch: PostgreSQLWatch?
    /// How many changes triggers made that nobody saw.
    private var unseenCount = 0
    let watched: PostgreSQLWatchedTables
    var outcome = ChunkOutcome()
    /// The records that are refused, by their places in the chunk.
    var rejects: [Int: RejectedRecord] = [:]
    /// Whether what others may be at fault for stood against the chunk before.
    private(set) var isRepeated = false
    /// The columns whose values can be refused without asking the server.
    let judgedPlaces: [Int]

    /// Whether sequences follow the numbers that records bring: no transaction takes that back.
    private let setsSequences: Bool

    init(
        _ target: PostgreSQLTarget, _ connection: PostgreSQLConnection, number: Int, setsSequences: Bool,
        watched: PostgreSQLWatchedTables
    ) throws {
        self.watched = watched
        self.setsSequences = setsSequences
        self.target = target
        self.connection = connection
        staging = PostgreSQLStaging(target, connection, number: number)
        let format = try PostgreSQLUndoFormat(target.table, key: target.plan.key, in: connection)
        let undo = target.plan.keepsUndo ? format : nil
        self.format = format
        followers = try PostgreSQLFollowers(of: target, staging: staging, connection)
        self.undo = undo
        fingerprinter =
            [.insert, .upsert].contains(target.plan.mode)
            ? try PostgreSQLFingerprinter(format, target, connection) : nil
        judgedPlaces = target.columns.indices.filter { place in
            if target.rules[place].isGiven { return true }
            if target.rules[place].guess != nil, target.obstacles[place] != nil, target.plan.mode != .delete {
                return true
            }
            return target.columns[place].isNotNull && !target.looksFirst
        }
    }

    /// What a set of records came to.
    struct Result {
        var inserted = 0
        var updated = 0
        var unchanged = 0
        var skipped = 0
    }

    /// Writes the chunk's rows and undo data.
    ///
    /// - Parameter isRepeated: whether something stood against it before that might have passed.
    func write(_ chunk: Chunk, key: LedgerKey, isRepeated: Bool = false) throws -> ChunkOutcome {
        self.isRepeated = isRepeated
        let chunk = target.spelt(chunk)
        return try write(chunk) { records, values in
            wroteAtOnce = try !isRepeated && wroteAtOnce(records, chunk, key, values, nil)
            if !wroteAtOnce { try writeByStaging(records, chunk, key, values) }
        }
    }

    /// Writes the chunk's rows and undo data in few statements; nil if that does not work out, and the transaction has
    /// to be rolled back.
    func writeAtOnce(_ chunk: Chunk, key: LedgerKey, _ turn: PostgreSQLTurn) throws -> ChunkOutcome? {
        guard target.findings(in: chunk).isEmpty else { return nil }
        var isWritten = false
        let chunk = target.spelt(chunk)
        let outcome = try write(chunk) { records, values in
            isWritten = try wroteAtOnce(records, chunk, key, values, turn)
        }
        return isWritten ? outcome : nil
    }

    private func write(_ chunk: Chunk, _ body: ([Int], Chunk.Values) throws -> Void) throws -> ChunkOutcome {
        outcome = ChunkOutcome()
        rejects = [:]
        nextChange = 0
        moveCount = 0
        watch = nil
        unseenCount = 0
        try chunk.withValues { values in
            let usable = judged(chunk, values)
            try body(usable, values)
            advanceSequences(past: usable, values)
            goesStraight = goesStraight || outcome.inserted == usable.count
        }
        outcome.rejects = rejects.sorted { $0.key < $1.key }.map(\.value)
        return outcome
    }

    /// Sets sequences past the numbers that records bring and that are not refused.
    private func advanceSequences(past records: [Int], _ values: Chunk.Values) {
        guard setsSequences else { return }
        for sequence in target.sequences {
            let written = records.lazy.filter { [rejects] in rejects[$0] == nil }
            if let advance = sequence.advance(past: written, values) { connection.announce(advance) }
        }
    }

    private func wroteAtOnce(
        _ records: [Int], _ chunk: Chunk, _ key: LedgerKey, _ values: Chunk.Values, _ turn: PostgreSQLTurn?
    ) throws -> Bool {
        if target.needsDefaults(records, values) { return false }
        return try copiedStraight(records, chunk, key, values, turn)
            || copiedBesideDuplicates(records, chunk, key, values) || upsertedAtOnce(records, chunk, key, values)
            || insertedAtOnce(records, chunk, key, values) || deletedAtOnce(records, chunk, key, values)
    }

    /// Whether chunks with other keys can be written at the same time: no constraint has to do with rows of two of them.
    func mayOverlap() throws -> Bool {
        let table = target.table
        guard mayCopyStraight, fingerprinter?.knowsUpdates == true, table.uniqueKeys.count == 1,
            !table.hasOtherUniqueness,
            !table.isPartitioned, !table.foreignKeys.contains(where: \.isToItself)
        else { return false }
        // Serializable transactions would fail one another.
        return try connection.query("SHOW transaction_isolation")[0][0] != "serializable"
    }

    private func writeByStaging(
        _ records: [Int], _ chunk: Chunk, _ key: LedgerKey, _ values: Chunk.Values
    ) throws {
        var usable = records
        staging.begin()
        try staging.send(usable, of: values) { record, error in
            reject(record, error, field: staging.column(in: error), code: .type, chunk, values)
        }
        if target.keyIndex != nil {
            try rejectKeysThatNoIndexTakes(usable.filter { rejects[$0] == nil }[...], chunk, values)
        }
        usable.removeAll { rejects[$0] != nil }
        if target.needsDefaults(usable, values) {
            // No number that another record brings is given to one that brings none.
            advanceSequences(past: usable, values)
            try staging.setDefaults(takesNumbers: setsSequences)
        }
        if target.plan.mode != .insert { try staging.analyze() }
        if watched.has(target.table) { try startWatch() }
        if target.plan.updatesRows { try lockRows() }
        if target.requiresRows { try rejectWithoutRow(&usable, chunk, values) }
        if undo != nil { try beginUndo(connection.query(undoChunk(key, chunk)), key) }
        if try mayHideRecords() || !appliedWhole(usable) { try applyJudged(usable, chunk, values) }
        guard let undo else { return }
        if let watch, watch.sees {
            try mergeChanges()
            try watch.end(chunkID: chunkID)
        } else if target.table.hasAfterTriggers {
            unseenCount -= try refreshFingerprints(undo)
        }
        try watch?.noteUnseen(unseenCount, chunkID: chunkID)
        try followers?.note(chunkID: chunkID, followed: undo.tableID)
        let digest = try connection.query(
            "SELECT coalesce(sum(after_print::numeric), 0)::text FROM _waybill.undo WHERE chunk_id = \(chunkID)")
        outcome.rowsDigest = UInt64(wrapping: (digest[0][0] ?? "0").utf8)
    }

    /// The statement that begins a chunk's undo data. Of two sessions that change a row, the later one has to have the
    /// larger id: the statement comes after the rows were written, where that can be.
    ///
    /// - Parameter rows: one row, which is there once these are written.
    func undoChunk(_ key: LedgerKey, _ chunk: Chunk, from rows: String = "(VALUES (1)) rows") -> String {
        """
        INSERT INTO _waybill.undo_chunks (log_id, import, chunk, places)
        SELECT \(PostgreSQLIdentifier.literal(key.logID)), \(key.importID), \(key.chunk),
            \(PostgreSQLSchema.literal(RecordPlaces(of: chunk).bytes))::bytea FROM \(rows) ON CONFLICT DO NOTHING RETURNING id
        """
    }

    /// - Parameter rows: what `undoChunk` gave.
    func beginUndo(_ rows: [[String?]], _ key: LedgerKey) throws {
        guard let id = rows.first?[0] else { throw PostgreSQLSchema.isThereAlready(key) }
        chunkID = id
    }

    // MARK: Writing, and finding who is refused

    /// Whether one of the staged records may be refused and nobody would see it, since a later one has its key.
    private func mayHideRecords() throws -> Bool {
        guard [.upsert, .versioned].contains(target.plan.mode), !target.looksFirst, !target.table.refusesTypesOnly
        else { return false }
        return try connection.query(
            "SELECT EXISTS (SELECT FROM \(staging.name) GROUP BY \(keyNames) HAVING count(*) > 1)")[0][0] == "t"
    }

    /// Writes all staged records together; false if the server refuses.
    private func appliedWhole(_ records: [Int]) throws -> Bool {
        do {
            try apply(records[...])
            return true
        } catch let error as PostgreSQLError where error.mayBeOfRecord || isRepeated && error.mayBeOfOthers {
            return false
        }
    }

    /// Rejects the records that the table refuses, and writes the others.
    private func applyJudged(_ records: [Int], _ chunk: Chunk, _ values: Chunk.Values) throws {
        try staging.index()
        let verdict = try judge.judge(records)
        for (record, error) in verdict.refused {
            reject(record, error, field: field(of: error), code: .constraint, chunk, values)
        }
        try staging.analyze()
        try apply(verdict.accepted[...], chunk, values)
    }

    private func startWatch() throws {
        guard let undo else { return }
        watch = try PostgreSQLWatch(undo, name: "\(staging.name)_watch", after: nextChange, in: connection)
        watched.add(target.table)
    }

    /// Writes these staged records, all or none. Where triggers changed other rows, too, it is done again under watch.
    private func apply(_ records: ArraySlice<Int>) throws {
        do {
            try applyOnce(records)
        } catch is PostgreSQLWatch.IsNeeded {
            try startWatch()
            try applyOnce(records)
        }
    }

    private func applyOnce(_ records: ArraySlice<Int>) throws {
        if records.isEmpty { return }
        let (before, moves) = (nextChange, moveCount)
        let result = try connection.savepoint {
            do {
                let isBlind = undo != nil && watch?.sees != true
                let tried = triedCount
                let counted = try isBlind ? PostgreSQLWatch.count(of: target.table, connection) : nil
                let result = try applied(records)
                try judgeDeferred()
                guard let counted, let now = try PostgreSQLWatch.count(of: target.table, connection) else {
                    return result
                }
                let others = now - counted - (triedCount - tried) - (nextChange - before - (moveCount - moves))
                if others > 0 && watch == nil { throw PostgreSQLWatch.IsNeeded() }
                unseenCount += others
                return result
            } catch {
                (nextChange, moveCount) = (before, moves)
                throw error
            }
        }
        outcome.inserted += result.inserted
        outcome.updated += result.updated
        outcome.unchanged += result.unchanged
        outcome.skipped += result.skipped
    }

    /// A deferred constraint is judged now, so that it is known whose fault it is.
    func judgeDeferred() throws {
        connection.announce("SET CONSTRAINTS ALL IMMEDIATE")
        try connection.execute("SET CONSTRAINTS ALL DEFERRED")
    }

    /// The same, with the next statement, which is the one that throws.
    func announceJudgement() {
        connection.announce("SET CONSTRAINTS ALL IMMEDIATE")
        connection.announce("SET CONSTRAINTS ALL DEFERRED")
    }

    /// Writes these staged records together; where the server refuses, halves of them, down to the guilty ones: what can be
    /// done one by one cannot always be done at once. None of them is to blame for what is missing: they were accepted.
    private func apply(_ records: ArraySlice<Int>, _ chunk: Chunk, _ values: Chunk.Values) throws {
        do {
            try apply(records)
        } catch let error as PostgreSQLError where error.mayBeOfRecord && !error.isOfMissingObject {
            guard records.count > 1 else {
                return reject(
                    records[records.startIndex], error, field: field(of: error), code: .constraint, chunk, values)
            }
            let middle = records.startIndex + records.count / 2
            try apply(records[..<middle], chunk, values)
            try apply(records[middle...], chunk, values)
        }
    }

    private func applied(_ records: ArraySlice<Int>) throws -> Result {
        guard let first = records.min(), let last = records.max() else { return Result() }
        var range = "_n BETWEEN \(first) AND \(last)"
        // Between them may stand some that were refused.
        if last - first + 1 != records.count {
            range = "_n = ANY ('{\(records.map(String.init).joined(separator: ","))}')"
        }
        if target.looksFirst {
            try followers?.look(range, self)
            return try lookAndWrite(range)
        }
        switch target.plan.mode {
        case .insert: return try insert(range, count: records.count)
        case .update: preconditionFailure("rows are looked for first")
        case .upsert:
            try followers?.look(range, self)
            return try upsert(range, count: records.count)
        case .delete: return try delete(range, count: records.count)
        case .versioned: return try version(range, count: records.count)
        }
    }

    /// A trigger that fires after the row was written may have changed it again.
    ///
    /// - Returns: how many rows it changed.
    @discardableResult
    func refreshFingerprints(_ undo: PostgreSQLUndoFormat) throws -> Int {
        if undo.key.isEmpty { return 0 }
        return try connection.execute(
            """
            UPDATE _waybill.undo u SET after_print = l.now FROM (
                SELECT l.n, \(undo.fingerprint("t")) AS now FROM (
                    SELECT DISTINCT ON (key) n, key FROM _waybill.undo
                    WHERE chunk_id = \(chunkID) AND table_id = \(undo.tableID) ORDER BY key, n DESC) l
                JOIN \(undo.table.ownRows) t ON \(undo.hasKey("t", "l.key"))) l
            WHERE u.chunk_id = \(chunkID) AND u.n = l.n AND u.after_print <> l.now
            """)
    }
}

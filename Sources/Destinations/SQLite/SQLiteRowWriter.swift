internal import CSQLite
internal import Records

/// Writes a chunk's records, one statement each, inside a transaction that someone else began.
///
/// Its statements are prepared once and serve until the table changes.
final class SQLiteRowWriter {
    let target: SQLiteTarget
    let connection: SQLiteConnection
    private let write: SQLiteStatement
    private let batch: SQLiteBatch?
    private let lookUp: SQLiteStatement?
    private let looksFirst: Bool
    /// Changes the row with a record's key, where rows are looked for first.
    private let update: SQLiteStatement?
    /// Finds the rows with a record's key, to note them where they are unchanged.
    private let find: SQLiteStatement?
    private let rowByKey: SQLiteStatement?
    /// Finds a row that a trigger kept as it is.
    private let kept: SQLiteStatement?
    private let savepoint: SQLiteSavepoint?
    private let versioning: SQLiteVersioning?
    /// For deletions and changes of rows that others may refer to by a deferred foreign key, which is judged record by
    /// record.
    private let judgement: SQLiteSavepoint?
    /// Whether a record may refer to a row that a later one brings: a version would not be written in its turn.
    let mayComeEarly: Bool
    /// Those that a foreign key refused, and may have come too early.
    var early: [(record: Int, reject: RejectedRecord)] = []
    /// Notes what is needed to take the chunk back; nil where that is not wanted.
    let recorder: SQLiteUndoRecorder?
    /// What the recorder needs to know of the database's tables, and of the rows that records become.
    let tables: [SQLiteRecordedTable]
    let undoTable: SQLiteRecordedTable?
    let written: SQLiteWrittenRow?

    init(_ target: SQLiteTarget, _ connection: SQLiteConnection, _ recorder: SQLiteUndoRecorder?) throws {
        self.target = target
        self.connection = connection
        self.recorder = recorder
        tables = recorder == nil ? [] : try connection.tables.undoTables(in: connection)
        undoTable = tables.first { $0.name == target.table.name }
        written = undoTable.flatMap { SQLiteWrittenRow(target, $0) }
        write = try connection.prepare(target.writeSQL())
        let isReferredTo = try target.takesAwayWhatOthersReferTo(in: connection)
        judgement = isReferredTo ? try SQLiteSavepoint(connection) : nil
        batch = isReferredTo ? nil : try SQLiteBatch(target, connection, recorder)
        versioning = target.plan.mode == .versioned ? try SQLiteVersioning(target, connection) : nil
        looksFirst = target.looksFirst
        update = looksFirst ? try target.updateSQL().map(connection.prepare) : nil
        lookUp = target.tellsInsertsByLookUp ? try connection.prepare(target.lookUpSQL()) : nil
        rowByKey = target.tellsUpdatesByRow ? try connection.prepare(target.rowSQL()) : nil
        kept = try target.keptSQL().map(connection.prepare)
        mayComeEarly =
            target.plan.mode != .versioned
            && target.table.foreignKeys.contains { SQLiteIdentifier.isSame($0.parent, target.table.name) }
        let findsRows = target.plan.updatesRows || target.plan.mode == .delete && !target.plan.marks.isEmpty
        find = recorder != nil && findsRows ? try connection.prepare(target.rowsSQL()) : nil
        savepoint = target.table.mayFailHalfway || versioning != nil ? try SQLiteSavepoint(connection) : nil
    }

    /// A record ended the whole transaction, or can be refused only once all others are in: begin again without these.
    struct BeginAgain: Error {
        var refused: [Int: RejectedRecord]
    }

    /// What became of a record.
    enum Result {
        case inserted, updated, unchanged, skipped
    }

    /// Writes all records except those that are known to be refused. Throws `BeginAgain` where a record ended the
    /// transaction.
    func write(_ chunk: Chunk, refused: [Int: RejectedRecord]) throws -> ChunkOutcome {
        try chunk.withValues { values in
            early = []
            defer {
                write.clear()
                batch?.statement.clear()
                lookUp?.clear()
                update?.clear()
                find?.clear()
                rowByKey?.clear()
                kept?.clear()
            }
            var outcome = ChunkOutcome()
            /// The records that are bound to the batch's statement, in their order.
            var waiting: [Int] = []
            for record in chunk.records.indices {
                if !refused.isEmpty, let reject = refused[record] {
                    outcome.rejects.append(reject)
                    continue
                }
                guard let batch else {
                    try writeAlone(record, of: chunk, values, &outcome)
                    continue
                }
                do throws(Refusal) {
                    try requireKey(record, values)
                    try bind(record, values, to: batch.statement, from: batch.firstParameter(ofRecord: waiting.count))
                } catch {
                    if let failure = error.failure { throw failure }
                    outcome.rejects.append(reject(error, record, of: chunk, values))
                    continue
                }
                waiting.append(record)
                guard waiting.count == batch.size else { continue }
                if try !writeTogether(waiting, by: batch, &outcome) {
                    for record in waiting { try writeAlone(record, of: chunk, values, &outcome) }
                }
                waiting.removeAll(keepingCapacity: true)
            }
            for record in waiting { try writeAlone(record, of: chunk, values, &outcome) }
            if !early.isEmpty { try writeEarlyOnes(of: chunk, values, &outcome) }
            outcome.rejects.sort { $0.location.record < $1.location.record }
            return outcome
        }
    }

    /// What would become of the records in a new table without a key, which refuses nothing but wrong types.
    func judge(_ chunk: Chunk, refused: [Int: RejectedRecord]) -> ChunkOutcome {
        var outcome = ChunkOutcome()
        let given = target.rules.indices.filter { if case .given = target.rules[$0] { true } else { false } }
        guard !given.isEmpty || !refused.isEmpty else {
            outcome.inserted = chunk.records.count
            return outcome
        }
        chunk.withValues { values in
            for record in chunk.records.indices {
                if let reject = refused[record] {
                    outcome.rejects.append(reject)
                } else if let refusal = given.lazy.compactMap({ self.refusal(of: record, values, in: $0) }).first {
                    outcome.rejects.append(reject(refusal, record, of: chunk, values))
                } else {
                    outcome.inserted += 1
                }
            }
        }
        return outcome
    }

    private func refusal(of record: Int, _ values: Chunk.Values, in column: Int) -> Refusal? {
        guard case .given(let type) = target.rules[column],
            let value = values.value(record: record, column: column),
            SQLiteValueRule.bound(value, given: type) == nil
        else { return nil }
        return .wrongType(value, rule: target.rules[column], column: target.plan.columns[column].name)
    }

    /// Returns false if one of them was refused; then none is written.
    private func writeTogether(_ records: [Int], by batch: SQLiteBatch, _ outcome: inout ChunkOutcome) throws -> Bool {
        let code = batch.run(records)
        if code == SQLITE_DONE {
            batch.count(changes: Int(connection.changes), into: &outcome)
            return true
        }
        guard RejectCode(sqlite: code) != nil, connection.isInTransaction else { throw connection.error(code) }
        recorder?.forget()
        return false
    }

    func writeAlone(
        _ record: Int, of chunk: Chunk, _ values: Chunk.Values, _ outcome: inout ChunkOutcome
    ) throws {
        recorder?.begin(record)
        do throws(Refusal) {
            switch try write(record, values) {
            case .inserted: outcome.inserted += 1
            case .updated: outcome.updated += 1
            case .unchanged: outcome.unchanged += 1
            case .skipped: outcome.skipped += 1
            }
        } catch {
            if let failure = error.failure { throw failure }
            recorder?.forget()
            let reject = self.reject(error, record, of: chunk, values)
            guard connection.isInTransaction else { throw BeginAgain(refused: [record: reject]) }
            if mayComeEarly, error.mayBeOfForeignKey {
                early.append((record, reject))
            } else {
                outcome.rejects.append(reject)
            }
        }
    }

    private func requireKey(_ record: Int, _ values: Chunk.Values) throws(Refusal) {
        for column in target.keyColumns
        where values.value(record: record, column: column) == nil && target.defaults[column] == nil {
            let name = target.plan.columns[column].name
            var refusal = Refusal.keyMissing(name)
            refusal.message += defaultHint(name)
            throw refusal
        }
        if !looksFirst { try requireNumber(record, values) }
    }

    private func write(_ record: Int, _ values: Chunk.Values) throws(Refusal) -> Result {
        try requireKey(record, values)
        if looksFirst { return try judged { () throws(Refusal) in try lookAndWrite(record, values) } }
        switch target.plan.mode {
        case .insert:
            try bind(record, values, to: write, from: 1)
            return try insert(record, values)
        case .update: preconditionFailure("rows are looked for first")
        case .upsert:
            try bind(record, values, to: write, from: 1)
            return try judged { () throws(Refusal) in try upsert(record, values) }
        case .versioned: return try version(record, values)
        case .delete: return try delete(record, values)
        }
    }

    private func bind(
        _ record: Int, _ values: Chunk.Values, to statement: SQLiteStatement, from first: Int
    ) throws(Refusal) {
        for column in target.rules.indices {
            try bind(
                values.value(record: record, column: column), of: column, to: statement, at: Int32(first + column))
        }
    }

    /// Runs `body`, and takes it back where rows of other tables refer to what it took away.
    private func judged<T>(_ body: () throws(Refusal) -> T) throws(Refusal) -> T {
        guard let judgement else { return try body() }
        try judgement.begin()
        do throws(Refusal) {
            let result = try body()
            if connection.hasDeferredViolations { throw Refusal.isReferredTo }
            try judgement.release()
            return result
        } catch {
            if connection.isInTransaction { try judgement.rollBack() }
            throw error
        }
    }

    /// Deletes or marks the rows that have the record's key.
    private func delete(_ record: Int, _ values: Chunk.Values) throws(Refusal) -> Result {
        for (index, column) in target.keyColumns.enumerated() {
            let value = values.value(record: record, column: column)
            // A text that its column would turn into another one is the key of no row.
            guard let value, target.canBeStored(value, in: column) else { return .unchanged }
            try bind(value, of: column, to: write, at: Int32(index + 1))
        }
        try judged { () throws(Refusal) in try run(record, values) }
        if connection.changes > 0 { return .updated }
        if let kept {
            for (index, column) in target.keyColumns.enumerated() {
                try bind(values.value(record: record, column: column), of: column, to: kept, at: Int32(index + 1))
            }
            try requireNoneKept(kept)
        }
        try noteUnchanged(record, values)
        return .unchanged
    }

    private func requireNoneKept(_ kept: SQLiteStatement) throws(Refusal) {
        let isKept: Bool
        do { isKept = try kept.findsRow() } catch { throw Refusal(failure: error) }
        if isKept { throw Refusal.keptByTrigger }
    }

    private func version(_ record: Int, _ values: Chunk.Values) throws(Refusal) -> Result {
        guard let versioning, let savepoint else { preconditionFailure("made for the mode versioned") }
        try savepoint.begin()
        do throws(Refusal) {
            let result = try versioning.write(record, values, by: self)
            try savepoint.release()
            return result
        } catch {
            if error.failure == nil, connection.isInTransaction { try savepoint.rollBack() }
            throw error
        }
    }

    private func insert(_ record: Int, _ values: Chunk.Values) throws(Refusal) -> Result {
        try run(record, values)
        guard connection.changes > 0 else { throw Refusal.ignoredByTrigger }
        return .inserted
    }

    /// Writes a record as there is a row with its key, or none.
    private func lookAndWrite(_ record: Int, _ values: Chunk.Values) throws(Refusal) -> Result {
        try bind(record, values, to: write, from: 1)
        guard try isThere(record, values) else {
            if target.plan.mode == .update || !target.lacking.isEmpty { throw noRow(record, values) }
            try requireNumber(record, values)
            return try insert(record, values)
        }
        if target.plan.mode == .insert { return .skipped }
        if !target.plan.keepsNonNull { try requireNumber(record, values) }
        let before = try rowByKey.map { (statement) throws(Refusal) in try row(of: record, values, by: statement) }
        var hasWritten = false
        if let update {
            try bind(record, values, to: update, from: 1)
            try run(record, values, by: update)
            hasWritten = connection.changes > 0
        }
        guard hasWritten else {
            if let kept {
                try bind(record, values, to: kept, from: 1)
                try requireNoneKept(kept)
            }
            try noteUnchanged(record, values)
            return .unchanged
        }
        guard let rowByKey else { return .updated }
        return try row(of: record, values, by: rowByKey) == before ? .unchanged : .updated
    }

    /// A rowid that no row gets by itself, so that an insert changes it.
    private static let noRowID = Int64.min

    private func upsert(_ record: Int, _ values: Chunk.Values) throws(Refusal) -> Result {
        if let rowByKey { return try upsert(record, values, comparing: rowByKey) }
        let wasThere = target.tellsInsertsByLookUp ? try isThere(record, values) : nil
        connection.lastInsertRowID = Self.noRowID
        try run(record, values)
        guard connection.changes > 0 else {
            try noteUnchanged(record, values)
            return .unchanged
        }
        return wasThere ?? (connection.lastInsertRowID == Self.noRowID) ? .updated : .inserted
    }

    /// Where triggers may change the row again, or keep it out.
    private func upsert(
        _ record: Int, _ values: Chunk.Values, comparing rowByKey: SQLiteStatement
    ) throws(Refusal) -> Result {
        let before = try row(of: record, values, by: rowByKey)
        try run(record, values)
        let hasWritten = connection.changes > 0
        let after = try row(of: record, values, by: rowByKey)
        if !hasWritten {
            if after == nil { throw Refusal.ignoredByTrigger }
            if let kept {
                try bind(record, values, to: kept, from: 1)
                try requireNoneKept(kept)
            }
            try noteUnchanged(record, values)
        }
        return before == nil ? .inserted : before == after ? .unchanged : .updated
    }

    private func row(of record: Int, _ values: Chunk.Values, by statement: SQLiteStatement) throws(Refusal) -> RowImage?
    {
        try bindKey(of: record, values, to: statement)
        defer { statement.reset() }
        switch statement.step() {
        case SQLITE_ROW:
            var image = RowImage()
            for column in 0..<statement.columnCount { image.append(statement.value(column)) }
            return image
        case SQLITE_DONE: return nil
        case let code: throw Refusal(failure: connection.error(code))
        }
    }

    private func isThere(_ record: Int, _ values: Chunk.Values) throws(Refusal) -> Bool {
        guard let lookUp else { return false }
        try bindKey(of: record, values, to: lookUp)
        do { return try lookUp.findsRow() } catch { throw Refusal(failure: error) }
    }

    /// Notes that the rows with the record's key are this import's as well.
    private func noteUnchanged(_ record: Int, _ values: Chunk.Values) throws(Refusal) {
        guard let find, let recorder else { return }
        try bindKey(of: record, values, to: find)
        do { try find.forEachRowKey(hasRowID: target.table.hasRowID, recorder.noteUnchanged) } catch {
            throw Refusal(failure: error)
        }
    }

    private func bindKey(of record: Int, _ values: Chunk.Values, to statement: SQLiteStatement) throws(Refusal) {
        for (index, column) in target.keyColumns.enumerated() {
            try bind(values.value(record: record, column: column), of: column, to: statement, at: Int32(index + 1))
        }
    }

    /// Runs the write statement. SQLite takes back what a failed statement did; the savepoint is for those it does not.
    private func run(
        _ record: Int, _ values: Chunk.Values, by statement: SQLiteStatement? = nil
    ) throws(Refusal) {
        let write = statement ?? write
        if let savepoint { try savepoint.begin() }
        let code = write.step()
        guard code != SQLITE_DONE else {
            write.reset()
            if let savepoint { try savepoint.release() }
            return
        }
        let refusal = self.refusal(code, record, values)
        write.reset()
        if let savepoint, connection.isInTransaction { try savepoint.rollBack() }
        throw refusal
    }
}

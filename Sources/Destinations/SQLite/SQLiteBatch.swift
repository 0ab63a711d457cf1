internal import CSQLite
internal import Records

/// A statement that writes several records at once, which saves SQLite a quarter of its work for each of them.
///
/// It succeeds or fails as a whole; the records of a failed one are written one by one, which tells who is refused.
final class SQLiteBatch {
    /// How many records one statement takes.
    let size: Int
    let statement: SQLiteStatement
    /// The parameters of one record.
    private let columnCount: Int
    private let conflicts: SQLiteConflicts
    private let recorder: SQLiteUndoRecorder?

    private static let mostRecords = 16
    private static let mostParameters = 512

    /// Nil if records would not fare in it as they do one by one.
    init?(_ target: SQLiteTarget, _ connection: SQLiteConnection, _ recorder: SQLiteUndoRecorder?) throws {
        columnCount = target.plan.columns.count
        size = min(Self.mostRecords, Self.mostParameters / max(columnCount, 1))
        let isUpsert = target.plan.mode == .upsert && target.keyColumns.count < columnCount
        guard size > 1, isUpsert || target.plan.mode == .insert, !target.looksFirst,
            // A trigger sees the rows that were there before its own.
            target.table.triggers.isEmpty,
            // A row that refers to one that comes later is refused.
            !target.table.foreignKeys.contains(where: { SQLiteIdentifier.isSame($0.parent, target.table.name) })
        else { return nil }
        self.recorder = recorder
        let conflicts = SQLiteConflicts(recorder)
        if isUpsert { try conflicts.listen(on: connection) }
        self.conflicts = conflicts
        statement = try connection.prepare(target.writeSQL(records: size))
    }

    /// The place of a record's first parameter, from 1.
    func firstParameter(ofRecord index: Int) -> Int { index * columnCount + 1 }

    /// Runs the statement for these records, which are bound.
    func run(_ records: [Int]) -> Int32 {
        conflicts.count = 0
        recorder?.begin(batch: records)
        defer { statement.reset() }
        let code = statement.step()
        if code == SQLITE_DONE { recorder?.endMeeting() }
        return code
    }

    /// Adds what the records came to, of a run that changed so many rows.
    func count(changes: Int, into outcome: inout ChunkOutcome) {
        let inserted = size - conflicts.count
        outcome.inserted += inserted
        outcome.updated += changes - inserted
        outcome.unchanged += size - changes
    }
}

/// Counts the records of a statement that meet a row with their key: SQLite tells it in no other way.
final class SQLiteConflicts {
    /// What such a record calls, before the row is changed.
    static let function = "_waybill_conflict"

    fileprivate(set) var count = 0
    private let recorder: SQLiteUndoRecorder?

    init(_ recorder: SQLiteUndoRecorder?) { self.recorder = recorder }

    /// What stands for the row that the function is called with: its rowid, or its key.
    private static func number(_ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?) -> Int64 {
        guard let values else { return 0 }
        if sqlite3_value_int64(values[0]) == 0 { return sqlite3_value_int64(values[1]) }
        var key = RowImage()
        for index in 1..<Int(count) { key.append(values[index]) }
        return SQLiteUndoNotes.RowKey.image(key.bytes).number
    }

    /// It must live as long as statements with the function are run.
    func listen(on connection: SQLiteConnection) throws {
        let code = sqlite3_create_function_v2(
            connection.handle, Self.function, -1, SQLITE_UTF8, Unmanaged.passUnretained(self).toOpaque(),
            { context, count, values in
                // Without counting a reference, which costs more than what is done here.
                Unmanaged<SQLiteConflicts>.fromOpaque(sqlite3_user_data(context))._withUnsafeGuaranteedRef {
                    $0.count += 1
                    $0.recorder?.meetNextOfBatch(SQLiteConflicts.number(count, values))
                }
                sqlite3_result_int(context, 1)
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw connection.error(code) }
    }
}

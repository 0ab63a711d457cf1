internal import CSQLite
internal import Glibc
internal import Records

/// Notes every change of a row that a chunk makes, those of its triggers and cascading foreign keys included, as SQLite
/// is about to make it.
final class SQLiteUndoRecorder {
    private(set) var notes = SQLiteUndoNotes()
    /// The tables of the database: SQL cannot be run from inside a hook.
    private(set) var tables: [SQLiteRecordedTable] = []

    private let connection: SQLiteConnection
    private var fingerprint = RowFingerprint(key: [])
    /// The record that is being written, from 0.
    private var record = 0
    /// The records of the statement that is being run, and how many of them have been begun; empty if it is of one.
    private var batch: [Int] = []
    private var begun = 0
    /// The row that the last record of the batch met, which may turn out to be unchanged.
    private var met: Int64?
    /// What the rows of records will be.
    private var fingerprints: SQLiteRowFingerprints?
    /// The table of the last change.
    private var lastName: UnsafePointer<CChar>?
    private var lastPlace = 0
    /// The places of tables that statements of someone else dropped; a table of that name is another one.
    private var dropped: Set<Int> = []
    /// Whether they altered a table that was there before, and may have renamed it.
    private var hasAltered = false
    /// An error in a hook cannot be thrown from there; it ends the chunk.
    private var failure: (any Error)?
    /// Whether tables may be made meanwhile, of which nothing is noted.
    private var mayMeetNewTables = false

    init(_ connection: SQLiteConnection) { self.connection = connection }

    /// Forgets everything, and looks at the tables again.
    func reset(_ tables: [SQLiteRecordedTable]) {
        self.tables = tables
        notes.removeAll()
        record = 0
        batch = []
        lastName = nil
        dropped = []
        hasAltered = false
        failure = nil
    }

    /// Runs `body` with every change being noted.
    ///
    /// - Parameters:
    ///   - written: what tells the rows that records become; nil if only SQLite knows.
    ///   - values: the values of so many records.
    func recording<T>(
        _ written: SQLiteWrittenRow?, of values: Chunk.Values, count: Int, _ body: () throws -> T
    ) throws -> T {
        fingerprints = written.map { SQLiteRowFingerprints($0, of: values, count: count) }
        defer {
            fingerprints?.stop()
            fingerprints = nil
        }
        return try recording(body)
    }

    /// Runs statements of someone else with every change being noted, except for those of tables that they make: their
    /// rows are noted by `noteMadeTables`.
    func recordingStatements<T>(_ body: () throws -> T) throws -> T {
        mayMeetNewTables = true
        defer { mayMeetNewTables = false }
        return try recording(body)
    }

    private func recording<T>(_ body: () throws -> T) throws -> T {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_preupdate_hook(
            connection.handle,
            { context, handle, operation, database, table, oldRowID, newRowID in
                guard let context, let database, let table, strcmp(database, "main") == 0 else { return }
                // Without counting a reference for each row.
                Unmanaged<SQLiteUndoRecorder>.fromOpaque(context)._withUnsafeGuaranteedRef {
                    $0.note(handle, operation, table, oldRowID, newRowID)
                }
            }, context)
        defer { sqlite3_preupdate_hook(connection.handle, nil, nil) }
        let result = try body()
        if let failure { throw failure }
        return result
    }

    /// - Parameter logID: the log that guessed the type.
    func noteWidening(of column: String, from type: String, by logID: String?, in table: String) throws {
        notes.addWidening(of: column, from: type + (logID.map { "\0\($0)" } ?? ""), table: try place(of: table))
    }

    /// What is changed from here on belongs to this record.
    func begin(_ record: Int) {
        self.record = record
        batch = []
        notes.setMark()
    }

    /// What is changed from here on belongs to these records, one after the other.
    func begin(batch records: [Int]) {
        batch = records
        begun = 0
        met = nil
        notes.setMark()
    }

    /// The next record of the batch meets a row with its key.
    func beginNextOfBatch() {
        record = batch[begun]
        begun += 1
    }

    /// The next record of the batch meets a row with its key, which stands for this number.
    func meetNextOfBatch(_ number: Int64) {
        endMeeting()
        beginNextOfBatch()
        met = number
    }

    /// The batch is through.
    func endMeeting() {
        if let met { notes.addUnchanged(met, record: record) }
        met = nil
    }

    /// The record that was begun found a row with its values in it.
    func noteUnchanged(_ row: SQLiteUndoNotes.RowKey) { notes.addUnchanged(row.number, record: record) }

    /// Undoes what was noted since `begin`.
    func forget() {
        notes.forgetSinceMark()
        met = nil
    }

    // MARK: Tables that come and go

    /// A table is dropped; what is put into one of its name from here on is not its.
    func noteDropped(_ name: UnsafePointer<CChar>) {
        guard let place = try? place(of: String(cString: name)), !tables[place].isIgnored else { return }
        dropped.insert(place)
        lastName = nil
    }

    func noteAltered(_ name: UnsafePointer<CChar>) {
        if (try? place(of: String(cString: name))) != nil { hasAltered = true }
    }

    /// Notes the rows of the tables that statements made, all of which they put in. Gives the tables of which changes cannot
    /// be undone, and why.
    ///
    /// - Parameter now: the tables that are there.
    func noteMadeTables(_ now: [SQLiteTable]) throws -> UnseenTables {
        var unseen = UnseenTables()
        for place in dropped.sorted() { unseen.addDropped(tables[place].name) }
        for table in now where (try? place(of: table.name)) == nil {
            if hasAltered {
                unseen.add(table.name, because: "it may have renamed the table")
            } else {
                try noteRows(of: table)
            }
        }
        return unseen
    }

    private func noteRows(of table: SQLiteTable) throws {
        let noted = try SQLiteRecordedTable(table, isUTF8: true, in: connection)
        if noted.isIgnored { return }
        tables.append(noted)
        let columns = (table.hasRowID ? [table.rowIDName ?? table.rowIDAlias ?? "rowid"] : []) + noted.columns
        let select = try connection.prepare(
            "SELECT \(SQLiteIdentifier.list(columns)) FROM main.\(SQLiteIdentifier.quoted(table.name))")
        let first: Int32 = table.hasRowID ? 1 : 0
        try select.run { row in
            fingerprint.reset(key: noted.description.key)
            for column in first..<row.columnCount { fingerprint.add(row.value(column)) }
            var key = RowImage()
            for column in noted.keyColumns { key.append(row.value(Int32(column))) }
            notes.add(
                .insert, table: tables.count - 1, row: table.hasRowID ? .rowID(row.integer(0)) : .image(key.bytes),
                record: record, imageFrom: nil, fingerprint: fingerprint.value)
        }
    }

    // MARK: The hook

    private func note(
        _ handle: OpaquePointer?, _ operation: Int32, _ name: UnsafePointer<CChar>, _ oldRowID: Int64, _ newRowID: Int64
    ) {
        do {
            guard let place = try mayMeetNewTables ? try? place(of: name) : place(of: name) else { return }
            let table = tables[place]
            if table.isIgnored { return }
            let isDirect = sqlite3_preupdate_depth(handle) == 0
            if operation == SQLITE_INSERT, isDirect, !batch.isEmpty {
                endMeeting()
                beginNextOfBatch()
            }
            // The row is changed after all.
            if isDirect { met = nil }
            switch operation {
            case SQLITE_INSERT: noteInsert(place, table, table.newKey(handle, newRowID), handle)
            case SQLITE_DELETE: try noteDelete(place, table, table.oldKey(handle, oldRowID), handle)
            default:
                let (old, new) = (table.oldKey(handle, oldRowID), table.newKey(handle, newRowID))
                guard old == new else {
                    try noteDelete(place, table, old, handle)
                    return noteInsert(place, table, new, handle)
                }
                let image = try notes.addImage(handle, table)
                let after = fingerprint(handle, table, isUpdate: true)
                notes.add(.update, table: place, row: old, record: record, imageFrom: image, fingerprint: after)
            }
        } catch {
            failure = failure ?? error
        }
    }

    private func noteInsert(
        _ place: Int, _ table: SQLiteRecordedTable, _ row: SQLiteUndoNotes.RowKey, _ handle: OpaquePointer?
    ) {
        let after = fingerprint(handle, table, isUpdate: false)
        notes.add(.insert, table: place, row: row, record: record, imageFrom: nil, fingerprint: after)
    }

    private func noteDelete(
        _ place: Int, _ table: SQLiteRecordedTable, _ row: SQLiteUndoNotes.RowKey, _ handle: OpaquePointer?
    ) throws {
        let image = try notes.addImage(handle, table)
        notes.add(.delete, table: place, row: row, record: record, imageFrom: image, fingerprint: nil)
    }

    private func fingerprint(_ handle: OpaquePointer?, _ table: SQLiteRecordedTable, isUpdate: Bool) -> UInt64 {
        // The statement itself writes the record; what its triggers write is known to SQLite only.
        if let fingerprints, sqlite3_preupdate_depth(handle) == 0, table === fingerprints.table,
            let known = fingerprints.fingerprint(of: record, replacing: isUpdate ? handle : nil)
        {
            return known
        }
        fingerprint.reset(key: table.description.key)
        for column in table.storagePlaces {
            var value: OpaquePointer?
            sqlite3_preupdate_new(handle, column, &value)
            fingerprint.add(value)
        }
        return fingerprint.value
    }

    private func place(of name: UnsafePointer<CChar>) throws -> Int {
        // SQLite gives the same pointer for the same table nearly always.
        if name == lastName, tables[lastPlace].isNamed(name) { return lastPlace }
        let place = try search(name)
        (lastName, lastPlace) = (name, place)
        return place
    }

    private func search(_ name: UnsafePointer<CChar>) throws -> Int {
        if dropped.isEmpty, let place = tables.firstIndex(where: { $0.isNamed(name) }) { return place }
        return try place(of: String(cString: name))
    }

    private func place(of name: String) throws -> Int {
        let place = tables.firstIndex { SQLiteIdentifier.isSame($0.name, name) }
        if let place, !dropped.contains(place) { return place }
        throw DataError(
            .conflict, "the table \(name) of \(connection.path) was created while a chunk was being written",
            remedy: "Resume the import.")
    }
}

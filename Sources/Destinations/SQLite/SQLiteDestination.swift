package import Records

/// Writes chunks to an SQLite database file.
///
/// Commits are durable when they return (WAL mode, full synchronisation), except for those of chunks, which become so
/// while the next one is written. Other processes can read meanwhile. Memory stays flat whatever the size of the file
/// or of a chunk's transaction.
///
/// `@unchecked Sendable`: a destination is used by one thread at a time, as `Destination` demands; that guards the
/// connection and everything prepared on it.
package final class SQLiteDestination: Destination, PreparesTogether, @unchecked Sendable {
    package let connection: SQLiteConnection
    private let busyTimeout: Duration
    private var plan: TablePlan?
    /// Why the type of a column of the table cannot be changed, by the column's folded name.
    private var refusals: [String: String] = [:]
    /// Made when it is first needed, and again after every change of the schema, widening included.
    private var writer: SQLiteRowWriter?
    /// Made when the first chunk is written.
    private var flusher: SQLiteFlusher?
    lazy var recorder = SQLiteUndoRecorder(connection)
    /// The tables that a trial made: nobody else's rows or rules are in them.
    private var trialTables: Set<String> = []

    /// Opens the database at `path`, creating the file where it is missing. Waits up to `busyTimeout` for other
    /// processes that write, here and in each transaction.
    ///
    /// Throws if the directory is missing, the file is not an SQLite database, or it cannot be written.
    ///
    /// - Parameters:
    ///   - isTrial: whether to keep nothing; then writing shows what would happen, other processes cannot write
    ///     meanwhile, and all of it is rolled back in the end.
    ///   - creates: whether the file is created where it is missing.
    package init(
        path: String, busyTimeout: Duration = .seconds(10), isTrial: Bool = false, creates: Bool = true
    ) throws {
        connection = try SQLiteConnection(path: path, busyTimeout: busyTimeout, isTrial: isTrial, creates: creates)
        self.busyTimeout = busyTimeout
    }

    deinit { try? flusher?.wait() }

    /// Makes the table and Waybill's own two tables ready, in one transaction; doing it again changes nothing.
    ///
    /// In the returned plan, `isInferred` says that the column's type is a guess that may still be widened.
    /// Throws if the plan does not fit a table that is there, with what to do about it.
    package func prepare(_ plan: TablePlan) throws -> (plan: TablePlan, created: Bool) {
        var plan = plan
        plan.table = try tableName(plan.table).name
        try plan.checkForSQLite()
        var added: [Column] = []
        let (target, created) = try connection.transaction {
            try SQLiteLedger(connection: connection).createTable()
            let inferred = SQLiteInferredColumns(connection: connection)
            try inferred.createTable()
            if plan.keepsUndo { try SQLiteUndoStore(connection: connection).createTables() }
            let isMissing = try SQLiteTable.find(plan.table, in: connection) == nil
            if !isMissing, plan.keepsUndo { try SQLiteRowNumbers(connection: connection).settle([plan.table]) }
            if isMissing {
                try plan.requireTable(in: connection.path)
                try SQLiteTable.create(plan, in: connection)
                try inferred.replace(with: plan)
                let created = SQLiteCreatedTables(connection: connection)
                try created.createTable()
                if let table = try SQLiteTable.find(plan.table, in: connection) {
                    try created.add(table, by: plan.logID)
                }
            }
            if !isMissing { added = try SQLiteNewColumns(connection: connection).add(plan) }
            return (try SQLiteTarget(plan, in: connection), isMissing)
        }
        self.plan = plan
        refusals = [:]
        writer = nil
        if connection.isTrial, created { trialTables.insert(target.table.name) }
        var inForce = target.plan
        inForce.notes += plan.addedNote(added)
        return (inForce, created)
    }

    package func together<T>(_ body: () throws -> T) throws -> T { try connection.together(body) }

    package func hasTable(_ name: String) throws -> Bool {
        try SQLiteTable.find(tableName(name).name, in: connection) != nil
    }

    package func write(
        _ chunk: Chunk, next _: Chunk?, key: LedgerKey, entry: (ChunkOutcome) throws -> [UInt8]
    ) throws -> Receipt {
        var refused: [Int: RejectedRecord] = [:]
        while true {
            do {
                return try writeOnce(chunk, key: key, refused: refused, entry: entry)
            } catch let again as SQLiteRowWriter.BeginAgain {
                refused.merge(again.refused) { first, _ in first }
            } catch let obstacle as SQLiteTarget.CannotWiden {
                refusals.merge(obstacle.refusals) { first, _ in first }
                writer = nil
            }
        }
    }

    package var undurableChunks: Int { flusher?.pending ?? 0 }

    package func makeDurable() throws {
        try flusher?.wait()
        if !connection.isTrial { try connection.requireFileInPlace() }
    }

    private func currentFlusher() throws -> SQLiteFlusher? {
        if connection.isTrial { return nil }
        if let flusher { return flusher }
        let new = try SQLiteFlusher(SQLiteConnection(path: connection.path, busyTimeout: busyTimeout))
        flusher = new
        return new
    }

    /// Nothing is begun beforehand: SQLite has one writer at a time.
    package func forgetNext() {}

    private func writeOnce(
        _ chunk: Chunk, key: LedgerKey, refused: [Int: RejectedRecord], entry: (ChunkOutcome) throws -> [UInt8]
    ) throws -> Receipt {
        let writer = try currentWriter()
        precondition(
            chunk.records.isEmpty || chunk.columnCount == writer.target.plan.columns.count,
            "a chunk has one field for each column of the plan")
        let findings = writer.target.findings(in: chunk)
        let misfits = findings.misfits
        let refused = misfits.isEmpty ? refused : writer.rejects(of: misfits, chunk).merging(refused) { $1 }
        let wide = misfits.filter { writer.target.obstacles[$0.column] == nil }
        // What is known of the table changes with it.
        if !findings.spellings.isEmpty { self.writer = nil }
        guard wide.isEmpty else {
            // Widening replaces the table; that must not fire the ON DELETE of tables that refer to it.
            return try connection.withoutForeignKeys {
                try connection.transaction(flusher: currentFlusher()) {
                    let columns = try writer.target.widen(wide, chunk, in: connection)
                    try writer.target.note(
                        findings.spellings.filter { found in !wide.contains { $0.column == found.column } },
                        in: connection)
                    let widened = try SQLiteRowWriter(
                        SQLiteTarget(currentPlan, refusals: refusals, in: connection), connection, currentRecorder)
                    return try widened.write(
                        chunk, key: key, refused: refused, widened: columns, judgesForeignKeys: true, entry: entry)
                }
            }
        }
        if trialTables.contains(writer.target.table.name), writer.target.keyColumns.isEmpty {
            return try connection.transaction {
                try writer.target.note(findings.spellings, in: connection)
                return Receipt(
                    key: key, table: writer.target.table.name, entry: try entry(writer.judge(chunk, refused: refused)))
            }
        }
        return try connection.transaction(flusher: currentFlusher()) {
            try writer.target.note(findings.spellings, in: connection)
            return try writer.write(
                chunk, key: key, refused: refused, widened: [], judgesForeignKeys: false, entry: entry)
        }
    }

    private var currentPlan: TablePlan {
        guard let plan else { preconditionFailure("prepare(_:) comes before write(_:next:key:entry:)") }
        return plan
    }

    private var currentRecorder: SQLiteUndoRecorder? { currentPlan.keepsUndo && !connection.isTrial ? recorder : nil }

    private func currentWriter() throws -> SQLiteRowWriter {
        if let writer, try connection.schemaVersion() == writer.target.schemaVersion { return writer }
        // Someone may have written the table again, or the whole database.
        if currentPlan.keepsUndo { try SQLiteRowNumbers(connection: connection).settleApart([currentPlan.table]) }
        let writer = try SQLiteRowWriter(
            SQLiteTarget(currentPlan, refusals: refusals, in: connection), connection, currentRecorder)
        self.writer = writer
        return writer
    }

    /// Gives the receipts of one import, by chunk number; none where the database has no ledger.
    package func forEachReceipt(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws {
        try SQLiteLedger(connection: connection).forEachReceipt(logID: logID, importID: importID, body)
    }

    package func firstChunks(of table: String, isStanding: Bool) throws -> [LedgerKey] {
        try SQLiteLedger(connection: connection).firstChunks(of: table, isStanding: isStanding)
    }

    package func receipt(_ key: LedgerKey) throws -> Receipt? {
        try SQLiteLedger(connection: connection).receipt(key)
    }
}

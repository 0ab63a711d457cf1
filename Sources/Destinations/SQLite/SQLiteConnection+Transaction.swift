internal import CSQLite
internal import Records

extension SQLiteConnection {
    /// Runs `body` in a transaction that has the write lock from its start, and commits; rolls back where it throws.
    ///
    /// - Parameter flusher: who makes it durable afterwards; without one it is durable when this returns.
    func transaction<T>(flusher: SQLiteFlusher? = nil, _ body: () throws -> T) throws -> T {
        if isTrial { return try trialTransaction(body) }
        if isTogether { return try body() }
        try commitDurably(flusher == nil)
        try flusher?.makeRoom()
        try requireFileInPlace()
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            flusher?.commitMade()
            return result
        } catch {
            // Some failures (disk full, RAISE(ROLLBACK)) have ended the transaction already.
            if isInTransaction { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Runs `body`, which only reads, on one state of the database.
    func reading<T>(_ body: () throws -> T) throws -> T {
        if isInTransaction { return try body() }
        try execute("BEGIN")
        defer { try? execute("ROLLBACK") }
        return try body()
    }

    /// Runs `body`, whose transactions are parts of one: none of them is committed where one throws.
    func together<T>(_ body: () throws -> T) throws -> T {
        try transaction {
            isTogether = true
            defer { isTogether = false }
            return try body()
        }
    }

    /// A process may continue a file that someone moved, replaced or deleted; nobody else would ever see its rows.
    func requireFileInPlace() throws {
        var hasMoved: Int32 = 0
        guard sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved) == SQLITE_OK, hasMoved != 0
        else { return }
        throw DataError(
            .conflict, "\(path) was moved, replaced or deleted while it was written to",
            remedy: "Restore the file, then run the command again.")
    }

    /// The same inside the one transaction of a trial.
    private func trialTransaction<T>(_ body: () throws -> T) throws -> T {
        if !isInTransaction { try execute("BEGIN IMMEDIATE") }
        try execute("SAVEPOINT trial")
        do {
            let result = try body()
            try execute("RELEASE trial")
            return result
        } catch {
            if isInTransaction {
                try? execute("ROLLBACK TO trial")
                try? execute("RELEASE trial")
            }
            throw error
        }
    }

    /// Runs `body`, which must begin its own transaction, with foreign keys not enforced: SQLite ignores the switch
    /// inside a transaction.
    func withoutForeignKeys<T>(_ body: () throws -> T) throws -> T {
        try execute("PRAGMA foreign_keys = OFF")
        defer { try? execute("PRAGMA foreign_keys = ON") }
        return try body()
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Changes whenever anybody changes any table's definition.
    func schemaVersion() throws -> Int64 {
        try query("PRAGMA schema_version") { $0.integer(0) }.first ?? 0
    }

    /// Whether the transaction could not commit now because of deferred foreign keys.
    var hasDeferredViolations: Bool {
        var current: Int32 = 0
        var highest: Int32 = 0
        sqlite3_db_status(handle, SQLITE_DBSTATUS_DEFERRED_FKS, &current, &highest, 0)
        return current != 0
    }

    /// How many rows the last statement changed, not counting what its triggers did.
    @inline(__always)
    var changes: Int64 { sqlite3_changes64(handle) }

    /// The rowid of the last row inserted. An update leaves it alone, and so does a trigger.
    @inline(__always)
    var lastInsertRowID: Int64 {
        get { sqlite3_last_insert_rowid(handle) }
        set { sqlite3_set_last_insert_rowid(handle, newValue) }
    }
}

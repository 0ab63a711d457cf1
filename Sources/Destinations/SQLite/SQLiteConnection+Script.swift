internal import CSQLite
internal import Records

extension SQLiteConnection {
    /// Runs a text of any number of statements inside the transaction that is open, ignoring any rows; gives how many rows
    /// they changed.
    ///
    /// - Parameter recorder: is told of tables that are dropped or altered.
    /// - Throws: `DataError.unusableOption` before a statement that begins, ends or divides a transaction.
    func runScript(_ sql: String, notingIn recorder: SQLiteUndoRecorder? = nil) throws -> Int {
        sqlite3_set_authorizer(
            handle,
            { context, action, first, second, _, _ in
                let recorder = context.map { Unmanaged<SQLiteUndoRecorder>.fromOpaque($0).takeUnretainedValue() }
                switch action {
                case SQLITE_TRANSACTION, SQLITE_SAVEPOINT: return SQLITE_DENY
                case SQLITE_DROP_TABLE: if let first { recorder?.noteDropped(first) }
                case SQLITE_ALTER_TABLE: if let second { recorder?.noteAltered(second) }
                default: break
                }
                return SQLITE_OK
            }, recorder.map { Unmanaged.passUnretained($0).toOpaque() })
        defer { sqlite3_set_authorizer(handle, nil, nil) }
        var changed = 0
        try sql.withCString { start in
            var next: UnsafePointer<CChar>? = start
            while let text = next, text.pointee != 0 {
                var statement: OpaquePointer?
                let code = sqlite3_prepare_v2(handle, text, -1, &statement, &next)
                defer { sqlite3_finalize(statement) }
                if code == SQLITE_AUTH { throw DataError.isNoPartOfTransaction() }
                guard code == SQLITE_OK else { throw error(code) }
                // White space and comments are not a statement.
                guard statement != nil else { continue }
                let before = sqlite3_total_changes64(handle)
                var step = sqlite3_step(statement)
                while step == SQLITE_ROW { step = sqlite3_step(statement) }
                guard step == SQLITE_DONE else { throw error(step) }
                if sqlite3_total_changes64(handle) != before { changed += Int(changes) }
            }
        }
        return changed
    }
}

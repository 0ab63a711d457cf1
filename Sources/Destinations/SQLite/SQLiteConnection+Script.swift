internal import CSQLite
internal import Records

extension SQLiteConnection {
    /// Runs a text of any number of statements inside the transaction that is open, ignoring any rows; gives how many rows
    /// they changed.
    ///
    /// - Throws: `DataError.unusableOption` before a statement that begins, ends or divides a transaction.
    func runScript(_ sql: String) throws -> Int {
        sqlite3_set_authorizer(
            handle,
            { _, action, _, _, _, _ in
                action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT ? SQLITE_DENY : SQLITE_OK
            }, nil)
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
                // White space and comments are no statement.
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

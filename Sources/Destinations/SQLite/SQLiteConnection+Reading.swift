internal import CSQLite
internal import Records

extension SQLiteConnection {
    /// Runs one statement that only reads, and gives at most `limit` rows.
    func read(_ sql: String, limit: Int, timeout: Duration) throws -> QueryResult {
        let statement = try prepare(sql)
        guard statement.isReadOnly else {
            throw DataError(
                .unusableOption, "this statement would change the database: \(sql.prefix(200))",
                remedy: "Use only statements that read, such as SELECT.")
        }
        final class Deadline {
            let end: ContinuousClock.Instant
            init(_ end: ContinuousClock.Instant) { self.end = end }
        }
        let deadline = Deadline(.now + timeout)
        return try withExtendedLifetime(deadline) {
            sqlite3_progress_handler(
                handle, 10_000,
                { context in
                    let deadline = Unmanaged<Deadline>.fromOpaque(context!).takeUnretainedValue()
                    return ContinuousClock.now > deadline.end ? 1 : 0
                }, Unmanaged.passUnretained(deadline).toOpaque())
            defer { sqlite3_progress_handler(handle, 0, nil, nil) }
            var rows: [[String?]] = []
            var isCut = false
            defer { statement.clear() }
            while true {
                switch statement.step() {
                case SQLITE_DONE:
                    return QueryResult(
                        columns: (0..<statement.columnCount).map(statement.name), rows: rows, isCut: isCut)
                case SQLITE_ROW where rows.count == limit:
                    isCut = true
                    return QueryResult(
                        columns: (0..<statement.columnCount).map(statement.name), rows: rows, isCut: isCut)
                case SQLITE_ROW:
                    rows.append(
                        (0..<statement.columnCount).map { statement.isNull($0) ? nil : statement.text($0) })
                case SQLITE_INTERRUPT:
                    throw DataError(
                        .busy, "the query took longer than \(timeout): \(sql.prefix(200))",
                        remedy: "Add an index, or allow more time.")
                case let code: throw error(code)
                }
            }
        }
    }

    /// Copies the whole database into a new file, as it is at one moment, while others may go on using it.
    func backUp(to path: String) throws {
        let copy = try SQLiteConnection(plain: path)
        try copy.copyAll(from: self)
    }

    /// Replaces everything in the database by what a backup file has.
    func restore(from path: String) throws {
        try copyAll(from: SQLiteConnection(plain: path))
    }

    private func copyAll(from other: SQLiteConnection) throws {
        guard let backup = sqlite3_backup_init(handle, "main", other.handle, "main") else {
            throw error(sqlite3_errcode(handle))
        }
        var code: Int32
        var tries = 0
        repeat {
            code = sqlite3_backup_step(backup, 10_000)
            if code == SQLITE_BUSY || code == SQLITE_LOCKED {
                tries += 1
                sqlite3_sleep(100)
            }
        } while code == SQLITE_OK || (code == SQLITE_BUSY || code == SQLITE_LOCKED) && tries < 100
        sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE else { throw DataError.sqlite(code, connection: handle, path: self.path) }
    }
}

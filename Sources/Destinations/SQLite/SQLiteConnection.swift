internal import CSQLite
internal import Glibc
internal import Records

/// An open SQLite database, for one thread at a time.
package final class SQLiteConnection {
    let path: String
    let handle: OpaquePointer
    /// Whether everything happens in one transaction that is never committed.
    let isTrial: Bool
    let tables = SQLiteTables()
    /// How many columns a table may have.
    var mostColumns: Int { Int(sqlite3_limit(handle, SQLITE_LIMIT_COLUMN, -1)) }
    /// Whether the transactions that begin now are parts of one.
    var isTogether = false
    /// Waits for other processes; nil where nobody waits.
    private let waiting: SQLiteWaiting?
    /// Nil until it is set.
    private var commitsDurably: Bool?

    /// Once in a process, before the first connection.
    private static let setUpLibrary: Void = { _ = waybill_sqlite_without_memory_statistics() }()

    /// Opens the file, creating it in a directory that is there, and sets it up so that a commit is durable when it
    /// returns and other processes can read meanwhile.
    ///
    /// - Parameters:
    ///   - isTrial: whether to keep nothing: all changes are rolled back when the connection is closed, and a file
    ///     that is missing is not made.
    ///   - creates: whether the file is made where it is missing.
    package init(path: String, busyTimeout: Duration, isTrial: Bool = false, creates: Bool = true) throws {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw DataError(
                .unusableOption, "\"\(path.prefix { $0 != "\0" })\" is not a path of an SQLite database",
                remedy: "Give the path of a file.")
        }
        self.path = path
        Self.setUpLibrary
        var handle: OpaquePointer?
        let flags =
            SQLITE_OPEN_READWRITE | (creates || isTrial ? SQLITE_OPEN_CREATE : 0) | SQLITE_OPEN_NOMUTEX
            | SQLITE_OPEN_EXRESCODE
        // Without a name, SQLite makes a temporary file that goes with the connection.
        let isMissing = isTrial && access(path, F_OK) != 0
        let code = sqlite3_open_v2(isMissing ? "" : path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            let error = DataError.sqlite(code, connection: handle, path: path)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        self.isTrial = isTrial
        waiting = SQLiteWaiting(path: path, most: busyTimeout)
        waiting?.wait(for: handle)
        if sqlite3_db_readonly(handle, "main") == 1 { throw error(SQLITE_READONLY) }
        if isTrial { try setUpTrial() } else { try setUp() }
    }

    /// Opens a database file for a copy, changing nothing of how it is kept.
    init(plain path: String) throws {
        self.path = path
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            let error = DataError.sqlite(code, connection: handle, path: path)
            sqlite3_close_v2(handle)
            throw error
        }
        self.handle = handle
        isTrial = false
        waiting = nil
    }

    /// The journal stays in the mode that it is in: switching it would be a change.
    private func setUpTrial() throws {
        try execute("PRAGMA foreign_keys = ON")
        try execute("PRAGMA cache_size = -8000")
    }

    deinit { sqlite3_close_v2(handle) }

    private func setUp() throws {
        let mode = try switchToWAL()
        guard mode == "wal" else {
            throw DataError(
                .destination, "\(path) stays in journal mode \"\(mode)\" and cannot be switched to WAL",
                remedy: "Put the database on a local file system; WAL needs shared memory and a real file.")
        }
        try commitDurably(true)
        try execute("PRAGMA foreign_keys = ON")
        // These keep memory and the WAL file bounded.
        try execute("PRAGMA cache_size = -8000")
        try execute("PRAGMA journal_size_limit = 67108864")
    }

    /// Sets whether commits are durable when they return, as they are at first: in WAL mode only FULL makes them survive a
    /// power loss. Where that is a flusher's work, so are the checkpoints. Not to be called inside a transaction.
    func commitDurably(_ isDurable: Bool) throws {
        guard isDurable != commitsDurably else { return }
        try execute("PRAGMA synchronous = \(isDurable ? "FULL" : "NORMAL")")
        try execute("PRAGMA wal_autocheckpoint = \(isDurable ? 1000 : 0)")
        commitsDurably = isDurable
    }

    /// Returns the journal mode that the database is in then. SQLite's own busy timeout does not hold for a switch from
    /// another mode.
    private func switchToWAL() throws -> String {
        var attempt: Int32 = 0
        while true {
            do {
                return try query("PRAGMA journal_mode = WAL") { $0.text(0) }.first ?? ""
            } catch let error as DataError where error.code == .busy && waiting?.goesOn(attempt) == true {
                attempt += 1
            }
        }
    }

    package func prepare(_ sql: String) throws -> SQLiteStatement { try SQLiteStatement(self, sql) }

    /// Runs one statement, ignoring any rows.
    package func execute(_ sql: String, _ values: [SQLiteValue] = []) throws { try prepare(sql).run(values) }

    /// Runs one statement and gives what `row` makes of each of its rows.
    package func query<T>(_ sql: String, _ values: [SQLiteValue] = [], row: (SQLiteStatement) throws -> T) throws -> [T]
    {
        var rows: [T] = []
        try prepare(sql).run(values) { rows.append(try row($0)) }
        return rows
    }

    /// The error for a code that SQLite just returned on this connection.
    func error(_ code: Int32) -> DataError { .sqlite(code, connection: handle, path: path) }

    /// SQLite's own words about the last failure.
    var lastMessage: String { String(cString: sqlite3_errmsg(handle)) }

    var extendedCode: Int32 { sqlite3_extended_errcode(handle) }
}

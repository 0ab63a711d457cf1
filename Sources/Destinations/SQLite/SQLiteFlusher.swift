internal import CSQLite
internal import Dispatch
internal import Records
internal import Synchronization

/// Brings what another connection has committed to disk, on a thread and a connection of its own, while that one goes
/// on: first the write-ahead log, which makes the commits durable, then a checkpoint, which copies it into the database.
///
/// `@unchecked Sendable`: the connection is used on the queue only.
final class SQLiteFlusher: @unchecked Sendable {
    private struct State {
        /// Since the flusher was made, and how many of them are durable.
        var commits = 0
        var durable = 0
        /// The length of the write-ahead log at the last checkpoint.
        var logPages = 0
        var failure: (any Error)?

        var hasWork: Bool { durable < commits && failure == nil }
    }

    /// How long the write-ahead log may become, in bytes, before the writer waits for it to be copied as a whole: only
    /// then does SQLite begin it again.
    private static let mostLogBytes = 16 << 20

    private let connection: SQLiteConnection
    private let mostLogPages: Int
    private let queue = DispatchQueue(label: "waybill.flush")
    private let state = Mutex(State())

    /// - Parameter connection: nobody else's, to the same database.
    init(_ connection: sending SQLiteConnection) throws {
        let pageBytes = try connection.query("PRAGMA page_size") { Int($0.integer(0)) }.first ?? 4096
        // A reader has opened the write-ahead log.
        _ = try connection.schemaVersion()
        mostLogPages = Self.mostLogBytes / pageBytes
        self.connection = connection
    }

    /// To be called after each commit.
    func commitMade() {
        state.withLock { $0.commits += 1 }
        // The flusher's owner waits before releasing it, so that the queue does not close the connection.
        queue.async { [unowned self] in flush() }
    }

    /// How many of the last commits are not durable yet.
    var pending: Int { state.withLock { $0.commits - $0.durable } }

    /// Waits until all commits are durable and copied.
    func wait() throws {
        queue.sync {}
        if let failure = state.withLock({ $0.failure }) { throw failure }
    }

    /// To be called before each transaction: waits where the write-ahead log has become long.
    func makeRoom() throws {
        if state.withLock({ $0.logPages >= mostLogPages || $0.failure != nil }) { try wait() }
    }

    /// One flush is for all commits that were made by now, so that those queued behind it may have nothing to do.
    private func flush() {
        guard let commits = state.withLock({ $0.hasWork ? $0.commits : nil }) else { return }
        do {
            try connection.syncLog()
            state.withLock { $0.durable = commits }
            let pages = connection.checkpoint()
            state.withLock { $0.logPages = pages }
        } catch {
            state.withLock { $0.failure = error }
        }
    }
}

extension SQLiteConnection {
    /// Has the disk keep all that was written to the write-ahead log, by whichever connection.
    fileprivate func syncLog() throws {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
        let synced = code == SQLITE_OK ? file?.pointee.pMethods?.pointee.xSync(file, SQLITE_SYNC_NORMAL) : code
        // The connection knows nothing of this call.
        guard synced == SQLITE_OK else { throw DataError.sqlite(synced ?? SQLITE_IOERR, connection: nil, path: path) }
    }

    /// Copies as much of the write-ahead log as readers allow, and gives its length in pages. What cannot be copied now
    /// stays there and is copied another time.
    fileprivate func checkpoint() -> Int {
        var pages: Int32 = 0
        sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, nil)
        return Int(max(0, pages))
    }
}

internal import CSQLite
internal import Glibc
internal import Synchronization

/// Who is told that a destination waits for another process, in words for the user: whoever waits ten seconds without a word
/// takes the program for dead.
package enum DestinationWait {
    private static let listener = Mutex<(@Sendable (String) -> Void)?>(nil)

    package static func tell(_ listener: @escaping @Sendable (String) -> Void) {
        self.listener.withLock { $0 = listener }
    }

    static func say(_ text: String) { listener.withLock(\.self)?(text) }
}

/// How a connection waits for other processes that hold a lock on its database. For one thread at a time, as the connection is.
final class SQLiteWaiting {
    private let path: String
    private let most: Duration
    private var start = ContinuousClock.now
    private var hasSaid = false

    init(path: String, most: Duration) {
        self.path = path
        self.most = most
    }

    /// SQLite asks this from now on; it must live as long as the connection.
    func wait(for handle: OpaquePointer) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_busy_handler(
            handle,
            { me, attempt in
                guard let me else { return 0 }
                return Unmanaged<SQLiteWaiting>.fromOpaque(me).takeUnretainedValue().goesOn(attempt) ? 1 : 0
            }, me)
    }

    /// Waits a little; returns false once it was long enough.
    ///
    /// - Parameter attempt: how often the same lock was waited for before.
    func goesOn(_ attempt: Int32) -> Bool {
        let now = ContinuousClock.now
        if attempt == 0 { (start, hasSaid) = (now, false) }
        if now - start >= most { return false }
        if !hasSaid && now - start >= .seconds(1) {
            hasSaid = true
            DestinationWait.say("waiting for another process that is writing to \(path)")
        }
        usleep(attempt < 5 ? 2_000 : 20_000)
        return true
    }
}

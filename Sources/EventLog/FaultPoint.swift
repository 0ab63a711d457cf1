#if FAULT_POINTS
    internal import Glibc
    internal import Synchronization
#endif

/// A named step at which a test can kill the process, as a crash would.
///
/// The environment variable `WAYBILL_FAULT=NAME` or `NAME:COUNT` kills at the first or at the COUNTth time. Only a build
/// with the trait `FaultPoints` looks at it; in any other build reaching a fault point does nothing.
package enum FaultPoint: String, Sendable, CaseIterable {
    /// The events are written to the log's transaction, but not folded into the views.
    case beforeFold = "before-fold"
    /// The views are folded, but the transaction is not committed.
    case beforeLogCommit = "before-log-commit"
    /// The log has the events, but who appended them was not told.
    case afterLogCommit = "after-log-commit"

    func reached() { Self.reached(rawValue) }

    #if FAULT_POINTS
        private static let wanted: (name: String, count: Int)? = {
            guard let text = getenv("WAYBILL_FAULT").map({ String(cString: $0) }) else { return nil }
            let parts = text.split(separator: ":")
            guard let name = parts.first else { return nil }
            return (String(name), parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
        }()
        private static let reachedCount = Mutex(0)

        /// Reaches the fault point of this name, which may be another module's.
        package static func reached(_ name: String) {
            guard let wanted, wanted.name == name else { return }
            let count = reachedCount.withLock { count in
                count += 1
                return count
            }
            if count == wanted.count { kill(getpid(), SIGKILL) }
        }
    #else
        /// Reaches the fault point of this name, which may be another module's.
        @inline(__always)
        package static func reached(_ name: String) {}
    #endif
}

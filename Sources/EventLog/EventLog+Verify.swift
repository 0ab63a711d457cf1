internal import Hashing
internal import LMDB

/// The result of verifying the whole log.
package enum Verification: Sendable, Equatable {
    /// Every event is in place and the chain is intact up to this head.
    case intact(Head)
    /// The first position at which something is wrong, and what.
    case broken(position: UInt64, reason: String)
}

extension EventLog {
    /// Reads every event and checks its place, its hash, its stream's index and its attachments.
    ///
    /// The chain alone cannot reveal a cut-off end or a complete rewrite: a head that was kept
    /// outside can.
    /// - Parameters:
    ///   - oldHead: a head this log had at some time; the log must begin with what it stands for.
    ///   - progress: is told each position before it is read: what is before it is right.
    package func verify(against oldHead: Head? = nil, progress: (UInt64) -> Void = { _ in }) throws -> Verification {
        if let oldHead, oldHead.logID != logID {
            return .broken(
                position: 1, reason: "this is log \(logID), but the head is of log \(oldHead.logID)")
        }
        var chain = ChainWalk(store: store, logID: logID, oldHead: oldHead)
        return try storage {
            while true {
                // A page per snapshot, so that a long examination does not keep old pages alive.
                let hasMore: Bool
                do {
                    hasMore = try environment.read { try chain.checkPage(in: $0, limit: 10_000, progress) }
                } catch let error as LMDBError where error.code == .corrupted {
                    let reason = "everything from here on is unreadable (\(error.reason))"
                    return .broken(position: chain.position + 1, reason: reason)
                }
                if let (position, reason) = chain.broken { return .broken(position: position, reason: reason) }
                if !hasMore { break }
            }
            return .intact(Head(logID: logID, position: chain.position, hash: chain.hash.hexadecimal))
        }
    }
}

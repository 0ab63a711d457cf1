internal import EventLog

/// A step of a chunk's way, between the destination and the log, at which a test can kill the process.
package enum ImportFaultPoint: String, Sendable, CaseIterable {
    /// The chunk's rows and its ledger row are written, but not committed.
    case beforeDestinationCommit = "before-destination-commit"
    /// The destination has the chunk, the log does not.
    case afterDestinationCommit = "after-destination-commit"
    /// A chunk is undone, but not committed.
    case beforeReversalCommit = "before-reversal-commit"
    /// The destination took a chunk back, and the log does not have it.
    case afterReversalCommit = "after-reversal-commit"

    package func reached() { FaultPoint.reached(rawValue) }
}

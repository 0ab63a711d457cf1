/// What an import is doing.
@nonexhaustive public enum ImportState: String, Sendable, CaseIterable, Encodable {
    case queued
    case running
    case paused
    /// Its process ended early; it can be resumed.
    case interrupted
    case succeeded
    /// All records were read, but some were rejected, or a part of the source that may hold records was left out.
    case partiallySucceeded = "partially_succeeded"
    /// An error ended it, and it can be resumed; or all its records were read, and all rejected.
    case failed
    case cancelled
    case rolledBack = "rolled_back"

    /// Whether all records of the source were read.
    public var isCompleted: Bool { self == .succeeded || self == .partiallySucceeded }
}

extension ImportEvent {
    /// The state that the event puts the import into; nil if it changes none.
    var stateAfter: ImportState? {
        switch self {
        case .submitted: .queued
        case .started, .resumed: .running
        case .chunkCommitted, .chunkRecovered, .chunkLost, .chunkFailed: nil
        case .paused: .paused
        case .interrupted: .interrupted
        case .cancelled: .cancelled
        case .failed: .failed
        case .chunkReversed, .verified, .rejectsMended, .groupFinalized: nil
        case .rollbackStarted: .running
        case .rollbackCompleted(_, let state): state
        case .backupRestored(_, _, let state): state
        case .completed(let completed) where completed.counts.areAllRejected: .failed
        case .completed(let completed):
            completed.counts.rejected > 0 || completed.passedOver > 0 ? .partiallySucceeded : .succeeded
        }
    }
}

extension Counts {
    /// Whether there were records, and none could be used.
    package var areAllRejected: Bool { read > 0 && rejected == read }
}

internal import EventLog

/// Something that happened to an import.
///
/// `docs/events.md` and `events.proto` describe each event and its fields.
@nonexhaustive public enum ImportEvent: Sendable, Equatable {
    case submitted(ImportSubmitted)
    case started(Run, tableCreated: Bool)
    case resumed(Run)
    case chunkCommitted(ChunkCommitted)
    /// The chunk's event was missing in the log and came from the destination's ledger.
    case chunkRecovered(chunk: UInt64)
    case chunkLost(ChunkLost)
    case chunkFailed(ChunkFailed)
    case paused
    case interrupted(reason: String, noticedLater: Bool)
    case cancelled(reason: String)
    case failed(error: String)
    case completed(ImportCompleted)
    case rollbackStarted(RollbackStarted)
    case chunkReversed(ChunkReversed)
    /// Every chunk was processed, and the import is in this state.
    case rollbackCompleted(ReversalCounts, state: ImportState)
    /// A backup was restored, and the import is in this state again.
    case backupRestored(backup: String, requestedBy: String, state: ImportState)
    case verified(ImportVerified)
    case rejectsMended(RejectsMended)
    case groupFinalized(GroupFinalized)

    /// A process that works on an import.
    public struct Run: Sendable, Equatable {
        public var process: UInt32
        public var host: String

        public init(process: UInt32, host: String) {
            self.process = process
            self.host = host
        }

        /// This process.
        public static var current: Run { Run(process: UInt32(ProcessID.current), host: ProcessID.host) }
    }
}

/// An import's event as it appears in the log.
public struct RecordedImportEvent: Sendable, Equatable {
    /// The event's place in the whole log, from 1.
    public var position: UInt64
    /// By the clock of the machine that appended it.
    public var recordedAt: Timestamp
    public var importID: ImportID
    /// The event's place among the import's own events, from 1.
    public var version: UInt64
    public var event: ImportEvent
}

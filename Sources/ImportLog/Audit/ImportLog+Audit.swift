internal import EventLog

extension ImportLog {
    /// The log's end, or what it was at `position`.
    public func head(at position: UInt64? = nil) throws -> LogHead {
        try publicly {
            guard let position else { return LogHead(try events.head()) }
            guard let head = try events.head(at: position) else {
                throw ImportLogError(
                    .notFound, "The log has no position \(position).",
                    remedy: "Its last position is \(try events.head().position).")
            }
            return LogHead(head)
        }
    }

    /// Reads every event and checks its place, its hash, the indexes and its attachments.
    ///
    /// - Parameters:
    ///   - oldHead: an earlier head of this log; the chain alone cannot reveal a cut-off end or a complete rewrite.
    ///   - progress: is called with each position before it is read: everything before it is intact.
    public func verify(against oldHead: LogHead? = nil, progress: (UInt64) -> Void = { _ in }) throws -> LogVerification
    {
        try publicly {
            switch try events.verify(against: oldHead?.head, progress: progress) {
            case .intact(let head): .intact(LogHead(head))
            case .broken(let position, let reason): .broken(position: position, reason: reason)
            }
        }
    }

    /// Rebuilds all views from the events and swaps them in; the log can be used meanwhile.
    public func replay(progress: (UInt64) -> Void = { _ in }) throws {
        try publicly { try events.rebuildViews(progress: progress) }
    }

    /// Folds all events into temporary views and compares these with the live ones, byte by byte. Changes nothing.
    ///
    /// Returns the position at which they were compared, and the first difference of each view that has one, in words.
    public func checkViews(progress: (UInt64) -> Void = { _ in }) throws -> (position: UInt64, differences: [String]) {
        try publicly {
            let (position, differences) = try events.checkViews(progress: progress)
            return (position, differences.map(\.description))
        }
    }

    /// The log's sizes.
    public func statistics() throws -> LogStatistics {
        try publicly { LogStatistics(logID: id, try events.statistics()) }
    }
}

/// How large a log is.
public struct LogStatistics: Sendable, Equatable, Encodable {
    public let logID: String
    public let events: UInt64
    public let streams: UInt64
    public let rejects: UInt64
    /// The data file's used size, in bytes, and the address space it may grow into.
    public let usedBytes: UInt64
    public let mapBytes: UInt64
    /// Reader slots in use or left by readers that are gone.
    public let readers: UInt64
    public let eventsByType: [TypeCount]

    public struct TypeCount: Sendable, Equatable, Encodable {
        public let type: String
        public let count: UInt64
    }

    private enum CodingKeys: String, CodingKey {
        case logID = "log_id"
        case events, streams, rejects, readers
        case usedBytes = "used_bytes"
        case mapBytes = "map_bytes"
        case eventsByType = "events_by_type"
    }

    init(logID: String, _ statistics: EventLog.Statistics) {
        self.logID = logID
        events = statistics.events
        streams = statistics.streams
        rejects = statistics.attachments
        usedBytes = statistics.usedBytes
        mapBytes = statistics.mapBytes
        readers = statistics.readers
        eventsByType = statistics.eventsByType.sorted { $0.key < $1.key }.map {
            TypeCount(type: $0.key, count: $0.value)
        }
    }
}

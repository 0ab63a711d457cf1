internal import EventLog

/// A log's end at some moment. Kept outside the log, it later proves that the log still begins with what it
/// held then.
public struct LogHead: Sendable, Equatable, Encodable, CustomStringConvertible {
    /// 32 hexadecimal digits.
    public let logID: String
    public let position: UInt64
    /// SHA-256 of the event at `position` and the hash before it: 64 hexadecimal digits.
    public let hash: String

    private enum CodingKeys: String, CodingKey {
        case logID = "log_id"
        case position, hash
    }

    /// One word: `LOGID:POSITION:HASH`.
    public var description: String { head.description }

    /// Reads a head as `description` writes it; nil if it is not one.
    public init?(_ text: String) {
        guard let head = Head(text) else { return nil }
        self.init(head)
    }

    init(_ head: Head) {
        logID = head.logID
        position = head.position
        hash = head.hash
    }

    var head: Head { Head(logID: logID, position: position, hash: hash) }
}

/// The result of verifying the whole log.
@nonexhaustive public enum LogVerification: Sendable, Equatable {
    /// Every event is in place and the chain is intact up to this head.
    case intact(LogHead)
    /// The first position at which something is wrong, and what.
    case broken(position: UInt64, reason: String)
}

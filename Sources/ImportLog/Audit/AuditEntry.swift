internal import EventLog
internal import SwiftProtobuf

/// An event of the log, for people: any stream's and any type's.
public struct AuditEntry: Sendable, Encodable {
    public let position: UInt64
    public let recordedAt: Timestamp
    public let stream: String
    public let version: UInt64
    public let type: String
    /// What the event says, as JSON in the field names of `events.proto`; `{}` for a type this version does not know.
    public let detailsJSON: String

    private enum CodingKeys: String, CodingKey {
        case position, stream, version, type
        case recordedAt = "recorded_at"
        case details
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(position, forKey: .position)
        try container.encode(recordedAt, forKey: .recordedAt)
        try container.encode(stream, forKey: .stream)
        try container.encode(version, forKey: .version)
        try container.encode(type, forKey: .type)
        try container.encode(JSONValue(parsing: detailsJSON), forKey: .details)
    }

    init(_ recorded: RecordedEvent) throws {
        position = recorded.position
        recordedAt = Timestamp(microsecondsSince1970: recorded.recordedAt)
        stream = recorded.stream
        version = recorded.version
        type = recorded.type
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        options.useDeterministicOrdering = true
        detailsJSON = try PayloadMessage.named[recorded.type]?(recorded.payload).jsonString(options: options) ?? "{}"
    }
}

/// The message of each event type.
private enum PayloadMessage {
    static let named: [String: @Sendable ([UInt8]) throws -> any Message] = [
        "ImportSubmitted": { try PBImportSubmitted(serializedBytes: $0) },
        "ImportStarted": { try PBImportStarted(serializedBytes: $0) },
        "ImportResumed": { try PBImportResumed(serializedBytes: $0) },
        "ChunkCommitted": { try PBChunkCommitted(serializedBytes: $0) },
        "ChunkRecovered": { try PBChunkRecovered(serializedBytes: $0) },
        "ChunkLost": { try PBChunkLost(serializedBytes: $0) },
        "ChunkFailed": { try PBChunkFailed(serializedBytes: $0) },
        "ImportPaused": { try PBImportPaused(serializedBytes: $0) },
        "ImportInterrupted": { try PBImportInterrupted(serializedBytes: $0) },
        "ImportCancelled": { try PBImportCancelled(serializedBytes: $0) },
        "ImportFailed": { try PBImportFailed(serializedBytes: $0) },
        "ImportCompleted": { try PBImportCompleted(serializedBytes: $0) },
        "RollbackStarted": { try PBRollbackStarted(serializedBytes: $0) },
        "ChunkReversed": { try PBChunkReversed(serializedBytes: $0) },
        "RollbackCompleted": { try PBRollbackCompleted(serializedBytes: $0) },
        "BackupRestored": { try PBBackupRestored(serializedBytes: $0) },
        "ImportVerified": { try PBImportVerified(serializedBytes: $0) },
        "RejectsMended": { try PBRejectsMended(serializedBytes: $0) },
        "GroupFinalized": { try PBGroupFinalized(serializedBytes: $0) },
    ]
}

extension ImportLog {
    /// Up to `limit` events in log order, from `position` on.
    public func audit(from position: UInt64, limit: Int) throws -> [AuditEntry] {
        try publicly { try events.events(from: position, limit: limit).map(AuditEntry.init) }
    }

    /// Up to `limit` events before `position`, the last one first.
    public func audit(before position: UInt64, limit: Int) throws -> [AuditEntry] {
        try publicly { try events.events(before: position, limit: limit).map(AuditEntry.init) }
    }

    /// Up to `limit` of an import's events, from its `version` on.
    public func audit(of id: ImportID, from version: UInt64 = 1, limit: Int) throws -> [AuditEntry] {
        try publicly {
            let found = try events.events(of: ImportStream.name(id), from: version, limit: limit).map(AuditEntry.init)
            if found.isEmpty && version == 1 { throw notFound(id) }
            return found
        }
    }
}

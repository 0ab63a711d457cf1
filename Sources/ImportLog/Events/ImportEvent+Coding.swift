package import EventLog
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension ImportEvent {
    /// The event as the log takes it. Rejects become attachments.
    package func encoded() throws -> NewEvent {
        switch self {
        case .submitted(let event): try Self.encode("ImportSubmitted", event.message)
        case .started(let run, let tableCreated):
            try Self.encode(
                "ImportStarted",
                PBImportStarted.with {
                    $0.process = run.process
                    $0.host = run.host
                    $0.tableCreated = tableCreated
                })
        case .resumed(let run):
            try Self.encode(
                "ImportResumed",
                PBImportResumed.with {
                    $0.process = run.process
                    $0.host = run.host
                })
        case .chunkCommitted(let event):
            try Self.encode(
                "ChunkCommitted", event.message, attachments: event.rejects.map { try $0.protobuf.serializedBytes() })
        case .chunkRecovered(let chunk):
            try Self.encode("ChunkRecovered", PBChunkRecovered.with { $0.chunk = chunk })
        case .chunkLost(let event): try Self.encode("ChunkLost", event.message)
        case .chunkFailed(let event): try Self.encode("ChunkFailed", event.message)
        case .paused: try Self.encode("ImportPaused", PBImportPaused())
        case .interrupted(let reason, let noticedLater):
            try Self.encode(
                "ImportInterrupted",
                PBImportInterrupted.with {
                    $0.reason = reason
                    $0.noticedLater = noticedLater
                })
        case .cancelled(let reason):
            try Self.encode("ImportCancelled", PBImportCancelled.with { $0.reason = reason })
        case .failed(let error):
            try Self.encode("ImportFailed", PBImportFailed.with { $0.error = error })
        case .completed(let event):
            try Self.encode(
                "ImportCompleted",
                PBImportCompleted.with {
                    $0.digest = Data(event.digest)
                    $0.bytes = event.bytes
                    $0.counts = event.counts.message
                    $0.passedOver = event.passedOver
                    $0.sameAs = event.sameAs.message
                    $0.misread = event.misread.map(\.message)
                })
        case .rollbackStarted(let event): try Self.encode("RollbackStarted", event.message)
        case .chunkReversed(let event):
            try Self.encode(
                "ChunkReversed", event.message, attachments: event.keptRows.map { try $0.protobuf.serializedBytes() })
        case .rollbackCompleted(let counts, let state):
            try Self.encode(
                "RollbackCompleted",
                PBRollbackCompleted.with {
                    $0.reversed = counts.reversed
                    $0.handedOver = counts.handedOver
                    $0.kept = counts.kept
                    $0.refused = counts.refused
                    $0.state = state.rawValue
                })
        case .backupRestored(let backup, let requestedBy, let state):
            try Self.encode(
                "BackupRestored",
                PBBackupRestored.with {
                    $0.backup = backup
                    $0.requestedBy = requestedBy
                    $0.state = state.rawValue
                })
        case .verified(let event):
            try Self.encode(
                "ImportVerified", event.message, attachments: event.checks.map { try $0.protobuf.serializedBytes() })
        case .rejectsMended(let event):
            try Self.encode(
                "RejectsMended", event.message, attachments: event.records.map { try $0.message.serializedBytes() })
        case .groupFinalized(let event): try Self.encode("GroupFinalized", event.message)
        }
    }

    private static func encode(_ type: String, _ message: some Message, attachments: [[UInt8]] = []) throws -> NewEvent
    {
        NewEvent(type: type, payload: try message.serializedBytes(), attachments: attachments)
    }

    /// Reads an event; nil if the type is not known to this version, which must leave such events alone.
    init?(type: String, payload: [UInt8]) throws {
        switch type {
        case "ImportSubmitted": self = .submitted(ImportSubmitted(try PBImportSubmitted(serializedBytes: payload)))
        case "ImportStarted":
            let message = try PBImportStarted(serializedBytes: payload)
            self = .started(Run(process: message.process, host: message.host), tableCreated: message.tableCreated)
        case "ImportResumed":
            let message = try PBImportResumed(serializedBytes: payload)
            self = .resumed(Run(process: message.process, host: message.host))
        case "ChunkCommitted": self = .chunkCommitted(ChunkCommitted(try PBChunkCommitted(serializedBytes: payload)))
        case "ChunkRecovered":
            self = .chunkRecovered(chunk: try PBChunkRecovered(serializedBytes: payload).chunk)
        case "ChunkLost": self = .chunkLost(ChunkLost(try PBChunkLost(serializedBytes: payload)))
        case "ChunkFailed": self = .chunkFailed(ChunkFailed(try PBChunkFailed(serializedBytes: payload)))
        case "ImportPaused": self = .paused
        case "ImportInterrupted":
            let message = try PBImportInterrupted(serializedBytes: payload)
            self = .interrupted(reason: message.reason, noticedLater: message.noticedLater)
        case "ImportCancelled": self = .cancelled(reason: try PBImportCancelled(serializedBytes: payload).reason)
        case "ImportFailed": self = .failed(error: try PBImportFailed(serializedBytes: payload).error)
        case "ImportCompleted":
            let message = try PBImportCompleted(serializedBytes: payload)
            self = .completed(
                ImportCompleted(
                    digest: [UInt8](message.digest), bytes: message.bytes, counts: Counts(message.counts),
                    passedOver: message.passedOver, sameAs: ImportID(message: message.sameAs),
                    misread: message.misread.map(LeftOutPart.init)))
        case "RollbackStarted":
            self = .rollbackStarted(RollbackStarted(try PBRollbackStarted(serializedBytes: payload)))
        case "ChunkReversed": self = .chunkReversed(ChunkReversed(try PBChunkReversed(serializedBytes: payload)))
        case "RollbackCompleted":
            let message = try PBRollbackCompleted(serializedBytes: payload)
            self = .rollbackCompleted(
                ReversalCounts(
                    reversed: message.reversed, handedOver: message.handedOver, kept: message.kept,
                    refused: message.refused),
                state: ImportState(rawValue: message.state) ?? .rolledBack)
        case "BackupRestored":
            let message = try PBBackupRestored(serializedBytes: payload)
            self = .backupRestored(
                backup: message.backup, requestedBy: message.requestedBy,
                state: ImportState(rawValue: message.state) ?? .succeeded)
        case "ImportVerified": self = .verified(ImportVerified(try PBImportVerified(serializedBytes: payload)))
        case "RejectsMended": self = .rejectsMended(RejectsMended(try PBRejectsMended(serializedBytes: payload)))
        case "GroupFinalized": self = .groupFinalized(GroupFinalized(try PBGroupFinalized(serializedBytes: payload)))
        default: return nil
        }
    }
}

internal import EventLog
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What a destination's ledger row carries: a chunk's event, rejects included, in exactly the bytes that go into the
/// log.
package struct LedgerEntry: Sendable {
    let event: NewEvent
    package let chunk: ChunkCommitted
    /// When the import was submitted that wrote the chunk; nil in rows that were written before this was kept.
    package let submittedAt: Timestamp?
    /// Where the log is, for people; empty in all rows of an import but the first.
    package let logPlace: String

    package init(_ chunk: ChunkCommitted, submittedAt: Timestamp? = nil, logPlace: String = "") throws {
        event = try ImportEvent.chunkCommitted(chunk).encoded()
        // The rejects are in the event; chunks that wait for the disk and the log shall not hold them twice.
        self.chunk = chunk.withoutRejects
        self.submittedAt = submittedAt
        self.logPlace = logPlace
    }

    /// Reads a ledger row's content.
    package init(bytes: [UInt8]) throws {
        let message = try PBLedgerEntry(serializedBytes: bytes)
        event = NewEvent(
            type: "ChunkCommitted", payload: [UInt8](message.chunkCommitted),
            attachments: message.rejects.map { [UInt8]($0) })
        chunk = ChunkCommitted(try PBChunkCommitted(serializedBytes: message.chunkCommitted))
        submittedAt = message.submittedAt == 0 ? nil : Timestamp(microsecondsSince1970: message.submittedAt)
        logPlace = message.logPlace
    }

    /// The chunk's event as the log has it, without its rejects.
    package var payload: [UInt8] { event.payload }

    /// A `PBLedgerEntry`.
    package func bytes() -> [UInt8] {
        let size = event.attachments.reduce(event.payload.count) { $0 + $1.count + 8 }
        var writer = WireWriter(capacity: size + logPlace.utf8.count + 32)
        writer.append(event.payload, field: 1)
        for reject in event.attachments { writer.append(reject, field: 2) }
        if let time = submittedAt?.microsecondsSince1970, time != 0 { writer.append(time, field: 3) }
        if !logPlace.isEmpty { writer.append(logPlace.utf8, field: 4) }
        return writer.bytes
    }
}

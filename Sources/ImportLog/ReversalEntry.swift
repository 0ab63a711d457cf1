internal import EventLog
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What a destination keeps of a chunk that it undid: the event, in exactly the bytes that go into the log.
package struct ReversalEntry: Sendable {
    let event: NewEvent
    package let chunk: ChunkReversed
    /// The position of the rollback's first event.
    package let rollback: UInt64

    package init(_ chunk: ChunkReversed, rollback: UInt64) throws {
        event = try ImportEvent.chunkReversed(chunk).encoded()
        self.chunk = chunk
        self.rollback = rollback
    }

    package init(bytes: [UInt8]) throws {
        let message = try PBReversalEntry(serializedBytes: bytes)
        event = NewEvent(
            type: "ChunkReversed", payload: [UInt8](message.chunkReversed),
            attachments: message.keptRows.map { [UInt8]($0) })
        var chunk = ChunkReversed(try PBChunkReversed(serializedBytes: message.chunkReversed))
        chunk.keptRows = try message.keptRows.map { KeptRow(try PBKeptRow(serializedBytes: $0)) }
        self.chunk = chunk
        rollback = message.rollback
    }

    package func bytes() throws -> [UInt8] {
        try PBReversalEntry.with {
            $0.rollback = rollback
            $0.chunkReversed = Data(event.payload)
            $0.keptRows = event.attachments.map { Data($0) }
        }.serializedBytes()
    }
}

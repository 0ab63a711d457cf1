/// How much a chunk may hold. A chunk always holds at least one record if there is one.
package struct ChunkLimit: Sendable, Equatable {
    package var records: Int
    package var bytes: Int
    /// How many rejects: each carries its bytes and its reason, several times on the way into the log.
    package var rejects = 4_096
    /// Where the chunk must end at the latest, as a byte offset in the section: the recorded end of a span that is
    /// read again.
    package var endOffset: UInt64?

    package init(records: Int = 10_000, bytes: Int = 2 << 20, endOffset: UInt64? = nil) {
        self.records = records
        self.bytes = bytes
        self.endOffset = endOffset
    }
}

/// Turns a section's bytes into records.
///
/// A reader never stops at a bad record: it puts a `RejectedRecord` into the chunk and continues with the next one. It
/// throws only when the source itself cannot be read.
package protocol Reader: Sendable {
    /// The names of the source's columns, in source order.
    var columns: [String] { get }

    /// Where the next chunk will begin.
    var location: RecordLocation { get }

    /// Makes the next chunk begin at `location`, which an earlier chunk of the same source began or ended at.
    mutating func seek(to location: RecordLocation) throws

    /// Empties `chunk` and fills it with the next records. Returns false when the source had nothing more: no record
    /// and no byte.
    mutating func fill(_ chunk: inout Chunk, limit: ChunkLimit) throws -> Bool
}

package import ImportLog
package import Records

/// How much the next chunk may hold.
///
/// A given chunk size is used. Otherwise a chunk is as many records as are written in about a quarter of a second:
/// progress shows that often, little is repeated after a crash, and many records share the cost of a commit.
/// Its bytes are bounded, since an import's memory is a few chunks. If memory gets scarce, chunks shrink, and grow
/// again afterwards.
package struct ChunkSizing {
    package private(set) var limit: ChunkLimit
    private let isGiven: Bool

    package static let targetMicroseconds: UInt64 = 250_000
    package static let records = 500...50_000
    package static let bytes = (128 << 10)...(3 << 19)

    package init(_ limits: ImportSubmitted.Limits) {
        limit = limits.chunk
        isGiven = limits.chunkRecords > 0
        if limits.chunkBytes == 0 { limit.bytes = Self.bytes.upperBound }
    }

    /// Chooses the next limit.
    ///
    /// - Parameters:
    ///   - records: how many the chunk had that was written last.
    ///   - rejected: how many of them were rejected, by whomever.
    ///   - microseconds: what writing it took.
    package mutating func adapt(records: Int, rejected: Int = 0, microseconds: UInt64, isMemoryScarce: Bool) {
        if isMemoryScarce {
            if !isGiven { limit.records = max(limit.records / 2, Self.records.lowerBound) }
            limit.bytes = max(limit.bytes / 2, min(limit.bytes, Self.bytes.lowerBound))
            return
        }
        limit.bytes = max(limit.bytes, min(limit.bytes * 2, Self.bytes.upperBound))
        guard !isGiven, records > 0 else { return }
        // One step doubles or halves at most: a single slow commit says little.
        let fitting = Int(clamping: UInt64(records) * Self.targetMicroseconds / max(microseconds, 1))
        // A chunk that its bytes ended tells nothing of more records.
        let most = records < limit.records ? limit.records : limit.records * 2
        var wanted = min(max(fitting, limit.records / 2), most)
        // What the destination rejects, a reader could not count.
        if rejected > limit.rejects / 2 { wanted = min(wanted, records * limit.rejects / rejected) }
        limit.records = min(max(wanted, Self.records.lowerBound), Self.records.upperBound)
    }
}

/// What an import's stream will hold when the appends under way are done.
struct OwnedStream {
    var version: UInt64
    /// How many chunks are committed and not lost.
    var chunks: UInt64
    /// Grows each time that this is read from the log again.
    var generation: UInt64
    /// Whether an append of this generation was refused.
    var isOutdated = false

    init(version: UInt64, chunks: UInt64, generation: UInt64) {
        self.version = version
        self.chunks = chunks
        self.generation = generation
    }

    /// Notes an event that is about to be appended, with `rejects` rejects attached to it.
    ///
    /// - Throws: `ImportLogError.invalid` if the event cannot be true.
    mutating func add(_ event: ImportEvent, rejects: Int) throws {
        switch event {
        case .submitted: throw ImportLogError(.invalid, "An import can be submitted only once.")
        case .chunkCommitted(let chunk):
            guard chunk.counts.isConserved, chunk.counts.rejected == UInt64(rejects) else {
                throw ImportLogError(
                    .invalid, "Chunk \(chunk.chunk) does not account for each of its \(chunk.counts.read) records once."
                )
            }
            guard chunk.chunk == chunks + 1 else {
                throw ImportLogError(
                    .invalid, "Chunk \(chunk.chunk) cannot be next; chunks so far: \(chunks).",
                    remedy: "Chunks are numbered from 1, without gaps.")
            }
            guard chunk.span.start.byteOffset <= chunk.span.end.byteOffset else {
                throw ImportLogError(.invalid, "Chunk \(chunk.chunk) ends before it begins.")
            }
            chunks += 1
        case .chunkLost(let lost):
            guard chunks > 0 else {
                throw ImportLogError(.invalid, "Chunk \(lost.chunk) cannot be lost: the import has no chunk.")
            }
            chunks -= 1
        default: break
        }
        version += 1
    }
}

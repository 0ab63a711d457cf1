internal import Dispatch
internal import Records
internal import Synchronization

/// A chunk as it comes from the reading thread.
struct ReadChunk: Sendable {
    var chunk: Chunk
    /// The source digest at the chunk's end.
    var digest: SourceDigest
    var readMicroseconds: UInt64
    /// What it might hold at most.
    var limit: ChunkLimit
    /// Asked here, where the writer does not wait for it.
    var isMemoryScarce: Bool
}

/// Reads and digests chunks on a thread of its own, ahead of the writer by a bounded number of chunks.
final class ChunkPipeline: Sendable {
    /// How many chunks wait to be written; with the one being read and the one being written, all there are.
    private static let depth = 2

    private let filled = BoundedChannel<Result<ReadChunk, any Error>>(capacity: depth)
    private let empty = BoundedChannel<Chunk>(capacity: depth + 2)
    private let nextLimit: Mutex<ChunkLimit>

    /// How much the chunks may hold that are begun from now on.
    var limit: ChunkLimit {
        get { nextLimit.withLock { $0 } }
        set { nextLimit.withLock { $0 = newValue } }
    }

    /// - Parameter lastRecord: the number of the last record to be read.
    init(_ reading: SectionReading, limit: ChunkLimit, lastRecord: UInt64) {
        nextLimit = Mutex(limit)
        for _ in 0..<Self.depth + 2 { _ = empty.send(Chunk()) }
        let filled = filled
        let empty = empty
        DispatchQueue(label: "waybill.read").async { [self] in
            var reading = reading
            var goOn = true
            while goOn, reading.place.record <= lastRecord, var chunk = empty.receive() {
                do {
                    let clock = Stopwatch()
                    let chosen = self.limit
                    var limit = chosen
                    limit.records = Int(min(UInt64(limit.records), lastRecord - reading.place.record + 1))
                    guard try reading.fill(&chunk, limit: limit) else { break }
                    let read = ReadChunk(
                        chunk: chunk, digest: reading.digest, readMicroseconds: clock.microseconds, limit: chosen,
                        isMemoryScarce: MemoryPressure.isHigh(resident: ResidentMemory.current))
                    chunk = Chunk()
                    goOn = filled.send(.success(read))
                } catch {
                    goOn = false
                    _ = filled.send(.failure(error))
                }
            }
            filled.close()
        }
    }

    /// Waits for the next chunk; nil at the source's end. Throws what reading threw.
    func next() throws -> ReadChunk? {
        try filled.receive()?.get()
    }

    /// The chunk that `next` will give, where it is read already.
    func peek() -> ReadChunk? {
        try? filled.peek()?.get()
    }

    /// Gives a chunk's buffers back to the reading thread.
    func recycle(_ chunk: consuming Chunk) {
        // Where chunks have become smaller, memory is scarce.
        _ = empty.send(chunk.bytes.capacity > 4 * limit.bytes ? Chunk() : chunk)
    }

    /// Stops reading; chunks that were read and not taken are dropped.
    func stop() {
        empty.close()
        filled.close()
    }
}

/// Measures a time on the monotonic clock.
struct Stopwatch {
    private let start = ContinuousClock.now

    var microseconds: UInt64 {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return UInt64(seconds) * 1_000_000 + UInt64(attoseconds / 1_000_000_000_000)
    }
}

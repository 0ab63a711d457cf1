internal import Readers
internal import Synchronization

/// A stream whose bytes are digested as they go by. Copies share the stream and the digest.
struct DigestedStream: ByteSource {
    var size: UInt64? { nil }
    private let shared: Shared

    private final class Shared: Sendable {
        let state: Mutex<(base: any ByteSource, digest: SourceDigest)>

        init(_ base: any ByteSource) { state = Mutex((base, SourceDigest())) }
    }

    init(_ base: any ByteSource) { shared = Shared(base) }

    /// Of all bytes that were read.
    var digest: SourceDigest { shared.state.withLock { $0.digest } }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try shared.state.withLock { state in
            let count = try state.base.read(into: buffer)
            state.digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            return count
        }
    }

    mutating func seek(to offset: UInt64) throws {
        try shared.state.withLock { try $0.base.seek(to: offset) }
    }
}

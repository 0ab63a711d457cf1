/// Bytes that are read from front to back, and from anywhere where the source can seek.
package protocol ByteSource: Sendable {
    /// How many bytes the source has, or nil where that is not known (a pipe) or seeking costs reading (an archive). A copy
    /// of a source with a size reads by itself, on another thread too.
    var size: UInt64? { get }

    /// Whether the bytes can be read more than once: false for a pipe.
    var isRepeatable: Bool { get }

    /// Reads the next bytes into `buffer`, which is not empty, and returns how many it read: at least one, or 0 at the
    /// end. Throws `DataError(.unreadable)`.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

    /// Makes the next read begin at `offset`, in bytes from the source's first. Throws `DataError(.unreadable)` where
    /// the source cannot seek.
    mutating func seek(to offset: UInt64) throws
}

extension ByteSource {
    package var isRepeatable: Bool { size != nil }

    /// The last bytes of a source of this size, at most so many.
    package func tail(upTo most: Int, ofSize size: UInt64) throws -> [UInt8] {
        var source = self
        var tail = [UInt8](repeating: 0, count: Int(min(size, UInt64(most))))
        try source.seek(to: size - UInt64(tail.count))
        var count = 0
        while count < tail.count {
            let read = try tail.withUnsafeMutableBytes { try source.read(into: .init(rebasing: $0[count...])) }
            if read == 0 { break }
            count += read
        }
        return Array(tail.prefix(count))
    }
}

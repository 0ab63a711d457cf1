/// Bytes that come once, from front to back. Used by one thread at a time.
protocol ByteStream: AnyObject {
    /// Reads the next bytes into `buffer`, which is not empty: at least one, or 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Makes a byte source of streams that can only go forward: to go back, it begins a new one and reads on up to the
/// place that is wanted.
///
/// A copy reads on independently: of several values that have one stream, the first that reads begins its own. After an
/// error the next read begins again, too.
struct RestartingStream: Sendable {
    private let begin: @Sendable () throws -> any ByteStream
    private var current: Current?
    /// Where the next read begins, in bytes from the first.
    private(set) var offset: UInt64 = 0

    init(_ begin: @escaping @Sendable () throws -> any ByteStream) { self.begin = begin }

    mutating func seek(to offset: UInt64) { self.offset = offset }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let current = try currentStream()
        do {
            guard try current.skip(to: offset) else { return 0 }
            let count = try current.stream.read(into: buffer)
            current.position += UInt64(count)
            offset += UInt64(count)
            return count
        } catch {
            self.current = nil
            throw error
        }
    }

    /// A stream that nobody else has and that has not gone past `offset`.
    private mutating func currentStream() throws -> Current {
        if isKnownUniquelyReferenced(&current), let current, current.position <= offset { return current }
        // What is open is closed first, so that the new stream can continue it.
        current = nil
        let new = Current(try begin())
        current = new
        return new
    }

    /// A stream and where it stands.
    ///
    /// Unchecked, because its guard is the reference count: it is used only by a value that alone refers to it.
    private final class Current: @unchecked Sendable {
        let stream: any ByteStream
        var position: UInt64 = 0

        init(_ stream: any ByteStream) { self.stream = stream }

        /// Reads up to `offset`; false if the stream ends before it.
        func skip(to offset: UInt64) throws -> Bool {
            guard position < offset else { return true }
            return try withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 16) { scratch in
                while position < offset {
                    let wanted = min(UInt64(scratch.count), offset - position)
                    let count = try stream.read(into: .init(rebasing: scratch[..<Int(wanted)]))
                    if count == 0 { return false }
                    position += UInt64(count)
                }
                return true
            }
        }
    }
}

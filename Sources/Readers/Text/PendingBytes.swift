/// Bytes that were read and not yet given away, in one buffer.
///
/// Dropping the first ones moves nothing until half of the buffer is free, so that what is left of something large can be given
/// away piece by piece in linear time.
struct PendingBytes: RandomAccessCollection, Sendable {
    private var buffer: [UInt8] = []
    /// Where in the buffer the bytes begin.
    private var start = 0
    /// How many there may be at most, as far as is known.
    private let most: Int

    /// From here on a buffer gets all the room at once that it may need: what is never written to takes no memory, whereas
    /// growing step by step takes that of the old and the new one while one is copied into the other.
    static let large = 4 << 20

    init(upTo most: Int) { self.most = Swift.min(most, 1 << 30) }

    var startIndex: Int { 0 }
    var endIndex: Int { buffer.count - start }

    subscript(index: Int) -> UInt8 { buffer[start + index] }

    func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    /// Appends what `body` writes into the space it is given, of which it returns the length, which is returned here, too.
    mutating func append(upTo room: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Int) rethrows -> Int {
        makeRoom(room)
        let before = buffer.count
        try buffer.append(addingCapacity: room) { span in
            try span.withUnsafeMutableBufferPointer { buffer, count in
                count += try body(
                    UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
            }
        }
        return buffer.count - before
    }

    /// Appends what `body` appends, at most `room` bytes.
    mutating func append(upTo room: Int, _ body: (inout [UInt8]) -> Int) -> Int {
        makeRoom(room)
        return body(&buffer)
    }

    private mutating func makeRoom(_ room: Int) {
        if buffer.capacity >= buffer.count + room { return }
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        let needed = buffer.count + room
        if buffer.capacity >= needed { return }
        // Left to itself, an array would double, and half of each chunk's buffer might be room that nothing needs.
        let some = Swift.max(needed, buffer.capacity + buffer.capacity / 4)
        buffer.reserveCapacity(needed < Self.large ? some : Swift.max(needed, most + most / 8))
    }

    mutating func dropFirst(_ count: Int) {
        start += count
        guard start >= self.count else { return }
        if buffer.capacity > Self.large && self.count < Self.large {
            buffer = Array(buffer[start...])
        } else {
            buffer.removeFirst(start)
        }
        start = 0
    }

    mutating func removeAll() {
        buffer.removeAll(keepingCapacity: buffer.capacity <= Self.large)
        start = 0
    }

    /// Moves the first bytes into `other`, which is empty. Where most of them go, the two swap buffers, so that only the
    /// few that stay are copied. A new buffer begins as large as the one that is given away: it will have to hold as much.
    mutating func give(_ count: Int, to other: inout [UInt8]) {
        if start > 0 || count < self.count - count {
            other.append(contentsOf: buffer[start..<(start + count)])
            return dropFirst(count)
        }
        if other.capacity < count { other.reserveCapacity(Swift.min(buffer.count, Self.large)) }
        other.append(contentsOf: buffer[count...])
        buffer.removeSubrange(count...)
        swap(&buffer, &other)
    }
}

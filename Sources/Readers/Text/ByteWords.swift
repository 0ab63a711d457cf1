/// Looks at text eight bytes at a time.
///
/// The trick in use here: for a word `x`, `(x - 0x01…01) & ~x & 0x80…80` marks its zero bytes. A byte of value 1 right
/// above a zero byte may be marked as well.
enum ByteWords {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let highBits: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func load(_ base: UnsafeRawPointer, at offset: Int) -> UInt64 {
        UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The last bytes of a buffer, filled up with zero bytes.
    @inline(never)
    static func loadTail(_ base: UnsafeRawPointer, at offset: Int, count: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<count {
            word |= UInt64(base.load(fromByteOffset: offset + index, as: UInt8.self)) << (8 * UInt64(index))
        }
        return word
    }

    /// Whether the text is ASCII without NUL bytes, which needs no further check in any encoding.
    @inline(__always)
    static func isPlain(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Bool {
        // Below 0x80, subtracting one sets the high bit of a zero byte and of no other byte.
        func marks(_ offset: Int) -> UInt64 {
            let word = load(base, at: offset)
            return word | (word &- ones)
        }
        var seen: UInt64 = 0
        var position = start
        while position &+ 32 <= end {
            seen |= marks(position) | marks(position &+ 8) | marks(position &+ 16) | marks(position &+ 24)
            position &+= 32
        }
        while position &+ 8 <= end {
            seen |= marks(position)
            position &+= 8
        }
        while position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            seen |= UInt64(byte | (byte &- 1))
            position &+= 1
        }
        return seen & highBits == 0
    }
}

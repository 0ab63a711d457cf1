/// Bytes on their way to the server: what is appended stands there until `clear`.
///
/// A buffer of its own instead of an `Array`, because a million records a few seconds leave no time for a check at each byte.
struct PostgreSQLTextBuffer: ~Copyable {
    private var start: UnsafeMutableRawPointer
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        start = .allocate(byteCount: capacity, alignment: 8)
        self.capacity = capacity
    }

    deinit { start.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    mutating func clear() { count = 0 }

    mutating func keep(first kept: Int) {
        precondition(kept <= count, "only what was appended can be kept")
        count = kept
    }

    /// Makes room for `extra` bytes, and gives the place where the next one belongs.
    @inline(__always)
    mutating func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
        if capacity - count < extra { grow(extra) }
        return start + count
    }

    private mutating func grow(_ extra: Int) {
        let larger = max(capacity * 2, count + extra)
        let new = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        new.copyMemory(from: start, byteCount: count)
        start.deallocate()
        (start, capacity) = (new, larger)
    }

    /// Bytes that were written to the place that `reserve` gave belong to the buffer now.
    @inline(__always)
    mutating func advance(_ written: Int) { count += written }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1).storeBytes(of: byte, as: UInt8.self)
        count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let from = bytes.baseAddress else { return }
        reserve(bytes.count).copyMemory(from: from, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func append(_ text: StaticString) {
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a number as the server's binary format has it, its highest byte first.
    @inline(__always)
    mutating func append<T: FixedWidthInteger>(bigEndian number: T) {
        reserve(MemoryLayout<T>.size).storeBytes(of: number.bigEndian, as: T.self)
        count += MemoryLayout<T>.size
    }

    /// Writes a number over bytes that are there already.
    mutating func overwrite(at offset: Int, bigEndian number: Int32) {
        precondition(offset + 4 <= count, "only what was appended can be overwritten")
        (start + offset).storeBytes(of: number.bigEndian, as: Int32.self)
    }

    /// Appends a number in decimal digits.
    mutating func append(decimal number: Int) {
        var rest = number.magnitude
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { digits in
            var place = digits.count
            repeat {
                place -= 1
                digits[place] = UInt8(truncatingIfNeeded: rest % 10) + UInt8(ascii: "0")
                rest /= 10
            } while rest > 0
            if number < 0 { append(UInt8(ascii: "-")) }
            append(UnsafeRawBufferPointer(rebasing: digits[place...]))
        }
    }
}

/// Tests of eight bytes at once; each gives a word that is not zero where one of them fits.
///
/// A byte above the first that fits may be marked by mistake: these words say whether, not where.
enum EightBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highBits: UInt64 = 0x8080_8080_8080_8080

    @inline(__always)
    static func below(_ limit: UInt8, _ word: UInt64) -> UInt64 {
        (word &- ones &* UInt64(limit)) & ~word & highBits
    }

    @inline(__always)
    static func equal(_ byte: UInt8, _ word: UInt64) -> UInt64 {
        below(1, word ^ (ones &* UInt64(byte)))
    }

    /// Bytes from `limit`, at most 128, on.
    @inline(__always)
    static func from(_ limit: UInt8, _ word: UInt64) -> UInt64 {
        ((word &+ ones &* UInt64(128 - limit)) | word) & highBits
    }
}

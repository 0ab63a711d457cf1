/// Bytes that are put together again and again: its memory is allocated once, and adding to it costs little more than
/// copying.
///
/// An array does the same and is the better choice wherever bytes are kept or handed on; it costs several checks for each
/// of the few bytes that a row's values are put together from.
///
/// Public, as what is on the way of every value in this module: only then the compiler inlines it in others.
public struct ByteBuffer: ~Copyable {
    @usableFromInline var start: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline var used = 0

    public var count: Int { used }

    public init(capacity: Int = 1024) {
        self.capacity = max(capacity, 16)
        start = .allocate(byteCount: self.capacity, alignment: 8)
    }

    deinit { start.deallocate() }

    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: used) }

    /// Forgets all bytes after the first `count`.
    public mutating func shorten(to count: Int) {
        precondition(count <= used, "only what was appended can be kept")
        used = count
    }

    // MARK: Appending

    @inlinable @inline(__always)
    public mutating func append(_ byte: UInt8) {
        reserve(1).storeBytes(of: byte, as: UInt8.self)
        used &+= 1
    }

    @inlinable @inline(__always)
    public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(littleEndian number: T) {
        reserve(MemoryLayout<T>.size).storeBytes(of: number.littleEndian, as: T.self)
        used &+= MemoryLayout<T>.size
    }

    @inlinable @inline(__always)
    public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(bigEndian number: T) {
        reserve(MemoryLayout<T>.size).storeBytes(of: number.bigEndian, as: T.self)
        used &+= MemoryLayout<T>.size
    }

    @inlinable @inline(__always)
    public mutating func append(contentsOf other: UnsafeRawBufferPointer) {
        guard let source = other.baseAddress else { return }
        reserve(other.count).copyMemory(from: source, byteCount: other.count)
        used &+= other.count
    }

    public mutating func append(_ text: StaticString) {
        append(contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Appends a number in decimal digits.
    public mutating func append(decimal number: Int64) {
        // The longest has a sign and 19 digits. They are written from the last one on, and moved to the front.
        let most = 20
        let place = reserve(most)
        var first = most
        var rest = number.magnitude
        repeat {
            first -= 1
            place.storeBytes(of: UInt8(ascii: "0") + UInt8(rest % 10), toByteOffset: first, as: UInt8.self)
            rest /= 10
        } while rest > 0
        if number < 0 {
            first -= 1
            place.storeBytes(of: UInt8(ascii: "-"), toByteOffset: first, as: UInt8.self)
        }
        place.copyMemory(from: place + first, byteCount: most - first)
        used += most - first
    }

    // MARK: Writing into it

    /// Makes room for more bytes, and gives the place where the next one belongs.
    @inlinable @inline(__always)
    public mutating func reserve(_ more: Int) -> UnsafeMutableRawPointer {
        if used &+ more > capacity { grow(to: used + more) }
        return start + used
    }

    /// Bytes that were written to the place that `reserve` gave belong to the buffer now.
    @inlinable @inline(__always)
    public mutating func advance(_ written: Int) { used &+= written }

    /// Writes a number over bytes that are there already.
    public mutating func overwrite<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, littleEndian number: T) {
        precondition(offset + MemoryLayout<T>.size <= used, "only what was appended can be overwritten")
        (start + offset).storeBytes(of: number.littleEndian, as: T.self)
    }

    /// Writes a number over bytes that are there already.
    public mutating func overwrite<T: FixedWidthInteger & BitwiseCopyable>(at offset: Int, bigEndian number: T) {
        overwrite(at: offset, littleEndian: number.byteSwapped)
    }

    @inline(never) @usableFromInline
    mutating func grow(to needed: Int) {
        let larger = max(needed, capacity * 2)
        let new = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        new.copyMemory(from: start, byteCount: used)
        start.deallocate()
        start = new
        capacity = larger
    }
}

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
        precondition(count <= used)
        used = count
    }

    @inlinable @inline(__always)
    public mutating func append(_ byte: UInt8) {
        makeRoom(for: 1)
        start.storeBytes(of: byte, toByteOffset: used, as: UInt8.self)
        used &+= 1
    }

    @inlinable @inline(__always)
    public mutating func append<T: FixedWidthInteger & BitwiseCopyable>(littleEndian number: T) {
        makeRoom(for: MemoryLayout<T>.size)
        start.storeBytes(of: number.littleEndian, toByteOffset: used, as: T.self)
        used &+= MemoryLayout<T>.size
    }

    @inlinable @inline(__always)
    public mutating func append(contentsOf other: UnsafeRawBufferPointer) {
        guard let source = other.baseAddress else { return }
        makeRoom(for: other.count)
        (start + used).copyMemory(from: source, byteCount: other.count)
        used &+= other.count
    }

    @inlinable @inline(__always)
    mutating func makeRoom(for more: Int) {
        if used &+ more > capacity { grow(to: count + more) }
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

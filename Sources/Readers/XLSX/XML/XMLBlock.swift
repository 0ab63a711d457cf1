internal import Glibc
internal import Records

/// The bytes of an XML part that were read and not used yet, after which a NUL always stands. Used by one thread at a
/// time.
final class XMLBlock {
    /// How many bytes there may be at a time.
    private static let capacity = 128 << 10

    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity + 1, alignment: 16)
    private var source: any ByteSource
    private var start = 0
    private var end = 0
    /// Whether the source has nothing more.
    private(set) var isAtEnd = false
    /// How many bytes were read up to now.
    private(set) var bytesRead: UInt64 = 0
    /// The first two bytes of all.
    private(set) var head: [UInt8] = []

    init(_ source: any ByteSource) {
        self.source = source
        buffer[0] = 0
    }

    deinit { buffer.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[start..<end]) }
    var isFull: Bool { end - start == Self.capacity }

    func drop(_ count: Int) { start += count }

    /// How far it is to the end of the first such text; nil if there is none.
    func end(of text: StaticString) -> Int? {
        var rest = bytes
        while rest.count >= text.utf8CodeUnitCount,
            let found = memchr(rest.baseAddress!, Int32(text.utf8Start[0]), rest.count - text.utf8CodeUnitCount + 1)
        {
            let offset = rest.baseAddress!.distance(to: found)
            if memcmp(found, text.utf8Start, text.utf8CodeUnitCount) == 0 {
                return bytes.count - rest.count + offset + text.utf8CodeUnitCount
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[(offset + 1)...])
        }
        return nil
    }

    /// Reads on; the block must not be full.
    func readMore() throws {
        buffer.copyMemory(from: bytes)
        (start, end) = (0, end - start)
        let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end..<Self.capacity]))
        isAtEnd = count == 0
        head += buffer[end..<(end + count)].prefix(2 - head.count)
        end += count
        bytesRead += UInt64(count)
        buffer[end] = 0
    }
}

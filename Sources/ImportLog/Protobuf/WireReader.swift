/// Reads a protobuf message's fields straight from its bytes, where they come in the order of their numbers and each
/// once. It is strict where a decoder must be lenient: its callers fall back on the decoder.
struct WireReader {
    /// A field's number and the way it is written.
    struct Tag: Equatable {
        let value: UInt64

        static func number(_ field: UInt64) -> Tag { Tag(value: field << 3) }
        static func fixed64(_ field: UInt64) -> Tag { Tag(value: field << 3 | 1) }
        static func bytes(_ field: UInt64) -> Tag { Tag(value: field << 3 | 2) }

        @inline(__always)
        static func ~= (pattern: Tag, tag: Tag) -> Bool { pattern.value == tag.value }
    }

    private let content: UnsafeRawBufferPointer
    private var offset = 0

    private init(_ content: UnsafeRawBufferPointer) { self.content = content }

    /// Gives each field to `take`, which must read it; false if it cannot or where the bytes are not in order.
    @inline(__always)
    static func read(_ bytes: UnsafeRawBufferPointer, _ take: (Tag, inout WireReader) -> Bool) -> Bool {
        var reader = WireReader(bytes)
        var last: UInt64 = 0
        while reader.offset < bytes.count {
            guard let tag = reader.number(), tag >> 3 > last, take(Tag(value: tag), &reader) else { return false }
            last = tag >> 3
        }
        return true
    }

    /// Reads a field that is a message itself.
    @inline(__always)
    mutating func message(_ take: (Tag, inout WireReader) -> Bool) -> Bool {
        guard let bytes = bytes() else { return false }
        return Self.read(bytes, take)
    }

    @inline(__always)
    mutating func number() -> UInt64? {
        // Tags, lengths and most counts have one byte.
        if offset < content.count, content[offset] < 0x80 {
            defer { offset += 1 }
            return UInt64(content[offset])
        }
        return longNumber()
    }

    private mutating func longNumber() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while offset < content.count {
            let byte = content[offset]
            offset += 1
            // The tenth byte has the 64th bit only.
            if shift == 63 && byte > 1 { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    @inline(__always)
    mutating func number(into target: inout UInt64) -> Bool {
        guard let value = number() else { return false }
        target = value
        return true
    }

    @inline(__always)
    mutating func bytes() -> UnsafeRawBufferPointer? {
        guard let count = number(), count <= UInt64(content.count - offset) else { return nil }
        defer { offset += Int(count) }
        return UnsafeRawBufferPointer(rebasing: content[offset..<offset + Int(count)])
    }

    mutating func text(into target: inout String) -> Bool {
        guard let bytes = bytes(), let text = String(validating: bytes, as: UTF8.self) else { return false }
        target = text
        return true
    }

    mutating func skip(_ count: Int) -> Bool {
        guard count <= content.count - offset else { return false }
        offset += count
        return true
    }
}

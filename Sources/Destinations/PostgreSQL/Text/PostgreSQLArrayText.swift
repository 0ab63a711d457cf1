internal import Records

/// The text that the server makes of an array of texts: `{a,"b c",NULL}`.
enum PostgreSQLArrayText {
    /// Writes the text of an array, and nothing else, into the buffer.
    ///
    /// - Parameter value: gives the value at an index; nil for NULL.
    @inline(__always)
    static func write(count: Int, to buffer: inout ByteBuffer, value: (_ index: Int) -> UnsafeRawBufferPointer?) {
        buffer.shorten(to: 0)
        buffer.append(UInt8(ascii: "{"))
        for index in 0..<count {
            if index > 0 { buffer.append(UInt8(ascii: ",")) }
            append(value(index), to: &buffer)
        }
        buffer.append(UInt8(ascii: "}"))
    }

    @inline(__always)
    private static func append(_ value: UnsafeRawBufferPointer?, to buffer: inout ByteBuffer) {
        guard let value else { return buffer.append("NULL") }
        guard needsQuotes(value) else { return buffer.append(contentsOf: value) }
        guard let from = value.baseAddress else { return buffer.append("\"\"") }
        // Every byte may become two, and words are copied whole.
        let to = buffer.reserve(value.count * 2 + 10)
        to.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
        var read = 0
        var written = 1
        while read < value.count {
            if read + 8 <= value.count {
                let word = from.loadUnaligned(fromByteOffset: read, as: UInt64.self)
                if EightBytes.equal(UInt8(ascii: "\""), word) | EightBytes.equal(UInt8(ascii: "\\"), word) == 0 {
                    to.storeBytes(of: word, toByteOffset: written, as: UInt64.self)
                    read += 8
                    written += 8
                    continue
                }
            }
            for _ in 0..<min(8, value.count - read) {
                let byte = value[read]
                read += 1
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                    to.storeBytes(of: UInt8(ascii: "\\"), toByteOffset: written, as: UInt8.self)
                    written += 1
                }
                to.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
                written += 1
            }
        }
        to.storeBytes(of: UInt8(ascii: "\""), toByteOffset: written, as: UInt8.self)
        buffer.advance(written + 1)
    }

    private static func needsQuotes(_ value: UnsafeRawBufferPointer) -> Bool {
        if value.isEmpty { return true }
        if value.count == 4, value.elementsEqual("NULL".utf8, by: { $0 & 0xDF == $1 }) { return true }
        guard let from = value.baseAddress else { return true }
        var read = 0
        while read < value.count {
            if read + 8 <= value.count {
                let word = from.loadUnaligned(fromByteOffset: read, as: UInt64.self)
                // Most words have no byte that is even near one of those.
                if EightBytes.below(UInt8(ascii: "-"), word) | EightBytes.equal(UInt8(ascii: "\\"), word)
                    | EightBytes.from(UInt8(ascii: "{"), word) == 0
                {
                    read += 8
                    continue
                }
            }
            for place in read..<min(read + 8, value.count) where isSpecial(value[place]) { return true }
            read += 8
        }
        return false
    }

    @inline(__always)
    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","),
            UInt8(ascii: " "), 9...13:
            true
        default: false
        }
    }
}

internal import Records

/// Writes records in the text format of COPY.
struct PostgreSQLCopyText {
    /// The places of the columns that are written, in this order.
    let places: [Int]

    /// Small, so that the server begins with the first records while the last ones are still being written.
    private static let pieceSize = 1 << 16

    /// - Parameter head: writes what comes before a record's values in its line, tabs included.
    func write(
        _ records: some Sequence<Int>, of values: Chunk.Values, to send: (UnsafeRawBufferPointer) throws -> Void,
        head: (Int, inout ByteBuffer) -> Void
    ) throws {
        var buffer = ByteBuffer(capacity: Self.pieceSize * 2)
        for record in records {
            head(record, &buffer)
            for index in places.indices {
                if index > 0 { buffer.append(UInt8(ascii: "\t")) }
                Self.append(values.value(record: record, column: places[index]), to: &buffer)
            }
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count >= Self.pieceSize {
                try send(buffer.bytes)
                buffer.shorten(to: 0)
            }
        }
        if buffer.count > 0 { try send(buffer.bytes) }
    }

    /// Appends a value that comes before those of the record.
    static func append(_ value: UnsafeRawBufferPointer?, head buffer: inout ByteBuffer) {
        append(value, to: &buffer)
        buffer.append(UInt8(ascii: "\t"))
    }

    private static func append(_ value: UnsafeRawBufferPointer?, to buffer: inout ByteBuffer) {
        guard let value else { return buffer.append("\\N") }
        guard let from = value.baseAddress else { return }
        // Every byte may become two; and words are copied whole.
        let to = buffer.reserve(value.count * 2 + 8)
        var read = 0
        while read + 8 <= value.count {
            let word = from.loadUnaligned(fromByteOffset: read, as: UInt64.self)
            if EightBytes.below(0x20, word) | EightBytes.equal(UInt8(ascii: "\\"), word) != 0 { break }
            to.storeBytes(of: word, toByteOffset: read, as: UInt64.self)
            read += 8
        }
        var written = read
        while read < value.count {
            let byte = value[read]
            read += 1
            var escaped = byte
            switch byte {
            case UInt8(ascii: "\\"): break
            case UInt8(ascii: "\n"): escaped = UInt8(ascii: "n")
            case UInt8(ascii: "\r"): escaped = UInt8(ascii: "r")
            case UInt8(ascii: "\t"): escaped = UInt8(ascii: "t")
            default:
                to.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
                written += 1
                continue
            }
            to.storeBytes(of: UInt8(ascii: "\\"), toByteOffset: written, as: UInt8.self)
            to.storeBytes(of: escaped, toByteOffset: written + 1, as: UInt8.self)
            written += 2
        }
        buffer.advance(written)
    }
}

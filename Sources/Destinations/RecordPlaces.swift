package import Records

/// Where a chunk's usable records are in the source, in a few bytes each: what undo data keeps so that a row leads back
/// to its line.
///
/// For each record, three unsigned LEB128 numbers: its distance from the record before it (from the chunk's start for the
/// first) in records, lines and bytes.
package struct RecordPlaces: Sendable {
    package private(set) var bytes: [UInt8]

    package init(bytes: [UInt8]) { self.bytes = bytes }

    package init(of chunk: Chunk) {
        bytes = []
        bytes.reserveCapacity(chunk.records.count * 4 + 24)
        for number in [chunk.start.record, chunk.start.line, chunk.start.byteOffset] { Self.append(number, to: &bytes) }
        var last = Chunk.Record(offset: 0, length: 0, line: 0, number: 0)
        for record in chunk.records {
            Self.append(UInt64(record.number - last.number), to: &bytes)
            Self.append(UInt64(record.line - last.line), to: &bytes)
            Self.append(UInt64(record.offset - last.offset), to: &bytes)
            last = record
        }
    }

    /// Where the usable record `index`, from 0, begins; nil if there is none of that number or the bytes are damaged.
    package func location(ofRecord index: Int) -> RecordLocation? {
        var rest = bytes[...]
        guard let record = Self.next(&rest), let line = Self.next(&rest), let offset = Self.next(&rest) else {
            return nil
        }
        var location = RecordLocation(byteOffset: offset, line: line, record: record)
        guard index >= 0 else { return nil }
        for _ in 0...index {
            guard let record = Self.next(&rest), let line = Self.next(&rest), let offset = Self.next(&rest) else {
                return nil
            }
            location.record &+= record
            location.line &+= line
            location.byteOffset &+= offset
        }
        return location
    }

    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private static func next(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = bytes.popFirst(), shift < 64 {
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}

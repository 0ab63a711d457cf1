import Mapping
import Records
import Testing

extension Chunk {
    /// A chunk of rows as a reader would fill it: values are in `bytes`, those with a `~` in `decoded` (without it). A
    /// row of another length is a reject.
    init(rows: [[String?]], columns: Int, firstRecord: UInt64 = 1, byteOffset: UInt64 = 0) {
        self.init()
        reset(at: RecordLocation(byteOffset: byteOffset, line: firstRecord, record: firstRecord), columnCount: columns)
        for (index, row) in rows.enumerated() {
            let start = bytes.count
            var rowFields: [Field] = []
            for value in row {
                guard let value else {
                    rowFields.append(.null)
                    bytes.append(UInt8(ascii: "|"))
                    continue
                }
                let text = Array(value.replacing("~", with: "").utf8)
                if value.contains("~") {
                    rowFields.append(.decoded(offset: decoded.count, length: text.count))
                    decoded += text
                } else {
                    rowFields.append(.source(offset: bytes.count, length: text.count))
                }
                bytes += Array(value.utf8) + [UInt8(ascii: "|")]
            }
            bytes.append(UInt8(ascii: "\n"))
            if row.count == columns {
                fields += rowFields
                records.append(
                    Record(
                        offset: UInt32(start), length: UInt32(bytes.count - start), line: UInt32(index),
                        number: UInt32(index)))
            } else {
                let location = RecordLocation(
                    byteOffset: byteOffset + UInt64(start), line: firstRecord + UInt64(index),
                    record: firstRecord + UInt64(index))
                rejects.append(
                    RejectedRecord(location: location, code: .fieldCount, message: "", raw: Array(bytes[start...])))
            }
        }
        end.byteOffset += UInt64(bytes.count)
        end.line += UInt64(rows.count)
        end.record += UInt64(rows.count)
    }

    /// NULL is `∅`, fields are separated by `|`.
    var lines: [String] {
        withValues { values in
            records.indices.map { record in
                (0..<columnCount).map { values.text(record: record, column: $0) ?? "∅" }.joined(separator: "|")
            }
        }
    }
}

/// What a mapping makes of rows: the lines that are kept, and the rejects.
func map(
    _ rows: [[String?]], columns: [String], _ mapping: SectionMapping
) throws -> (columns: [String], lines: [String], rejects: [RejectedRecord]) {
    var mapper = try Mapper(mapping, sourceColumns: columns)
    var chunk = Chunk(rows: rows, columns: columns.count)
    let before = chunk
    try mapper.apply(to: &chunk)
    #expect(chunk.bytes == before.bytes && chunk.start == before.start && chunk.end == before.end)
    #expect(chunk.columnCount == mapper.columns.count)
    #expect(chunk.fields.count == chunk.records.count * chunk.columnCount)
    #expect(chunk.recordsRead == rows.count)
    return (mapper.columns.map(\.name), chunk.lines, chunk.rejects)
}

extension ColumnMapping {
    /// A column with some members set.
    static func with(_ change: (inout ColumnMapping) -> Void) -> ColumnMapping {
        var mapping = ColumnMapping()
        change(&mapping)
        return mapping
    }
}

extension SectionMapping {
    static func with(_ change: (inout SectionMapping) -> Void) -> SectionMapping {
        var mapping = SectionMapping()
        change(&mapping)
        return mapping
    }
}

/// Random numbers that are the same in each run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

import ImportEngine
import Records
import Testing

@Suite struct TypeInferenceTests {
    @Test(
        arguments: [
            (["1", "2", "-3"], ColumnType.integer),
            (["1", nil, "2"], .integer),
            (["1", "2.5"], .real),
            (["2.5", "1"], .real),
            (["1.10", "0.5"], .real),
            (["1", "x"], .text),
            (["007"], .text),
            (["+5"], .text),
            (["1e5"], .text),
            (["12345678901234567890"], .text),
            (["9223372036854775807"], .integer),
            ([" 1"], .text),
            (["2026-11-21"], .text),
            ([""], .text),
            ([nil, nil], .text),
            ([], .text),
        ] as [([String?], ColumnType)])
    func aColumnIsWhatAllItsValuesAre(_ values: [String?], _ type: ColumnType) {
        var chunk = Chunk()
        chunk.reset(at: RecordLocation(), columnCount: 1)
        for (index, value) in values.enumerated() {
            chunk.records.append(Chunk.Record(offset: 0, length: 0, line: UInt32(index), number: UInt32(index)))
            guard let value else {
                chunk.fields.append(.null)
                continue
            }
            chunk.fields.append(.source(offset: chunk.bytes.count, length: value.utf8.count))
            chunk.bytes += Array(value.utf8)
        }
        #expect(TypeInference.types(in: chunk) == [type])
    }
}

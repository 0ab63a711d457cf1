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
            (["1.10", "0.50"], .real),
            (["1.10", "7", "0.50"], .real),
            (["1.10", "0.5"], .text),
            (["1.1", "1.2", "1.10", "2.0"], .text),
            (["1.0", "2.5", "3.25"], .real),
            (["1.0", "2"], .text),
            (["5", "19.90", "5.00"], .text),
            (["1.5e3", "2.5"], .text),
            ([".5", "0.5"], .text),
            (["-0.0", "1.5"], .text),
            (["48.053808600000004", "1.5"], .text),
            (["1000000000000000", "1.5"], .text),
            (["0.00001"], .text),
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
        #expect(TypeInference.types(in: chunk(of: values)) == [type])
    }

    @Test(
        arguments: [
            (["48.053808600000004", "1.5"], .numeric), (["12345678901234567890", "1"], .numeric),
            (["1000000000000000", "1.5"], .numeric), (["1.1", "1.10"], .text), (["1.5e3"], .text), (["1.10"], .numeric),
        ] as [([String?], ColumnType)])
    func whereAllDigitsAreKeptLongNumbersAreNumbers(_ values: [String?], _ type: ColumnType) {
        #expect(TypeInference.types(in: chunk(of: values), keepsAllDigits: true) == [type])
    }

    @Test(arguments: [(["1", "2"], .integer), (["1", "2.5"], .text), (["1.1"], .text)] as [([String?], ColumnType)])
    func aKeyIsNoNumberWithDecimals(_ values: [String?], _ type: ColumnType) {
        for keepsAllDigits in [false, true] {
            #expect(TypeInference.types(in: chunk(of: values), keys: [0], keepsAllDigits: keepsAllDigits) == [type])
        }
    }

    private func chunk(of values: [String?]) -> Chunk {
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
        return chunk
    }
}

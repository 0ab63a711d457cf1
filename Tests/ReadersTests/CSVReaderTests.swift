import Readers
import Records
import Testing

@Suite struct CSVReaderTests {
    @Test("a file gives these records and rejects", arguments: CSVCase.all)
    func records(_ example: CSVCase) throws {
        let reading = try read(example.input, options: example.options)
        #expect(reading.columns == example.columns)
        #expect(reading.lines == example.rows)
        let rejects = reading.rejects.map {
            CSVCase.Reject(
                $0.code, record: $0.location.record, line: $0.location.line, byte: $0.location.byteOffset, raw: $0.raw,
                field: $0.field)
        }
        #expect(rejects == example.rejects)
        if let endLine = example.endLine { #expect(reading.end.line == endLine) }
    }

    @Test("a record keeps its place and its bytes")
    func locations() throws {
        let reading = try read(Array("a,b\r\n\r\n\"x\ny\",1\r\n2,3\n".utf8))
        #expect(reading.rows.map(\.location.byteOffset) == [7, 16])
        #expect(reading.rows.map(\.location.line) == [3, 5])
        #expect(reading.rows.map(\.location.record) == [1, 2])
        #expect(reading.rows.map(\.raw) == [Array("\"x\ny\",1\r\n".utf8), Array("2,3\n".utf8)])
    }

    @Test("values stand in the source's bytes unless they have to be changed")
    func valuesInPlace() throws {
        var reader = try CSVReader(source: TrickleSource(Array("a,b\nü,\"x\"\n1,\"\"\"\"\n".utf8)))
        var chunk = Chunk()
        #expect(try reader.fill(&chunk, limit: ChunkLimit()))
        #expect(chunk.fields.map(\.isDecoded) == [false, false, false, true])
    }

    @Test("a chunk ends at the end offset it is given")
    func endOffset() throws {
        let bytes = Array("a\n1\n\n2\n3\n".utf8)
        var reader = try CSVReader(source: TrickleSource(bytes))
        var chunk = Chunk()
        #expect(try reader.fill(&chunk, limit: ChunkLimit(endOffset: 4)))
        #expect(chunk.bytes == Array("1\n".utf8))
        #expect(try reader.fill(&chunk, limit: ChunkLimit(endOffset: 7)))
        #expect(chunk.bytes == Array("\n2\n".utf8))
        #expect(chunk.records.count == 1)
    }

    @Test("empty lines at the end belong to the last chunk")
    func trailingEmptyLines() throws {
        var reader = try CSVReader(source: TrickleSource(Array("a\n1\n2\n\n\n".utf8), step: 1))
        var chunk = Chunk()
        #expect(try reader.fill(&chunk, limit: ChunkLimit(records: 2)))
        #expect(chunk.end == RecordLocation(byteOffset: 8, line: 6, record: 3))
        #expect(try !reader.fill(&chunk, limit: ChunkLimit(records: 2)))
        #expect(chunk.bytes.isEmpty)
    }

    @Test("a file that became shorter is not read on")
    func shortened() throws {
        let reader = try CSVReader(source: TrickleSource(Array("a\n1\n2\n".utf8)))
        var other = try CSVReader(
            source: TrickleSource(Array("a\n".utf8)), dialect: reader.dialect, columns: reader.columns,
            dataStart: reader.dataStart)
        #expect(throws: DataError.self) { try other.seek(to: RecordLocation(byteOffset: 5, line: 3, record: 2)) }
    }
}

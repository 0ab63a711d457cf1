import Readers
import Records
import Testing

@Suite struct JSONReaderTests {
    @Test("a file gives these records and rejects", arguments: JSONCase.all)
    func records(_ example: JSONCase) throws {
        let reading = try readJSON(example.input, options: example.options)
        #expect(reading.columns == example.columns)
        #expect(reading.lines == example.rows)
        let rejects = reading.rejects.map {
            JSONCase.Reject($0.code, $0.location.record, $0.raw, field: $0.field)
        }
        #expect(rejects == example.rejects, "\(reading.rejects.map(\.message))")
    }

    @Test("a record keeps its place and its bytes")
    func locations() throws {
        let array = try readJSON(Array("[\n {\"a\":1},\n {\"a\":[\n2]} ,{\"a\":3} ]\n".utf8))
        #expect(array.rows.map(\.location.byteOffset) == [3, 13, 25])
        #expect(array.rows.map(\.location.line) == [2, 3, 4])
        #expect(array.rows.map(\.raw) == ["{\"a\":1}", "{\"a\":[\n2]}", "{\"a\":3}"].map { Array($0.utf8) })
        let lines = try readJSON(Array("{\"a\":1}\n\n {\"a\":2} \r\n".utf8))
        #expect(lines.rows.map(\.location.byteOffset) == [0, 9])
        #expect(lines.rows.map(\.raw) == ["{\"a\":1}\n", " {\"a\":2} \r\n"].map { Array($0.utf8) })
    }

    @Test("values stand in the source's bytes unless they have escapes")
    func valuesInPlace() throws {
        var reader = try JSONReader(source: TrickleSource(Array("[{\"a\":\"ü\",\"b\":\"\\n\",\"c\":[\"\\n\"]}]".utf8)))
        var chunk = Chunk()
        #expect(try reader.fill(&chunk, limit: ChunkLimit()))
        #expect(chunk.fields.map(\.isDecoded) == [false, true, false])
    }

    @Test("a key that the columns lack makes its record a reject that names it")
    func unknownField() throws {
        let bytes = Array("{\"a\":1}\n{\"a\":1,\"b\\n\":2}\n{\"a\":2}\n".utf8)
        let reading = try readAll(
            JSONReader(
                source: TrickleSource(bytes), layout: JSONLayout(form: .lines), columns: ["a"],
                dataStart: RecordLocation()))
        #expect(reading.lines == ["1", "2"])
        #expect(reading.rejects.map(\.code) == [.unknownField])
        #expect(reading.rejects.first?.field == "b\n")
        #expect(reading.rejects.first?.message.contains("line 2, column 8, byte") == true)
    }

    @Test("an array that comes after the first bytes is found", arguments: [nil, "d.r"])
    func farArray(path: String?) throws {
        let filler = String(repeating: "[\"]}\",{\"r\":[{}]}],", count: 100_000)
        let inner = "{\"x\":[1,\(filler)2],\"r\":[{\"a\":1}]}"
        let document = path == nil ? inner : "{\"x\":\(inner),\"d\":\(inner)}"
        let reading = try readJSON(
            Array(document.utf8), options: JSONOptions(recordsPath: path), limit: ChunkLimit(bytes: 1 << 20),
            reopening: .beforeEachChunk)
        #expect(reading.lines == ["1"])
        #expect(reading.rejects.isEmpty)
    }

    @Test("a file that became shorter is not read on", arguments: ["{\"a\":1}\n{\"a\":2}\n", "[{\"a\":1},{\"a\":2}]"])
    func shortened(text: String) throws {
        let bytes = Array(text.utf8)
        let reader = try JSONReader(source: TrickleSource(bytes))
        for offset in [12, 14] {
            var other = try JSONReader(
                source: TrickleSource(Array(bytes[..<9])), layout: reader.layout, columns: reader.columns,
                dataStart: reader.dataStart)
            #expect(throws: DataError.self) {
                try other.seek(to: RecordLocation(byteOffset: UInt64(offset), line: 1, record: 2))
            }
        }
    }
}

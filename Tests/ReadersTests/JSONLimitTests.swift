import Readers
import Records
import Testing

@Suite struct JSONLimitTests {
    static let giant = 24 << 20
    static let giants: [(before: String, byte: UInt8, after: String)] = [
        ("{\"a\":\"", UInt8(ascii: "x"), "\"}"), ("{\"a\":\"", UInt8(ascii: ","), "\"}"),
        ("{\"a\":", UInt8(ascii: "1"), "}"), ("{\"a\":1", UInt8(ascii: " "), "}"),
    ]

    @Test("a record of 24 MiB is skipped in little memory and harms no other record", arguments: giants)
    func giantRecord(before: String, byte: UInt8, after: String) throws {
        for (open, separator, close) in [("[", ",\n", "]"), ("", "\n", "\n")] {
            let runs =
                GeneratedSource.text("\(open){\"a\":0}\(separator)\(before)") + [(byte, Self.giant)]
                + GeneratedSource.text("\(after)\(separator){\"a\":2}\(close)")
            let (reading, largest) = try readAll(GeneratedSource(runs))
            #expect(reading.lines == ["0", "2"])
            #expect(reading.rejects.map(\.code) == [.tooLarge])
            #expect(reading.rejects.first?.raw.count == 64 << 10)
            #expect(reading.rejects.first?.message.contains("first 65536 bytes") == true)
            #expect(largest < 36 << 20)
        }
    }

    @Test("nesting without end takes little memory", arguments: [100_000, 20 << 20])
    func nesting(depth: Int) throws {
        let runs =
            GeneratedSource.text("[{\"a\":0},{\"a\":") + [(UInt8(ascii: "["), depth), (UInt8(ascii: "]"), depth)]
            + GeneratedSource.text("},{\"a\":2}]")
        let (reading, largest) = try readAll(GeneratedSource(runs))
        #expect(reading.lines == ["0", "2"])
        #expect(reading.rejects.map(\.code) == [depth == 100_000 ? .tooDeep : .tooLarge])
        #expect(largest < 36 << 20)
    }

    @Test("white space without end does not fill the memory", arguments: [("[", ","), ("", "\n")])
    func whiteSpace(open: String, separator: String) throws {
        let runs =
            GeneratedSource.text("\(open){\"a\":1}") + [(UInt8(ascii: "\n"), 8 << 20)]
            + GeneratedSource.text("\(separator){\"a\":2}\(open.isEmpty ? "" : "]")")
        let source = GeneratedSource(runs)
        let (reading, largest) = try readAll(source, limit: ChunkLimit(bytes: 1 << 20), reopening: .beforeEachChunk)
        #expect(reading.lines == ["1", "2"])
        #expect(reading.rows.last?.location.line == (8 << 20) + (open.isEmpty ? 2 : 1))
        #expect(largest < 4 << 20)
    }

    @Test(
        "a skipped record is the same however it is read and cut",
        arguments: ["", ",", "{\"b\":1},", "\\\"", ",,"])
    func cutGiant(content: String) throws {
        let filler = String(repeating: "\(content)x,", count: 40_000)
        let text = "[{\"a\":0},{\"a\":\"\(filler.replacing("\"b\"", with: "b"))\"},{\"a\":1},{\"a\":2}]"
        let bytes = Array(text.utf8)
        let options = JSONOptions(maxRecordBytes: 1_000)
        let whole = try readJSON(bytes, options: options)
        #expect(whole.rejects.map(\.raw.count) == [1_000])
        #expect(whole.lines == ["0", "1", "2"])
        try ReaderLaws(example: .json(bytes, options: options)).splitting(steps: [999, 4_096, 70_001])
    }

    @Test("records of few keys among many columns do not fill the memory")
    func sparse() throws {
        let wide = "{\((0..<1_500).map { "\"c\($0)\":1" }.joined(separator: ","))}\n"
        let bytes = Array((wide + String(repeating: "{}\n", count: 20_000)).utf8)
        var reader = try JSONReader(source: TrickleSource(bytes))
        var chunk = Chunk()
        var count = 0
        while try reader.fill(&chunk, limit: ChunkLimit(records: .max)) {
            count += chunk.recordsRead
            #expect(chunk.fields.count < 3 << 20)
        }
        #expect(count == 20_001)
    }

    private func readAll(
        _ source: GeneratedSource, limit: ChunkLimit = ChunkLimit(), reopening: Reopening = .never
    ) throws -> (Reading, largest: Int) {
        var reader = try JSONReader(source: source)
        var chunk = Chunk()
        var reading = Reading()
        var end = reader.dataStart
        var largest = 0
        while true {
            if reopening == .beforeEachChunk {
                reader = try JSONReader(
                    source: source, layout: reader.layout, columns: reader.columns, dataStart: reader.dataStart)
                try reader.seek(to: end)
            }
            guard try reader.fill(&chunk, limit: limit) else { break }
            #expect(chunk.start == end)
            #expect(UInt64(chunk.bytes.count) == chunk.end.byteOffset - chunk.start.byteOffset)
            reading.append(chunk)
            end = chunk.end
            largest = max(largest, chunk.bytes.capacity)
        }
        #expect(end.byteOffset == source.size)
        return (reading, largest)
    }
}

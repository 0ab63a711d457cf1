import Readers
import Records
import Testing

@Suite struct CSVLimitTests {
    static let giant = 40 << 20

    @Test(
        "a field of 40 MiB is skipped in little memory and harms no other record",
        arguments: [("", "", TextEncoding.utf8), ("\"", "\"", .utf8), ("\"", "", .utf8), ("", "", .latin1)])
    func giantField(before: String, after: String, encoding: TextEncoding) throws {
        let runs =
            GeneratedSource.text("a,b\n0,1\n2,\(before)") + [(UInt8(ascii: "x"), Self.giant)]
            + GeneratedSource.text("\(after)\n3,4\n")
        let options = CSVOptions(delimiter: UInt8(ascii: ","), encoding: encoding)
        var reader = try CSVReader(source: GeneratedSource(runs), options: options)
        var chunk = Chunk()
        var reading = Reading()
        var end = reader.dataStart
        var largest = 0
        while try reader.fill(&chunk, limit: ChunkLimit()) {
            #expect(chunk.start == end)
            #expect(UInt64(chunk.bytes.count) == chunk.end.byteOffset - chunk.start.byteOffset)
            reading.append(chunk)
            end = chunk.end
            largest = max(largest, chunk.bytes.capacity)
        }
        #expect(reading.lines == ["0|1", "3|4"])
        #expect(reading.rows.last?.location.line == 4)
        #expect(reading.rejects.map(\.code) == [.tooLarge])
        let reject = try #require(reading.rejects.first)
        #expect(reject.raw.count == 64 << 10)
        #expect(reject.location == RecordLocation(byteOffset: 8, line: 3, record: 2))
        #expect(reject.message.contains("\(16 << 20) bytes"))
        #expect(reject.message.contains("first 65536 bytes"))
        #expect(end.byteOffset == GeneratedSource(runs).size)
        #expect(largest < 36 << 20)
    }

    @Test("a chunk that begins inside a skipped record can be begun with again")
    func resumeInside() throws {
        let runs = [(UInt8(ascii: "a"), 1), (10, 1), (UInt8(ascii: "x"), Self.giant), (10, 1), (UInt8(ascii: "y"), 1)]
        var reader = try CSVReader(source: GeneratedSource(runs))
        var chunk = Chunk()
        #expect(try reader.fill(&chunk, limit: ChunkLimit()))
        #expect(chunk.rejects.count == 1)
        #expect(chunk.end.byteOffset < Self.giant)
        var other = try CSVReader(
            source: GeneratedSource(runs), dialect: reader.dialect, columns: reader.columns, dataStart: reader.dataStart
        )
        try other.seek(to: chunk.end)
        var reading = Reading()
        while try other.fill(&chunk, limit: ChunkLimit()) { reading.append(chunk) }
        #expect(reading.lines == ["y"])
        #expect(reading.rows.first?.location == RecordLocation(byteOffset: UInt64(Self.giant) + 3, line: 3, record: 2))
        #expect(reading.rejects.isEmpty)
    }

    @Test("empty lines without end do not fill the memory")
    func emptyLines() throws {
        let runs = GeneratedSource.text("a\n") + [(UInt8(ascii: "\n"), 8 << 20)] + GeneratedSource.text("1\n")
        var reader = try CSVReader(source: GeneratedSource(runs))
        var chunk = Chunk()
        var reading = Reading()
        while try reader.fill(&chunk, limit: ChunkLimit(bytes: 1 << 20)) {
            #expect(chunk.bytes.capacity < 4 << 20)
            reading.append(chunk)
        }
        #expect(
            reading.rows.map(\.location) == [RecordLocation(byteOffset: (8 << 20) + 2, line: (8 << 20) + 2, record: 1)])
    }

    @Test("a record that is too large to be kept is a chunk of its own, and one that can be kept is none")
    func ownChunk() throws {
        let options = CSVOptions(maxFieldBytes: 8)
        func spans(_ text: String) throws -> [[UInt8]] {
            var reader = try CSVReader(source: TrickleSource(Array("a\n\(text)".utf8)), options: options)
            var chunk = Chunk()
            var spans: [[UInt8]] = []
            while try reader.fill(&chunk, limit: ChunkLimit()) { spans.append(chunk.bytes) }
            return spans
        }
        let giant = String(repeating: "x", count: 70_000) + "\n"
        #expect(try spans("1\n1234567890\n2\n") == [Array("1\n1234567890\n2\n".utf8)])
        #expect(try spans("1\n\(giant)2\n").map(\.first) == [UInt8(ascii: "1"), UInt8(ascii: "x")])
    }

    @Test(
        "a skipped record is the same however it is read and cut", arguments: ["", "\"", "\"a\"b", "\"\n\",", "1,1,"])
    func cutGiant(before: String) throws {
        let bytes = Array("a,b\n0,1\n\(before)\(String(repeating: "xé", count: 60_000))\r\n2,3\n".utf8)
        let options = CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 1000)
        let whole = try read(bytes, options: options)
        #expect(whole.rejects.map(\.raw.count) == [64 << 10])
        #expect(whole.lines == ["0|1", "2|3"])
        for step in [999, 1001, 4096, 70_001] {
            for limit in [ChunkLimit(records: 1), ChunkLimit(bytes: 1), ChunkLimit(bytes: 5000)] {
                for reopening in [Reopening.never, .beforeEachChunk] {
                    let reading = try read(bytes, options: options, step: step, limit: limit, reopening: reopening)
                    #expect(reading == whole, "\(step) bytes at a time, \(limit), \(reopening)")
                }
            }
        }
    }
}

import Readers
import Records
import Testing

@Suite struct CompressedSourceTests {
    static let text = someText(700_000)

    @Test(arguments: Compression.allCases) func whatWasCompressedIsReadBack(compression: Compression) throws {
        var random = SplitMix(state: 3)
        for count in [0, 1, 2, 65_535, 65_536, 65_537, 131_072, 700_000] {
            let text = Array(Self.text[..<count])
            let packed = try compression.pack(text)
            for _ in 0..<4 {
                let step = [1000, 10_000, Int.random(in: 1...packed.count, using: &random)].randomElement(
                    using: &random)!
                let source = CompressedSource(compression, name: "a") { PipeSource(packed, step: step) }
                #expect(try source.all(step: Int.random(in: max(1, count / 100)...(count + 1), using: &random)) == text)
                #expect(source.consumed.value == UInt64(packed.count), "all of it was used up")
            }
        }
    }

    @Test(arguments: Compression.allCases) func oneByteAtATimeIsEnough(compression: Compression) throws {
        let text = Array(Self.text[..<5000])
        let packed = try compression.pack(text)
        #expect(try CompressedSource(compression, name: "a") { PipeSource(packed, step: 1) }.all(step: 1) == text)
    }

    @Test(arguments: Compression.allCases) func allMembersAreRead(compression: Compression) throws {
        let parts = [Self.text[..<100], Self.text[..<0], Self.text[..<200_000], Self.text[..<0]].map { Array($0) }
        let packed = try parts.flatMap(compression.pack)
        for step in [1, 1000, .max] {
            let source = CompressedSource(compression, name: "a") { PipeSource(packed, step: step) }
            #expect(try source.all() == parts.flatMap { $0 })
        }
    }

    @Test func zerosAfterAGzipArePadding() throws {
        let packed = try Compression.gzip.pack(Self.text) + [UInt8](repeating: 0, count: 100_000)
        #expect(try CompressedSource(.gzip, name: "a") { PipeSource(packed) }.all() == Self.text)
    }

    @Test(arguments: Compression.allCases) func seekingGoesAnywhere(compression: Compression) throws {
        let packed = try compression.pack(Self.text)
        var source = CompressedSource(compression, name: "a") { PipeSource(packed) }
        #expect(source.size == nil)
        var random = SplitMix(state: 9)
        for _ in 0..<20 {
            let offset = Int.random(in: 0...Self.text.count, using: &random)
            source.seek(to: UInt64(offset))
            var buffer = [UInt8](repeating: 0, count: 1000)
            let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
            #expect(buffer[..<count] == Self.text[offset..<(offset + count)])
            #expect(count > 0 || offset == Self.text.count)
        }
        source.seek(to: UInt64(Self.text.count + 1))
        #expect(try source.all() == [])
    }

    @Test func readingOnDoesNotBeginAgainAndGoingBackDoes() throws {
        let packed = try Compression.gzip.pack(Self.text)
        let opened = OpenCount()
        var source = CompressedSource(.gzip, name: "a") {
            opened.add()
            return TrickleSource(packed)
        }
        var byte: UInt8 = 0
        for offset: UInt64 in [0, 1, 300_000, 600_000] {
            source.seek(to: offset)
            _ = try withUnsafeMutableBytes(of: &byte) { try source.read(into: $0) }
            #expect(byte == Self.text[Int(offset)])
        }
        #expect(opened.value == 1)
        source.seek(to: 5)
        _ = try withUnsafeMutableBytes(of: &byte) { try source.read(into: $0) }
        #expect(byte == Self.text[5])
        #expect(opened.value == 2)
    }

    @Test func aCSVReaderExpandsTheFileOnce() throws {
        let packed = try Compression.gzip.pack(Self.text)
        let opened = OpenCount()
        var reader = try CSVReader(
            source: CompressedSource(.gzip, name: "a") {
                opened.add()
                return TrickleSource(packed)
            })
        var chunk = Chunk()
        while try reader.fill(&chunk, limit: ChunkLimit(records: 100)) {}
        #expect(opened.value == 1)
    }

    @Test func aCopyReadsOnByItself() throws {
        let packed = try Compression.gzip.pack(Self.text)
        let opened = OpenCount()
        var source = CompressedSource(.gzip, name: "a") {
            opened.add()
            return TrickleSource(packed)
        }
        var buffer = [UInt8](repeating: 0, count: 1000)
        let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
        var copy = source
        let copied = try buffer.withUnsafeMutableBytes { try copy.read(into: $0) }
        #expect(buffer[..<copied] == Self.text[count..<(count + copied)])
        #expect(opened.value == 2, "the two share nothing, so that two threads may read them")
        #expect(try source.all() == Array(Self.text[count...]))
        #expect(try copy.all() == Array(Self.text[(count + copied)...]))
    }

    @Test(arguments: Compression.allCases)
    func aCSVReaderReadsItAndGoesOnFromAnyChunk(compression: Compression) throws {
        let csv = Array("n,text\n".utf8) + (1...3000).flatMap { Array("\($0),\"a\n\($0 * 7919)\"\n".utf8) }
        let packed = try compression.pack(csv)
        try checkCSVReading(of: csv, from: CompressedSource(compression, name: "a") { TrickleSource(packed) })
    }
}

/// Reads a CSV from `source` in chunks, and again from each chunk's start.
func checkCSVReading(of csv: [UInt8], from source: some ByteSource) throws {
    var reader = try CSVReader(source: source)
    let whole = try read(csv)
    var reading = Reading(columns: reader.columns, end: reader.dataStart)
    var starts: [RecordLocation] = []
    var chunk = Chunk()
    let limit = ChunkLimit(records: 401)
    while try reader.fill(&chunk, limit: limit) {
        starts.append(chunk.start)
        reading.append(chunk)
    }
    #expect(reading == whole)
    for start in starts.reversed() + starts + [reading.end] {
        var again = try CSVReader(
            source: source, dialect: reader.dialect, columns: reader.columns, dataStart: reader.dataStart)
        try again.seek(to: start)
        var rest = Reading(columns: reader.columns, end: start)
        while try again.fill(&chunk, limit: limit) { rest.append(chunk) }
        #expect(rest.rows.elementsEqual(whole.rows.dropFirst(Int(start.record) - 1)))
        #expect(rest.end == whole.end)
    }
}

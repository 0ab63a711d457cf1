import Readers
import Records
import Testing

@Suite struct SQLLimitTests {
    static let giant = 40 << 20

    /// Reads in the default chunks and looks at how large they get.
    private func read(_ runs: [(byte: UInt8, count: Int)]) throws -> (reading: Reading, largest: Int) {
        var reader = try SQLReader(source: GeneratedSource(runs), options: SQLOptions(dialect: .standard, table: "t"))
        var (chunk, reading, largest) = (Chunk(), Reading(), 0)
        var end = reader.dataStart
        while try reader.fill(&chunk, limit: ChunkLimit()) {
            #expect(chunk.start == end)
            reading.append(chunk)
            end = chunk.end
            largest = max(largest, chunk.bytes.capacity)
        }
        #expect(end.byteOffset == GeneratedSource(runs).size)
        return (reading, largest)
    }

    private static func runs(_ before: String, _ byte: String, _ after: String, count: Int = giant)
        -> [(byte: UInt8, count: Int)]
    { GeneratedSource.text(before) + [(byte.utf8.first!, count)] + GeneratedSource.text(after) }

    @Test("a string of 40 MiB is skipped in little memory and harms no other record")
    func giantString() throws {
        let (reading, largest) = try read(
            Self.runs("INSERT INTO t VALUES (0,1),\n(2,'", "x", "'),\n(3,4);\n"))
        #expect(reading.lines == ["0|1", "3|4"])
        #expect(reading.rejects.map(\.code) == [.tooLarge])
        let reject = try #require(reading.rejects.first)
        #expect(reject.raw.count == 64 << 10)
        #expect(reject.location == RecordLocation(byteOffset: 28, line: 2, record: 2))
        #expect(reject.message.contains("\(16 << 20) bytes") && reject.message.contains("first 65536 bytes"))
        #expect(largest < 48 << 20)
    }

    @Test(
        "what is no row may be of any size",
        arguments: [
            ("/*", "*", "/"), ("--", "-", "\n"), ("", "\n", ""), ("CREATE x '", ";", "';"), ("", "x", ";"),
            ("", "(", ";"),
            ("\\", "x", "\n"), ("", ",", ";"), ("", ";", "\n"),
        ])
    func giantOthers(before: String, byte: String, after: String) throws {
        let row = "INSERT INTO t (a) VALUES (1);\n"
        let (reading, largest) = try read(Self.runs(row + before, byte, after + row))
        #expect(reading.lines == ["1", "1"])
        #expect(reading.rejects.isEmpty)
        #expect(largest < 48 << 20)
    }

    @Test("a giant line of a COPY is one reject")
    func giantLine() throws {
        let row = "INSERT INTO t (a) VALUES (1);\n"
        let (reading, largest) = try read(Self.runs(row + "COPY t (a) FROM stdin;\n", "1", "\n\\.\n" + row))
        #expect(reading.lines == ["1", "1"])
        #expect(reading.rejects.count == 1)
        #expect(largest < 48 << 20)
    }

    @Test("giants inside a statement cost their row, or nothing", arguments: ["(", "x", "'", "\n"])
    func giantsBetweenRows(byte: String) throws {
        let (reading, largest) = try read(
            Self.runs("INSERT INTO t (a) VALUES (1),", byte, ";\nINSERT INTO t (a) VALUES (2);\n"))
        #expect(reading.lines.first == "1")
        #expect(largest < 48 << 20)
    }

    @Test("parentheses and comments nest as deep as they like")
    func deep() throws {
        let deep = String(repeating: "(", count: 100_000) + "1" + String(repeating: ")", count: 100_000)
        let comments = String(repeating: "/*", count: 100_000) + String(repeating: "*/", count: 100_000)
        let text = "INSERT INTO t VALUES (\(deep)),(\(comments)2);"
        let reading = try readSQL(Array(text.utf8), options: SQLOptions(dialect: .postgresql))
        #expect(reading.lines == ["2"])
        #expect(reading.rejects.map(\.code.rawValue) == ["expression"])
    }

    @Test("a row of a million values is one reject")
    func manyValues() throws {
        let values = Array(repeating: "1", count: 1_000_000).joined(separator: ",")
        let reading = try readSQL(Array("INSERT INTO t (a) VALUES (\(values)),(2);".utf8))
        #expect(reading.lines == ["2"])
        #expect(reading.rejects.map(\.code) == [.fieldCount])
        #expect(try readSQL(Array("INSERT INTO t VALUES (\(values));".utf8)).rejects.map(\.code) == [.fieldCount])
    }

    @Test("a skipped record is the same however it is read and cut", arguments: ["'", "'x'||'", "(", "'a'b"])
    func cutGiant(before: String) throws {
        let text =
            "INSERT INTO t (a) VALUES (0),(\(before)\(String(repeating: "xé,", count: 30_000))'),\n(2);\nINSERT INTO t (a) VALUES (3);"
        let bytes = Array(text.utf8)
        let options = SQLOptions(dialect: .standard, maxRecordBytes: 1000)
        let whole = try readSQL(bytes, options: options)
        #expect(whole.rejects.first?.code == .tooLarge)
        #expect(whole.rejects.first?.raw.count == 1000)
        for step in [999, 4096, 70_001] {
            for limit in [ChunkLimit(records: 1), ChunkLimit(bytes: 300), ChunkLimit(bytes: 5000)] {
                for reopening in [Reopening.never, .beforeEachChunk] {
                    let reading = try readSQL(bytes, options: options, step: step, limit: limit, reopening: reopening)
                    #expect(reading == whole, "\(step) bytes at a time, \(limit), \(reopening)")
                }
            }
        }
    }
}

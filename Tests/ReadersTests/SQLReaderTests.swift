import Readers
import Records
import Testing

@Suite struct SQLReaderTests {
    @Test("a file gives these records and rejects", arguments: SQLCase.all)
    func records(_ example: SQLCase) throws {
        let reading = try readSQL(Array(example.input.utf8), options: example.options)
        #expect(reading.columns == example.columns)
        #expect(reading.lines == example.rows)
        let rejects = reading.rejects.map {
            SQLCase.Reject($0.code, $0.field, String(decoding: $0.raw, as: UTF8.self))
        }
        #expect(rejects == example.rejects)
    }

    @Test("neither the size of reads nor that of chunks nor a restart changes what is read", arguments: SQLCase.all)
    func splitting(_ example: SQLCase) throws {
        let bytes = Array(example.input.utf8)
        let reader = try SQLReader(source: TrickleSource(bytes), options: example.options)
        let whole = try readSQL(bytes, options: example.options)
        for step in [1, 2, 3, 5, 8, 13, bytes.count] {
            for limit in ChunkLimit.cuts {
                for reopening in [Reopening.never, .beforeEachChunk] {
                    let reading = try readSQL(
                        bytes, layout: reader.layout, columns: reader.columns, dataStart: reader.dataStart, step: step,
                        limit: limit, reopening: reopening)
                    if reading != whole { #expect(reading == whole, "\(step) bytes at a time, \(limit), \(reopening)") }
                }
            }
        }
    }

    @Test("a record keeps its place and its bytes")
    func locations() throws {
        let reading = try readSQL(
            Array("INSERT INTO t VALUES\n(1,'x\ny'),\r\n (2,3) ;\nINSERT INTO t VALUES (4,5)".utf8))
        #expect(reading.rows.map(\.location.byteOffset) == [21, 34, 63])
        #expect(reading.rows.map(\.location.line) == [2, 4, 5])
        #expect(reading.rows.map(\.location.record) == [1, 2, 3])
        #expect(reading.rows.map { String(decoding: $0.raw, as: UTF8.self) } == ["(1,'x\ny'),", "(2,3) ;", "(4,5)"])
    }

    @Test("values stand in the source's bytes unless they have to be changed")
    func valuesInPlace() throws {
        var reader = try SQLReader(source: TrickleSource(Array("INSERT INTO t VALUES (1,'a','''',X'00');".utf8)))
        var chunk = Chunk()
        #expect(try reader.fill(&chunk, limit: ChunkLimit()))
        #expect(chunk.fields.map(\.isDecoded) == [false, false, true, true])
    }

    @Test("every recorded span can be read once more by itself", arguments: SQLCase.all)
    func spansAgain(_ example: SQLCase) throws {
        for limit in ChunkLimit.cuts {
            var reader = try SQLReader(
                source: TrickleSource(Array(example.input.utf8), step: 3), options: example.options)
            var other = reader
            var (chunk, again) = (Chunk(), Chunk())
            while try reader.fill(&chunk, limit: limit) {
                try other.seek(to: chunk.start)
                #expect(try other.fill(&again, limit: ChunkLimit(endOffset: chunk.end.byteOffset)))
                #expect(again.end == chunk.end)
                #expect(again.bytes == chunk.bytes)
                #expect(again.rejects == chunk.rejects)
                #expect(again.records.count == chunk.records.count)
            }
        }
    }

    @Test("a message has the place, the reason and an excerpt")
    func messages() throws {
        let text =
            "INSERT INTO t (a, b) VALUES (1,\n now()),('x'y', 2),\n(3,4);\nINSERT INTO t (a, b) VALUES ('\u{FF}', 1);"
        var bytes = Array(text.utf8)
        bytes[bytes.count - 7] = 0x20
        let reading = try readSQL(bytes)
        #expect(
            reading.rejects.map(\.message) == [
                "an expression that only a database can compute, at line 2, byte 33: `(1,\\n now()),`",
                "text after the closing quote, or an earlier quote that is not closed, at line 2, byte 44; the record began at "
                    + "line 2, byte 40, and is skipped up to the next statement: `('x'y', 2),\\n(3,4);\\n`",
                "bytes that are not UTF-8 at line 4, byte 89: `('\\xC3 ', 1);`",
            ])
        #expect(reading.rejects.map(\.field) == ["b", "a", "a"])
    }

    @Test("a byte order mark is skipped, and UTF-16 refused")
    func encodings() throws {
        let text = "INSERT INTO t (a) VALUES ('é');"
        #expect(try readSQL(text.encoded(.utf8, mark: true)).lines == ["é"])
        for bytes in [text.encoded(.utf16le, mark: true), text.encoded(.utf16be)] {
            #expect(throws: DataError.self) { try SQLReader(source: TrickleSource(bytes)) }
        }
    }

    @Test("a file that became shorter is not read on")
    func shortened() throws {
        let text = "INSERT INTO t VALUES (1),(2),(3);"
        let reader = try SQLReader(source: TrickleSource(Array(text.utf8)))
        var other = try SQLReader(
            source: TrickleSource(Array(text.utf8.prefix(10))), layout: reader.layout, columns: reader.columns,
            dataStart: reader.dataStart)
        #expect(throws: DataError.self) { try other.seek(to: RecordLocation(byteOffset: 25, line: 1, record: 2)) }
    }
}

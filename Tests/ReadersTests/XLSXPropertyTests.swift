import Readers
import Records
import Testing

@Suite struct XLSXPropertyTests {
    /// Sheets of these parts are as bad as sheets get.
    static let parts = [
        "<row>", "<row>", "</row>", "</row><row>", "</row><row>", "<row r=\"4\">", "</row><row r=\"9\">", "<c>", "</c>",
        "<c><v>1</v></c>", "<c t=\"s\"><v>0</v></c>", "<c t=\"s\"><v>1</v></c>", "<c t=\"s\"><v>2</v></c>",
        "<c r=\"B4\"><v>5</v></c>", "<c r=\"A2\"><v>5.50</v></c>", "<c s=\"1\"><v>45413.5</v></c>",
        "<c t=\"e\"><v>#N/A</v></c>",
        "<c t=\"str\"><v>é,\"日\n</v></c>", "<c t=\"str\"><v>_x000D_</v></c>",
        "<c t=\"inlineStr\"><is><t> x </t></is></c>",
        "<c><f>A1</f></c>", "<c t=\"b\"><v>1</v></c>", "<c t=\"str\"><v></v></c>", "<v>", "</v>", "<row/>", "&amp;",
        "&x;",
        "<c t=\"str\"><v>12345678901234567890</v></c>",
    ]

    @Test("any sheet gives the same however it is read and cut", arguments: 0..<300)
    func anySheet(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        var rows = "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row><row>"
        for _ in 0..<Int.random(in: 1...40, using: &random) { rows += Self.parts.randomElement(using: &random)! }
        let file = XLSXFile(
            rows: rows + "</row>", strings: ["<si><t>zero</t></si>", "<si><r><t>on</t></r><r><t>e,</t></r></si>"],
            styles: ["yyyy"])
        let options = XLSXOptions(
            nullSpellings: Bool.random(using: &random) ? ["1"] : [],
            maxRecordBytes: [4, 9, 20, 1000].randomElement(using: &random)!)
        let whole = try file.read(options: options)
        #expect(whole.rows.count + whole.rejects.count > 0 || whole.end.record == 1)
        for step in [1, 2, 7, Int.random(in: 1...500, using: &random)] {
            for limit in ChunkLimit.cuts {
                for reopening in [Reopening.never, .beforeEachChunk] {
                    let reading = try file.read(options: options, step: step, limit: limit, reopening: reopening)
                    if reading != whole {
                        #expect(reading == whole, "\(rows) \(step) bytes at a time, \(limit), \(reopening)")
                    }
                }
            }
        }
    }

    @Test("a span that is read once more is the same chunk", arguments: 0..<50)
    func spans(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 1_000)
        var rows = "<row><c t=\"str\"><v>a</v></c></row>"
        for _ in 0..<30 {
            rows += ["<row><c><v>1</v></c></row>", "<row/>", "<row><c t=\"e\"><v>x</v></c></row>"].randomElement(
                using: &random)!
        }
        let workbook = try XLSXFile(rows: rows).workbook()
        var reader = try XLSXReader(workbook: workbook, sheet: workbook.sheet("1"))
        var again = reader
        var chunk = Chunk()
        var chunks: [Chunk] = []
        while try reader.fill(&chunk, limit: ChunkLimit(records: Int.random(in: 1...5, using: &random))) {
            chunks.append(chunk)
        }
        for chunk in chunks.shuffled(using: &random) {
            var other = Chunk()
            try again.seek(to: chunk.start)
            #expect(try again.fill(&other, limit: ChunkLimit(endOffset: chunk.end.byteOffset)))
            #expect(other.bytes == chunk.bytes && other.end == chunk.end && other.rejects == chunk.rejects)
            #expect(again.location == chunk.end)
        }
    }

    @Test("what is written as a sheet is read back, and the rendering is the CSV of it", arguments: 0..<100)
    func writtenAndRead(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 2_000)
        let pieces = ["a", "bc", "\"", ",", "\n", " ", "é", "😀", "12345678", "_", "_x", "'"]
        let columns = Int.random(in: 2...5, using: &random)
        var values: [[String?]] = []
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            var row: [String?] = (0..<columns).map { _ in
                Bool.random(using: &random)
                    ? (0..<Int.random(in: 0...4, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                        .joined()
                    : nil
            }
            row[0] = row[0] ?? "x"
            values.append(row)
        }
        let header = (1...columns).map { "c\($0)" }
        let rows = ([header] + values).map { row in
            "<row>"
                + row.map { $0.map { "<c t=\"inlineStr\"><is><t xml:space=\"preserve\">\($0)</t></is></c>" } ?? "<c/>" }
                .joined()
                + "</row>"
        }
        let reading = try XLSXFile(rows: rows.joined()).read()
        #expect(reading.rows.map(\.values) == values)
        let csv = header.joined(separator: ",") + "\n" + String(decoding: reading.rows.flatMap(\.raw), as: UTF8.self)
        let options = CSVOptions(delimiter: UInt8(ascii: ","))
        #expect(try readCSV(csv, options).rows.map(\.values) == values)
    }

    private func readCSV(_ csv: String, _ options: CSVOptions) throws -> Reading {
        try ReadersTests.read(Array(csv.utf8), options: options)
    }
}

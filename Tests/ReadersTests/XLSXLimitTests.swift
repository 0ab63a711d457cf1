import Readers
import Records
import Testing

@Suite struct XLSXLimitTests {
    private let header = "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row>"
    private let next = "<row><c><v>7</v></c></row>"

    @Test("a record over the limit keeps its beginning, and the next one is unharmed")
    func tooLarge() throws {
        let long = String(repeating: "é", count: 60)
        for cell in [
            "<c t=\"str\"><v>\(long)</v></c>", "<c t=\"inlineStr\"><is><t>\(long)</t></is></c>",
            "<c t=\"s\"><v>0</v></c>",
        ] {
            let file = XLSXFile(
                rows: header + "<row>\(cell)<c><v>1</v></c></row>" + next, strings: ["<si><t>\(long)</t></si>"])
            let reading = try file.read(options: XLSXOptions(maxRecordBytes: 99))
            #expect(
                reading.flaws == [
                    "2 too_large -: row 2 exceeds the record limit of 99 bytes; only the record's first bytes are kept"
                ])
            #expect(reading.rejects.map(\.raw) == [Array((String(repeating: "é", count: 49) + ",\n").utf8)])
            #expect(reading.lines == ["7|∅"])
        }
    }

    @Test("XML that breaks within a record over the limit is told as broken, and the record is cut")
    func brokenTooLarge() throws {
        let long = String(repeating: "x", count: 500)
        let file = XLSXFile(sheet: "<worksheet><sheetData>\(header)<row><c t=\"str\"><v>\(long)</v></c></rov>")
        let reading = try file.read(options: XLSXOptions(maxRecordBytes: 99))
        #expect(reading.rejects.map(\.code) == [.malformedSheet])
        #expect(reading.rejects.map(\.raw.count) == [100])
    }

    @Test("the rendering counts: quotes and commas may cross the limit, too")
    func tooLargeRendering() throws {
        let file = XLSXFile(rows: header + "<row><c t=\"str\"><v>\"\"\"\"\"\"</v></c></row>" + next)
        #expect(try file.read(options: XLSXOptions(maxRecordBytes: 16)).rejects.count == 0)
        #expect(try file.read(options: XLSXOptions(maxRecordBytes: 15)).rejects.map(\.code) == [.tooLarge])
        #expect(throws: DataError.self) { try file.read(options: XLSXOptions(maxRecordBytes: 0)) }
    }

    @Test("an endless cell is one reject, and so is one after endless space")
    func endless() throws {
        let size = 200 << 20
        let cell = "<c t=\"str\"><v>"
        for runs in [
            GeneratedSource.text("<worksheet><sheetData>\(header)<row>\(cell)") + [(UInt8(ascii: "x"), size)]
                + GeneratedSource.text("</v></c></row>\(next)</sheetData></worksheet>"),
            GeneratedSource.text("<worksheet><sheetData>\(header)<row>") + [(UInt8(ascii: " "), size)]
                + GeneratedSource.text(cell) + [(UInt8(ascii: "x"), 1 << 21)]
                + GeneratedSource.text("</v></c></row>\(next)</sheetData></worksheet>"),
        ] {
            let file = XLSXFile(rows: "")
            let workbook = try XLSXWorkbook(open: { part in
                part.hasSuffix("sheet1.xml")
                    ? GeneratedSource(runs) : file.parts[part].map { TrickleSource(Array($0.utf8)) }
            })
            let reading = try readSheet(
                workbook, sheet: workbook.sheet("1"), options: XLSXOptions(maxRecordBytes: 1 << 20))
            #expect(reading.rejects.map(\.code) == [.tooLarge])
            #expect(reading.rejects.map(\.raw.count) == [(64 << 10) + 1])
            #expect(reading.lines == ["7|∅"])
        }
    }

    @Test("a tag without end is refused before it fills the memory")
    func endlessTag() throws {
        for start in ["<row r=\"2", "<row><c r=\"", "<!--", "<?"] {
            let runs =
                GeneratedSource.text("<worksheet><sheetData>\(header)\(start)") + [(UInt8(ascii: "x"), 100 << 20)]
            let file = XLSXFile(rows: "")
            let workbook = try XLSXWorkbook(open: { part in
                part.hasSuffix("sheet1.xml")
                    ? GeneratedSource(runs) : file.parts[part].map { TrickleSource(Array($0.utf8)) }
            })
            let reading = try readSheet(workbook, sheet: workbook.sheet("1"))
            #expect(reading.rejects.map(\.code) == [.malformedSheet])
            #expect(reading.rejects.first?.message.hasSuffix("take more than 32 MiB of memory") == true)
        }
    }

    @Test("ever new names are refused before they fill the memory")
    func endlessNames() throws {
        let names = (0..<1_000_000).map { "<n\($0)/>" }.joined()
        let reading = try XLSXFile(rows: header + next + names).read()
        #expect(reading.lines == ["7|∅"])
        #expect(reading.rejects.map(\.code) == [.malformedSheet])
        #expect(reading.rejects.first?.message.hasSuffix("take more than 32 MiB of memory") == true)
    }

    @Test("a shared string beyond the limit makes only its own records too large")
    func endlessSharedString() throws {
        let runs =
            GeneratedSource.text("<sst><si><t>first</t></si><si><t>") + [(UInt8(ascii: "x"), 100 << 20)]
            + GeneratedSource.text("</t></si><si><t>last</t></si></sst>")
        let cells = (0..<3).map { "<row><c t=\"s\"><v>\($0)</v></c></row>" }.joined()
        let file = XLSXFile(rows: header + cells)
        let workbook = try XLSXWorkbook(open: { part in
            part.hasSuffix("sharedStrings.xml")
                ? GeneratedSource(runs) : file.parts[part].map { TrickleSource(Array($0.utf8)) }
        })
        let reading = try readSheet(workbook, sheet: workbook.sheet("1"))
        #expect(reading.lines == ["first|∅", "last|∅"])
        #expect(reading.rejects.map(\.code) == [.tooLarge])
        #expect(reading.rejects.map(\.raw.count) == [(64 << 10) + 1])
    }

    @Test("shared strings beyond the memory limit are the same from a temporary file")
    func spilledStrings() throws {
        let texts = (0..<20_000).map { "text \($0) " + String(repeating: "é", count: $0 % 190) }
        let order = (0..<20_000).map { $0 * 7919 % 20_000 }
        let file = XLSXFile(
            rows: header + order.map { "<row><c t=\"s\"><v>\($0)</v></c></row>" }.joined(),
            strings: texts.map { "<si><t xml:space=\"preserve\">\($0)</t></si>" })
        for limit in [0, 40_000, 300_000, 1 << 23] {
            let workbook = try file.workbook(sharedTextInMemory: limit)
            let reading = try readSheet(workbook, sheet: workbook.sheet("1"))
            #expect(reading.rows.map { $0.values[0] } == order.map { texts[$0] })
        }
    }

    @Test("a row of a million cells is one reject")
    func millionCells() throws {
        let cells = String(repeating: "<c><v>1</v></c>", count: 1_000_000)
        let twice = String(repeating: "<c r=\"A4\"><v>1</v></c>", count: 100_000)
        let reading = try XLSXFile(rows: header + "<row r=\"2\">\(cells)</row>\(next)<row r=\"4\">\(twice)</row>")
            .read()
        #expect(reading.rejects.map(\.code) == [.malformedCell, .malformedCell])
        #expect(reading.lines == ["7|∅"])
    }
}

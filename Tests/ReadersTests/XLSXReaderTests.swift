import Readers
import Records
import Synchronization
import Testing

@Suite struct XLSXReaderTests {
    /// A header `a, b, c` in row 1.
    private static let header = "<row r=\"1\">\(text("A1", "a"))\(text("B1", "b"))\(text("C1", "c"))</row>"

    private static func text(_ address: String, _ text: String) -> String {
        "<c r=\"\(address)\" t=\"str\"><v>\(text)</v></c>"
    }

    private func read(_ rows: String, options: XLSXOptions = XLSXOptions()) throws -> Reading {
        try XLSXFile(rows: Self.header + rows).read(options: options)
    }

    @Test("rows keep their numbers, empty ones are no records")
    func rows() throws {
        let reading = try read(
            #"<row r="3"><c r="A3"><v>1</v></c><c r="C3"><v>3</v></c></row><row r="4"/><row r="5"><c r="A5" s="9"/></row>"#
                + #"<row r="9"><c r="B9"><v>2</v></c></row>"#)
        #expect(reading.columns == ["a", "b", "c"])
        #expect(reading.lines == ["1|∅|3", "∅|2|∅"])
        #expect(reading.rows.map(\.location.line) == [3, 9])
        #expect(reading.rows.map(\.location.byteOffset) == [6, 11])
        #expect(reading.rows.map { String(decoding: $0.raw, as: UTF8.self) } == ["1,,3\n", ",2,\n"])
        #expect(reading.end == RecordLocation(byteOffset: 15, line: 10, record: 3))
    }

    @Test(
        "columns behind the last name that have values are named by their place",
        arguments: [
            (["D2"], ["a", "b", "c", "column_4"]), (["D2", "E3"], ["a", "b", "c", "column_4", "column_5"]),
            // A value that is alone, far from all others, and rows that are wider than a header by its width.
            (["E2"], ["a", "b", "c"]), (["D2", "E2", "F2"], ["a", "b", "c"]), ([], ["a", "b", "c"]),
        ])
    func nameless(cells: [String], columns: [String]) throws {
        let rows = (2...3).map { row in
            let further = cells.filter { $0.hasSuffix("\(row)") }.map { "<c r=\"\($0)\"><v>9</v></c>" }.joined()
            return "<row r=\"\(row)\"><c r=\"A\(row)\"><v>\(row)</v></c>\(further)</row>"
        }
        let file = XLSXFile(rows: Self.header + rows.joined())
        let reading = try file.read()
        #expect(reading.columns == columns)
        #expect(reading.rejects.isEmpty == (columns.count > 3 || cells.isEmpty))
        let workbook = try file.workbook()
        let reader = try XLSXReader(workbook: workbook, sheet: workbook.sheets[0])
        #expect(reader.namelessAtEnd == Array(columns.dropFirst(3)) && !reader.isEmpty)
    }

    @Test("a sheet with a header alone is empty, and a title above the table is no header with a name missing")
    func headers() throws {
        func reader(_ rows: String) throws -> XLSXReader {
            let workbook = try XLSXFile(rows: rows).workbook()
            return try XLSXReader(workbook: workbook, sheet: workbook.sheets[0])
        }
        #expect(try reader(Self.header).isEmpty)
        let title = "<row r=\"1\">\(Self.text("A1", "Report"))</row>"
        let table = "<row r=\"2\">\(Self.text("A2", "id"))\(Self.text("B2", "v"))</row>"
        #expect(try reader(title + table).columns == ["Report"])
    }

    @Test("the header in the middle of the records is none of them")
    func headerAgain() throws {
        func row(_ number: Int, _ values: [String]) -> String {
            let cells = zip("ABC", values).map { Self.text("\($0)\(number)", $1) }
            return "<row r=\"\(number)\">\(cells.joined())</row>"
        }
        let rows =
            row(2, ["1", "2", "3"]) + row(3, ["a", "b", "c"]) + row(4, ["a", "b", "x"]) + row(5, [" a", "b", "c "])
        for reopening in [Reopening.never, .beforeEachChunk] {
            let reading = try XLSXFile(rows: Self.header + rows).read(
                limit: ChunkLimit(records: 1), reopening: reopening)
            #expect(reading.lines == ["1|2|3", "a|b|x", " a|b|c "])
            #expect(reading.rejects.map(\.code) == [.repeatedHeader])
            #expect(reading.rejects.map(\.location.line) == [3])
        }
        let bare = try XLSXFile(rows: Self.header + rows).read(options: XLSXOptions(hasHeader: false))
        #expect(bare.rejects.isEmpty && bare.lines.count == 5)
        let one = "<row r=\"1\">\(Self.text("A1", "a"))</row>" + row(2, ["a"])
        #expect(try XLSXFile(rows: one).read().lines == ["a"], "a list of one column may have its own name")
    }

    @Test("rows and cells without addresses come next to each other")
    func noAddresses() throws {
        let reading = try read(
            #"<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="7"><c r="B7"><v>2</v></c><c><v>3</v></c></row>"#
                + #"<row><c><v>4</v></c></row><row><c r="A20"><v>5</v></c></row>"#)
        #expect(reading.lines == ["1|∅|3", "∅|2|3", "4|∅|∅", "5|∅|∅"])
        #expect(reading.rows.map(\.location.line) == [2, 7, 8, 20])
        #expect(reading.flaws == [])
    }

    @Test("cells may come in any order")
    func anyOrder() throws {
        let reading = try read(#"<row r="2"><c r="C2"><v>3</v></c><c r="A2"><v>1</v></c></row>"#)
        #expect(reading.lines == ["1|∅|3"])
    }

    @Test("the rendering quotes what CSV must quote")
    func rendering() throws {
        let reading = try read(
            "<row r=\"2\">\(Self.text("A2", "x,y"))\(Self.text("B2", "say \"hi\""))\(Self.text("C2", ""))</row>")
        #expect(reading.lines == ["x,y|say \"hi\"|"])
        #expect(reading.rows.map { String(decoding: $0.raw, as: UTF8.self) } == ["\"x,y\",\"say \"\"hi\"\"\",\"\"\n"])
    }

    @Test("null spellings are NULL")
    func nullSpellings() throws {
        let reading = try read(
            "<row r=\"2\">\(Self.text("A2", "NA"))\(Self.text("B2", "-"))\(Self.text("C2", "NAB"))</row>",
            options: XLSXOptions(nullSpellings: ["NA", "-"]))
        #expect(reading.lines == ["∅|∅|NAB"])
    }

    @Test("an error that a null spelling names is NULL, and no other one")
    func nullErrors() throws {
        let reading = try read(
            #"<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>"#
                + #"<row r="3"><c r="A3" t="e"><v>#N/A</v></c><c r="B3" t="e"><v>#REF!</v></c></row>"#,
            options: XLSXOptions(nullSpellings: ["#N/A"]))
        #expect(reading.lines == ["∅|∅|∅"])
        #expect(reading.flaws == ["3 cell_error b: cell B3 holds the error `#REF!`"])
    }

    @Test("the header is the first row that is not empty, its names can stand side by side")
    func header() throws {
        let file = XLSXFile(
            rows:
                #"<row r="2"><c r="B2" s="0"/></row><row r="4"><c r="A4" t="str"><v>x</v></c><c r="C4"><v>2024</v></c>"#
                + #"<c r="D4" t="str"><v> X </v></c><c r="E4" t="e"><v>#REF!</v></c><c r="F4" s="0"/></row>"#
                + #"<row r="5"><c r="B5"><v>1</v></c></row>"#)
        let reading = try file.read()
        #expect(reading.columns == ["x", "column_2", "2024", "X_2", "#REF!"])
        #expect(reading.lines == ["∅|1|∅|∅|∅"])
        #expect(reading.rows.first?.location == RecordLocation(byteOffset: 18, line: 5, record: 1))
    }

    @Test("without a header the first row has the width")
    func noHeader() throws {
        let reading = try read(
            #"<row r="2"><c r="A2"><v>1</v></c></row>"#, options: XLSXOptions(hasHeader: false))
        #expect(reading.columns == ["column_1", "column_2", "column_3"])
        #expect(reading.lines == ["a|b|c", "1|∅|∅"])
        #expect(reading.rows.first?.location == RecordLocation())
    }

    @Test(
        "a bad cell makes its record a reject, and the next one is unharmed",
        arguments: [
            (#"<c r="B2" t="e"><v>#DIV/0!</v></c>"#, "cell_error b: cell B2 holds the error `#DIV/0!`", ",#DIV/0!,"),
            (#"<c r="B2"><f>A1</f></c>"#, "cell_error b: cell B2 has a formula without a result", ",,"),
            (#"<c r="B2"><v>abc</v></c>"#, "malformed_cell b: cell B2 holds `abc`, which is not a number", ",abc,"),
            (
                #"<c r="B2"><v>1e999</v></c>"#, "malformed_cell b: cell B2 holds `1e999`, which is not a number",
                ",1e999,"
            ),
            (#"<c r="B2"><v>NaN</v></c>"#, "malformed_cell b: cell B2 holds `NaN`, which is not a number", ",NaN,"),
            (#"<c r="B2"><v>0x1F</v></c>"#, "malformed_cell b: cell B2 holds `0x1F`, which is not a number", ",0x1F,"),
            (
                #"<c r="B2" t="b"><v>2</v></c>"#,
                "malformed_cell b: cell B2 holds `2`, which is neither true nor false", ",2,"
            ),
            (
                #"<c r="B2" t="s"><v>1</v></c>"#,
                "malformed_cell b: cell B2 refers to shared string `1`, which does not exist", ",1,"
            ),
            (
                #"<c r="B2" t="s"><v>-1</v></c>"#,
                "malformed_cell b: cell B2 refers to shared string `-1`, which does not exist", ",-1,"
            ),
            (
                #"<c r="B2" t="s"><v>99999999999999999999</v></c>"#,
                "malformed_cell b: cell B2 refers to shared string `99999999999999999999`, which does not exist",
                ",99999999999999999999,"
            ),
            (
                #"<c r="B2" s="1"><v>60</v></c>"#,
                "malformed_cell b: cell B2 has a date format but holds `60`, which is not a date", ",60,"
            ),
            (
                #"<c r="B2" s="1"><v>-1</v></c>"#,
                "malformed_cell b: cell B2 has a date format but holds `-1`, which is not a date", ",-1,"
            ),
            (
                #"<c r="B2" s="1"><v>2958466</v></c>"#,
                "malformed_cell b: cell B2 has a date format but holds `2958466`, which is not a date", ",2958466,"
            ),
            (
                "<c r=\"B2\" s=\"1\"><v>-1\n</v></c>",
                "malformed_cell b: cell B2 has a date format but holds `-1\\n`, which is not a date", ",\"-1\n\","
            ),
            (#"<c r="B2" t="x"><v>1</v></c>"#, "malformed_cell -: a cell of row 2 has an unknown type", ",1,"),
            (#"<c r="2B"><v>1</v></c>"#, "malformed_cell -: a cell of row 2 has no proper address", "1,,"),
            (#"<c r="B3"><v>1</v></c>"#, "malformed_cell -: cell B3 is in row 2", ",1,"),
            (#"<c r="B2"><v>1</v></c><c r="B2"><v>2</v></c>"#, "malformed_cell b: cell B2 is there twice", ",1,"),
            (
                #"<c r="XFE2"><v>1</v></c>"#,
                "malformed_cell -: row 2 has a cell beyond XFD, the last possible column", ",,"
            ),
            (
                #"<c r="ZZZZZZZZ2"><v>1</v></c>"#,
                "malformed_cell -: a cell of row 2 has no proper address", "1,,"
            ),
            (
                #"<c r="E2"><v>12</v></c>"#, "field_count -: expected 3 columns, found a value in cell E2: `12`",
                ",,,,12"
            ),
            (
                #"<c r="B2" t="str"><v>a_x0000_b</v></c>"#, "nul_byte b: NUL in cell B2: `a\\x00b`", ",a\0b,"
            ),
        ])
    func badCells(cell: String, flaw: String, raw: String) throws {
        let file = XLSXFile(
            rows: Self.header + "<row r=\"2\">\(cell)</row><row r=\"3\"><c r=\"A3\"><v>7</v></c></row>",
            strings: ["<si><t>s</t></si>"], styles: ["yyyy"])
        let reading = try file.read()
        #expect(reading.flaws == ["2 \(flaw)"])
        #expect(reading.rejects.map { String(decoding: $0.raw, as: UTF8.self) } == [raw + "\n"])
        #expect(reading.lines == ["7|∅|∅"])
        #expect(reading.rows.first?.location.record == 2)
    }

    @Test("a row out of order is a reject, and those after it are not")
    func rowOrder() throws {
        let reading = try read(
            [7, 3, 7, 8].map { "<row r=\"\($0)\"><c r=\"A\($0)\"><v>\($0)</v></c></row>" }.joined()
                + #"<row r="x"><c><v>1</v></c></row><row r="99999999999"><c><v>1</v></c></row>"#)
        #expect(reading.lines == ["7|∅|∅", "8|∅|∅"])
        #expect(
            reading.flaws == [
                "3 malformed_cell -: row 3 comes after row 7", "7 malformed_cell -: row 7 comes after row 7",
                "9 malformed_cell -: a row after row 8 has no proper number",
                "10 malformed_cell -: a row after row 9 has no proper number",
            ])
    }

    @Test("any prefix, foreign elements and other namespaces make no difference")
    func prefixes() throws {
        var file = XLSXFile(
            sheet: """
                <s:worksheet xmlns:s="http://purl.oclc.org/ooxml/spreadsheetml/main"><s:dimension ref="A1:B9999999"/>
                <s:sheetData><s:row r="1" x:dyDescent="0.2"><s:c r="A1" t="s" x:r="Z9"><s:v>0</s:v></s:c></s:row>
                <s:row r="2"><!-- no --><s:c r="A2"><?no?><s:v>1<![CDATA[2]]>&#51;</s:v><s:extLst><s:v>9</s:v></s:extLst>
                </s:c></s:row></s:sheetData><s:row><s:c><s:v>5</s:v></s:c></s:row></s:worksheet>
                """)
        file.parts["xl/sharedStrings.xml"] = "<s:sst><s:si><s:t>n</s:t></s:si></s:sst>"
        let reading = try file.read()
        #expect(reading.columns == ["n"])
        #expect(reading.lines == ["123"])
    }

    @Test(
        "broken XML is one reject for the sheet's rest",
        arguments: [
            (
                "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\"><v>1</v></c><c r=\"B3\"><v>2</w>",
                3, "1,,\n", "mismatched tag"
            ),
            ("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row><row r=\"5\"><c><v>", 5, ",,\n", "no element found"),
            ("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>&nope;", 3, ",,\n", "undefined entity"),
            ("<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>\u{1}", 3, ",,\n", "not well-formed (invalid token)"),
            (
                "<row r=\"2\"><c r=\"A2\"><v>1</v></c></row>\(String(repeating: "<d>", count: 300))", 3, ",,\n",
                "elements are nested more than 256 deep"
            ),
        ])
    func brokenXML(rows: String, line: UInt64, raw: String, message: String) throws {
        let file = XLSXFile(sheet: "<worksheet><sheetData>" + Self.header + rows)
        let whole = try file.read()
        #expect(whole.lines == ["1|∅|∅"])
        let reject = try #require(whole.rejects.first)
        #expect(whole.rejects.count == 1)
        #expect(reject.location.line == line && reject.code == .malformedSheet)
        #expect(
            reject.message.hasPrefix(
                "sheet `Data` cannot be read from row \(line) on: its XML is broken at line 1, byte "))
        #expect(reject.message.hasSuffix(message))
        #expect(String(decoding: reject.raw, as: UTF8.self) == raw)
        for step in [1, 7] {
            #expect(try file.read(step: step, limit: ChunkLimit(records: 1), reopening: .beforeEachChunk) == whole)
        }
    }

    @Test("a document type declaration is refused wherever it stands")
    func documentType() throws {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>"
        for part in [
            "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "_rels/.rels", "xl/worksheets/sheet1.xml",
        ] {
            var file = XLSXFile(rows: Self.header)
            file.parts[part] = bomb + file.parts[part]!.replacing("<?xml version=\"1.0\"?>", with: "")
            let error = #expect(throws: DataError.self) { try file.read() }
            #expect(error?.message.contains("document type declaration") == true, "\(part)")
        }
    }

    @Test("a sheet without rows or with a header that cannot be used is refused")
    func noHeaderToUse() throws {
        #expect(throws: DataError.self) { try XLSXFile(rows: "").read() }
        #expect(throws: DataError.self) {
            try XLSXFile(rows: "<row r=\"1\"/>").read(options: XLSXOptions(hasHeader: false))
        }
        #expect(throws: DataError.self) { try XLSXFile(rows: "<row><c t=\"s\"><v>5</v></c></row>").read() }
        #expect(throws: DataError.self) { try XLSXFile(sheet: "<worksheet><sheetData><row>").read() }
    }

    @Test("after an error of the source, reading goes on where it was")
    func failingSource() throws {
        let rows = (2...5000).map { "<row r=\"\($0)\"><c r=\"A\($0)\"><v>\($0)</v></c></row>" }.joined()
        let file = XLSXFile(rows: Self.header + rows)
        let failsLeft = Counter()
        let workbook = try XLSXWorkbook(open: { part in
            file.parts[part].map { InterruptedSource(base: TrickleSource(Array($0.utf8)), failsLeft: failsLeft) }
        })
        var reader = try XLSXReader(workbook: workbook, sheet: workbook.sheet("1"))
        var chunk = Chunk()
        var reading = Reading()
        var failures = 0
        while true {
            do {
                guard try reader.fill(&chunk, limit: ChunkLimit(records: 700)) else { break }
                reading.append(chunk)
                if reading.rows.count == 2100 { failsLeft.set(3) }
            } catch {
                failures += 1
            }
        }
        #expect(failures == 3)
        #expect(reading.rows.map { $0.values[0] } == (2...5000).map { "\($0)" })
    }

    @Test("a reader opened at a place of another file does not crash")
    func otherFile() throws {
        let workbook = try XLSXFile(rows: Self.header + "<row><c><v>1</v></c></row>").workbook()
        var reader = try XLSXReader(
            workbook: workbook, sheet: workbook.sheet("1"), options: XLSXOptions(), columns: ["x"],
            dataStart: RecordLocation(byteOffset: 70, line: 90))
        var chunk = Chunk()
        #expect(try reader.fill(&chunk, limit: ChunkLimit()))
        #expect(chunk.records.count == 1)
    }

    @Test("seeking to a place that is not there fails")
    func wrongPlace() throws {
        let workbook = try XLSXFile(rows: Self.header + "<row><c><v>1</v></c></row>").workbook()
        var reader = try XLSXReader(workbook: workbook, sheet: workbook.sheet("Data"))
        let start = reader.location
        #expect(throws: DataError.self) { try reader.seek(to: RecordLocation(byteOffset: 8, line: 2, record: 2)) }
        #expect(throws: DataError.self) { try reader.seek(to: RecordLocation(byteOffset: 99, line: 20, record: 20)) }
        try reader.seek(to: start)
        var chunk = Chunk()
        #expect(try reader.fill(&chunk, limit: ChunkLimit()))
        #expect(chunk.recordsRead == 1)
        #expect(try !reader.fill(&chunk, limit: ChunkLimit()))
    }
}

/// A source whose reads fail a few times beyond its first 64 KiB.
private struct InterruptedSource: ByteSource {
    var base: TrickleSource
    let failsLeft: Counter

    var size: UInt64? { base.size }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if base.offset > 0 && failsLeft.countDown() { throw DataError(.unreadable, "the network is gone") }
        return try base.read(into: buffer)
    }

    mutating func seek(to offset: UInt64) throws { try base.seek(to: offset) }
}

private final class Counter: Sendable {
    private let value = Mutex(0)

    func set(_ count: Int) { value.withLock { $0 = count } }

    func countDown() -> Bool {
        value.withLock { value in
            defer { value = max(0, value - 1) }
            return value > 0
        }
    }
}

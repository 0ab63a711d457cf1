import Readers
import Records
import Testing

/// Ordinary rows and shared strings are not read by expat. A part that declares another encoding is always read by expat,
/// so that the two can be compared.
@Suite struct XLSXPlainTests {
    /// Pieces of XML, most of them whole elements, so that sheets of them have ordinary rows and odd ones.
    static let pieces = [
        "<row>", "</row>", "</row><row>", "<row/>", "<row r=\"7\" spans=\"1:2\" x14ac:dyDescent=\"0.25\">",
        "<row r=\"8\" r=\"9\">", "<row r = \"3\">", "<row\n>", "</row >", "<row r='9'>", "<row ht=\"1&lt;\">",
        "<c r=\"A1\" r=\"A1\"><v>1</v></c>", "<c r=\"<\"><v>1</v></c>", "<c r=\"&amp;\"/>", "<c x=\"&\"><v>1</v></c>",
        "<c>", "</c>", "<c/>", "<c r=\"A1\"/>", "<c r=\"B7\" s=\"1\"><v>45413.5</v></c>", "<c t=\"b\"><v>1</v></c>",
        "<c t=\"s\"><v>0</v></c>", "<c t=\"s\"><v>1</v></c>", "<c t=\"s\"><v>9</v></c>", "<c t=\"x\"><v>1</v></c>",
        "<c cm=\"1\" r=\"b7\"><v>1</v></c>", "<c r=\"C7\"t=\"n\"><v>1</v></c>", "<c s=\"99\"><v>1.50</v></c>",
        "<c s=\" 1\"><v> 2 </v></c>", "<c t=\"str\"><v>a &amp; b &lt;&gt;&quot;&apos;</v></c>",
        "<c t=\"str\"><v>&#65;&#x42;</v></c>", "<c t=\"str\"><v>a > b</v></c>", "<c t=\"str\"><v>a]]>b</v></c>",
        "<c t=\"str\"><v>&amp</v></c>", "<c t=\"str\"><v>&nbsp;</v></c>", "<c t=\"str\"><v><![CDATA[x</v>]]></v></c>",
        "<c t=\"str\"><v>x<!-- </row> -->y</v></c>", "<c t=\"str\"><v>tab\tline\n</v></c>",
        "<c t=\"str\"><v>cr\r\nlf</v></c>", "<c t=\"str\"><v>\u{1}</v></c>", "<c t=\"str\"><v>\u{0}</v></c>",
        "<c t=\"str\"><v>\u{7F}_x0041_</v></c>", "<c><v>1</v><v>2</v></c>", "<c><v/></c>", "<c><v a=\"1\">3</v></c>",
        "<c><f>A1&amp;\"x\"</f><v>4</v></c>", "<c><f t=\"shared\" si=\"0\"/><v>5</v></c>", "<c><f/></c>",
        "<c><v>6</v><f>A1</f></c>", "<c t=\"inlineStr\"><is><t> x </t></is></c>", "<c><extLst><v>1</v></extLst></c>",
        "<c t=\"inlineStr\"><is><t xml:space=\"preserve\"> y </t></is></c>", "<c t=\"inlineStr\"><is><t/></is></c>",
        "<c t=\"inlineStr\"><is><r><t>ri</t></r><r><t>ch</t></r></is></c>", "<c t=\"inlineStr\"><is></is></c>",
        "<x:c><x:v>7</x:v></x:c>", "<x:row><x:c><x:v>8</x:v></x:c></x:row>", "text", " ", "\n",
        "<!-- <row> -->", "<?pi?>", "<![CDATA[", "]]>", "<![CDATA[]]>", "<v>", "</v>", "<", ">", "&", "\"",
        "</sheetData>", "<sheetData>", "</worksheet>",
        "<!DOCTYPE x>",
    ]

    @Test("an ordinary row is read as expat would read it", arguments: 0..<1_000)
    func rows(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 3_000)
        var rows = "<row><c t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c></row>"
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            rows += Self.row(using: &random)
        }
        try expectSame(sheet: "<worksheet><sheetData>\(rows)</sheetData></worksheet>", random: &random)
    }

    @Test("an ordinary shared string is read as expat would read it", arguments: 0..<300)
    func strings(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 4_000)
        let pieces = [
            "<si><t>one</t></si>", "<si><t> two </t></si>", "<si><t xml:space=\"preserve\"> three </t></si>",
            "<si><t>&lt;a&gt; &#65;</t></si>", "<si><t>&lt;a&gt;</t></si>", "<si><t/></si>", "<si/>", "<si></si>",
            "<si><r><t>ri</t></r><r><t>ch</t></r></si>", "<si><t>x</t><rPh><t>y</t></rPh></si>", "\n ", "<!-- <si> -->",
            "<si><t>_x000A_</t></si>", "<si><t>]]></t></si>", "<sst>", "</sst>", "<si>", "<x:si><x:t>z</x:t></x:si>",
        ]
        var strings = ""
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let isOrdinary = Int.random(in: 0..<3, using: &random) > 0
            strings += pieces[Int.random(in: 0..<(isOrdinary ? 5 : pieces.count), using: &random)]
        }
        let cells = (0..<20).map { "<row><c t=\"s\"><v>\($0)</v></c></row>" }.joined()
        try expectSame(
            sheet: "<worksheet><sheetData><row><c><v>1</v></c></row>\(cells)</sheetData></worksheet>",
            strings: "<sst>\(strings)</sst>", random: &random)
    }

    @Test(
        "what is not UTF-8, or no character of XML, breaks an ordinary row",
        arguments: [
            [0xFF], [0xC3], [0xC0, 0xBC], [0xED, 0xA0, 0x80], [0xEF, 0xBF, 0xBE], [0xEF, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        ] as [[UInt8]])
    func badCharacters(bytes: [UInt8]) throws {
        let cell = "<c t=\"str\"><v>"
        let before = "<worksheet><sheetData><row>\(cell)a</v></c></row><row>\(cell)ö\u{FFFD}</v></c></row>"
        let sheet =
            Array("\(before)<row>\(cell)".utf8) + bytes + Array("</v></c></row></sheetData></worksheet>".utf8)
        let workbook = try workbook(sheet: sheet, strings: Array("<sst/>".utf8))
        let reading = try readSheet(workbook, sheet: workbook.sheet("1"))
        #expect(reading.lines == ["ö\u{FFFD}"])
        #expect(reading.rejects.map(\.code) == [.malformedSheet])
    }

    @Test("rows in other encodings are read, too")
    func otherEncodings() throws {
        let start = "<worksheet><sheetData><row><c t=\"str\"><v>a</v></c></row>"
        let end = "</sheetData></worksheet>"
        let text = "\(start)<row><c t=\"str\"><v>Ã©</v></c></row>\(end)"
        let latin = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\(text)".unicodeScalars.map { UInt8($0.value) }
        #expect(try lines(ofSheet: latin) == ["Ã©"])
        #expect(try lines(ofSheet: Self.utf16("\u{FEFF}\(text)")) == ["Ã©"])
        // Characters of which the bytes look like a row are text all the same.
        let bytes = Array("<row><c><v>5</v></c></row><row><c><v>6</v></c></row>".utf8)
        let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
        let lookalike = "\(start)\(String(decoding: units, as: UTF16.self))\(end)"
        #expect(try lines(ofSheet: Self.utf16("\u{FEFF}\(lookalike)")) == [])
        #expect(try lines(ofSheet: Self.utf16(lookalike)) == [])
    }

    private static func utf16(_ text: String) -> [UInt8] { text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } }

    private func lines(ofSheet sheet: [UInt8]) throws -> [String] {
        let workbook = try workbook(sheet: sheet, strings: Array("<sst/>".utf8))
        return try readSheet(workbook, sheet: workbook.sheet("1")).lines
    }

    /// A row that is ordinary, one with something odd in it, or anything.
    private static func row(using random: inout SplitMix) -> String {
        let kind = Int.random(in: 0..<5, using: &random)
        let cells = (0..<Int.random(in: 0...2, using: &random)).map { _ in "<c t=\"str\"><v>x</v></c><c><v>1</v></c>" }
        let odd = (0..<(kind < 4 ? 1 : 3)).map { _ in pieces.randomElement(using: &random)! }.joined()
        let start = ["<row>", " <row spans=\"1:2\">", "\n<row ht=\"15\">"].randomElement(using: &random)!
        switch kind {
        case 0, 1: return start + cells.joined() + "</row>"
        case 2, 3: return start + (cells + [odd]).shuffled(using: &random).joined() + "</row>"
        default: return odd
        }
    }

    /// Reads a sheet with its parts declared as UTF-8 and as ASCII, and expects no difference, whatever is read at a time.
    private func expectSame(
        sheet: String, strings: String = "<sst><si><t>zero</t></si><si><t>one</t></si></sst>", random: inout SplitMix
    ) throws {
        let step = [Int.max, 1, Int.random(in: 2...300, using: &random)].randomElement(using: &random)!
        let results = ["UTF-8   ", "US-ASCII"].map { encoding in
            // The white space keeps the bytes' places.
            let name = encoding.replacing(" ", with: "")
            let space = String(repeating: " ", count: encoding.count - name.count)
            let declaration = "<?xml version=\"1.0\" encoding=\"\(name)\"\(space)?>"
            return Result {
                let workbook = try workbook(
                    sheet: Array("\(declaration)\(sheet)".utf8), strings: Array("\(declaration)\(strings)".utf8),
                    step: step)
                return try readSheet(workbook, sheet: workbook.sheet("1"), options: XLSXOptions(maxRecordBytes: 20))
            }
        }
        switch (results[0], results[1]) {
        case (.success(let plain), .success(let expat)): #expect(plain == expat, "\(sheet) \(strings)")
        case (.failure(let plain as DataError), .failure(let expat as DataError)):
            #expect(plain.message == expat.message, "\(sheet) \(strings)")
        default: Issue.record("only one of the readings failed: \(results) \(sheet) \(strings)")
        }
    }

    private func workbook(sheet: [UInt8], strings: [UInt8], step: Int = .max) throws -> XLSXWorkbook {
        let parts = XLSXFile(rows: "", styles: ["yyyy"]).parts
        return try XLSXWorkbook(open: { part in
            if part.hasSuffix("sheet1.xml") { return TrickleSource(sheet, step: step) }
            if part.hasSuffix("sharedStrings.xml") { return TrickleSource(strings, step: step) }
            return parts[part].map { TrickleSource(Array($0.utf8)) }
        })
    }
}

import Readers
import Records
import Testing

@Suite struct CSVDialectTests {
    private static let amounts = (1...12).map { "\($0);n\($0);\($0),50\n" }.joined()

    static let delimiters: [(input: String, delimiter: String)] = [
        ("a,b\n1,2\n", ","),
        ("a;b\n1;2\n", ";"),
        ("a\tb\n1\t2\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("a\n1\n2\n", ","),
        ("name;price\nx;1,50\ny;2,75\nz;3,00\n", ";"),
        ("name;text\n\"x\";\"a,b,c\"\n\"y\";\"d,e,f\"\n", ";"),
        ("a,b\n\"x;y;z\",1\n\"x;y;z\",2\n", ","),
        ("a,b,c\n1,2,3\n4,5\n", ","),
        ("when\twhat\n2024-01-01, 10:00\tx\n2024-01-02, 11:00\ty\n", "\t"),
        ("a;b", ";"), ("sep=;\na;b,c\n1;2\n", ";"), ("\"SEP=|\"\r\na|b\r\n1|2\r\n", "|"), ("sep=\t\n1,2\t3\n", "\t"),
        ("sep=x,b\n1,2\n", ","),
        ("Monat;Betrag, EUR\nJan;1,50\nFeb;2,50\n", ";"),
        ("Nr;Name, Vorname;Ort, PLZ\n1;Doe, John;Bonn, 53\n2;Roe, Jane;Ulm, 89\n", ";"),
        ("Name\tCity, State\nAnn\tBonn, NW\nBob\tPrag, CZ\n", "\t"),
        ("1,1;1,2\n2,1;2,1\n", ";"),
        ("a|b, c\n1|2, 3\n", "|"),
        (
            "April 15, 2023;402;25.00;Ray;pending;\nApril 14, 2023;444;25.00;Scott;pending;\n"
                + "April 9, 2023;678;25.00;Lonny;\n", ";"
        ),
        ("a,b;c\n1,5;6\n2,7;8\n", ","),
        ("id, range\n1, 5|6\n2, 7|8\n", ","),
        ("x, y\n1, 2\n3, 4\n", ","),
        // A title's commas, and those of amounts.
        ("Sales, Q1\nid;name;amount, net\n" + amounts, ";"), ("Sales, Q1\nid;name;amount\n" + amounts, ";"),
        ("Report for Bern, CH\nPeriod: May, 2024\nid;name;amount\n" + amounts, ";"),
        ("Sales, Q1\nday;amount\n1.5.24;1,50\n2.5.24;2,50\n3.5.24;3,50\n4.5.24;4,50\n5.5.24;5,50\n", ";"),
        (",,\nid;name;amount\n" + amounts, ";"), (";;;\nid,name\n1,2\n", ","),
        ("id, range\n" + (1...12).map { "\($0), 5|6\n" }.joined(), ","),
        ("title, one line\nid;name;n\n1;a;2\n2;b;3\n", ";"), ("name\nfoo\nbar; baz\nqux\nquux\n", ","),
        ("name\n\"Smith, John\"\n\"Doe, Jane\"\nx;y\n", ","),
    ]

    @Test("what the name lets expect is the delimiter where it splits the file")
    func expected() throws {
        for (text, delimiter) in [("a,b\tc,d\n1,2\t3,4\n", "\t"), ("a,b\n1,2\n", ",")] {
            var options = CSVOptions()
            options.expectedDelimiter = Character("\t").asciiValue
            let reader = try CSVReader(source: TrickleSource(Array(text.utf8)), options: options)
            #expect(reader.dialect.delimiter == Character(delimiter).asciiValue)
        }
    }

    @Test("the delimiter is found", arguments: delimiters)
    func delimiter(_ input: String, delimiter: String) throws {
        for encoding in [TextEncoding.utf8, .utf16le] {
            let source = TrickleSource(input.encoded(encoding, mark: true), step: 7)
            let dialect = try CSVReader(source: source).dialect
            #expect(dialect.delimiter == Character(delimiter).asciiValue)
            #expect(dialect.encoding == encoding)
        }
    }

    @Test("a line that declares the delimiter is no record", arguments: [true, false])
    func declared(hasHeader: Bool) throws {
        for encoding in [TextEncoding.utf8, .utf16le] {
            let source = TrickleSource("sep=;\r\na;b,c\r\n1;2\r\n".encoded(encoding, mark: true), step: 3)
            let reader = try CSVReader(source: source, options: CSVOptions(hasHeader: hasHeader))
            #expect(reader.columns == (hasHeader ? ["a", "b,c"] : ["column_1", "column_2"]))
            #expect(reader.dataStart.line == (hasHeader ? 3 : 2))
            let unit = encoding == .utf8 ? 1 : 2
            #expect(reader.dataStart.byteOffset == UInt64(3 - (unit - 1) + (hasHeader ? 14 : 7) * unit))
        }
    }

    @Test("a delimiter that is given is not looked for")
    func given() throws {
        let reader = try CSVReader(
            source: TrickleSource(Array("a;b\n1;2\n".utf8)), options: CSVOptions(delimiter: UInt8(ascii: ",")))
        #expect(reader.columns == ["a;b"])
    }

    @Test("a byte order mark goes before an encoding that is given", arguments: [TextEncoding.latin1, .utf16, .gbk])
    func givenEncoding(_ given: TextEncoding) throws {
        let reader = try CSVReader(
            source: TrickleSource([0xEF, 0xBB, 0xBF, 0x61, 0x0A]), options: CSVOptions(encoding: given))
        #expect(reader.columns == ["a"])
        #expect(reader.dialect.encoding == .utf8)
    }

    @Test("letters that look like a mark of UTF-16 are letters")
    func noMark() throws {
        let reader = try CSVReader(
            source: TrickleSource([0xFF, 0xFE, 0x61, 0x0A, 0x31, 0x0A]), options: CSVOptions(encoding: .windows1251))
        #expect(reader.columns == ["яюa"])
    }

    @Test(
        "the byte order of UTF-16 without a mark shows in its line ends", arguments: [TextEncoding.utf16le, .utf16be])
    func orderOfUTF16(_ order: TextEncoding) throws {
        let bytes = order.bytes(of: "名;n\n一;b\n")
        let reader = try CSVReader(source: TrickleSource(bytes), options: CSVOptions(encoding: .utf16))
        #expect(reader.columns == ["名", "n"] && reader.dialect.encoding == order)
        let other: TextEncoding = order == .utf16le ? .utf16be : .utf16le
        let error = #expect(throws: DataError.self) {
            try CSVReader(source: TrickleSource(bytes), options: CSVOptions(encoding: other))
        }
        #expect(error?.remedy?.contains("--encoding \(order.rawValue)") == true)
    }

    static let names: [(name: String, encoding: TextEncoding?)] = [
        ("UTF-8", .utf8), ("utf8", .utf8), ("Latin1", .latin1), ("ISO-8859-1", .latin1), ("iso_8859_1", .latin1),
        ("CP1252", .windows1252), ("Windows-1252", .windows1252), ("utf-16", .utf16), ("UTF16LE", .utf16le),
        ("utf-16be", .utf16be), ("ebcdic", nil),
        ("GBK", .gbk), ("gb2312", .gbk), ("GB18030", .gb18030), ("Big5", .big5), ("cp950", .big5), ("SJIS", .shiftJIS),
        ("Shift_JIS", .shiftJIS), ("windows-31j", .cp932), ("EUC-JP", .eucJP), ("euc_kr", .eucKR), ("UHC", .cp949),
        ("cp1251", .windows1251), ("WIN1250", .windows1250), ("1257", .windows1257), ("latin2", .latin2),
        ("ISO_8859-15", .latin9), ("8859-5", .cyrillic), ("KOI8-R", .koi8r), ("IBM850", .cp850), ("437", .cp437),
        ("dos-866", .cp866),
    ]

    @Test("encodings go by their usual names", arguments: names)
    func encodingName(_ name: String, encoding: TextEncoding?) { #expect(TextEncoding(name: name) == encoding) }

    @Test("an encoding's own name means it", arguments: TextEncoding.allCases)
    func ownName(_ encoding: TextEncoding) { #expect(TextEncoding(name: encoding.rawValue) == encoding) }

    @Test("the data begin after the mark and the header")
    func dataStart() throws {
        let reader = try CSVReader(
            source: TrickleSource("\n\"a\nb\",c\r\n1,2\n".encoded(.utf16le, mark: true), step: 1))
        #expect(reader.dataStart == RecordLocation(byteOffset: 22, line: 4, record: 1))
        #expect(reader.location == reader.dataStart)
        #expect(reader.columns == ["a\nb", "c"])
    }
}

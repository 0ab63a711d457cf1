import Readers
import Records
import Testing

/// A file, and what a reader makes of it.
struct CSVCase: Sendable, CustomTestStringConvertible {
    struct Reject: Equatable, Sendable {
        var code: RejectCode
        var record: UInt64
        var line: UInt64
        var byte: UInt64
        var raw: [UInt8]
        var field: String?

        init(
            _ code: RejectCode, record: UInt64, line: UInt64, byte: UInt64, raw: [UInt8], field: String? = nil
        ) {
            (self.code, self.record, self.line, self.byte) = (code, record, line, byte)
            (self.raw, self.field) = (raw, field)
        }

        init(
            _ code: RejectCode, record: UInt64, line: UInt64, byte: UInt64, raw: String, field: String? = nil
        ) {
            self.init(code, record: record, line: line, byte: byte, raw: Array(raw.utf8), field: field)
        }
    }

    var fact: String
    var input: [UInt8]
    var options = CSVOptions(delimiter: UInt8(ascii: ","))
    var columns: [String]
    /// As `Reading.lines` writes them.
    var rows: [String]
    var rejects: [Reject] = []
    /// The line after the last one.
    var endLine: UInt64?

    init(
        _ fact: String, _ input: [UInt8], options: CSVOptions = CSVOptions(delimiter: UInt8(ascii: ",")),
        columns: [String] = ["a", "b"], rows: [String], rejects: [Reject] = [], endLine: UInt64? = nil
    ) {
        (self.fact, self.input, self.options, self.columns) = (fact, input, options, columns)
        (self.rows, self.rejects, self.endLine) = (rows, rejects, endLine)
    }

    init(
        _ fact: String, _ input: String, options: CSVOptions = CSVOptions(delimiter: UInt8(ascii: ",")),
        columns: [String] = ["a", "b"], rows: [String], rejects: [Reject] = [], endLine: UInt64? = nil
    ) {
        self.init(
            fact, Array(input.utf8), options: options, columns: columns, rows: rows, rejects: rejects, endLine: endLine)
    }

    var testDescription: String { fact }
}

extension CSVCase {
    static let all =
        lineEnds + quotes + nulls + shapes + badQuotes + strayQuotes + joinedFiles + badText + tooLarge + encodings
        + beginnings + footers + comments + otherQuotes + escapes + spaces + shortRows + emptyRows

    static let lineEnds = [
        CSVCase("lines end with LF", "a,b\n1,2\n3,4\n", rows: ["1|2", "3|4"], endLine: 4),
        CSVCase("lines end with CRLF", "a,b\r\n1,2\r\n3,4\r\n", rows: ["1|2", "3|4"], endLine: 4),
        CSVCase("lines end with CR alone", "a,b\r1,2\r3,4\r", rows: ["1|2", "3|4"], endLine: 4),
        CSVCase("line ends are mixed", "a,b\r\n1,2\r3,4\n5,6", rows: ["1|2", "3|4", "5|6"], endLine: 4),
        CSVCase("the last line has no end", "a,b\n1,2", rows: ["1|2"], endLine: 2),
        CSVCase(
            "empty lines are no records but are counted", "\n\r\na,b\n\n1,2\r\r\n\n3,4\n\n\r\n", rows: ["1|2", "3|4"],
            endLine: 11),
        CSVCase("a header alone is fine", "a,b\n", rows: [], endLine: 2),
        CSVCase("a header without line end is fine", "a,b", rows: [], endLine: 1),
        CSVCase(
            "white space is data", "a,b\n 1 ,\t2\n  \n", rows: [" 1 |\t2"],
            rejects: [
                Reject(.fieldCount, record: 2, line: 3, byte: 11, raw: "  \n")
            ]),
    ]

    static let quotes = [
        CSVCase("a delimiter in quotes is data", "a,b\n\"x,y\",2\n", rows: ["x,y|2"]),
        CSVCase(
            "line ends in quotes are data", "a,b\n\"x\ny\",\"1\r\n2\r3\"\n7,8", rows: ["x\ny|1\r\n2\r3", "7|8"],
            endLine: 6),
        CSVCase("a doubled quote is one quote", "a,b\n\"say \"\"hi\"\"\",\"\"\"\"\n", rows: ["say \"hi\"|\""]),
        CSVCase(
            "JSON in a field is kept", "a,b\n1,\"{\"\"k\"\": [\"\"v\"\", \"\"\"\"]}\"\n",
            rows: ["1|{\"k\": [\"v\", \"\"]}"]),
        CSVCase(
            "quotes and line ends come together", "a,b\n1,\"\"\"x\"\"\ny\"\n2,3\n", rows: ["1|\"x\"\ny", "2|3"],
            endLine: 5),
        CSVCase("a quote inside an unquoted field is data", "a,b\n5\" pipe,x\"y\"\n", rows: ["5\" pipe|x\"y\""]),
        CSVCase("a quoted field ends the file", "a,b\n1,\"2\"", rows: ["1|2"]),
        CSVCase(
            "long quoted fields are whole", "a,b\n\"0123456789,0123456789\",\"01234567890123456789\"\"\"\n",
            rows: ["0123456789,0123456789|01234567890123456789\""]),
    ]

    static let nulls = [
        CSVCase("an unquoted empty field is NULL", "a,b\n,\"\"\n\"\",\n", rows: ["∅|", "|∅"]),
        CSVCase("one pair of quotes is a record of one column", "a\n\"\"\n\nx\n", columns: ["a"], rows: ["", "x"]),
        CSVCase(
            "further spellings mean NULL unquoted", "a,b\nNA,\"NA\"\n\\N,NAN\n,NA\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), nullSpellings: ["NA", "\\N"]),
            rows: ["∅|NA", "∅|NAN", "∅|∅"]),
        CSVCase(
            "a spelling of NULL may be in another encoding", [0x61, 0x0A, 0xF6, 0x0A, 0xE4, 0x0A],
            options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: .latin1, nullSpellings: ["ö"]), columns: ["a"],
            rows: ["∅", "ä"]),
    ]

    static let shapes = [
        CSVCase(
            "a record with too few or too many fields is rejected", "a,b\n1\n1,2,3\n4,5\n", rows: ["4|5"],
            rejects: [
                Reject(.fieldCount, record: 1, line: 2, byte: 4, raw: "1\n"),
                Reject(.fieldCount, record: 2, line: 3, byte: 6, raw: "1,2,3\n"),
            ]),
        CSVCase("a trailing delimiter is dropped", "a,b\n1,2,\n3,4\n5,,\n", rows: ["1|2", "3|4", "5|∅"]),
        CSVCase(
            "only one empty unquoted field is dropped", "a,b\n1,2,,\n1,2,\"\"\n", rows: [],
            rejects: [
                Reject(.fieldCount, record: 1, line: 2, byte: 4, raw: "1,2,,\n"),
                Reject(.fieldCount, record: 2, line: 3, byte: 10, raw: "1,2,\"\"\n"),
            ]),
        CSVCase(
            "a header may end with a delimiter", "a,b,\n1,2,\n3,4\n5,6,7\n", rows: ["1|2", "3|4"],
            rejects: [Reject(.fieldCount, record: 3, line: 4, byte: 14, raw: "5,6,7\n")]),
        CSVCase(
            "a last column without a name is one where records have values", "a,b,\n1,2,x\n3,4,\n5,6,y\n",
            columns: ["a", "b", "column_3"], rows: ["1|2|x", "3|4|∅", "5|6|y"]),
        CSVCase(
            "several columns without names at the end are columns", "a,,\n1,2,3\n4,,\n",
            columns: ["a", "column_2", "column_3"], rows: ["1|2|3", "4|∅|∅"]),
        CSVCase(
            "without header columns are numbered", "1,2\n3,4\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), hasHeader: false), columns: ["column_1", "column_2"],
            rows: ["1|2", "3|4"], endLine: 3),
        CSVCase(
            "without header a bad first record is a reject", "\"x\"y,1\n3,4\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), hasHeader: false), columns: ["column_1", "column_2"],
            rows: ["3|4"],
            rejects: [Reject(.quoting, record: 1, line: 1, byte: 0, raw: "\"x\"y,1\n", field: "column_1")]),
        CSVCase(
            "names are trimmed, numbered where empty, and unique", " a ,,A,b,\"B\",a,\n1,2,3,4,5,6\n",
            columns: ["a", "column_2", "A_2", "b", "B_2", "a_3"], rows: ["1|2|3|4|5|6"]),
    ]

    static let badQuotes = [
        CSVCase(
            "text after a closing quote rejects one line", "a,b\n\"x\"y,1\n2,3\n", rows: ["2|3"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: "\"x\"y,1\n", field: "a")]),
        CSVCase(
            "a space after a closing quote is text", "a,b\n1,\"x\" \n2,3\n", rows: ["2|3"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: "1,\"x\" \n", field: "b")]),
        CSVCase(
            "a quote that is never closed rejects one line", "a,b\n1,\"x\r\n2,3\n4,5\n", rows: ["2|3", "4|5"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: "1,\"x\r\n", field: "b")], endLine: 5),
        CSVCase(
            "a quote that is never closed may end the file", "a,b\n2,3\n1,\"x", rows: ["2|3"],
            rejects: [Reject(.quoting, record: 2, line: 3, byte: 8, raw: "1,\"x", field: "b")], endLine: 3),
        CSVCase(
            "a stray quote leaves the records after it unharmed",
            "a,b\n\"stray,1\n2,\"x\"\n3,\"y,z\"\n4,5\n", rows: ["2|x", "3|y,z", "4|5"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: "\"stray,1\n", field: "a")]),
        CSVCase(
            "a quote not closed within the limit rejects one line", "a,b\n\"x,1\n2,3\n4,5\n6,7\n8,9\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 8), rows: ["2|3", "4|5", "6|7", "8|9"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: "\"x,1\n", field: "a")]),
    ]

    static let strayQuotes = [
        CSVCase(
            "two stray quotes cost the first one's line, and not the records between them",
            "id,what,price\n1,a,3\n2,\"19 monitor,5\n3,c,3\n4,d,3\n5,21\",7\n6,f,3\n",
            columns: ["id", "what", "price"],
            rows: ["1|a|3", "3|c|3", "4|d|3", "5|21\"|7", "6|f|3"],
            rejects: [Reject(.quoting, record: 2, line: 3, byte: 20, raw: "2,\"19 monitor,5\n", field: "what")],
            endLine: 8),
        CSVCase(
            "stray quotes are told in the last column, too",
            "id;what\n1;\"inch\n2;b\n3;c\n4;d\n5;5 inch\"\n", options: CSVOptions(delimiter: UInt8(ascii: ";")),
            columns: ["id", "what"], rows: ["2|b", "3|c", "4|d", "5|5 inch\""],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 8, raw: "1;\"inch\n", field: "what")]),
        CSVCase(
            "stray quotes are told in words, where there are many lines",
            "a,b,c\n" + "x,\"y,z\n" + String(repeating: "k,l,m\n", count: 8) + "p,q\",r\n", columns: ["a", "b", "c"],
            rows: Array(repeating: "k|l|m", count: 8) + ["p|q\"|r"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 6, raw: "x,\"y,z\n", field: "b")]),
        CSVCase(
            "the more columns there are, the fewer lines tell them",
            "a,b,c,d,e,f\n1x,m,m,m,m,\"open\nk,l,m,n,o,p\nq,r,s,t,u,v\"\nw,w,w,w,w,w\n",
            columns: ["a", "b", "c", "d", "e", "f"], rows: ["k|l|m|n|o|p", "q|r|s|t|u|v\"", "w|w|w|w|w|w"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 12, raw: "1x,m,m,m,m,\"open\n", field: "f")]),
        CSVCase(
            "stray quotes are told in two columns of words, where there are very many lines",
            "a,b\nx,\"y\n" + String(repeating: "k,l\n", count: 40) + "p,q\"\nr,s\n", columns: ["a", "b"],
            rows: Array(repeating: "k|l", count: 40) + ["p|q\"", "r|s"],
            rejects: [Reject(.quoting, record: 1, line: 2, byte: 4, raw: "x,\"y\n", field: "b")]),
        CSVCase(
            "where other values stand in quotes, the lines between two are a value",
            "\"id\",\"name\",\"note\"\n\"2\",\"c\",\"Dear\n100,z,w\n200,z,w\n300,z,w\n400,p,q\"\n\"3\",\"d\",\"e\"\n",
            columns: ["id", "name", "note"], rows: ["2|c|Dear\n100,z,w\n200,z,w\n300,z,w\n400,p,q", "3|d|e"]),
        CSVCase(
            "a list of points in quotes is a value",
            "name,line\na,\"\n" + String(repeating: "1,2\n", count: 60) + "3,4\"\nb,x\n", columns: ["name", "line"],
            rows: ["a|\n" + String(repeating: "1,2\n", count: 60) + "3,4", "b|x"]),
        CSVCase(
            "a list in quotes is a value, however many columns there are",
            "a,b,c,d,e,f\n1,x,x,x,x,\"see:\nthis, that, and, the, other, one\nred,green,blue\nend\"\n",
            columns: ["a", "b", "c", "d", "e", "f"],
            rows: ["1|x|x|x|x|see:\nthis, that, and, the, other, one\nred,green,blue\nend"]),
        CSVCase(
            "a letter in quotes is a value", "id,text\n1,\"Dear Sir,\nI write, as ever, to you\nBest, Bob\"\n2,x\n",
            columns: ["id", "text"], rows: ["1|Dear Sir,\nI write, as ever, to you\nBest, Bob", "2|x"]),
        CSVCase(
            "an address in quotes is a value", "id,place,n\n1,\"Main St 5, Bonn\nDE, 53\",7\n",
            columns: ["id", "place", "n"],
            rows: ["1|Main St 5, Bonn\nDE, 53|7"]),
        CSVCase(
            "a table in quotes is a value", "id,table\n1,\"a,b\n1,2\n3,4\n5,6\n7,8\n9,10\"\n2,x\n",
            columns: ["id", "table"],
            rows: ["1|a,b\n1,2\n3,4\n5,6\n7,8\n9,10", "2|x"]),
    ]

    static let joinedFiles = [
        CSVCase(
            "a header in the middle is rejected, and its mark is no part of it",
            Array("a,b\n1,2\n".utf8) + "a,b\n3,4\n".encoded(.utf8, mark: true), rows: ["1|2", "3|4"],
            rejects: [
                Reject(.repeatedHeader, record: 2, line: 3, byte: 8, raw: "a,b\n".encoded(.utf8, mark: true))
            ]),
        CSVCase(
            "a header in the middle is one in quotes, too", "\"a\",b\r\n1,2\r\na,\"b\"\r\n3,4\r\n",
            rows: ["1|2", "3|4"],
            rejects: [Reject(.repeatedHeader, record: 2, line: 3, byte: 12, raw: "a,\"b\"\r\n")]),
        CSVCase(
            "a mark in front of a quote leaves it a quote",
            Array("a,b\n1,2\n".utf8) + "\"x,y\",3\n".encoded(.utf8, mark: true),
            rows: ["1|2", "x,y|3"]),
        CSVCase(
            "a mark in an empty line or at the end is nothing",
            Array("a,b\n1,2\n".utf8) + "\n3,4\n".encoded(.utf8, mark: true) + [0xEF, 0xBB, 0xBF], rows: ["1|2", "3|4"]),
        CSVCase(
            "a list may have its name among its values", "word\nthe\nword\n", columns: ["word"], rows: ["the", "word"]),
        CSVCase(
            "what only begins like the header is a record", "a,b\na,c\na,\n", rows: ["a|c", "a|∅"]),
        CSVCase(
            "two marks are skipped like one", [0xEF, 0xBB, 0xBF] + "ä,b\n1,2\n".encoded(.utf8, mark: true),
            columns: ["ä", "b"], rows: ["1|2"]),
        CSVCase(
            "two marks of UTF-16 are skipped like one", [0xFF, 0xFE] + "a,b\n1,2\n".encoded(.utf16le, mark: true),
            rows: ["1|2"]),
        CSVCase(
            "the line sep= says the delimiter and is no header", "sep=;\r\na;b\r\n1;2,5\r\n", options: CSVOptions(),
            rows: ["1|2,5"], endLine: 4),
        CSVCase(
            "the line sep= may stand in quotes and above one column", "\"SEP=;\"\na\n1\n", options: CSVOptions(),
            columns: ["a"], rows: ["1"]),
        CSVCase(
            "a delimiter that is given goes before the line sep=", "sep=;\na,b\n1,2;\n", rows: ["1|2;"]),
    ]

    static let badText = [
        CSVCase(
            "a NUL byte rejects its record", "a,b\n1,x\0y\n\0\n2,3\n", rows: ["2|3"],
            rejects: [
                Reject(.nulByte, record: 1, line: 2, byte: 4, raw: "1,x\0y\n", field: "b"),
                Reject(.nulByte, record: 2, line: 3, byte: 10, raw: "\0\n", field: "a"),
            ]),
        CSVCase(
            "a NUL byte in quotes rejects its record", "a,b\n1,\"x\0y\n\"\n2,3\n", rows: ["2|3"],
            rejects: [Reject(.nulByte, record: 1, line: 2, byte: 4, raw: "1,\"x\0y\n\"\n", field: "b")]),
        CSVCase(
            "what is not UTF-8 rejects its record",
            Array("a,b\nü,é\n1,".utf8) + [0xFF] + Array("\n".utf8) + [0xE2, 0x82] + Array(",2\n日本,😀\n".utf8),
            rows: ["ü|é", "日本|😀"],
            rejects: [
                Reject(.encoding, record: 2, line: 3, byte: 10, raw: Array("1,".utf8) + [0xFF, 0x0A], field: "b"),
                Reject(.encoding, record: 3, line: 4, byte: 14, raw: [0xE2, 0x82] + Array(",2\n".utf8), field: "a"),
            ]),
        CSVCase(
            "overlong forms and surrogates are not UTF-8",
            Array("a\n".utf8) + [0xC0, 0x80, 0x0A, 0xED, 0xA0, 0x80, 0x0A, 0xF4, 0x90, 0x80, 0x80, 0x0A, 0x78],
            columns: ["a"], rows: ["x"],
            rejects: [
                Reject(.encoding, record: 1, line: 2, byte: 2, raw: [0xC0, 0x80, 0x0A], field: "a"),
                Reject(.encoding, record: 2, line: 3, byte: 5, raw: [0xED, 0xA0, 0x80, 0x0A], field: "a"),
                Reject(.encoding, record: 3, line: 4, byte: 9, raw: [0xF4, 0x90, 0x80, 0x80, 0x0A], field: "a"),
            ]),
    ]

    static let tooLarge = [
        CSVCase(
            "a field at the limit is fine", "a,b\n12345678,\"123456\"\r\n1,2\r\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 8), rows: ["12345678|123456", "1|2"]),
        CSVCase(
            "a field beyond the limit rejects its record", "a,b\n3,4\n\n1,123456789,\"\r\n1,2\r123456789012",
            options: CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 8), rows: ["3|4", "1|2"],
            rejects: [
                Reject(.tooLarge, record: 2, line: 4, byte: 9, raw: "1,123456789,\"\r\n", field: "b"),
                Reject(.tooLarge, record: 4, line: 6, byte: 28, raw: "123456789012", field: "a"),
            ], endLine: 6),
        CSVCase(
            "a quoted line beyond the limit is skipped whole", "a,b\n\"1234567890\",2\n3,4\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 8), rows: ["3|4"],
            rejects: [Reject(.tooLarge, record: 1, line: 2, byte: 4, raw: "\"1234567890\",2\n", field: "a")]),
        CSVCase(
            "a line end in quotes before a field beyond the limit belongs to its record",
            "a,b\n\"x\ny\",1234567890\n3,4\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 8), rows: ["3|4"],
            rejects: [Reject(.tooLarge, record: 1, line: 2, byte: 4, raw: "\"x\ny\",1234567890\n", field: "b")],
            endLine: 5),
        CSVCase(
            "a record of endlessly many fields is too large", "a,b\n1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1\n3,4\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 4), rows: ["3|4"],
            rejects: [
                Reject(.tooLarge, record: 1, line: 2, byte: 4, raw: "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1\n")
            ]),
        CSVCase(
            "a record beyond the limit ends at the line end after the limit",
            "a,b\n\"\n\",11,1,1,1,1,1,\"x\ny\",2\n3,4\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 4), rows: ["y\"|2", "3|4"],
            rejects: [Reject(.tooLarge, record: 1, line: 2, byte: 4, raw: "\"\n\",11,1,1,1,1,1,\"x\n")]),
        CSVCase(
            "CRLF in quotes before a field beyond the limit is one line end", "a,b\n\"\r\n\",1234567890\n3\n",
            options: CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 8), rows: [],
            rejects: [
                Reject(.tooLarge, record: 1, line: 2, byte: 4, raw: "\"\r\n\",1234567890\n", field: "b"),
                Reject(.fieldCount, record: 2, line: 4, byte: 20, raw: "3\n"),
            ], endLine: 5),
    ]

    static let encodings = [
        CSVCase(
            "a UTF-8 mark is skipped", "ä,b\nö,\"ß\"\n".encoded(.utf8, mark: true), columns: ["ä", "b"], rows: ["ö|ß"]),
        CSVCase(
            "a UTF-16LE mark decides", "ä,b\nö,\"a\"\"😀\"\n".encoded(.utf16le, mark: true), columns: ["ä", "b"],
            rows: ["ö|a\"😀"]),
        CSVCase(
            "a UTF-16BE mark decides", "ä,b\r\nö,\"日\r\n本\"\r\n,".encoded(.utf16be, mark: true), columns: ["ä", "b"],
            rows: ["ö|日\r\n本", "∅|∅"], endLine: 4),
        CSVCase(
            "UTF-16 without a mark is little-endian", "a,b\n1,€\n".encoded(.utf16le),
            options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: .utf16), rows: ["1|€"]),
        CSVCase(
            "Latin-1 is decoded", [0x61, 0x2C, 0xE9, 0x0A, 0x80, 0x2C, 0x22, 0xFC, 0x22, 0x22, 0x22, 0x0A],
            options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: .latin1), columns: ["a", "é"],
            rows: ["\u{80}|ü\""]),
        CSVCase(
            "Windows-1252 is decoded and its gaps are rejected",
            [0x61, 0x0A, 0x80, 0x0A, 0x31, 0x81, 0x0A, 0x9F, 0xFF, 0x0A],
            options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: .windows1252), columns: ["a"],
            rows: ["€", "Ÿÿ"],
            rejects: [Reject(.encoding, record: 2, line: 3, byte: 4, raw: [0x31, 0x81, 0x0A], field: "a")]),
        CSVCase(
            "lone surrogates are rejected",
            "a\n".encoded(.utf16le) + [0x3D, 0xD8, 0x0A, 0x00, 0x00, 0xDE, 0x0A, 0x00] + "x\n".encoded(.utf16le),
            options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: .utf16le), columns: ["a"], rows: ["x"],
            rejects: [
                Reject(.encoding, record: 1, line: 2, byte: 4, raw: [0x3D, 0xD8, 0x0A, 0x00], field: "a"),
                Reject(.encoding, record: 2, line: 3, byte: 8, raw: [0x00, 0xDE, 0x0A, 0x00], field: "a"),
            ]),
        CSVCase(
            "an odd last byte of UTF-16 is rejected", "a\nx\ny".encoded(.utf16be) + [0x00],
            options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: .utf16be), columns: ["a"], rows: ["x"],
            rejects: [Reject(.encoding, record: 2, line: 3, byte: 8, raw: [0x00, 0x79, 0x00], field: "a")], endLine: 3),
        CSVCase(
            "a UTF-16 field beyond the limit is skipped", "a\nööööööö\n\"😀\"\n".encoded(.utf16be),
            options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: .utf16be, maxFieldBytes: 8), columns: ["a"],
            rows: ["😀"],
            rejects: [
                Reject(.tooLarge, record: 1, line: 2, byte: 4, raw: "ööööööö\n".encoded(.utf16be), field: "a")
            ]),
    ]
}

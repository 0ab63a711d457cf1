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
    static let all = lineEnds + quotes + nulls + shapes + badQuotes + badText + tooLarge + encodings

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

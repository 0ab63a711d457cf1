import Readers
import Records
import Testing

@Suite struct CSVMessageTests {
    static let messages: [(input: [UInt8], encoding: TextEncoding?, message: String)] = [
        (Array("a,b,c\n1,2\n".utf8), nil, "expected 3 fields, found 2: `1,2\\n`"),
        (
            Array("a,b\nü,\"x\"y\n".utf8), nil,
            "text after the closing quote at line 2, column 6, byte 10: `ü,\"x\"y\\n`"
        ),
        (Array("a,b\n1,\"x\n2,3\n".utf8), nil, "the quote at line 2, column 3, byte 6 is never closed: `1,\"x\\n`"),
        (
            Array("a,b\n\"1\r\n2\",x\0\n".utf8), nil,
            "NUL byte at line 3, column 5, byte 12: `\"1\\r\\n2\",x\\x00\\n`"
        ),
        (
            Array("a,b\n1,\"x\\\"y\"\n".utf8), nil,
            "text after the closing quote at line 2, column 7, byte 10, which a backslash does not escape: CSV escapes quotes by doubling them: "
                + "`1,\"x\\\"y\"\\n`"
        ),
        (
            Array("a,b,c\n1,\"x,3\n2,x,4\n3,x\",5\n".utf8), nil,
            "the quote at line 2, column 3, byte 8 is a stray quote: the next 2 lines are records of their own: `1,\"x,3\\n`"
        ),
        (Array("a,b\na,b\n".utf8), nil, "the header is repeated among the records: `a,b\\n`"),
        (Array("a,b\n1,x\0\n".utf8), nil, "NUL byte at line 2, column 4, byte 7: `1,x\\x00\\n`"),
        (
            Array("a,b\n\"1\nü".utf8) + [0xFF] + Array("\",2\n".utf8), nil,
            "byte FF at line 3, column 2, byte 9 is not UTF-8 (see --encoding): `\"1\\nü\\xFF\",2\\n`"
        ),
        (
            [0x61, 0x0A, 0xE4, 0x9D, 0x0A], .windows1252,
            "byte 9D at line 2, column 2, byte 3 is not windows-1252 (see --encoding): `ä\\x9D\\n`"
        ),
        (
            "a\nx".encoded(.utf16be) + [0xD8, 0x3D], .utf16be,
            "byte D8 3D at line 2, column 2, byte 6 is not utf-16be (see --encoding): `x\\xED\\xA0\\xBD`"
        ),
    ]

    @Test("a reject says where and what, with an excerpt", arguments: messages)
    func message(_ input: [UInt8], encoding: TextEncoding?, message: String) throws {
        let options = CSVOptions(delimiter: UInt8(ascii: ","), encoding: encoding)
        #expect(try read(input, options: options).rejects.map(\.message) == [message])
    }

    @Test("an excerpt of a long line is short")
    func excerpt() throws {
        let line = String(repeating: "ä", count: 100) + ",\"x\"y" + String(repeating: "z", count: 200)
        let message = try read(Array("a,b\n\(line)\n".utf8)).rejects[0].message
        #expect(
            message.hasSuffix(": `…\(String(repeating: "ä", count: 8)),\"x\"y\(String(repeating: "z", count: 39))…`"))
        #expect(message.utf8.count < 160)
    }

    static let headers: [(input: [UInt8], parts: [String])] = [
        ([], ["empty"]),
        ([0xEF, 0xBB, 0xBF], ["empty"]),
        (Array("\r\n\n".utf8), ["only empty lines"]),
        (Array("\na,\"b\n1,2\n".utf8), ["quote is never closed", "line 2, byte 3"]),
        (Array("a,\"b\"c\n".utf8), ["closing quote", "line 1, byte 5"]),
        (Array("\"a\",\"b\"c\n".utf8), ["closing quote", "line 1, byte 7"]),
        (Array("a,b".utf8) + [0xFF, 0x0A], ["not UTF-8", "line 1, byte 3", "--encoding windows-1252"]),
        ("a,b\n".encoded(.utf16le), ["NUL", "utf-16le"]),
    ]

    @Test("a header that cannot be used is an error that says where", arguments: headers)
    func header(_ input: [UInt8], parts: [String]) throws {
        for step in [1, 2, 1000] {
            let error = try #require(throws: DataError.self) { try CSVReader(source: TrickleSource(input, step: step)) }
            #expect(error.code == .malformed)
            for part in parts { #expect(error.description.contains(part)) }
        }
    }

    @Test("a delimiter that cannot separate fields is refused", arguments: [0x22, 0x0A, 0x0D, 0x00, 0xE4] as [UInt8])
    func delimiter(_ delimiter: UInt8) throws {
        let error = try #require(throws: DataError.self) {
            try CSVReader(source: TrickleSource(Array("a\n".utf8)), options: CSVOptions(delimiter: delimiter))
        }
        #expect(error.code == .unusableOption)
    }

    @Test("without a header, a file without any sound record is an error")
    func noSoundRecord() throws {
        let options = CSVOptions(delimiter: UInt8(ascii: ","), hasHeader: false)
        let error = try #require(throws: DataError.self) {
            try CSVReader(source: TrickleSource(Array("\"a\"b\n\"c\"d\n".utf8), step: 1), options: options)
        }
        #expect(error.code == .malformed)
        #expect(error.message.contains("line 1, byte 3"))
    }

    static let limits: [(input: String, message: String)] = [
        (
            "1,123456789\n",
            "field 2 of the record at line 2, column 1, byte 4 exceeds the field limit of 8 bytes; the record has 12 bytes: "
        ),
        (
            "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1\n",
            "field 17 of the record at line 2, column 1, byte 4 exceeds the record limit of 32 bytes"
        ),
        ("\"1\"23456789,2\n", "field 1 of the record at line 2, column 1, byte 4 exceeds the field limit of 8 bytes"),
        ("\"1\"2,3456789,2\n", "the line at line 2, column 1, byte 4 has a stray quote and exceeds the field limit"),
        ("\"1\n2345678,2\n", "the quote at line 2, column 1, byte 4 is not closed within the field limit of 8 bytes"),
    ]

    @Test("a reject beyond a limit names the limit", arguments: limits)
    func limit(_ input: String, message: String) throws {
        let options = CSVOptions(delimiter: UInt8(ascii: ","), maxFieldBytes: 8)
        let rejects = try read(Array("a,b\n\(input)".utf8), options: options).rejects
        #expect(rejects.first?.message.hasPrefix(message) == true, "\(rejects)")
    }
}

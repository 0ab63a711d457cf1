import Readers
import Records
import Testing

/// Single values inside a record, by RFC 8259.
@Suite struct JSONConformanceTests {
    static let good: [String] = [
        "0", "-0", "0.0", "10", "-12.50", "1e1", "1E+2", "0e-3", "1.5E400", "98765432109876543210987654321", "-0.0e0",
        "true", "false", "[]", "[ ]", "{}", "{ }", "[[]]", "[{}]", "[1,2]", "[1 , \n2]", "{\"x\":1}", "{ \"x\" : [ ] }",
        "{\"x\":1,\"x\":2}", "{\"\":0}", "[null,true,false]", "[\"\\u0000\"]", "{\"\\u0000\":1}", "[-1e-1]",
        "[\"\\ud834\\udd1e\"]", "[\"é\u{2028}\u{7f}\u{FFFE}\"]",
    ]

    @Test("a value that is JSON is kept as it stands", arguments: good)
    func goodValue(_ value: String) throws {
        let reading = try read(value)
        #expect(reading.lines == ["0", value, "2"])
        #expect(reading.rejects.isEmpty)
    }

    static let goodStrings: [(json: String, text: String)] = [
        ("\"\"", ""), ("\" \"", " "), ("\"a b\"", "a b"), ("\"\\\\\"", "\\"), ("\"\\\\\\\"\"", "\\\""),
        ("\"/\\/\"", "//"),
        ("\"\\u0041\\u00E9\\u65e5\"", "Aé日"), ("\"\\uD83D\\uDE00\"", "😀"), ("\"\\uDBFF\\uDFFF\"", "\u{10FFFF}"),
        ("\"\\uFFFF\\uFEFF\"", "\u{FFFF}\u{FEFF}"), ("\"\u{7F}\u{2028}\u{2029}\"", "\u{7F}\u{2028}\u{2029}"),
        ("\"\\u001f\\t\"", "\u{1F}\t"), ("\"// no comment\"", "// no comment"), ("\"a\\\\u0041\"", "a\\u0041"),
    ]

    @Test("a string is its text", arguments: goodStrings)
    func goodString(_ json: String, text: String) throws {
        #expect(try read(json).lines == ["0", text, "2"])
    }

    static let bad: [(value: String, code: RejectCode)] =
        [
            "01", "-01", "00", "1.", ".5", "-.5", "-", "+1", "1e", "1e+", "1.e1", "1.2.3", "0x10", "1_000", "1a", "--1",
            "1e1.5",
            "NaN", "Infinity", "-Infinity", "True", "nul", "nulll", "tru", "undefined", "'a'", "a", "", "*", "１",
            "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[\"a\" \"b\"]", "[1:2]", "{\"x\":1,}", "{,}", "{\"x\"}",
            "{\"x\",1}",
            "{\"x\":}", "{x:1}", "{1:1}", "{'x':1}", "{\"x\":1 \"y\":2}", "{\"x\"::1}", "{null:1}", "[1]/*c*/", "1//c",
            "[a]",
            "\"\\a\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\U0041\"", "\"\\'\"", "\"\\ \"", "\"\t\"",
            "\"\u{1}\"",
            "\"\u{0}\"", "\u{C}1", "1\u{A0}", "\u{FEFF}1", "[\"\\u\"]", "\"a\" \"b\"", "\"a\"b",
        ].map { ($0, .syntax) } + [
            ("\"\\ud800\"", .encoding), ("\"\\udc00\"", .encoding), ("\"\\ud800\\ud800\"", .encoding),
            ("\"\\ud800x\"", .encoding), ("\"\\ud800\\n\"", .encoding), ("\"\\udc00\\ud800\"", .encoding),
            ("[\"\\ud800\"]", .encoding), ("{\"\\udfff\":1}", .encoding), ("\"\\u0000\"", .nulByte),
            (String(repeating: "[", count: 600) + String(repeating: "]", count: 600), .tooDeep),
        ]

    @Test("a value that is not JSON costs its record only", arguments: bad)
    func badValue(_ value: String, code: RejectCode) throws {
        let reading = try read(value)
        #expect(reading.lines == ["0", "2"])
        #expect(reading.rejects.map(\.code) == [code])
        #expect(reading.rejects.map(\.raw) == [Array("{\"a\":\(value)}".utf8)])
    }

    static let badBytes: [[UInt8]] = [
        [0xFF], [0x80], [0xC3], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE6, 0x97],
    ]

    @Test("bytes that are not UTF-8 are told with their place", arguments: badBytes)
    func badUTF8(_ bytes: [UInt8]) throws {
        let head = Array("[{\"a\":0},\n{\"a\":\"x".utf8)
        let reading = try readJSON(head + bytes + Array("\"},{\"a\":2}]".utf8))
        #expect(reading.lines == ["0", "2"])
        #expect(reading.rejects.map(\.code) == [.encoding])
        #expect(reading.rejects.first?.message.contains("line 2, column 8, byte \(head.count):") == true)
    }

    @Test("any bytes after a backslash or a quote end well", arguments: 0...255 as ClosedRange<UInt8>)
    func anyByte(_ byte: UInt8) throws {
        for before in ["\"\\", "\"", "\"\\u00", "1", "", "[", "tr"] {
            let bytes = Array("{\"a\":1}\n{\"a\":\(before)".utf8) + [byte] + Array("\"}\n{\"a\":2}\n".utf8)
            let reading = try readJSON(bytes, options: JSONOptions(form: .lines))
            #expect(reading.lines.first == "1")
            #expect(reading.lines.last == "2")
        }
    }

    private func read(_ value: String) throws -> Reading {
        let array = try readJSON(Array("[{\"a\":0},{\"a\":\(value)},{\"a\":2}]".utf8))
        if !value.contains("\n") {
            let lines = try readJSON(Array("{\"a\":0}\n{\"a\":\(value)}\n{\"a\":2}\n".utf8))
            #expect(lines.lines == array.lines)
            #expect(lines.rejects.map(\.code) == array.rejects.map(\.code))
        }
        return array
    }
}

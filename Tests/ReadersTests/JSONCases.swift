import Readers
import Records
import Testing

/// A file, and what a reader makes of it.
struct JSONCase: Sendable, CustomTestStringConvertible {
    struct Reject: Equatable, Sendable {
        var code: RejectCode
        var record: UInt64
        var raw: [UInt8]
        var field: String?

        init(_ code: RejectCode, _ record: UInt64, _ raw: String, field: String? = nil) {
            self.init(code, record, Array(raw.utf8), field: field)
        }

        init(_ code: RejectCode, _ record: UInt64, _ raw: [UInt8], field: String? = nil) {
            (self.code, self.record, self.raw, self.field) = (code, record, raw, field)
        }
    }

    var fact: String
    var input: [UInt8]
    var options: JSONOptions
    var columns: [String]
    /// As `Reading.lines` writes them.
    var rows: [String]
    var rejects: [Reject]

    init(
        _ fact: String, _ input: String, options: JSONOptions = JSONOptions(), columns: [String] = ["a"],
        rows: [String], rejects: [Reject] = []
    ) {
        self.init(fact, Array(input.utf8), options: options, columns: columns, rows: rows, rejects: rejects)
    }

    init(
        _ fact: String, _ input: [UInt8], options: JSONOptions = JSONOptions(), columns: [String] = ["a"],
        rows: [String], rejects: [Reject] = []
    ) {
        (self.fact, self.input, self.options) = (fact, input, options)
        (self.columns, self.rows, self.rejects) = (columns, rows, rejects)
    }

    var testDescription: String { fact }
    static let all = forms + successions + singles + values + lines + elements + resynchronising + endings + limits
}

extension JSONCase {
    /// Documents one after the other.
    static let successions = [
        JSONCase("objects one behind the other", "{\"a\":1}{\"a\":2} {\"a\":3}\n", rows: ["1", "2", "3"]),
        JSONCase("objects over lines", "{\n \"a\":1\n}\n{\n \"a\":2\n}\n{\"a\":3}", rows: ["1", "2", "3"]),
        JSONCase("a line, then objects over lines", "{\"a\":1}\n{\n \"a\":2\n}\n", rows: ["1", "2"]),
        JSONCase(
            "several objects on each line", "{\"a\":1}{\"a\":2}\n{\"a\":3}{\"a\":4}\n", rows: ["1", "2", "3", "4"]),
        JSONCase("a text sequence (RFC 7464)", "\u{1E}{\"a\":1}\n\u{1E}{\"a\":2}\n", rows: ["1", "2"]),
        JSONCase(
            "a cut text in a sequence", "\u{1E}{\"a\":1}\n\u{1E}{\"a\":\n\u{1E}{\"a\":3}\n", rows: ["1", "3"],
            rejects: [Reject(.syntax, 2, "{\"a\":\n", field: "a")]),
        JSONCase("arrays one behind the other", "[{\"a\":1},{\"a\":2}]\n[]\n[{\"a\":3}]", rows: ["1", "2", "3"]),
        JSONCase("arrays without a gap", "[{\"a\":1}][{\"a\":2}]", rows: ["1", "2"]),
        JSONCase(
            "a bad object among others", "{\"a\":1}{\"a\":x}{\"a\":3}", rows: ["1", "3"],
            rejects: [Reject(.syntax, 2, "{\"a\":x}", field: "a")]),
        JSONCase(
            "other values among objects", "{\"a\":1}{\"a\":2}\n5 {\"a\":3}", rows: ["1", "2", "3"],
            rejects: [Reject(.notAnObject, 3, "5 ")]),
        JSONCase(
            "a cut object at the end", "{\"a\":1}{\"a\":2}{\"a\":", rows: ["1", "2"],
            rejects: [Reject(.syntax, 3, "{\"a\":", field: "a")]),
        JSONCase("an object behind one with an array", "{\"a\":[{\"b\":1}]}{\"a\":[]}", rows: ["[{\"b\":1}]", "[]"]),
    ]

    /// One value of a document.
    static let singles = [
        JSONCase(
            "an object beside an array", "{\"s\":{\"a\":1},\"r\":[{\"a\":2}]}", options: JSONOptions(recordsPath: "s"),
            rows: ["1"]),
        JSONCase(
            "an object behind an array", "{\"r\":[{\"a\":2}],\"s\":{\"a\":1}}", options: JSONOptions(recordsPath: "s"),
            rows: ["1"]),
        JSONCase(
            "a number beside an array", "{\"a\" : 5 ,\"r\":[{\"x\":2}]}", options: JSONOptions(recordsPath: "a"),
            rows: ["5"]),
        JSONCase(
            "a text in an object", "{\"s\":{\"a\":\"x\\n\"},\"r\":[{\"x\":2}]}",
            options: JSONOptions(recordsPath: "s.a"), rows: ["x\n"]),
    ]

    static let forms = [
        JSONCase("lines", "{\"a\":1}\n{\"a\":2}\n", rows: ["1", "2"]),
        JSONCase("lines without an end", "{\"a\":1}\r\n\r\n \n{\"a\":2}", rows: ["1", "2"]),
        JSONCase("one line", "{\"a\":1}", rows: ["1"]),
        JSONCase("an array", "[{\"a\":1},{\"a\":2}]", rows: ["1", "2"]),
        JSONCase("an array over lines", "\n [\n  {\"a\":1},\n  {\"a\":2}\n]\n\n", rows: ["1", "2"]),
        JSONCase("an array with a line per record", "[\n{\"a\":1},\n{\"a\":2}\n]", rows: ["1", "2"]),
        JSONCase("an empty array", "[ ]", columns: [], rows: []),
        JSONCase("a mark in front of an array", [0xEF, 0xBB, 0xBF] + Array("[{\"a\":1}]".utf8), rows: ["1"]),
        JSONCase(
            "a mark in front of lines", [0xEF, 0xBB, 0xBF] + Array("{\"a\":1}\n{\"a\":2}".utf8), rows: ["1", "2"]),
        JSONCase("the only array of objects", "{\"n\":[1],\"r\":[{\"a\":1}],\"x\":{}}", rows: ["1"]),
        JSONCase(
            "the only array after other objects",
            "{\"x\":{\"n\":1},\"y\":{\"z\":{\"s\":\"}\"}},\"r\":[{\"a\":1}],\"w\":{}}", rows: ["1"]),
        JSONCase("one object over lines", "\n{\n  \"a\": 1\n}\n", rows: ["1"]),
        JSONCase(
            "an object is a record if that is asked for", "{\"a\":[{\"b\":1}]}", options: JSONOptions(form: .record),
            rows: ["[{\"b\":1}]"]),
        JSONCase("an array in an object in the document's object", "{\"a\":1,\"d\":{\"r\":[{\"a\":1}]}}", rows: ["1"]),
        JSONCase(
            "a path", "{\"x\":{\"r\":[{\"b\":1}]},\"d\": {\"q\":[{}], \"r\" : [{\"a\":1},{\"a\":2}]},\"y\":\"[,,]\"}",
            options: JSONOptions(recordsPath: "d.r"), rows: ["1", "2"]),
        JSONCase(
            "a line that holds an array is a record if lines are asked for", "{\"a\":[{\"b\":1}]}",
            options: JSONOptions(form: .lines), rows: ["[{\"b\":1}]"]),
    ]

    static let values = [
        JSONCase(
            "each kind of value",
            "[{\"a\":\"x\",\"b\":-1.50e+3,\"c\":true,\"d\":false,\"e\":null,\"f\":[1, {\"x\":\"\\n\"}],\"g\":{ },\"h\":\"\"}]",
            columns: ["a", "b", "c", "d", "e", "f", "g", "h"],
            rows: ["x|-1.50e+3|true|false|∅|[1, {\"x\":\"\\n\"}]|{ }|"]),
        JSONCase(
            "a big number is kept as it is", "[{\"a\":123456789012345678901234567890.10}]",
            rows: ["123456789012345678901234567890.10"]),
        JSONCase(
            "escapes", "[{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\\ud83d\\ude00x\"}]",
            rows: ["\"\\/\u{8}\u{c}\n\r\té€😀x"]),
        JSONCase("text beyond ASCII", "{\"ä\":\"日本 😀\"}\n{\"ä\":\"é\"}\n", columns: ["ä"], rows: ["日本 😀", "é"]),
        JSONCase(
            "keys in any order, missing, and with escapes",
            "[{\"a\":1,\"b\":2},{\"b\":3,\"\\u0061\":4},{\"c\":5},{},{ }]", columns: ["a", "b", "c"],
            rows: ["1|2|∅", "4|3|∅", "∅|∅|5", "∅|∅|∅", "∅|∅|∅"]),
        JSONCase("an empty key", "[{\"\":1}]", columns: [""], rows: ["1"]),
        JSONCase(
            "white space everywhere", " [ { \"a\" : 1 , \"b\" : [ ] } , { } ] ", columns: ["a", "b"],
            rows: ["1|[ ]", "∅|∅"]),
        JSONCase("brackets in strings", "[{\"a\":\"}],[{\"},{\"a\":\"\\\"}\"}]", rows: ["}],[{", "\"}"]),
    ]

    static let lines = [
        JSONCase(
            "a bad line costs only that line", "{\"a\":1}\n{\"a\":}\n{\"a\":2}\n", rows: ["1", "2"],
            rejects: [Reject(.syntax, 2, "{\"a\":}\n", field: "a")]),
        JSONCase(
            "a line with an open string", "{\"a\":1}\n{\"a\":\"x\n{\"a\":2}\n", rows: ["1", "2"],
            rejects: [Reject(.syntax, 2, "{\"a\":\"x\n", field: "a")]),
        JSONCase(
            "text after a record", "{\"a\":1}\n{\"a\":2},\n{\"a\":3} {\"a\":4}\n", rows: ["1"],
            rejects: [Reject(.syntax, 2, "{\"a\":2},\n"), Reject(.syntax, 3, "{\"a\":3} {\"a\":4}\n")]),
        JSONCase(
            "lines that are no objects", "{\"a\":1}\n[{\"a\":2}]\n7\n\"x\"\nnull\nnul\n", rows: ["1"],
            rejects: [
                Reject(.notAnObject, 2, "[{\"a\":2}]\n"), Reject(.notAnObject, 3, "7\n"),
                Reject(.notAnObject, 4, "\"x\"\n"), Reject(.notAnObject, 5, "null\n"), Reject(.syntax, 6, "nul\n"),
            ]),
        JSONCase(
            "keys twice", "{\"a\":1}\n{\"a\":1,\"\\u0061\":2}\n", rows: ["1"],
            rejects: [Reject(.duplicateField, 2, "{\"a\":1,\"\\u0061\":2}\n", field: "a")]),
        JSONCase(
            "a null and then a value under the same key", "{\"a\":1}\n{\"a\":null,\"a\":2}\n", rows: ["1"],
            rejects: [Reject(.duplicateField, 2, "{\"a\":null,\"a\":2}\n", field: "a")]),
        JSONCase(
            "keys that begin or end with one another",
            """
            {"a":1,"ab":2,"b":"and so on"}
            {"ab":4,"a":5,"b":"and so on"}
            {"b":6,"ab":7,"a" : "and so on"}

            """,
            columns: ["a", "ab", "b"], rows: ["1|2|and so on", "5|4|and so on", "and so on|7|6"]),
        JSONCase(
            "keys of 7, 8, 15, 16 and 17 bytes, and others that differ in their last one",
            """
            {"abcdefg":1,"abcdefgh":2,"abcdefghijklmno":3,"abcdefghijklmnop":4,"abcdefghijklmnopq":5}
            {"abcdefg":1,"abcdefgx":2}
            {"abcdefx":1}
            {"abcdefg":1,"abcdefgh":2,"abcdefghijklmnx":3,"abcdefghijklmnox":4,"abcdefghijklmnopx":5}
            {"abcdefg":1,"abcdefgh":2,"abcdefghijklmno":"","abcdefghijklmnop":"","abcdefghijklmnopq":""}

            """,
            columns: [
                "abcdefg", "abcdefgh", "abcdefghijklmno", "abcdefghijklmnop", "abcdefghijklmnopq", "abcdefgx",
                "abcdefx",
                "abcdefghijklmnx", "abcdefghijklmnox", "abcdefghijklmnopx",
            ],
            rows: [
                "1|2|3|4|5|∅|∅|∅|∅|∅", "1|∅|∅|∅|∅|2|∅|∅|∅|∅",
                "∅|∅|∅|∅|∅|∅|1|∅|∅|∅", "1|2|∅|∅|∅|∅|∅|3|4|5",
                "1|2||||∅|∅|∅|∅|∅",
            ]),
        JSONCase(
            "a key that ends with a quote",
            #"{"a\"":1,"a":2,"a\\":3}"# + "\n" + #"{"a\"":4,"a":"and so on","a\\":6}"# + "\n"
                + #"{"a"":7,"a":"and so on"}"# + "\n",
            columns: ["a\"", "a", "a\\"], rows: ["1|2|3", "4|and so on|6"],
            rejects: [Reject(.syntax, 3, #"{"a"":7,"a":"and so on"}"# + "\n")]),
        JSONCase(
            "text that is not UTF-8", Array("{\"a\":1}\n{\"a\":\"".utf8) + [0xFF] + Array("\"}\n{\"a\":2}\n".utf8),
            rows: ["1", "2"], rejects: [Reject(.encoding, 2, Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}\n".utf8))]),
        JSONCase(
            "a line cut off at the end", "{\"a\":1}\n{\"a\":2}\n{\"a\":\"xy", rows: ["1", "2"],
            rejects: [Reject(.syntax, 3, "{\"a\":\"xy", field: "a")]),
    ]

    static let elements = [
        JSONCase(
            "a bad value costs only its record", "[{\"a\":1},{\"a\":01},{\"a\":2}]", rows: ["1", "2"],
            rejects: [Reject(.syntax, 2, "{\"a\":01}", field: "a")]),
        JSONCase(
            "bad escapes and half surrogates",
            "[{\"a\":1},{\"a\":\"\\x\"},{\"a\":\"\\ud800\"},{\"a\":\"\\udc00\\ud800\"},{\"a\":\"\\u0000\"},{\"a\":2}]",
            rows: ["1", "2"],
            rejects: [
                Reject(.syntax, 2, "{\"a\":\"\\x\"}", field: "a"),
                Reject(.encoding, 3, "{\"a\":\"\\ud800\"}", field: "a"),
                Reject(.encoding, 4, "{\"a\":\"\\udc00\\ud800\"}", field: "a"),
                Reject(.nulByte, 5, "{\"a\":\"\\u0000\"}", field: "a"),
            ]),
        JSONCase(
            "text that is not UTF-8", Array("[{\"a\":1},{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"},{\"a\":2}]".utf8),
            rows: ["1", "2"],
            rejects: [Reject(.encoding, 2, Array("{\"a\":\"".utf8) + [0xC3, 0x28] + Array("\"}".utf8))]),
        JSONCase(
            "keys twice and trailing commas", "[{\"a\":1},{\"a\":1,\"a\":1},{\"a\":1,},{\"a\":[1,]},{\"a\":2}]",
            rows: ["1", "2"],
            rejects: [
                Reject(.duplicateField, 2, "{\"a\":1,\"a\":1}", field: "a"), Reject(.syntax, 3, "{\"a\":1,}"),
                Reject(.syntax, 4, "{\"a\":[1,]}", field: "a"),
            ]),
        JSONCase(
            "a line feed in a string", "[{\"a\":1},{\"a\":\"x\ny\"},{\"a\":2}]", rows: ["1", "2"],
            rejects: [Reject(.syntax, 2, "{\"a\":\"x\ny\"}", field: "a")]),
        JSONCase(
            "what is no object", "[{\"a\":1}, 1 ,\"x,]\",[1,[2]],null , tru, {\"a\":2}]", rows: ["1", "2"],
            rejects: [
                Reject(.notAnObject, 2, "1"), Reject(.notAnObject, 3, "\"x,]\""), Reject(.notAnObject, 4, "[1,[2]]"),
                Reject(.notAnObject, 5, "null"), Reject(.syntax, 6, "tru"),
            ]),
        JSONCase(
            "commas without records", "[{\"a\":1},,{\"a\":2}, , {\"a\":3},]", rows: ["1", "2", "3"],
            rejects: [Reject(.syntax, 2, ","), Reject(.syntax, 4, ","), Reject(.syntax, 6, "]")]),
        JSONCase(
            "records without a comma", "[{\"a\":1} {\"a\":2},{\"a\":3}},{\"a\":4}]", rows: ["1", "3", "4"],
            rejects: [Reject(.syntax, 2, "{\"a\":2}"), Reject(.syntax, 4, "}")]),
        JSONCase(
            "text after the array", "[{\"a\":1}] [\"a\"]", rows: ["1"],
            rejects: [Reject(.syntax, 2, "[\"a\"]")]),
    ]

    static let resynchronising = [
        JSONCase(
            "an open string where records begin lines",
            "[\n {\"a\":\"1\"},\n {\"a\":\"x},\n {\"a\":\"2\"},\n {\"a\":\"3\"}\n]",
            rows: ["1", "2", "3"], rejects: [Reject(.syntax, 2, "{\"a\":\"x},")]),
        JSONCase(
            "an open bracket where records begin lines",
            "[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": [{\n    \"a\": 5 }\n  },\n  {\n    \"a\": 2\n  }\n]",
            rows: ["1", "2"], rejects: [Reject(.syntax, 2, "{\n    \"a\": [{\n    \"a\": 5 }\n  },", field: "a")]),
        JSONCase(
            "a record cut off in the middle", "[\n{\"a\":1},\n{\"a\":2,\"b\n{\"a\":3}\n]", rows: ["1", "3"],
            rejects: [Reject(.syntax, 2, "{\"a\":2,\"b")]),
        JSONCase(
            "a stray quote between records", "[{\"a\":1}\",\n{\"a\":2},{\"a\":3}]", rows: ["1", "2", "3"],
            rejects: [Reject(.syntax, 2, "\",")]),
        JSONCase(
            "an open string in one long line", "[{\"a\":1},{\"a\":\"x},{\"b\":[{\"a\":2},{\"a\":3}]},{\"a\":4}]",
            rows: ["1"],
            rejects: [Reject(.syntax, 2, "{\"a\":\"x},{\"b\":[{\"a\":2},{\"a\":3}]},{\"a\":4}]", field: "a")]),
        JSONCase(
            "a bracket that closes another", "[{\"a\":1},{\"a\":[2},{\"a\":3],\"b\":4},{\"a\":5}]", rows: ["1", "5"],
            rejects: [Reject(.syntax, 2, "{\"a\":[2},{\"a\":3],\"b\":4}", field: "a")]),
    ]

    static let endings = [
        JSONCase(
            "cut off inside a record", "[{\"a\":1},{\"a\":[2", rows: ["1"],
            rejects: [Reject(.syntax, 2, "{\"a\":[2", field: "a")]),
        JSONCase(
            "cut off after a comma", "[{\"a\":1},{\"a\":2},", rows: ["1", "2"], rejects: [Reject(.syntax, 3, "")]),
        JSONCase(
            "cut off after a record", "[{\"a\":1},{\"a\":2}\n", rows: ["1", "2"], rejects: [Reject(.syntax, 3, "")]),
        JSONCase(
            "cut off inside a record of an inner array", "{\"n\":1,\"r\":[{\"a\":1},{\"a\"", rows: ["1"],
            rejects: [Reject(.syntax, 2, "{\"a\"")]),
        JSONCase(
            "an object cut off behind its array", "{\"r\":[{\"a\":1}],\"x\":[1,", rows: ["1"],
            rejects: [Reject(.syntax, 2, "")]),
        JSONCase(
            "an object cut off in a number behind its array", "{\"r\":[{\"a\":1}] \n, \"x\" :12", rows: ["1"],
            rejects: [Reject(.syntax, 2, "")]),
        JSONCase(
            "text behind an array that is no JSON", "{\"r\":[{\"a\":1}],\"x\":tru,\"y\":1}", rows: ["1"],
            rejects: [Reject(.syntax, 2, ",\"y\":1}")]),
        JSONCase(
            "two commas behind an array", "{\"r\":[{\"a\":1}],,\"y\":1}", rows: ["1"],
            rejects: [Reject(.syntax, 2, ",\"y\":1}")]),
        JSONCase(
            "text behind the document", "{\"r\":[{\"a\":1}],\"y\":\"[,,]\"} ,[],{}", rows: ["1"],
            rejects: [Reject(.syntax, 2, ",[],{}")]),
        JSONCase("text behind the only record", "{\n\"a\":1}\n}\n", rows: ["1"], rejects: [Reject(.syntax, 2, "}\n")]),
    ]

    static let limits = [
        JSONCase(
            "too deep", "[{\"a\":[[1]]},{\"a\":[[[1]]]},{\"a\":{\"a\":{\"a\":[]}}},{\"a\":2}]",
            options: JSONOptions(maxDepth: 3), rows: ["[[1]]", "2"],
            rejects: [
                Reject(.tooDeep, 2, "{\"a\":[[[1]]]}", field: "a"),
                Reject(.tooDeep, 3, "{\"a\":{\"a\":{\"a\":[]}}}", field: "a"),
            ]),
        JSONCase(
            "too large in an array", "[{\"a\":123456},{\"a\":1234567},{\"a\":\",,,,]}{,,,\"}, {\"a\":1}]",
            options: JSONOptions(maxRecordBytes: 12), rows: ["123456", "1"],
            rejects: [Reject(.tooLarge, 2, "{\"a\":1234567"), Reject(.tooLarge, 3, "{\"a\":\",,,,]}")]),
        JSONCase(
            "too large and bad", "[{\"a\":1},{\"a\":x,,\"b\":\"cdef\"},{\"a\":2}]",
            options: JSONOptions(maxRecordBytes: 12),
            rows: ["1", "2"], rejects: [Reject(.tooLarge, 2, "{\"a\":x,,\"b\":")]),
        JSONCase(
            "too large in lines", "{\"a\":123456}\n{\"a\":1234567}\n{\"a\":1}\n",
            options: JSONOptions(maxRecordBytes: 12),
            rows: ["123456", "1"], rejects: [Reject(.tooLarge, 2, "{\"a\":1234567")]),
        JSONCase(
            "text after the array that is large", "[{\"a\":1}],,{\"a\":2},{\"a\":3}",
            options: JSONOptions(maxRecordBytes: 9),
            rows: ["1"], rejects: [Reject(.syntax, 2, ",,{\"a\":2}")]),
    ]
}

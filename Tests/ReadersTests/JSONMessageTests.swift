import Readers
import Records
import Testing

@Suite struct JSONMessageTests {
    static let messages: [(input: String, message: String)] = [
        (
            "{\"a\":1}\n{\"a\":1,}\n",
            "expected a key in quotes at line 2, column 8, byte 15: `{\"a\":1,}\\n`"
        ),
        (
            "{\"a\":1}\n{\"é\":1}\n{\"a\":\"é\" 2}\n",
            "expected `,` or `}` at line 3, column 10, byte 27: `{\"a\":\"é\" 2}\\n`"
        ),
        (
            "[\n  {\"a\":1},\n  {\"a\":\n   01}\n]",
            "this is not a JSON number at line 4, column 4, byte 24: `{\"a\":\\n   01}`"
        ),
        (
            "[{\"a\":1},{\"a\":tru}]",
            "expected `true`, `false` or `null` at line 1, byte 14, character 6 of the record: `{\"a\":tru}`"
        ),
        (
            "[{\"a\":1},{\"a\":1,\"a\":2}]",
            "the record has the field `a` twice, again at line 1, byte 16, character 8 of the record: `{\"a\":1,\"a\":2}`"
        ),
        (
            "{\"a\":1}\n{\"a\":\"\\ud800\"}\n",
            "half of a surrogate pair at line 2, column 7, byte 14: `{\"a\":\"\\ud800\"}\\n`"
        ),
        (
            "[{\"a\":1},{\"a\":{\"b\":",
            "the file ends inside the record at line 1, byte 19, character 11 of the record; the file is damaged here: "
                + "no record can be found in the rest of it: `{\"a\":{\"b\":`"
        ),
        ("[{\"a\":1}\n", "the file ends at line 2, byte 9, before the end of the array"),
    ]

    @Test("a reject says where and what, with an excerpt", arguments: messages)
    func message(_ input: String, message: String) throws {
        #expect(try readJSON(Array(input.utf8)).rejects.map(\.message) == [message])
    }

    typealias OpeningError = (input: [UInt8], options: JSONOptions, code: DataError.Code, parts: [String])

    static func malformed(_ input: String, _ options: JSONOptions = JSONOptions(), _ parts: String...) -> OpeningError {
        (Array(input.utf8), options, .malformed, parts)
    }

    static let wide: String = "[{" + (0...2_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}]"
    static let errors: [OpeningError] = [
        malformed("", JSONOptions(), "empty"),
        malformed(" \n", JSONOptions(), "empty"),
        malformed("a,b\n1,2\n", JSONOptions(), "is not JSON: it begins with", "`a,b"),
        malformed("{\"a\": [\n1]}", JSONOptions(form: .array), "no array of objects", "--records PATH"),
        malformed(
            "{\"p\":[{\"a\":1}],\"v\":[{\"b\":1}],\"d\":{\"r\":[{}]}}", JSONOptions(), "2 arrays", "`p`, `v`",
            "--records PATH"),
        malformed(
            "{\"p\":{\"r\":[{\"a\":1}],\"a.b\":[{\"b\":1}]}}", JSONOptions(), "2 arrays", "`p.r`, `/p/a.b`"),
        malformed("{\"p\":[{}],\"p\":[{}]}", JSONOptions(), "`p` twice, again at line 1, byte 14"),
        malformed("{\"a\":1,\n\"b\":tru}", JSONOptions(), "none of the records", "line 2, column 5, byte 12"),
        malformed("12", JSONOptions(), "single value", "`12`"),
        malformed(" \"a\\n\" ", JSONOptions(), "single value"),
        malformed(
            "{\"p\":[{\"a\":1}],\n\"v\":[{\"b\":1}]}", JSONOptions(recordsPath: "x.y"), "nothing at `x.y`", "`p`, `v`"),
        malformed("{\"p\":1}", JSONOptions(recordsPath: "q"), "nothing at `q`"),
        malformed("[{\"a\":1}]", JSONOptions(recordsPath: "p"), "nothing at `p`"),
        malformed("[1,2]", JSONOptions(), "values instead of objects", "expected an object"),
        malformed(wide, JSONOptions(), "more than 2000 different keys"),
        ("[{\"a\":1}]".encoded(.utf16le), JSONOptions(), .malformed, ["UTF-16", "iconv"]),
        ("[{\"a\":1}]".encoded(.utf16be, mark: true), JSONOptions(), .malformed, ["UTF-16", "iconv"]),
        (Array("[]".utf8), JSONOptions(form: .lines, recordsPath: "p"), .unusableOption, ["--records"]),
        (Array("[]".utf8), JSONOptions(maxRecordBytes: 0), .unusableOption, ["record limit"]),
        (Array("[]".utf8), JSONOptions(maxDepth: 0), .unusableOption, ["depth limit"]),
    ]

    @Test("a file that cannot be read is an error that says why", arguments: errors)
    func error(_ input: [UInt8], options: JSONOptions, code: DataError.Code, parts: [String]) throws {
        for step in [1, 2, 1_000] {
            let error = try #require(throws: DataError.self) {
                try JSONReader(source: TrickleSource(input, step: step), options: options)
            }
            #expect(error.code == code)
            for part in parts { #expect(error.description.contains(part), "\(error)") }
        }
    }

    @Test("an object in which the array is not clear is told apart from lines")
    func twoArrays() throws {
        #expect(throws: DataError.self) {
            try JSONReader(source: TrickleSource(Array("{\"p\":[{}],\n\"v\":[{}]}".utf8)))
        }
        let line = try readJSON(Array("{\"p\":[1],\"v\":{\"w\":[1]}}\n".utf8))
        #expect(line.columns == ["p", "v"])
        let first = try readJSON(Array("{\"a\":1,}\n{\"a\":1}\n".utf8))
        #expect(first.rejects.map(\.location.record) == [1])
    }
}

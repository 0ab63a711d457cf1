import Readers
import Records
import Testing

@Suite struct JSONSurveyTests {
    static let places = "[{\"a\":1},{\"a\":2,\"b\":3}]"
    static let forms: [(json: String, form: JSONSurvey.Form, sections: [String])] = [
        ("{\"a\":1}\n{\"b\":1}\n", .lines, [":a,b:2"]),
        ("[{\"a\":1},{\"b\":1},2]", .array, [":a,b:3"]),
        ("{\n\"a\":1,\"b\":[1],\"c\":{}}", .record, [":a,b,c:1"]),
        ("{\"p\":\(places),\"u\":{\"n\":1},\"v\":[{\"c\":1}]}", .sections, ["p:a,b:2", "v:c:1"]),
        ("{\"p\":[],\"v\":[{\"c\":1}],\"t\":[\"x\",\"y\"]}", .sections, ["p::0", "v:c:1"]),
        ("{\"p\":[ ]}", .sections, ["p::0"]),
        (
            "{\"d\":{\"p\":\(places),\"v\":[{}]},\"e\":{\"v\":[{\"x\":1}]}}", .sections,
            ["d.p:a,b:2", "d.v::1", "e.v:x:1"]
        ),
        ("{\"d\":{\"p\":\(places)},\"v\":[{\"x\":1}],\"e\":{\"v\":[{\"x\":1}]}}", .sections, ["v:x:1"]),
        ("{\"d\":{\"e\":{\"p\":\(places)}}}", .lines, [":d:1"]),
        ("{\"a.b\":\(places),\"/x\":[{}]}", .sections, ["/a.b:a,b:2", "/~1x::1"]),
        // What is wrong after an array is the last section's.
        ("{\"p\":\(places),\"v\":[{\"c\":1}],}", .sections, ["p:a,b:2", "v:c:2"]),
        ("{\"p\":\(places),\"v\":[{\"c\":1}]", .sections, ["p:a,b:2", "v:c:2"]),
        ("{\"p\":\(places),\"v\":[{\"c\":1}]} x", .sections, ["p:a,b:2", "v:c:2"]),
        ("{\"p\":\(places) \"v\":[{\"c\":1}]}", .sections, ["p:a,b:3"]),
        ("{\"p\":\(places),\"v\":[{\"c\":1},{\"d\"", .sections, ["p:a,b:2", "v:c:2"]),
        ("{\"d\":{\"p\":\(places),\"q\":01}}", .sections, ["d.p:a,b:3"]),
        ("{\"p\":\(places),\"d\":{\"q\":[{\"c\":01}]}}", .sections, ["p:a,b:3"]),
        // A key that is not text hides nothing that follows it.
        (
            "{\"p\":\(places),\"\\ud800\":1,\"x\\udc00\\u0041\":[{\"c\":1}],\"v\":[{\"d\":1}]}", .sections,
            ["p:a,b:2", "x\u{FFFD}A:c:1", "v:d:1"]
        ),
    ]

    @Test(
        "what is too long to be looked at stops the survey before it hides a section",
        arguments: [
            "\"\(String(repeating: "k", count: 600_000))\":1", "\"e\":[\(String(repeating: " ", count: 600_000)){}]",
        ])
    func tooLong(member: String) throws {
        let json = "{\"p\":\(Self.places),\(member),\"v\":[{\"c\":1}]}"
        let error = dataError { try JSONSurvey(source: TrickleSource(Array(json.utf8))) }
        #expect(error?.message.hasSuffix("has more than 65536 bytes") == true, "\(String(describing: error))")
    }

    @Test("a survey in pieces finds what one in a row finds", arguments: 0..<400)
    func pieces(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let bytes = Self.document(&random)
        let options = JSONOptions(flattens: Bool.random(using: &random))
        func survey(_ pieceBytes: UInt64) -> String {
            do {
                let survey = try JSONSurvey(
                    source: TrickleSource(bytes, step: 50), options: options, pieceBytes: pieceBytes)
                let sections = survey.sections.map {
                    "\($0.layout) \($0.start) \($0.columns) \(String(describing: $0.recordCount))"
                }
                return "\(survey.form) \(sections) \(survey.members) \(survey.isComplete)"
            } catch { return "\(error)" }
        }
        let inARow = survey(.max)
        for pieceBytes in [1, 40, UInt64(bytes.count / 2)] {
            #expect(survey(pieceBytes) == inARow, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    /// Records of many kinds, in lines, an array or an object, whole or with something wrong in them.
    private static func document(_ random: inout SplitMix) -> [UInt8] {
        let records = [
            "{\"a\":1,\"b\":\"x\"}", "{\"a\":\"},{\",\"c\":null}", "{\"a\":[{\"a\":1},{\"a\":2,\"d\":3}]}",
            "{\"a\":{\"e\":[1,2]}}", "{ \"b\" : 1 , \"a\" : {} }", "{}", "7", "{\"a\":1,\"a\":2}",
            "{\"a\":\"\\n\\\"\"}",
        ]
        let kinds = Bool.random(using: &random) ? 6 : records.count
        let chosen = (0..<Int.random(in: 0...40, using: &random)).map { _ in
            records[Int.random(in: 0..<Int.random(in: 1...kinds, using: &random), using: &random)]
        }
        let comma = [",", ",\n", "\n, ", ",\n\n  "].randomElement(using: &random)!
        let array = "[ \(chosen.joined(separator: comma)) ]\n"
        var text =
            switch Int.random(in: 0..<4, using: &random) {
            case 0: chosen.joined(separator: ["\n", "\r\n", "\n\n"].randomElement(using: &random)!) + "\n"
            case 1: "{\"p\":\(array),\"m\":7,\"q\":\(array)}"
            default: array
            }
        if Int.random(in: 0..<3, using: &random) == 0, !text.isEmpty {
            let place = text.utf8.index(text.startIndex, offsetBy: Int.random(in: 0..<text.utf8.count, using: &random))
            text.insert(contentsOf: ["]", "}", ",", "\"", "{", "\n"].randomElement(using: &random)!, at: place)
        }
        return Array(text.utf8)
    }

    @Test("pieces that begin in nested arrays count for nothing")
    func wrongPieces() throws {
        let record = "{\"a\":[{\"a\":1},{\"a\":2},{\"b\":3},{\"a\":4}]}"
        let array = "[" + Array(repeating: record, count: 1_000).joined(separator: ",") + "]"
        let survey = try JSONSurvey(source: TrickleSource(Array(array.utf8)), pieceBytes: 100)
        #expect(survey.sections.map(\.columns) == [["a"]])
        #expect(survey.sections.map(\.recordCount) == [1_000])
    }

    @Test("a document has these sections, and readers give as many records", arguments: forms)
    func sections(_ json: String, form: JSONSurvey.Form, sections: [String]) throws {
        for step in [1, 7, .max] {
            let source = TrickleSource(Array(json.utf8), step: step)
            let survey = try JSONSurvey(source: source)
            #expect(survey.form == form)
            #expect(survey.isComplete)
            #expect(
                survey.sections.map { "\($0.name):\($0.columns.joined(separator: ",")):\($0.recordCount ?? 99)" }
                    == sections)
            for section in survey.sections {
                let read = try Self.read(section, of: source)
                #expect(UInt64(read.rows.count + read.rejects.count) == section.recordCount)
                #expect(read.end.byteOffset == section.layout.sectionEnd ?? UInt64(json.utf8.count))
                #expect(read.rows.allSatisfy { json.utf8.dropFirst(Int($0.location.byteOffset)).starts(with: $0.raw) })
                #expect(JSONPath.keys(section.name) == section.path)
            }
        }
    }

    @Test(
        "what is wrong with a document is a reject of one section",
        arguments: [
            (
                "{\"p\":[{\"a\":1}],\"v\":[{\"a\":1}],}", 1,
                "expected a key in quotes after the last record, at line 1, byte 29; the rest"
            ),
            (
                "{\"p\":[{\"a\":1}],\"v\":[{\"a\":1}]", 1,
                "the file ends at line 1, byte 28, before the end of the document"
            ),
            (
                "{\"p\":[{\"a\":1}],\"v\":[{\"a\":1}]} x", 1,
                "text after the document after the last record, at line 1, byte 30;"
            ),
            (
                "{\"p\":[{\"a\":1}]\n\"v\":[{\"a\":1}]}", 0,
                "expected `,` or `}` after the last record, at line 2, byte 15; the rest"
            ),
            (
                "{\"p\":[{\"a\":1}],\"v\":[{\"a\":1},", 1,
                "the file ends at line 1, byte 28, before the end of the array"
            ),
            ("{\"p\":[{\"a\":1}],\"v\":[{\"a\":1},{\"a\"", 1, "the file ends inside the record at line 1, byte 32,"),
        ])
    func broken(_ json: String, section: Int, message: String) throws {
        let source = TrickleSource(Array(json.utf8))
        let survey = try JSONSurvey(source: source)
        for (index, found) in survey.sections.enumerated() {
            let rejects = try Self.read(found, of: source).rejects
            #expect(rejects.count == (index == section ? 1 : 0))
            if index == section { #expect(rejects.first?.message.hasPrefix(message) == true, "\(rejects)") }
        }
    }

    @Test("a key may come as late as it likes")
    func lateKey() throws {
        let early = (0..<300_000).map { "{\"a\":\($0)}" }
        let late = "{\"b\":\"x\"}"
        for json in ["[\(early.joined(separator: ",")),\(late)]", "\(early.joined(separator: "\n"))\n\(late)\n"] {
            let survey = try JSONSurvey(source: TrickleSource(Array(json.utf8)))
            #expect(survey.sections.map(\.columns) == [["a", "b"]])
            #expect(survey.sections.map(\.recordCount) == [300_001])
        }
    }

    @Test("of a pipe the beginning is looked at, and all of a short one")
    func pipe() throws {
        let short = "{\"n\":1,\"p\":[{\"a\":1}],\"v\":[{\"b\":1}],\"m\":\"x\"}"
        let survey = try JSONSurvey(source: PipeSource(Array(short.utf8)))
        #expect(survey.sections.map(\.recordCount) == [1, 1])
        #expect(survey.members.map(\.name) == ["n", "m"])
        let long = "[\((0..<600_000).map { "{\"a\":\($0)}" }.joined(separator: ","))]"
        let source = RewindableSource(PipeSource(Array(long.utf8)))
        let cut = try JSONSurvey(source: source)
        #expect(!cut.isComplete)
        #expect(cut.sections.map(\.columns) == [["a"]])
        #expect(cut.sections.map(\.recordCount) == [nil])
        #expect(try Self.read(cut.sections[0], of: source).rows.count == 600_000)
        #expect(try readAll(JSONReader(source: PipeSource(Array(long.utf8)))).rows.count == 600_000)
    }

    @Test(
        "a path names an array at any depth",
        arguments: [
            ("a.b.c", "1"), ("/a/b/c", "1"), ("d", "2"), ("/e.f/g", "3"), ("/~1~0", "4"), ("/", "5"),
        ])
    func path(_ path: String, value: String) throws {
        let json = """
            {"a":{"x":[{}],"b":{"c":[{"v":1}]}},"d":[{"v":2}],"e.f":{"g":[{"v":3}]},"/~":[{"v":4}],"":[{"v":5}],"z":0}
            """
        let reading = try readJSON(Array(json.utf8), options: JSONOptions(recordsPath: path), limit: ChunkLimit())
        #expect(reading.lines == [value])
        #expect(reading.rejects.isEmpty)
    }

    @Test("strings and numbers beside the arrays are kept, and nothing that is long")
    func members() throws {
        let long = String(repeating: "x", count: 1_025)
        let json = """
            {"s":"a\\nb","n":-1.50e3,"t":true,"z":null,"o":{"i":1},"l":"\(long)","h":"\\ud800","p":[{}],"e":"", "\\u0061":7 }
            """
        let survey = try JSONSurvey(source: TrickleSource(Array(json.utf8), step: 3))
        #expect(survey.members.map { "\($0.name)=\($0.value ?? "")" } == ["s=a\nb", "n=-1.50e3", "e=", "a=7"])
        let many = "{\((0..<200).map { "\"k\($0)\":1," }.joined())\"p\":[{}]}"
        #expect(try JSONSurvey(source: TrickleSource(Array(many.utf8))).members.count == 100)
    }

    static func read(_ section: JSONSurvey.Section, of source: any ByteSource) throws -> Reading {
        try readAll(
            JSONReader(source: source, layout: section.layout, columns: section.columns, dataStart: section.start))
    }
}

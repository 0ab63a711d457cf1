import Readers
import Records
import Testing

/// Whole documents, sound and not.
@Suite struct JSONDocumentTests {
    static let unsound: [String] = [
        "[", "]", "{", "}", "[1,]", "[{}", "[{},", "[{}]]", "{}}", "{}{", "{\"a\":1,}", "{\"a\"}", "{\"a\":}",
        "{a:1}",
        "{\"a\":1}#", "{\"a\":1}/**/", "/**/{\"a\":1}", "[{}]x", "{\"a\":[{}],}", "{\"a\":[{}] \"b\":1}",
        "{\"a\":[{}],\"b\":01}",
        "{\"a\":[{}],\"b\":\"\\x\"}", "{\"a\":[{}],\"b\":NaN}", "{\"a\":[{}]", "*", "nul", "\u{1}", "{\"a\":\"\t\"}",
        "[{\"a\":+1}]",
        "[\"", "{\"\\", "{\"a\":[{\"b\"", "\u{FEFF}", " ", "{\"a\":-}", "{\"a\":[{}],\"b\":-}", "{\"a\":[{}],\"b\":1.}",
        "{\"a\":[{}],\"b\":{\"c\":[1}}", "{\"a\":[{}],\"b\":1e+}",
    ]

    @Test("a document that is not JSON is an error or gives a reject", arguments: unsound)
    func bad(_ json: String) throws {
        let source = TrickleSource(Array(json.utf8), step: 1)
        guard let survey = try? JSONSurvey(source: source) else { return }
        let rejects = try survey.sections.flatMap { try JSONSurveyTests.read($0, of: source).rejects }
        #expect(!rejects.isEmpty)
    }

    static let sound: [String] = [
        "{}", "[]", "[][]", " [ ] ", "[{}]", "{\"a\":[]}", "{\"a\":\"\\u00e9\"}", "\u{FEFF}{\"a\":1}",
        "{\"a\":[{}],\"b\":[1,-0.5e+3,{\"c\":[[]]}]}",
        "{\"a\":[{}],\"b\":\"\\ud800\\\"\\\\\",\"c\":null,\"d\":{\"e\":{}}} \n", "\r\n{\"a\" :\t1}\r\n",
    ]

    @Test("a document that is JSON gives no reject", arguments: sound)
    func good(_ json: String) throws {
        for step in [1, 3, .max] {
            let source = TrickleSource(Array(json.utf8), step: step)
            for section in try JSONSurvey(source: source).sections {
                #expect(try JSONSurveyTests.read(section, of: source).rejects.isEmpty)
            }
        }
    }

    @Test("100,000 open brackets are an error", arguments: ["[", "{\"a\":"])
    func nesting(open: String) {
        let json = String(repeating: open, count: 100_000)
        #expect(throws: DataError.self) { try JSONReader(source: TrickleSource(Array(json.utf8))) }
    }

    @Test("a record of 1 GiB is one reject in little memory")
    func giant() throws {
        let runs =
            GeneratedSource.text("[{\"a\":0},{\"a\":\"") + [(UInt8(ascii: "x"), 1 << 30)]
            + GeneratedSource.text("\"},{\"b\":2}]")
        var reader = try JSONReader(source: GeneratedSource(runs))
        #expect(reader.columns == ["a", "b"])
        var chunk = Chunk()
        var reading = Reading()
        while try reader.fill(&chunk, limit: ChunkLimit()) {
            #expect(chunk.bytes.capacity < 48 << 20)
            reading.append(chunk)
        }
        #expect(reading.lines == ["0|∅", "∅|2"])
        #expect(reading.rejects.map(\.code) == [.tooLarge])
        #expect(reading.rejects.map(\.raw.count) == [64 << 10])
    }
}

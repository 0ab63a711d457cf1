import Readers
import Records
import Testing

@Suite struct JSONPropertyTests {
    /// Pieces that change what a document means.
    static let parts: [[UInt8]] =
        [
            "{", "}", "[", "]", ",", ",,", ":", "\"", "\\", "\n", " ", "1", "-", "e", "true", "nul", "\"a\"",
            "{\"a\":2}",
            "\\ud800", "\\u0000", "\n{\"a\":", "\0", "é", "]}",
        ].map { Array($0.utf8) } + [[0xFF]]

    static let seeds: [(text: String, options: JSONOptions)] = [
        ("[{\"a\":1,\"b\":\"x\\ny\"},{\"a\":[1,{\"c\":null}],\"b\":true},{\"b\":\"é\"}]", JSONOptions()),
        ("[\n {\"a\":1,\"b\":\"x\"},\n {\"a\":[1,2]},\n {\"a\":{\"b\":\"}\"}}\n]\n", JSONOptions()),
        ("{\"a\":1,\"b\":\"x\"}\n{\"a\":[1,2]}\n\n{\"a\":{\"b\":\"}\"}}\n", JSONOptions(form: .lines)),
        ("{\"x\":[1],\"r\":[{\"a\":1},{\"b\":2}],\"y\":\",,\"}", JSONOptions(recordsPath: "r")),
        (
            "{\"d\":{\"r\":[{\"a\":{\"b\":1}},{\"b\":2}],\"y\":[1,{\"z\":-0.5e3}]},\"e\":[\"\\n,,\"]}",
            JSONOptions(flattens: true)
        ),
        ("{\"a\":1,\n\"b\":[1,2]}\n", JSONOptions()),
    ]

    @Test("a changed document gives the same however it is read and cut", arguments: 0..<600)
    func mutated(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let (text, options) = Self.seeds.randomElement(using: &random)!
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&bytes, &random) }
        var limited = options
        limited.maxRecordBytes = [3, 9, 20, 1_000].randomElement(using: &random)!
        limited.maxDepth = [1, 2, 512].randomElement(using: &random)!
        // Many of these cannot be opened; those are read as what they were before.
        let opened =
            (try? JSONReader(source: TrickleSource(bytes), options: limited))
            ?? (try? JSONReader(source: TrickleSource(Array(text.utf8)), options: options))
        guard let opened else { return }
        var layout = opened.layout
        (layout.maxRecordBytes, layout.maxDepth) = (limited.maxRecordBytes, limited.maxDepth)
        guard opened.dataStart.byteOffset <= bytes.count else { return }
        var dataStart = opened.dataStart
        dataStart.line = UInt64(1 + ReaderCase.lineFeeds(bytes[..<Int(dataStart.byteOffset)]))
        try check(bytes, layout: layout, columns: ["a", "b"], dataStart: dataStart, &random)
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let position = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, position + Int.random(in: 1...6, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.removeSubrange(position...)
        case 1: bytes.removeSubrange(position..<end)
        case 2: bytes.replaceSubrange(position..<end, with: parts.randomElement(using: &random)!)
        case 3: bytes.insert(contentsOf: bytes[position..<end], at: position)
        default: bytes.insert(contentsOf: parts.randomElement(using: &random)!, at: position)
        }
    }

    private func check(
        _ bytes: [UInt8], layout: JSONLayout, columns: [String], dataStart: RecordLocation, _ random: inout SplitMix
    ) throws {
        let example = ReaderCase.json(bytes) {
            try JSONReader(source: $0, layout: layout, columns: columns, dataStart: dataStart)
        }
        try ReaderLaws(example: example)
            .check(steps: [1, 2, 3, 7, 8, 9, Int.random(in: 1...max(1, bytes.count), using: &random)])
    }

    @Test("what is written as JSON is read back", arguments: 0..<200)
    func writtenAndRead(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 1_000_000)
        let parts = ["a", "\"", "\\", "\n", "\u{1}", "é", "😀", "}", "{", ",", "]", "12345678", "/"]
        let columns = (0..<Int.random(in: 1...5, using: &random)).map {
            "c\($0)\(parts.randomElement(using: &random)!)"
        }
        let rows: [[String?]] = (0..<Int.random(in: 2...20, using: &random)).map { _ in
            columns.map { _ in
                Int.random(in: 0..<4, using: &random) == 0
                    ? nil
                    : (0..<Int.random(in: 0...4, using: &random)).map { _ in parts.randomElement(using: &random)! }
                        .joined()
            }
        }
        let objects = rows.map { row in
            let members = zip(columns, row).map { key, value in
                "\(Self.quoted(key, &random)): \(value.map { Self.quoted($0, &random) } ?? "null")"
            }
            return "{\(members.joined(separator: ","))}"
        }
        for text in ["[\(objects.joined(separator: " , "))]", objects.joined(separator: "\r\n")] {
            let reading = try readJSON(Array(text.utf8))
            #expect(reading.columns == columns)
            #expect(reading.rows.map(\.values) == rows)
            #expect(reading.rejects.isEmpty)
        }
    }

    /// A JSON string, with some characters escaped that need not be.
    private static func quoted(_ text: String, _ random: inout SplitMix) -> String {
        let characters = text.unicodeScalars.map { scalar -> String in
            let isSpecial = scalar == "\"" || scalar == "\\" || scalar.value < 0x20
            guard isSpecial || Bool.random(using: &random) else { return String(scalar) }
            return String(scalar).utf16.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)"
            }.joined()
        }
        return "\"\(characters.joined())\""
    }
}

import Readers
import Records
import Testing

@Suite struct CSVPropertyTests {
    /// Files of these parts are as bad as files get.
    static let parts: [[UInt8]] =
        ["a", "bc", "\"", "\"", ",", ",", "\n", "\n", "\r", "\r\n", "\0", "é", " ", "\"x\"", "\"\"", "12345678"].map {
            Array($0.utf8)
        } + [[0xFF]]

    @Test("any bytes give the same however they are read and cut", arguments: 0..<400)
    func anyBytes(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let length = Int.random(in: 1...40, using: &random)
        var bytes = Array("a,b\n".utf8)
        for _ in 0..<length { bytes += Self.parts.randomElement(using: &random)! }
        let encoding = [TextEncoding.utf8, .latin1, .windows1252].randomElement(using: &random)!
        try check(
            bytes, encoding: encoding, maxFieldBytes: [2, 5, 9, 40, 1000].randomElement(using: &random)!, &random)
    }

    @Test("any UTF-16 gives the same however it is read and cut", arguments: 0..<200)
    func anyUTF16(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 1_000_000)
        let parts: [[UInt8]] =
            ["a", "\"", "\"", ",", ",", "\n", "\r", "\r\n", "\0", "é", "日", "😀", "\"x\""].map { $0.encoded(.utf16le) }
            + [[0x3D, 0xD8], [0x00, 0xDE], [0x0A]]
        var bytes = "a,b\n".encoded(.utf16le)
        for _ in 0..<Int.random(in: 1...30, using: &random) { bytes += parts.randomElement(using: &random)! }
        try check(bytes, encoding: .utf16le, maxFieldBytes: [4, 9, 1000].randomElement(using: &random)!, &random)
    }

    @Test("what is written as CSV is read back", arguments: 0..<200)
    func writtenAndRead(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 2_000_000)
        let parts = ["a", "bc", "\"", ",", "\n", "\r\n", " ", "é", "😀", "12345678"]
        let columns = Int.random(in: 2...5, using: &random)
        var text = (1...columns).map { "c\($0)" }.joined(separator: ",") + "\n"
        var rows: [[String?]] = []
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let row: [String?] = (0..<columns).map { _ in
                Bool.random(using: &random)
                    ? (0..<Int.random(in: 0...4, using: &random)).map { _ in parts.randomElement(using: &random)! }
                        .joined()
                    : nil
            }
            rows.append(row)
            text += row.map { value in value.map { "\"\($0.replacing("\"", with: "\"\""))\"" } ?? "" }.joined(
                separator: ",")
            text += ["\n", "\r\n", "\r", "\n\n"].randomElement(using: &random)!
        }
        for encoding in [TextEncoding.utf8, .utf16le, .utf16be] {
            let reading = try read(
                text.encoded(encoding, mark: true), options: CSVOptions(delimiter: UInt8(ascii: ",")))
            #expect(reading.rows.map(\.values) == rows)
            #expect(reading.rejects.isEmpty)
        }
    }

    /// The judge is the file without the stray quotes.
    @Test("two stray quotes cost one record, wherever they stand", arguments: 0..<60)
    func strayQuotes(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 3_000_000)
        let columns = Int.random(in: 2...6, using: &random)
        let delimiter = [",", ";", "\t", "|"].randomElement(using: &random)!
        let figures = Set((0..<columns).filter { _ in Bool.random(using: &random) })
        let stray = Int.random(in: 0..<columns, using: &random)
        let (first, count) = (Int.random(in: 0..<20, using: &random), Int.random(in: 9..<40, using: &random))
        var rows = (0..<(first + count + 10)).map { row in
            (0..<columns).map { figures.contains($0) ? "\(row * 10 + $0)" : "v\($0)w\(row)" }
        }
        // With two columns, letters tell little: then a figure must.
        if columns == 2 {
            for row in rows.indices { rows[row][1 - stray] = "\(row)" }
        }
        var damaged = rows
        damaged[first][stray] = "\"" + rows[first][stray]
        damaged[first + count][stray] = rows[first + count][stray] + "\""
        let header = (0..<columns).map { "c\($0)" }
        let text = ([header] + damaged).map { $0.joined(separator: delimiter) + "\n" }.joined()
        let reading = try read(Array(text.utf8), options: CSVOptions(delimiter: delimiter.utf8.first))
        #expect(reading.rejects.map(\.location.record) == [UInt64(first + 1)])
        damaged.remove(at: first)
        #expect(reading.rows.map { $0.values.compactMap(\.self) } == damaged)
    }

    private func check(
        _ bytes: [UInt8], encoding: TextEncoding, maxFieldBytes: Int, _ random: inout SplitMix
    ) throws {
        let options = CSVOptions(delimiter: UInt8(ascii: ","), encoding: encoding, maxFieldBytes: maxFieldBytes)
        try ReaderLaws(example: .csv(bytes, options: options))
            .check(steps: [1, 2, 3, 7, 8, 9, Int.random(in: 1...bytes.count, using: &random)])
    }
}

/// Random numbers that are the same in each run.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}

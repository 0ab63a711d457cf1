import Readers
import Records
import Testing

@Suite struct CSVSyntaxTests {
    @Test("both splitters find the same", arguments: 0..<300)
    func agreement(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 2_000_000)
        var bytes = Array("a,b\n".utf8)
        for _ in 0..<Int.random(in: 1...40, using: &random) {
            bytes += CSVPropertyTests.parts.randomElement(using: &random)!
        }
        var options = CSVOptions(
            delimiter: UInt8(ascii: ","), maxFieldBytes: [2, 5, 9, 40, 1000].randomElement(using: &random)!)
        let standard = try? read(bytes, options: options)
        // It is nowhere in the bytes, and so it changes nothing but the splitter.
        options.syntax.escape = 1
        let other = try? read(bytes, options: options)
        #expect(standard?.rows == other?.rows)
        #expect(standard?.rejects.map(\.location) == other?.rejects.map(\.location))
        #expect(standard?.rejects.map(\.code) == other?.rejects.map(\.code))
    }

    @Test("any bytes give the same with any option, however they are read and cut", arguments: 0..<300)
    func anyOptions(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 3_000_000)
        let parts =
            CSVPropertyTests.parts
            + ["\\", "\\\"", "\\\n", "#", "#x\n", "'", "''", ",,\n", "  \""].map { Array($0.utf8) }
        var bytes = Array("x\na,b\n".utf8)
        for _ in 0..<Int.random(in: 1...40, using: &random) { bytes += parts.randomElement(using: &random)! }
        var options = CSVOptions(
            delimiter: UInt8(ascii: ","), encoding: [.utf8, .latin1].randomElement(using: &random)!,
            maxFieldBytes: [2, 5, 9, 40, 1000].randomElement(using: &random)!)
        options.firstLine = 2
        options.footerLines = Int.random(in: 0...3, using: &random)
        bytes += Array(String(repeating: "\nz\n", count: options.footerLines).utf8)
        options.syntax.quote = [nil, UInt8(ascii: "\""), UInt8(ascii: "'")].randomElement(using: &random)!
        options.syntax.escape = [nil, UInt8(ascii: "\\")].randomElement(using: &random)!
        options.syntax.comment = [nil, UInt8(ascii: "#")].randomElement(using: &random)!
        options.syntax.skipsInitialSpace = .random(using: &random)
        options.syntax.padsShortRows = .random(using: &random)
        options.syntax.skipsEmptyRows = .random(using: &random)
        try ReaderLaws(example: .csv(bytes, options: options)).check(steps: [1, 2, 3, 7, 8, 9])
    }

    @Test("where the last lines begin is found in files larger than what is read at once", arguments: [1, 2, 500])
    func longFooters(lines: Int) throws {
        let footer = String(repeating: String(repeating: "x", count: 300) + "\n\n", count: lines)
        let text = "a,b\n" + String(repeating: "1,2\n", count: 30_000) + footer
        for options in [TextEncoding.utf8, .utf16le] {
            var csv = CSVOptions(encoding: options)
            csv.footerLines = lines
            let reader = try CSVReader(source: TrickleSource(text.encoded(options)), options: csv)
            let reading = try readAll(reader)
            #expect(reading.rows.count == 30_000 && reading.rejects.isEmpty)
        }
    }

    @Test("a beginning that is not there is refused")
    func beginnings() throws {
        for (line, isHeader, words) in [
            (4, true, "has only 3 lines"), (2, true, "line 2 is empty"), (9, false, "--skip-lines 8"),
        ] {
            var options = CSVOptions()
            (options.firstLine, options.isHeaderInFirstLine) = (UInt64(line), isHeader)
            let error = try #require(throws: DataError.self) {
                try CSVReader(source: TrickleSource(Array("a\n\n1\n".utf8)), options: options)
            }
            #expect(error.code == .unusableOption && error.message.contains(words), "\(error)")
        }
    }

    @Test("one character cannot mean two things")
    func conflicts() throws {
        for change in [
            { (options: inout CSVOptions) in options.syntax.comment = UInt8(ascii: ",") },
            { (options: inout CSVOptions) in options.syntax.escape = UInt8(ascii: ",") },
            { (options: inout CSVOptions) in options.syntax.comment = UInt8(ascii: "\"") },
        ] {
            var options = CSVOptions(delimiter: UInt8(ascii: ","))
            change(&options)
            #expect(throws: DataError.self) {
                try CSVReader(source: TrickleSource(Array("a,b\n".utf8)), options: options)
            }
        }
    }
}

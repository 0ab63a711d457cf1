import Foundation
import Readers
import Records
import Testing

/// Encodings that the C library knows, beside Python's codecs.
@Suite struct EncodingTests {
    /// What Python calls an encoding, where that is not its own name.
    private static let pythonNames: [TextEncoding: String] = [
        .big5: "cp950", .big5hkscs: "big5hkscs", .shiftJIS: "shift_jis", .eucJP: "euc_jp", .eucKR: "euc_kr",
        .thai: "iso8859_11",
    ]

    /// Prints, for each byte from 0x80 or pair of such a byte and another one, the text or a hyphen.
    private static let script = """
        import sys
        for line in sys.stdin:
            name, kind = line.split()
            single = [bytes([a]) for a in range(0x80, 0x100)]
            double = [bytes([a, b]) for a in range(0x81, 0xff) for b in range(0x40, 0xff)]
            for b in single if kind == 's' else double:
                try: print(name, b.hex(), b.decode(name).encode().hex())
                except ValueError: print(name, b.hex(), '-')
        """

    private static func judged(_ encodings: [TextEncoding], _ kind: String) throws -> [TextEncoding: [(String, String)]]
    {
        let path = NSTemporaryDirectory() + "codecs-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: path) }
        let names = encodings.map { (pythonNames[$0] ?? $0.rawValue, $0) }
        let input = names.map { "\($0.0) \(kind)\n" }.joined()
        try Data(input.utf8).write(to: URL(fileURLWithPath: path))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.standardInput = FileHandle(forReadingAtPath: path)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let byName = Dictionary(uniqueKeysWithValues: names)
        var result: [TextEncoding: [(String, String)]] = [:]
        for line in String(decoding: output, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            result[byName[words[0]]!, default: []].append((words[1], words[2]))
        }
        return result
    }

    private func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)!
        }
    }

    /// Reads a file with a record for each of these bytes, and compares.
    private func compare(_ encoding: TextEncoding, _ judged: [(String, String)], except: (String) -> Bool) throws {
        var file = Array("a,b\n".utf8)
        for (index, pair) in judged.enumerated() { file += Array("\(index),".utf8) + bytes(pair.0) + [0x0A] }
        let reading = try read(file, options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: encoding))
        var values: [Int: String] = [:]
        for row in reading.rows { values[Int(row.values[0]!)!] = row.values[1] ?? "" }
        #expect(reading.rows.count + reading.rejects.count == judged.count)
        #expect(reading.rejects.allSatisfy { $0.code == .encoding || $0.code == .nulByte })
        var differences: [String] = []
        for (index, pair) in judged.enumerated() where !except(pair.0) {
            let expected = pair.1 == "-" ? nil : String(decoding: bytes(pair.1), as: UTF8.self)
            if values[index] != expected {
                differences.append("\(pair.0): \(values[index] ?? "-") not \(expected ?? "-")")
            }
        }
        #expect(differences.isEmpty, "\(encoding): \(differences.prefix(20))")
    }

    @Test("single-byte encodings are what Python's codecs say")
    func singleBytes() throws {
        let encodings = TextEncoding.allCases.filter { $0.isSingleByteForTests }
        let judged = try Self.judged(encodings, "s")
        #expect(judged.count == encodings.count)
        for encoding in encodings { try compare(encoding, judged[encoding]!) { _ in false } }
    }

    @Test("pairs of bytes are what Python's codecs say")
    func pairs() throws {
        let encodings: [TextEncoding] = [.gbk, .big5, .shiftJIS, .cp932, .eucJP, .eucKR, .cp949, .gb18030]
        let judged = try Self.judged(encodings, "d")
        for encoding in encodings {
            try compare(encoding, judged[encoding]!) { pair in
                switch encoding {
                // Characters that glibc has from newer editions.
                case .gb18030: ["a6", "a8", "fe"].contains(pair.prefix(2))
                case .eucKR: ["a2e8", "a4d4"].contains(pair)
                // Kana, which glibc has at places for private use.
                case .big5: ["c6", "c7"].contains(pair.prefix(2))
                // Python has characters for private use.
                case .cp932: ["80", "a0", "fd", "fe"].contains { pair.hasPrefix($0) || pair.hasSuffix($0) }
                default: false
                }
            }
        }
    }

    @Test(
        "an encoding is written as it is read",
        arguments: [
            ("Grüße, ﬁ", TextEncoding.windows1252, "Gr\u{FC}\u{DF}e, ?"), ("編號", .big5, nil), ("编号", .gbk, nil),
            ("日本語ｶ", .shiftJIS, nil), ("한국", .eucKR, nil), ("Привет", .koi8r, nil), ("žluťoučký", .windows1250, nil),
        ] as [(String, TextEncoding, String?)])
    func writing(_ text: String, _ encoding: TextEncoding, _ kept: String?) throws {
        let file = Array("a\n".utf8) + encoding.bytes(of: text.replacing(",", with: "")) + [0x0A]
        let reading = try read(file, options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: encoding))
        #expect(reading.lines == [(kept ?? text).replacing(",", with: "")])
    }

    @Test("any bytes give the same however they are read and cut", arguments: 0..<200)
    func anyBytes(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) + 4_000_000)
        // The second byte of some characters is a bar or a backslash.
        let parts: [[UInt8]] =
            ["a", "|", "|", "\n", "\r\n", "\\", "\"", "1"].map { Array($0.utf8) }
            + [
                [0x81, 0x7C], [0x83, 0x5C], [0xB1, 0xE0], [0x81, 0x30, 0x81, 0x30], [0x81], [0xFF], [0x8F, 0xA2, 0xAF],
                [0xA1, 0x7C],
            ]
        var bytes = Array("a|b\n".utf8)
        for _ in 0..<Int.random(in: 1...40, using: &random) { bytes += parts.randomElement(using: &random)! }
        var options = CSVOptions(
            delimiter: UInt8(ascii: "|"),
            encoding: [.gbk, .gb18030, .big5, .shiftJIS, .eucJP, .cp949, .koi8r].randomElement(using: &random)!)
        options.syntax.escape = [nil, UInt8(ascii: "\\")].randomElement(using: &random)!
        try ReaderLaws(example: .csv(bytes, options: options)).check(steps: [1, 2, 3, 7, 8, 9])
    }

    @Test("a bar within a character separates nothing")
    func barsWithinCharacters() throws {
        for (encoding, pair) in [(TextEncoding.gbk, [0x81, 0x7C]), (.shiftJIS, [0x83, 0x7C]), (.big5, [0xA4, 0x7C])]
            as [(TextEncoding, [UInt8])]
        {
            let file = Array("a|b\n".utf8) + pair + Array("|2\n\"".utf8) + pair + Array("\"\"\"|4\n".utf8)
            let reading = try read(file, options: CSVOptions(delimiter: UInt8(ascii: "|"), encoding: encoding))
            #expect(
                reading.rejects.isEmpty && reading.rows.map { $0.values[1] } == ["2", "4"], "\(encoding) \(reading)")
        }
    }

    @Test("bytes that mean nothing cost their record")
    func undecodable() throws {
        let file =
            Array("a,b\n".utf8) + [
                0xB1, 0xE0, 0x2C, 0x31, 0x0A, 0xFF, 0x2C, 0x32, 0x0A, 0xB1, 0x0A, 0xBA, 0xC5, 0x2C, 0x33, 0x0A,
            ]
        let reading = try read(file, options: CSVOptions(delimiter: UInt8(ascii: ","), encoding: .gbk))
        #expect(reading.lines == ["编|1", "号|3"])
        #expect(reading.rejects.map(\.code) == [.encoding, .encoding])
        #expect(reading.rejects.map(\.location.byteOffset) == [9, 13])
        #expect(reading.rejects[0].message.contains("FF at line 3, column 1, byte 9 is not gbk"))
    }

    @Test(
        "a server's charset",
        arguments: [
            ("text/csv; charset=gb2312", TextEncoding.gbk), ("text/csv; charset=Shift_JIS", .cp932),
            ("text/csv; charset=ks_c_5601-1987", .cp949), ("text/csv; charset=ISO-8859-9", .windows1254),
            ("text/csv; charset=\"windows-1251\"", .windows1251), ("text/csv; charset=x-unknown", nil),
        ] as [(String, TextEncoding?)])
    func charset(_ type: String, _ encoding: TextEncoding?) { #expect(TextEncoding(mediaType: type) == encoding) }

    @Test(
        "a server's charset that is not read is told where the text needs it",
        arguments: [
            ("text/csv; charset=iso-2022-jp", [0x1B, 0x24, 0x42] as [UInt8], "iso-2022-jp"),
            ("text/csv; charset=macintosh", [0x8A], "macintosh"), ("text/csv; charset=macintosh", [0x41], nil),
            ("text/csv; charset=macintosh", Array("ä".utf8), nil), ("text/csv; charset=latin1", [0x8A], nil),
            ("text/csv", [0x8A], nil),
        ] as [(String, [UInt8], String?)])
    func unknownCharset(_ type: String, _ head: [UInt8], _ name: String?) {
        #expect(TextEncoding.unknownCharset(of: type, head: head) == name)
    }

    @Test("text of other formats is made UTF-8 whatever the size of reads", arguments: [1, 2, 3, 7, .max])
    func transcoding(step: Int) throws {
        let text = "編號,日本,x號"
        for encoding in [TextEncoding.big5, .gbk, .shiftJIS, .gb18030] {
            let bytes = encoding.bytes(of: text) + [0xFF, 0x41]
            var source = TranscodedSource(TrickleSource(bytes, step: step), from: encoding)
            var output: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64)
            while true {
                let count = try buffer.withUnsafeMutableBytes { try source.read(into: $0) }
                if count == 0 { break }
                output += buffer[..<count]
            }
            #expect(output == Array(text.utf8) + [0xFF, 0x41], "\(encoding)")
        }
    }
}

extension TextEncoding {
    fileprivate var isSingleByteForTests: Bool {
        ![
            .utf8, .utf16, .utf16le, .utf16be, .gbk, .gb18030, .big5, .big5hkscs, .shiftJIS, .cp932, .eucJP, .eucKR,
            .cp949,
        ]
        .contains(self)
    }
}

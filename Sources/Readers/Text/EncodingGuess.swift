/// What bytes that are not UTF-8 probably are: a guess to be told, and never to read by.
package struct EncodingGuess: Sendable {
    /// The likely ones; the first is the likeliest.
    package let encodings: [TextEncoding]

    /// Of Western languages, few letters are beyond ASCII, and mostly alone; of Cyrillic, nearly all are, in the upper half of
    /// the code page; of East Asian ones, all characters are pairs of bytes.
    package init(of bytes: [UInt8]) {
        let bytes = bytes.prefix(Self.mostBytes)
        var (alone, long, run) = (0, 0, 0)
        var counts = [Int](repeating: 0, count: 16)
        for byte in bytes + [0] {
            if byte >= 0x80 {
                run += 1
                counts[Int(byte >> 4)] += 1
                continue
            }
            if run == 1 { alone += 1 } else if run > 1 { long += 1 }
            run = 0
        }
        let (c1, upper, lower) = (counts[8] + counts[9], counts[12] + counts[13], counts[14] + counts[15])
        let high = counts[8...].reduce(0, +)
        if alone >= long {
            // The letters of DOS stand where Windows has signs.
            encodings = c1 > upper + lower ? [.cp850, .windows1252] : [.windows1252, .latin9]
        } else if 10 * (upper + lower) >= 9 * high {
            encodings = lower >= upper ? [.windows1251, .koi8r] : [.koi8r, .windows1251]
        } else if 10 * (c1 + counts[10] + counts[14]) >= 9 * high, 2 * (counts[10] + counts[14]) >= high {
            // Where DOS has small letters.
            encodings = [.cp866, .cp850]
        } else {
            let eastern: [TextEncoding] =
                c1 > 0 ? [.shiftJIS, .gbk, .big5, .cp949] : [.gbk, .big5, .eucKR, .eucJP, .shiftJIS]
            let readable = eastern.filter { Self.canRead(bytes, in: $0) }
            encodings = readable.isEmpty ? [.windows1252] : readable
        }
    }

    private static let mostBytes = 64 << 10

    /// Whether all of it means something; the last character may be cut.
    private static func canRead(_ bytes: ArraySlice<UInt8>, in encoding: TextEncoding) -> Bool {
        guard let decoder = CharacterDecoder.of(encoding) else { return false }
        return bytes.withUnsafeBytes { bytes in
            var text: [UInt8] = []
            guard let bad = decoder.decode(bytes, to: &text) else { return true }
            return bad + 4 > bytes.count && bad > 0
        }
    }

    /// What they look like, as a clause.
    package var words: String {
        encodings.count > 2
            ? "looks like " + encodings.dropLast().map(\.rawValue).joined(separator: ", ") + " or "
                + encodings[encodings.count - 1].rawValue
            : "looks like \(encodings[0].rawValue)"
    }

    package var flag: String { "--encoding \(encodings[0].rawValue)" }

    /// How to name the encoding, as a sentence.
    package var remedy: String { "It \(words): \(flag)" }
}

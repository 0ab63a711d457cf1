/// What bytes that are not UTF-8 probably are: a guess to be told, and never to read by.
package struct EncodingGuess: Sendable {
    /// The likely ones, the likeliest first: one if it is told apart from all others, none if nothing can be told.
    package let encodings: [TextEncoding]

    /// Reads the bytes in each encoding and compares how likely the texts are. Encodings that make the same text of the bytes
    /// are one; bytes without meaning rule one out.
    package init(of bytes: [UInt8]) {
        let sample = Self.sample(bytes)
        var readings: [Reading] = []
        for encoding in Alphabet.candidates {
            guard let text = DecodedText(sample, encoding),
                !readings.contains(where: { $0.text.scalars == text.scalars })
            else { continue }
            var score = text.score
            score.sum += Alphabet.prior(encoding)
            readings.append(Reading(encoding: encoding, text: text, score: score))
        }
        guard sample.contains(where: { $0 >= 0x80 }), let best = readings.map(\.score.sum).max() else {
            encodings = []
            return
        }
        let near = readings.filter { $0.score.sum >= best - Self.leastDifference }.sorted {
            $0.score.sum > $1.score.sum
        }
        encodings = near.count > 3 || !near[0].score.isText ? [] : near.map(\.encoding)
    }

    private struct Reading {
        let encoding: TextEncoding
        let text: DecodedText
        let score: DecodedText.Score
    }

    /// A text must be a hundred times as likely as another one.
    static let leastDifference = 4.6

    /// Whether a text that is valid UTF-8, with more than ASCII, is UTF-8 rather than what it is said to be.
    package static func isUTF8(_ bytes: [UInt8], ratherThan encoding: TextEncoding) -> Bool {
        let sample = sample(bytes)
        guard let unicode = DecodedText(sample, .utf8) else { return false }
        guard let text = DecodedText(sample, encoding) else { return true }
        return unicode.score.sum > text.score.sum + 1.5 * leastDifference
    }

    /// How much is looked at.
    private static let mostBytes = 8 << 10

    /// The bytes beyond ASCII, with the two before and after each that tell what they belong to. What comes again is no
    /// further evidence.
    private static func sample(_ bytes: [UInt8]) -> [UInt8] {
        var sample: [UInt8] = []
        var known: Set<ArraySlice<UInt8>> = []
        var run = 0..<0
        for index in bytes.indices where bytes[index] >= 0x80 {
            let (first, end) = (max(run.upperBound, index - 2), min(bytes.count, index + 3))
            if first > run.upperBound {
                if known.insert(bytes[run]).inserted { sample += bytes[run] + [0x20] }
                if sample.count >= mostBytes { return sample }
                run = first..<end
            } else {
                run = run.lowerBound..<max(run.upperBound, end)
            }
        }
        // The last one may be cut, unless its line ends.
        let isWhole = run.upperBound < bytes.count || bytes.last.map(LineByte.isEnd) == true
        if sample.isEmpty || isWhole { sample += bytes[run].prefix(8 * mostBytes) }
        return sample
    }

    /// What they look like, as a clause.
    package var words: String {
        switch encodings.count {
        case 0: "is in an encoding that cannot be detected"
        case 1: "looks like \(encodings[0].rawValue)"
        default: "may be \(names)"
        }
    }

    private var names: String {
        encodings.dropLast().map(\.rawValue).joined(separator: ", ") + " or " + encodings[encodings.count - 1].rawValue
    }

    /// The flag that names it; nil unless there is one that is told apart from all others.
    package var flag: String? { encodings.count == 1 ? "--encoding \(encodings[0].rawValue)" : nil }

    /// How to find out which of several it is, as a sentence.
    package var question: String {
        let name = encodings.first?.rawValue ?? "NAME"
        return "\(encodings.isEmpty ? "Try some" : "Compare them"): waybill inspect FILE --encoding \(name)"
    }

    /// How to name the encoding, as a sentence.
    package var remedy: String { flag.map { "It \(words): \($0)" } ?? "It \(words). \(question)" }
}

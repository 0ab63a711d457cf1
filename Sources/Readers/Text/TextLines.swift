/// The lines of a text's beginning that have more than ASCII, told apart by whether they are UTF-8.
package struct TextLines {
    /// Lines that are not UTF-8.
    package private(set) var others: [UInt8] = []
    private var utf8: [UInt8] = []

    /// - Parameter head: it may end anywhere; a last line without an end counts if there is no other.
    package init(_ head: some BidirectionalCollection<UInt8>) {
        var lines = head.split(whereSeparator: LineByte.isEnd)
        if lines.count > 1, let last = head.last, !LineByte.isEnd(last) { lines.removeLast() }
        for line in lines where line.contains(where: { $0 >= 0x80 }) {
            let isUTF8 = String(validating: line, as: UTF8.self) != nil
            if isUTF8 { utf8 += Array(line) + [0x0A] } else { others += Array(line) + [0x0A] }
        }
    }

    package var guess: EncodingGuess { EncodingGuess(of: others) }

    /// Whether some lines are in UTF-8 and others are not, so that no encoding is right for all.
    package var areInTwoEncodings: Bool {
        if utf8.isEmpty || others.isEmpty { return false }
        return EncodingGuess.isUTF8(utf8, ratherThan: guess.encodings.first ?? .windows1252)
    }

    /// How to read the lines that are not UTF-8, as a sentence.
    var remedy: String {
        areInTwoEncodings
            ? "Other lines are UTF-8, and no --encoding is right for both: convert this one." : guess.remedy
    }
}

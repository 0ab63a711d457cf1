internal import Glibc

enum JSONByte {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool {
        byte <= 0x20 && (byte == 0x20 || byte == LineByte.lineFeed || byte == 0x0D || byte == 0x09)
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// The first line feed in a part of the text; nil if it has none.
    static func lineFeed(in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard let base = text.baseAddress, !range.isEmpty else { return nil }
        let found = memchr(base + range.lowerBound, Int32(LineByte.lineFeed), range.count)
        return found.map { UnsafeRawPointer($0) - base }
    }

    /// How many line feeds there are in a part of the text: in JSON only these end lines.
    static func countLineFeeds(in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        guard let base = text.baseAddress else { return 0 }
        let lowBits = ~ByteWords.highBits
        var count = 0
        var position = range.lowerBound
        while position &+ 8 <= range.upperBound {
            let word = ByteWords.load(base, at: position) ^ (UInt64(LineByte.lineFeed) &* ByteWords.ones)
            // Exact, with no mark above a zero byte: no carry leaves a byte here.
            count &+= (~(((word & lowBits) &+ lowBits) | word | lowBits)).nonzeroBitCount
            position &+= 8
        }
        while position < range.upperBound {
            if text[position] == LineByte.lineFeed { count &+= 1 }
            position &+= 1
        }
        return count
    }
}

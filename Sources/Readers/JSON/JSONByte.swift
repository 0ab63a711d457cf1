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
    /// What is before each text of a sequence by RFC 7464.
    static let recordSeparator: UInt8 = 0x1E

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool {
        byte <= 0x20 && (byte == 0x20 || byte == LineByte.lineFeed || byte == 0x0D || byte == 0x09)
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// Whether this may follow a backslash.
    static func isEscape(_ byte: UInt8) -> Bool {
        switch byte {
        case quote, backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"), UInt8(ascii: "u"):
            true
        default: false
        }
    }

    private static let quotes = UInt64(quote) &* ByteWords.ones
    private static let backslashes = UInt64(backslash) &* ByteWords.ones
    private static let spaces = 0x20 &* ByteWords.ones

    /// The first quote, backslash or control character in a part of the text, or its end.
    @inline(__always)
    static func stringMark(in text: UnsafeRawPointer, _ range: Range<Int>) -> Int {
        var position = range.lowerBound
        while position &+ 8 <= range.upperBound {
            let word = ByteWords.load(text, at: position)
            let quote = word ^ quotes
            let backslash = word ^ backslashes
            // The lowest mark is always right; those above it may not be.
            let marks =
                (((quote &- ByteWords.ones) & ~quote) | ((backslash &- ByteWords.ones) & ~backslash)
                    | ((word &- spaces) & ~word)) & ByteWords.highBits
            if marks != 0 { return position &+ marks.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < range.upperBound {
            let byte = text.load(fromByteOffset: position, as: UInt8.self)
            if byte == quote || byte == backslash || byte < 0x20 { break }
            position &+= 1
        }
        return position
    }

    /// The first line feed in a part of the text; nil if it has none.
    static func lineFeed(in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard let base = text.baseAddress, !range.isEmpty else { return nil }
        let found = memchr(base + range.lowerBound, Int32(LineByte.lineFeed), range.count)
        return found.map { UnsafeRawPointer($0) - base }
    }

    /// How many line feeds there are in a part of the text: in JSON only these end lines.
    static func countLineFeeds(in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        var count = 0
        var position = range.lowerBound
        while let lineFeed = lineFeed(in: text, position..<range.upperBound) {
            count += 1
            position = lineFeed + 1
        }
        return count
    }
}

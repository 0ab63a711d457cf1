/// The bytes that SQL's grammar is made of.
enum SQLByte {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let quote = UInt8(ascii: "'")
    static let doubleQuote = UInt8(ascii: "\"")
    static let backtick = UInt8(ascii: "`")
    static let backslash = UInt8(ascii: "\\")
    static let comma = UInt8(ascii: ",")
    static let semicolon = UInt8(ascii: ";")
    static let colon = UInt8(ascii: ":")
    static let at = UInt8(ascii: "@")
    static let dot = UInt8(ascii: ".")
    static let dash = UInt8(ascii: "-")
    static let plus = UInt8(ascii: "+")
    static let slash = UInt8(ascii: "/")
    static let star = UInt8(ascii: "*")
    static let hash = UInt8(ascii: "#")
    static let dollar = UInt8(ascii: "$")
    static let open = UInt8(ascii: "(")
    static let close = UInt8(ascii: ")")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// A byte of a keyword, a bare identifier or a number.
    @inline(__always)
    static func isWord(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- UInt8(ascii: "a") < 26 || isDigit(byte) || byte == UInt8(ascii: "_") || byte == dollar
            || byte >= 0x80
    }

    /// What closes Oracle's `q'[…]'`, by what opens it.
    static func closing(_ opening: UInt8) -> UInt8 {
        switch opening {
        case openBracket: closeBracket
        case open: close
        case UInt8(ascii: "{"): UInt8(ascii: "}")
        case UInt8(ascii: "<"): UInt8(ascii: ">")
        default: opening
        }
    }

    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    static func countLineFeeds(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        guard let base = text.baseAddress else { return 0 }
        var count = 0
        for index in range { count &+= base.load(fromByteOffset: index, as: UInt8.self) == lineFeed ? 1 : 0 }
        return count
    }

    /// Whether what a byte closes can be nothing but a name, which a word may follow at once: `t`VALUES.
    static func closesName(_ byte: UInt8) -> Bool { byte == backtick || byte == closeBracket }

    @inline(__always)
    static func isLineEnd(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }

    /// The first line end in a part of the text: of CR LF, the CR.
    static func firstLineEnd(in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        text[range].firstIndex(where: isLineEnd)
    }

    /// The first of these bytes in a part of the text.
    static func first(_ byte: UInt8, in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        text[range].firstIndex(of: byte)
    }
}

/// Finds where a value ends by its brackets and strings alone, whatever else is wrong with it, a piece at a time. Its own
/// size does not depend on the text.
struct JSONSkim: Sendable {
    private var depth = 0
    /// True if the value ended with its line, inside a string.
    private(set) var isInString = false
    private var isEscaped = false
    private let isMember: Bool

    /// `isMember` says that the value is in an object, whose brace ends it if it has no brackets of its own.
    init(isMember: Bool = false) { self.isMember = isMember }

    /// Looks at a part of the text that begins where the last one ended. Returns where the value ends; nil if that is
    /// further on.
    ///
    /// A value in brackets ends after its last bracket. Anything else ends before a comma or closing bracket that is not
    /// its own, or before the end of a line that leaves a string of it open.
    mutating func end(in text: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        var position = range.lowerBound
        while position < range.upperBound {
            if isInString {
                position = skipString(text, from: position, to: range.upperBound)
                if position == range.upperBound { return nil }
                if text[position] == LineByte.lineFeed { return position }
            } else {
                switch text[position] {
                case JSONByte.quote:
                    isInString = true
                case JSONByte.openBrace, JSONByte.openBracket:
                    depth &+= 1
                case JSONByte.closeBrace where depth > 0, JSONByte.closeBracket where depth > 0:
                    depth &-= 1
                    if depth == 0 { return position &+ 1 }
                case JSONByte.closeBrace where isMember: return position
                case JSONByte.comma where depth == 0, JSONByte.closeBracket where depth == 0:
                    return position
                default: break
                }
            }
            position &+= 1
        }
        return nil
    }

    /// The string's closing quote, or the line feed that ends it where there are no brackets around it.
    @inline(__always)
    private mutating func skipString(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end {
            if isEscaped {
                isEscaped = false
            } else {
                position = Self.nextMark(text, from: position, to: end)
                if position == end { break }
                switch text[position] {
                case JSONByte.quote:
                    isInString = false
                    return position
                case JSONByte.backslash: isEscaped = true
                default: if depth == 0 { return position }
                }
            }
            position &+= 1
        }
        return end
    }

    /// The first quote, backslash or line feed.
    @inline(__always)
    private static func nextMark(_ text: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        let base = text.baseAddress!
        var position = start
        while position &+ 8 <= end {
            let word = ByteWords.load(base, at: position)
            let quote = word ^ (UInt64(JSONByte.quote) &* ByteWords.ones)
            let backslash = word ^ (UInt64(JSONByte.backslash) &* ByteWords.ones)
            let lineFeed = word ^ (UInt64(LineByte.lineFeed) &* ByteWords.ones)
            let marks =
                (((quote &- ByteWords.ones) & ~quote) | ((backslash &- ByteWords.ones) & ~backslash)
                    | ((lineFeed &- ByteWords.ones) & ~lineFeed)) & ByteWords.highBits
            if marks != 0 { return position &+ marks.trailingZeroBitCount >> 3 }
            position &+= 8
        }
        while position < end {
            let byte = text[position]
            if byte == JSONByte.quote || byte == JSONByte.backslash || byte == LineByte.lineFeed { break }
            position &+= 1
        }
        return position
    }
}

extension HeadText {
    /// What a text that begins with a bracket or a brace is, by its first value alone.
    package enum FirstValue {
        /// JSON, whole or damaged as it may be.
        case json
        /// A whole value with a comma after it and something else on the same line, as in CSV.
        case field
        /// A bracket before what begins like a number and is none in JSON, such as an address or a date.
        case noNumber
    }

    /// Looks at marks and numbers only: what else is wrong is for the reader to say.
    package var firstValue: FirstValue {
        var depth = 0
        var isFirst = true
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            switch byte {
            case JSONByte.openBrace, JSONByte.openBracket:
                isFirst = depth == 0 && byte == JSONByte.openBracket
                depth += 1
            case JSONByte.closeBrace, JSONByte.closeBracket:
                depth -= 1
                if depth <= 0 { return Self.isField(before: bytes[(index + 1)...]) ? .field : .json }
            case JSONByte.quote:
                isFirst = false
                index = Self.endOfString(bytes[index...])
                if index == bytes.endIndex { return .json }
            case _ where isFirst && (byte == UInt8(ascii: "-") || JSONByte.isDigit(byte)):
                isFirst = false
                let token = bytes[index...].prefix { !Self.endsToken($0) }
                if token.endIndex == bytes.endIndex { return .json }
                if !Self.isNumber(token) { return .noNumber }
                index = token.endIndex
                continue
            case _ where JSONByte.isSpace(byte): break
            default: isFirst = false
            }
            index += 1
        }
        return .json
    }

    /// Whether a value is the first field of a line, by what is after it.
    private static func isField(before rest: ArraySlice<UInt8>) -> Bool {
        guard rest.first == JSONByte.comma else { return false }
        let line = rest.dropFirst().prefix { !LineByte.isEnd($0) }
        guard let next = line.first(where: { !JSONByte.isSpace($0) }) else { return false }
        return next != JSONByte.openBrace
    }

    private static func endOfString(_ text: ArraySlice<UInt8>) -> Int {
        var index = text.startIndex + 1
        while index < text.endIndex, text[index] != JSONByte.quote {
            index += text[index] == JSONByte.backslash ? 2 : 1
        }
        return min(index, text.endIndex)
    }

    private static func endsToken(_ byte: UInt8) -> Bool {
        JSONByte.isSpace(byte) || byte == JSONByte.comma || byte == JSONByte.closeBracket || byte == JSONByte.closeBrace
    }

    /// Whether these are digits, at most one sign in front, one point and one exponent.
    private static func isNumber(_ token: ArraySlice<UInt8>) -> Bool {
        var rest = token.first == UInt8(ascii: "-") ? token.dropFirst() : token
        guard let first = rest.first else { return false }
        // -Infinity is damage of another kind.
        if !JSONByte.isDigit(first) { return token.count > 1 && first == UInt8(ascii: "I") }
        rest = rest.drop(while: JSONByte.isDigit)
        if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop(while: JSONByte.isDigit) }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            rest = rest.drop(while: JSONByte.isDigit)
        }
        return rest.isEmpty
    }
}

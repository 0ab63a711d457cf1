internal import Records

/// SQLite's `.dump` writes text with line ends as `replace('a\nb','\n',char(10))`, nested for carriage returns, and since
/// version 3.50 as `unistr('a\u000ab')`. These two forms, and no other calls, are read as the text that they mean.
extension SQLScanner {
    /// The text that a call with constants stands for.
    func sqliteText(from start: Int, decoded: inout [UInt8]) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let offset = decoded.count
        let (value, end) = try constant(from: start, callStart: start, nesting: 0)
        if value.contains(0) { throw SQLProblem(.nulEscape, at: start) }
        decoded += value
        return (.decoded(offset: offset, length: decoded.count - offset), end)
    }

    private func constant(from start: Int, callStart: Int, nesting: Int) throws(SQLProblem) -> ([UInt8], end: Int) {
        let failure = SQLProblem(.expression, at: callStart)
        if try byte(at: start) == SQLByte.quote {
            let string = try string(from: start, escapes: .none)
            var value: [UInt8] = []
            try append(string, to: &value)
            return (value, string.end + 1)
        }
        let word = start..<(try wordEnd(from: start))
        guard nesting < 3, try byte(at: word.upperBound) == SQLByte.open else { throw failure }
        let inside = word.upperBound + 1
        if isWord(word, "UNISTR") {
            let (text, end) = try constant(from: inside, callStart: callStart, nesting: 3)
            guard let value = Self.unistr(text), try byte(at: end) == SQLByte.close else { throw failure }
            return (value, end + 1)
        }
        guard isWord(word, "REPLACE") else { throw failure }
        let (text, textEnd) = try constant(from: inside, callStart: callStart, nesting: nesting + 1)
        guard try byte(at: textEnd) == SQLByte.comma else { throw failure }
        let (mark, markEnd) = try constant(from: textEnd + 1, callStart: callStart, nesting: 3)
        for (call, character) in [(",char(10))", UInt8(10)), (",char(13))", 13)] as [(StaticString, UInt8)] {
            let end = markEnd + call.utf8CodeUnitCount
            if end > self.end { throw SQLProblem(.ended, at: self.end) }
            let isCall = bytes(markEnd..<end).elementsEqual(
                UnsafeBufferPointer(start: call.utf8Start, count: call.utf8CodeUnitCount))
            if isCall && !mark.isEmpty { return (Self.replace(mark, in: text, with: character), end) }
        }
        throw failure
    }

    private static func replace(_ mark: [UInt8], in text: [UInt8], with byte: UInt8) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            if text[position] == mark[0], text[position...].starts(with: mark) {
                result.append(byte)
                position += mark.count
            } else {
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    /// The value of `\\` and `\uXXXX`; nil if there is another escape.
    private static func unistr(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var position = 0
        while position < text.count {
            let byte = text[position]
            position += 1
            guard byte == SQLByte.backslash else {
                result.append(byte)
                continue
            }
            if position < text.count, text[position] == SQLByte.backslash {
                result.append(byte)
                position += 1
                continue
            }
            let digits = text[position...].dropFirst().prefix(4)
            guard position < text.count, text[position] == UInt8(ascii: "u"), digits.count == 4,
                digits.allSatisfy({ SQLByte.hexDigit($0) != nil }),
                let scalar = Unicode.Scalar(digits.reduce(UInt32(0)) { $0 * 16 + UInt32(SQLByte.hexDigit($1) ?? 0) })
            else { return nil }
            result += Array(String(scalar).utf8)
            position += 5
        }
        return result
    }
}

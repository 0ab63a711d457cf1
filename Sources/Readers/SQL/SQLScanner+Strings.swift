/// A string or quoted identifier in the text, without its quotes.
struct SQLString {
    enum Escapes { case none, mysql, postgresql, copy }

    var start: Int
    var end: Int
    var quote: UInt8
    var escapes: Escapes
    /// Whether the value differs from the text: a doubled quote or an escape.
    var isChanged: Bool
}

extension SQLScanner {
    /// The string whose opening quote is at `start`. Its closing quote may not touch a word.
    @inline(__always)
    func string(from start: Int, escapes: SQLString.Escapes) throws(SQLProblem) -> SQLString {
        let quote = self[start]
        let closing = quote == SQLByte.openBracket ? SQLByte.closeBracket : quote
        var string = SQLString(start: start &+ 1, end: 0, quote: closing, escapes: escapes, isChanged: false)
        let hasEscapes = escapes != .none
        let quotes = UInt64(closing) &* ByteWords.ones
        let slashes = UInt64(SQLByte.backslash) &* ByteWords.ones
        var position = start &+ 1
        while true {
            while position &+ 8 <= end {
                let word = ByteWords.load(base, at: position)
                let quoted = word ^ quotes
                var marks = (quoted &- ByteWords.ones) & ~quoted
                if hasEscapes {
                    let slashed = word ^ slashes
                    marks |= (slashed &- ByteWords.ones) & ~slashed
                }
                marks &= ByteWords.highBits
                if marks != 0 {
                    position &+= marks.trailingZeroBitCount >> 3
                    break
                }
                position &+= 8
            }
            guard position < end else { throw SQLProblem(.ended, at: end) }
            let byte = self[position]
            if byte == closing {
                let next = try self.byte(at: position &+ 1)
                if next != closing {
                    if SQLByte.isWord(next) && !SQLByte.closesName(closing) {
                        throw SQLProblem(.textAfterQuote, at: position &+ 1)
                    }
                    string.end = position
                    return string
                }
                string.isChanged = true
                position &+= 2
            } else if hasEscapes && byte == SQLByte.backslash {
                string.isChanged = true
                position &+= 2
            } else {
                position &+= 1
            }
        }
    }

    /// Appends a string's value. Throws if an escape is not text.
    func append(_ string: SQLString, to output: inout [UInt8]) throws(SQLProblem) {
        let outputStart = output.count
        var position = string.start
        while position < string.end {
            let byte = self[position]
            position += 1
            if byte == string.quote && string.escapes != .copy {
                position += 1
                output.append(byte)
            } else if byte == SQLByte.backslash && string.escapes != .none {
                position = try appendEscape(at: position, string, to: &output)
            } else {
                output.append(byte)
            }
        }
        // The escapes of PostgreSQL can write any byte.
        guard string.escapes == .postgresql || string.escapes == .copy else { return }
        let isText = output.withUnsafeBytes { output in
            let value = UnsafeRawBufferPointer(rebasing: output[outputStart...])
            return (try? UTF8Span(validating: value.bindMemory(to: UInt8.self).span)) != nil
        }
        if !isText { throw SQLProblem(.badEscape, at: string.start) }
    }

    /// Appends what the escape stands for whose backslash is before `position`; returns its end.
    private func appendEscape(
        at position: Int, _ string: SQLString, to output: inout [UInt8]
    ) throws(SQLProblem) -> Int {
        if position >= string.end { return position }
        let byte = self[position]
        switch (byte, string.escapes) {
        case (UInt8(ascii: "b"), _): output.append(8)
        case (UInt8(ascii: "n"), _): output.append(10)
        case (UInt8(ascii: "r"), _): output.append(13)
        case (UInt8(ascii: "t"), _): output.append(9)
        case (UInt8(ascii: "0"), .mysql): throw SQLProblem(.nulEscape, at: position - 1)
        case (UInt8(ascii: "Z"), .mysql): output.append(26)
        // For patterns, both stay as they are.
        case (UInt8(ascii: "%"), .mysql), (UInt8(ascii: "_"), .mysql): output += [SQLByte.backslash, byte]
        case (UInt8(ascii: "f"), .postgresql), (UInt8(ascii: "f"), .copy): output.append(12)
        case (UInt8(ascii: "v"), .postgresql), (UInt8(ascii: "v"), .copy): output.append(11)
        case (UInt8(ascii: "0")...UInt8(ascii: "7"), .postgresql), (UInt8(ascii: "0")...UInt8(ascii: "7"), .copy):
            return try appendCode(from: position, digits: 1...3, radix: 8, string, to: &output)
        case (UInt8(ascii: "x"), .copy) where position + 1 < string.end && SQLByte.hexDigit(self[position + 1]) != nil:
            return try appendCode(from: position + 1, digits: 1...2, radix: 16, string, to: &output)
        case (UInt8(ascii: "x"), .postgresql):
            return try appendCode(from: position + 1, digits: 1...2, radix: 16, string, to: &output)
        case (UInt8(ascii: "u"), .postgresql):
            return try appendCode(from: position + 1, digits: 4...4, radix: 16, string, to: &output)
        case (UInt8(ascii: "U"), .postgresql):
            return try appendCode(from: position + 1, digits: 8...8, radix: 16, string, to: &output)
        default: output.append(byte)
        }
        return position + 1
    }

    /// Appends the byte of an octal or short hexadecimal escape, or the character of a longer one.
    private func appendCode(
        from start: Int, digits: ClosedRange<Int>, radix: UInt8, _ string: SQLString, to output: inout [UInt8]
    ) throws(SQLProblem) -> Int {
        var position = start
        var code: UInt32 = 0
        while position < min(string.end, start + digits.upperBound) {
            guard let digit = SQLByte.hexDigit(self[position]), digit < radix else { break }
            code = code * UInt32(radix) + UInt32(digit)
            position += 1
        }
        guard position - start >= digits.lowerBound else { throw SQLProblem(.badEscape, at: start - 1) }
        if code == 0 { throw SQLProblem(.nulEscape, at: start - 1) }
        if digits.upperBound < 4 {
            output.append(UInt8(truncatingIfNeeded: code))
        } else if let scalar = Unicode.Scalar(code) {
            output.append(contentsOf: Array(String(scalar).utf8))
        } else if let pair = surrogatePair(code, position, string) {
            output.append(contentsOf: Array(String(pair).utf8))
            position += 6
        } else {
            throw SQLProblem(.badEscape, at: start - 1)
        }
        return position
    }

    /// The character of a surrogate whose other half follows as an escape at `position`.
    private func surrogatePair(_ lead: UInt32, _ position: Int, _ string: SQLString) -> Unicode.Scalar? {
        guard position + 6 <= string.end, self[position] == SQLByte.backslash, self[position + 1] == UInt8(ascii: "u"),
            let trail = UInt32(String(decoding: bytes((position + 2)..<(position + 6)), as: UTF8.self), radix: 16),
            (0xD800..<0xDC00).contains(lead), (0xDC00..<0xE000).contains(trail)
        else { return nil }
        return Unicode.Scalar(0x10000 + (lead - 0xD800) << 10 + (trail - 0xDC00))
    }
}

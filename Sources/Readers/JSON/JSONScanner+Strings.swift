/// Where a string's content stands, without its quotes.
struct JSONString {
    var start: Int
    var end: Int
    var hasEscapes: Bool

    var range: Range<Int> { start..<end }
}

extension JSONScanner {
    /// The string whose opening quote is at `quote`. Its bytes are not checked for being UTF-8. `allowsNUL` says
    /// whether `\u0000` may be in it, `allowsHalves` whether half of a surrogate pair may.
    @inline(__always)
    func string(
        from quote: Int, allowsNUL: Bool = false, allowsHalves: Bool = false
    ) throws(JSONProblem) -> JSONString {
        var hasEscapes = false
        var position = quote &+ 1
        while true {
            position = JSONByte.stringMark(in: base, position..<end)
            let byte = try byte(at: position)
            if byte == JSONByte.quote { return JSONString(start: quote &+ 1, end: position, hasEscapes: hasEscapes) }
            if byte != JSONByte.backslash { throw JSONProblem(.controlCharacter, at: position) }
            hasEscapes = true
            position = try escape(from: position, allowsNUL: allowsNUL, allowsHalves: allowsHalves)
        }
    }

    /// The end of the escape whose backslash stands at `start`; that of both where two make a surrogate pair.
    func escape(from start: Int, allowsNUL: Bool, allowsHalves: Bool) throws(JSONProblem) -> Int {
        switch try byte(at: start + 1) {
        case JSONByte.quote, JSONByte.backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"):
            break
        default:
            throw JSONProblem(.badEscape, at: start)
        }
        let unit = try codeUnit(ofEscape: start)
        if unit == 0 && !allowsNUL { throw JSONProblem(.nul, at: start) }
        guard UTF16.isTrailSurrogate(unit) || UTF16.isLeadSurrogate(unit) else { return start + 6 }
        if UTF16.isLeadSurrogate(unit), try trailSurrogate(at: start + 6) != nil { return start + 12 }
        if allowsHalves { return start + 6 }
        throw JSONProblem(.loneSurrogate, at: start)
    }

    /// The second half of a surrogate pair, if its escape stands at `start`.
    private func trailSurrogate(at start: Int) throws(JSONProblem) -> UInt16? {
        guard try byte(at: start) == JSONByte.backslash, try byte(at: start + 1) == UInt8(ascii: "u") else {
            return nil
        }
        let unit = try codeUnit(ofEscape: start)
        return UTF16.isTrailSurrogate(unit) ? unit : nil
    }

    /// The UTF-16 code unit of the `\u` escape at `start`.
    func codeUnit(ofEscape start: Int) throws(JSONProblem) -> UInt16 {
        var unit: UInt16 = 0
        for position in (start + 2)..<(start + 6) {
            let byte = try byte(at: position)
            let letter = (byte | 0x20) &- UInt8(ascii: "a")
            if JSONByte.isDigit(byte) {
                unit = unit << 4 | UInt16(byte - UInt8(ascii: "0"))
            } else if letter < 6 {
                unit = unit << 4 | UInt16(letter + 10)
            } else {
                throw JSONProblem(.badEscape, at: start)
            }
        }
        return unit
    }

    /// The first byte in a part of the text that is not UTF-8.
    func invalidUTF8(in range: Range<Int>) -> Int? {
        if ByteWords.isPlain(base, from: range.lowerBound, to: range.upperBound) { return nil }
        let part = UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
        do {
            _ = try UTF8Span(validating: part.bindMemory(to: UInt8.self).span)
            return nil
        } catch {
            return range.lowerBound + error.byteOffsets.lowerBound
        }
    }

    /// Appends what a string that was scanned means, as UTF-8. Half of a surrogate pair becomes U+FFFD.
    func append(_ string: JSONString, to output: inout [UInt8]) {
        var position = string.start
        while position < string.end {
            let mark = JSONByte.stringMark(in: base, position..<string.end)
            output.append(contentsOf: UnsafeRawBufferPointer(start: base + position, count: mark - position))
            if mark == string.end { return }
            position = appendEscape(from: mark, to: &output)
        }
    }

    private func appendEscape(from start: Int, to output: inout [UInt8]) -> Int {
        switch self[start + 1] {
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"):
            guard let unit = try? codeUnit(ofEscape: start) else { return start + 6 }
            guard UTF16.isLeadSurrogate(unit), let trail = try? trailSurrogate(at: start + 6) else {
                output.append(contentsOf: Unicode.UTF8.encode(Unicode.Scalar(unit) ?? "\u{FFFD}")!)
                return start + 6
            }
            let pair = UTF16.decode(UTF16.EncodedScalar([unit, trail]))
            output.append(contentsOf: Unicode.UTF8.encode(pair)!)
            return start + 12
        case let byte: output.append(byte)
        }
        return start + 2
    }
}

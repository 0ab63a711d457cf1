internal import Records

extension SQLScanner {
    /// The value that begins here.
    @inline(__always)
    func value(from start: Int, decoded: inout [UInt8]) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let byte = try byte(at: start)
        if byte == SQLByte.quote {
            return try text(from: start, escapes: syntax.escapes, decoded: &decoded)
        }
        if SQLByte.isDigit(byte) || byte == SQLByte.dash || byte == SQLByte.plus || byte == SQLByte.dot {
            if let end = try numberEnd(from: start) { return (.source(offset: start, length: end &- start), end) }
        }
        return try otherValue(byte, from: start, decoded: &decoded)
    }

    /// The string whose opening quote is here, as a field.
    @inline(__always)
    private func text(
        from start: Int, escapes: SQLString.Escapes, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let string = try string(from: start, escapes: escapes)
        if !string.isChanged {
            return (.source(offset: string.start, length: string.end &- string.start), string.end &+ 1)
        }
        let offset = decoded.count
        try append(string, to: &decoded)
        return (.decoded(offset: offset, length: decoded.count &- offset), string.end &+ 1)
    }

    /// The end of a decimal number; nil if this is something else.
    @inline(__always)
    private func numberEnd(from start: Int) throws(SQLProblem) -> Int? {
        var position = start
        if self[start] == SQLByte.dash || self[start] == SQLByte.plus { position &+= 1 }
        let digitsStart = position
        var digits = 0
        while try SQLByte.isDigit(byte(at: position)) { position &+= 1 }
        digits = position &- digitsStart
        if self[position] == SQLByte.dot {
            position &+= 1
            let fractionStart = position
            while try SQLByte.isDigit(byte(at: position)) { position &+= 1 }
            digits &+= position &- fractionStart
        }
        if digits == 0 { return nil }
        if self[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            let sign = try byte(at: position)
            if sign == SQLByte.dash || sign == SQLByte.plus { position &+= 1 }
            let exponentStart = position
            while try SQLByte.isDigit(byte(at: position)) { position &+= 1 }
            if position == exponentStart { return nil }
        }
        return SQLByte.isWord(self[position]) ? nil : position
    }

    @inline(never)
    private func otherValue(
        _ byte: UInt8, from start: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        if byte == SQLByte.doubleQuote && dialect == .mysql {
            return try text(from: start, escapes: syntax.escapes, decoded: &decoded)
        }
        if byte == SQLByte.comma || byte == SQLByte.close { throw SQLProblem(.expectedValue, at: start) }
        if byte == SQLByte.semicolon { throw SQLProblem(.expectedValue, at: start) }
        if byte == UInt8(ascii: "{") { return try escaped(from: start, decoded: &decoded) }
        guard SQLByte.isWord(byte) else { throw SQLProblem(.expression, at: start) }
        if byte == SQLByte.dollar && dialect == .postgresql { return try dollarQuoted(from: start) }
        let end = try wordEnd(from: start)
        let word = start..<end
        if isWord(word, "NULL") { return (.null, end) }
        if isWord(word, "TRUE") || isWord(word, "FALSE") {
            let offset = decoded.count
            decoded += Array((isWord(word, "TRUE") ? "true" : "false").utf8)
            return (.decoded(offset: offset, length: decoded.count - offset), end)
        }
        if isWord(word, "DEFAULT") { throw SQLProblem(.defaultValue, at: start) }
        if try self.byte(at: end) == SQLByte.quote {
            if isWord(word, "N") { return try text(from: end, escapes: syntax.escapes, decoded: &decoded) }
            if isWord(word, "E") { return try text(from: end, escapes: .postgresql, decoded: &decoded) }
            if isWord(word, "X") { return try hexadecimal(try string(from: end, escapes: .none), &decoded) }
            if isWord(word, "B") { return try bits(try string(from: end, escapes: .none)) }
            if isOracleQuote(word) { return try oracleText(from: end) }
        }
        if try self.byte(at: end) == UInt8(ascii: "&"), isWord(word, "U"), try self.byte(at: end + 1) == SQLByte.quote {
            return try unicodeText(from: end + 1, decoded: &decoded)
        }
        if SQLByte.isDigit(byte) && end - start >= 2 && byte == UInt8(ascii: "0") {
            let digits = SQLString(start: start + 2, end: end, quote: 0, escapes: .none, isChanged: false)
            if hexIsNumber { return try number(of: digits, radix: self[start + 1] | 0x20, from: start, &decoded) }
            if self[start + 1] == UInt8(ascii: "x") { return (try hexadecimal(digits, &decoded).field, end) }
            if self[start + 1] == UInt8(ascii: "b") && end - start > 2 { return (try bits(digits).field, end) }
        }
        let next = try skipSpace(from: end)
        if dialect == .standard && self[end] == SQLByte.open, isWord(word, "REPLACE") || isWord(word, "UNISTR") {
            return try sqliteText(from: start, decoded: &decoded)
        }
        if try self.byte(at: next) == SQLByte.open, let value = try call(word, open: next, decoded: &decoded) {
            return value
        }
        guard isLiteralPrefix(word) else { throw SQLProblem(.expression, at: start) }
        let quote = try zoneEnd(behind: word, from: next)
        guard try self.byte(at: quote) == SQLByte.quote else { throw SQLProblem(.expression, at: start) }
        if isWord(word, "_BINARY") { return try binary(try string(from: quote, escapes: syntax.escapes), &decoded) }
        let value = try text(from: quote, escapes: syntax.escapes, decoded: &decoded)
        if byte == UInt8(ascii: "_") {
            guard encoding.isSingleByte, uppercased(word).hasPrefix("_UTF8") else { return value }
            return (try textInUTF8(value.field, at: quote, &decoded), value.end)
        }
        // `DATE '…'` is a cast by another spelling.
        let name = isWord(word, "DATETIME") ? "TIMESTAMP" : uppercased(word)
        let type = SQLType(name: name + (quote > next ? " WITH TIME ZONE" : ""))
        return (try kept(value.field, from: quote, as: type, callStart: start, decoded: &decoded), value.end)
    }

    /// The literal of `{ts '…'}`, as ODBC and JDBC write dates.
    private func escaped(
        from start: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let word = try skipSpace(from: start + 1)
        let wordEnd = try wordEnd(from: word)
        let isKnown = ["TS", "D", "T"].contains(uppercased(word..<wordEnd))
        let quote = try skipSpace(from: wordEnd)
        guard isKnown, try byte(at: quote) == SQLByte.quote else { throw SQLProblem(.expression, at: start) }
        let value = try text(from: quote, escapes: syntax.escapes, decoded: &decoded)
        let end = try skipSpace(from: value.end)
        guard try byte(at: end) == UInt8(ascii: "}") else { throw SQLProblem(.expression, at: start) }
        return (value.field, end + 1)
    }

    /// The text of Oracle's `q'[it's]'` whose quote is at `start`.
    private func oracleText(from start: Int) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let closing = SQLByte.closing(try byte(at: start + 1))
        var position = start + 2
        while true {
            if try byte(at: position) == closing, try byte(at: position + 1) == SQLByte.quote {
                return (.source(offset: start + 2, length: position - start - 2), position + 2)
            }
            position += 1
        }
    }

    /// The text of PostgreSQL's `$$it's$$` or `$tag$it's$tag$`.
    private func dollarQuoted(from start: Int) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        guard let tag = SQLSkim.dollarTag(in: self, from: start) else {
            // The tag may go on after the text.
            if end - start < SQLSkim.longestTag { _ = try wordEnd(from: start) }
            throw SQLProblem(.expression, at: start)
        }
        let textStart = start + tag.count
        var position = textStart
        while position + tag.count <= end {
            if self[position] == SQLByte.dollar && bytes(position..<(position + tag.count)).elementsEqual(tag) {
                return (.source(offset: textStart, length: position - textStart), position + tag.count)
            }
            position += 1
        }
        throw SQLProblem(.ended, at: end)
    }

    /// The text of `U&'d\0061t\+000061'` whose quote is at `start`.
    private func unicodeText(
        from start: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let string = try string(from: start, escapes: .none)
        let offset = decoded.count
        var position = string.start
        var lead: UInt32?
        while position < string.end {
            let byte = self[position]
            let next = position + 1 < string.end ? self[position + 1] : 0
            guard byte == SQLByte.backslash && next != SQLByte.backslash else {
                if lead != nil { throw SQLProblem(.badEscape, at: position) }
                decoded.append(byte)
                position += byte == SQLByte.quote || byte == SQLByte.backslash ? 2 : 1
                continue
            }
            let digits = next == SQLByte.plus ? (position + 2)..<(position + 8) : (position + 1)..<(position + 5)
            guard digits.upperBound <= string.end, digits.allSatisfy({ SQLByte.hexDigit(self[$0]) != nil }) else {
                throw SQLProblem(.badEscape, at: position)
            }
            var code = digits.reduce(UInt32(0)) { $0 << 4 | UInt32(SQLByte.hexDigit(self[$1]) ?? 0) }
            if let first = lead {
                guard (0xDC00..<0xE000).contains(code) else { throw SQLProblem(.badEscape, at: position) }
                code = 0x10000 + (first - 0xD800) << 10 + (code - 0xDC00)
                lead = nil
            } else if (0xD800..<0xDC00).contains(code) {
                lead = code
                position = digits.upperBound
                continue
            }
            if code == 0 { throw SQLProblem(.nulEscape, at: position) }
            guard let scalar = Unicode.Scalar(code) else { throw SQLProblem(.badEscape, at: position) }
            decoded += Array(String(scalar).utf8)
            position = digits.upperBound
        }
        if lead != nil { throw SQLProblem(.badEscape, at: string.start) }
        return (.decoded(offset: offset, length: decoded.count - offset), string.end + 1)
    }

    /// The bytes of MySQL's `_binary '…'`, written like those of `X'…'`.
    private func binary(
        _ string: SQLString, _ decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        var bytes: [UInt8] = []
        var position = string.start
        while position < string.end {
            var byte = self[position]
            position += 1
            if byte == string.quote { position += 1 }
            if byte == SQLByte.backslash && string.escapes != .none && position < string.end {
                byte = Self.unescaped(self[position])
                position += 1
            }
            bytes.append(byte)
        }
        let offset = decoded.count
        decoded += [SQLByte.backslash, UInt8(ascii: "x")]
        for byte in encoding.bytes(ofText: bytes) {
            for digit in [byte >> 4, byte & 15] {
                decoded.append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
            }
        }
        return (.decoded(offset: offset, length: decoded.count - offset), string.end + 1)
    }

    /// The text of MySQL's `_utf8mb4'…'`, whose bytes are UTF-8 whatever the file is in.
    private func textInUTF8(
        _ field: Chunk.Field, at start: Int, _ decoded: inout [UInt8]
    ) throws(SQLProblem) -> Chunk.Field {
        let range = Int(field.offset)..<(Int(field.offset) + field.length)
        let text = encoding.bytes(ofText: field.isDecoded ? Array(decoded[range]) : Array(bytes(range)))
        guard String(validating: text, as: UTF8.self) != nil else { throw SQLProblem(.notUTF8, at: start) }
        let offset = decoded.count
        decoded += text
        return .decoded(offset: offset, length: text.count)
    }

    /// The byte that MySQL's escape with this letter stands for.
    private static func unescaped(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "0"): 0
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "Z"): 26
        default: letter
        }
    }

    /// The place after `WITH TIME ZONE` where that belongs to a type before a literal.
    private func zoneEnd(behind word: Range<Int>, from start: Int) throws(SQLProblem) -> Int {
        var position = start
        guard isWord(word, "TIMESTAMP") || isWord(word, "TIME"), try nextWord(&position, is: "WITH"),
            try nextWord(&position, is: "TIME"), try nextWord(&position, is: "ZONE")
        else { return start }
        return position
    }

    /// The types that may be before a literal, and MySQL's character sets, such as `_utf8mb4`.
    private func isLiteralPrefix(_ word: Range<Int>) -> Bool {
        if self[word.lowerBound] == UInt8(ascii: "_") { return dialect == .mysql }
        return isWord(word, "DATE") || isWord(word, "TIME") || isWord(word, "TIMESTAMP")
            || isWord(word, "TIMESTAMPTZ") || isWord(word, "DATETIME") || isWord(word, "UUID") && dialect == .standard
    }

    /// `X'…'` and `0x…` become `\x` and lower-case digits, as PostgreSQL writes bytes.
    func hexadecimal(
        _ string: SQLString, _ decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let offset = decoded.count
        decoded += [SQLByte.backslash, UInt8(ascii: "x")]
        for position in string.start..<string.end {
            let byte = self[position]
            guard SQLByte.hexDigit(byte) != nil else { throw SQLProblem(.badHex, at: position) }
            decoded.append(SQLByte.isDigit(byte) ? byte : byte | 0x20)
        }
        return (.decoded(offset: offset, length: decoded.count - offset), string.end + 1)
    }

    /// The number that `0x10` is in SQLite, which has it in 64 bits with their sign, and in PostgreSQL, which has `0b101` and
    /// `0o17`, too.
    private func number(
        of digits: SQLString, radix mark: UInt8, from start: Int, _ decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let radixes = [UInt8(ascii: "x"): 16, UInt8(ascii: "o"): 8, UInt8(ascii: "b"): 2]
        guard let radix = radixes[mark], dialect == .postgresql || radix == 16,
            let value = UInt64(String(decoding: bytes(digits.start..<digits.end), as: UTF8.self), radix: radix)
        else { throw SQLProblem(.expression, at: start) }
        let offset = decoded.count
        decoded += Array((dialect == .postgresql ? String(value) : String(Int64(bitPattern: value))).utf8)
        return (.decoded(offset: offset, length: decoded.count - offset), digits.end)
    }

    private func bits(_ string: SQLString) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        for position in string.start..<string.end where self[position] & 0xFE != UInt8(ascii: "0") {
            throw SQLProblem(.badHex, at: position)
        }
        return (.source(offset: string.start, length: string.end - string.start), string.end + 1)
    }

    /// The end of white space and of the casts after a value: `::character varying(20)[]`. Throws if one of them
    /// would change it.
    @inline(never)
    func castEnd(
        from start: Int, of field: Chunk.Field, at valueStart: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> Int {
        var position = try skipSpace(from: start)
        while try byte(at: position) == SQLByte.colon, try byte(at: position + 1) == SQLByte.colon {
            let (type, end) = try type(from: position + 2)
            if type.name.isEmpty { throw SQLProblem(.expression, at: valueStart) }
            _ = try kept(field, from: valueStart, as: type, callStart: valueStart, decoded: &decoded)
            position = end
        }
        return position
    }
}

internal import Records

extension SQLScanner {
    /// The value that begins here.
    @inline(__always)
    func value(from start: Int, decoded: inout [UInt8]) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let byte = try byte(at: start)
        if byte == SQLByte.quote {
            return try text(from: start, escapes: dialect == .mysql ? .mysql : .none, decoded: &decoded)
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

    /// The end of a decimal number; nil where this is something else.
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
            return try text(from: start, escapes: .mysql, decoded: &decoded)
        }
        if byte == SQLByte.comma || byte == SQLByte.close { throw SQLProblem(.expectedValue, at: start) }
        if byte == SQLByte.semicolon { throw SQLProblem(.expectedValue, at: start) }
        guard SQLByte.isWord(byte) else { throw SQLProblem(.expression, at: start) }
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
            if isWord(word, "N") { return try text(from: end, escapes: plainEscapes, decoded: &decoded) }
            if isWord(word, "E") { return try text(from: end, escapes: .postgresql, decoded: &decoded) }
            if isWord(word, "X") { return try hexadecimal(try string(from: end, escapes: .none), &decoded) }
            if isWord(word, "B") { return try bits(try string(from: end, escapes: .none)) }
        }
        if SQLByte.isDigit(byte) && end - start > 2 && byte == UInt8(ascii: "0") {
            let digits = SQLString(start: start + 2, end: end, quote: 0, escapes: .none, isChanged: false)
            if self[start + 1] == UInt8(ascii: "x") { return (try hexadecimal(digits, &decoded).field, end) }
            if self[start + 1] == UInt8(ascii: "b") { return (try bits(digits).field, end) }
        }
        let next = try skipSpace(from: end)
        if dialect == .standard && self[end] == SQLByte.open, isWord(word, "REPLACE") || isWord(word, "UNISTR") {
            return try sqliteText(from: start, decoded: &decoded)
        }
        guard isLiteralPrefix(word), try self.byte(at: next) == SQLByte.quote else {
            throw SQLProblem(.expression, at: start)
        }
        return try text(from: next, escapes: plainEscapes, decoded: &decoded)
    }

    private var plainEscapes: SQLString.Escapes { dialect == .mysql ? .mysql : .none }

    /// The types that may stand in front of a literal, and MySQL's character sets, such as `_utf8mb4`.
    private func isLiteralPrefix(_ word: Range<Int>) -> Bool {
        if self[word.lowerBound] == UInt8(ascii: "_") { return dialect == .mysql }
        return isWord(word, "DATE") || isWord(word, "TIME") || isWord(word, "TIMESTAMP")
            || isWord(word, "TIMESTAMPTZ") || isWord(word, "DATETIME")
    }

    /// `X'…'` and `0x…` become `\x` and lower-case digits, as PostgreSQL writes bytes.
    private func hexadecimal(
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

    private func bits(_ string: SQLString) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        for position in string.start..<string.end where self[position] & 0xFE != UInt8(ascii: "0") {
            throw SQLProblem(.badHex, at: position)
        }
        return (.source(offset: string.start, length: string.end - string.start), string.end + 1)
    }

    /// The end of white space and of the casts behind a value: `::character varying(20)[]`.
    @inline(never)
    func castEnd(from start: Int) throws(SQLProblem) -> Int {
        var position = try skipSpace(from: start)
        while try byte(at: position) == SQLByte.colon, try byte(at: position + 1) == SQLByte.colon {
            position += 2
            var hasName = false
            while true {
                position = try skipSpace(from: position)
                let byte = try byte(at: position)
                if let name = try identifier(orNilAt: position, byte) {
                    position = name
                    hasName = true
                } else if hasName && (byte == SQLByte.open || byte == SQLByte.openBracket) {
                    position = try modifierEnd(from: position)
                } else if hasName && byte == SQLByte.dot {
                    position += 1
                } else {
                    break
                }
            }
        }
        return position
    }

    private func identifier(orNilAt start: Int, _ byte: UInt8) throws(SQLProblem) -> Int? {
        guard byte != SQLByte.openBracket else { return nil }
        return try identifier(from: start)?.end
    }

    /// The end of a type's length or array brackets: nothing but digits may stand in them.
    private func modifierEnd(from start: Int) throws(SQLProblem) -> Int {
        let closing = self[start] == SQLByte.open ? SQLByte.close : SQLByte.closeBracket
        var position = start + 1
        while true {
            let byte = try byte(at: position)
            position += 1
            if byte == closing { return position }
            guard SQLByte.isDigit(byte) || byte == SQLByte.comma || byte == 0x20 else {
                throw SQLProblem(.expression, at: start)
            }
        }
    }
}

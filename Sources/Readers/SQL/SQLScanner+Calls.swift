internal import Records

/// Calls whose value is a literal all the same: casts of SQL Server and others, and dates with their format. What a
/// database would round, cut off or read by its settings is an expression.
extension SQLScanner {
    private static let deepest = 8

    /// The value of a call whose name is `word` and whose parenthesis is at `open`; nil for any other call.
    func call(
        _ word: Range<Int>, open: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int)? {
        guard nesting < Self.deepest else { throw SQLProblem(.expression, at: word.lowerBound) }
        var inner = self
        inner.nesting += 1
        let inside = try skipSpace(from: open + 1)
        let start = word.lowerBound
        if isWord(word, "CAST") || isWord(word, "TRY_CAST") {
            return try inner.cast(from: inside, callStart: start, decoded: &decoded)
        }
        if isWord(word, "CONVERT") || isWord(word, "TRY_CONVERT") {
            return try inner.convert(from: inside, callStart: start, decoded: &decoded)
        }
        if isWord(word, "TO_DATE") || isWord(word, "TO_TIMESTAMP") && dialect == .standard {
            return try inner.formattedDate(from: inside, callStart: start, decoded: &decoded)
        }
        if dialect == .standard && (isWord(word, "TO_CLOB") || isWord(word, "TO_NCLOB")) {
            return try inner.only(from: inside, callStart: start, decoded: &decoded)
        }
        if dialect == .standard && isWord(word, "HEXTORAW"), try byte(at: inside) == SQLByte.quote {
            let bytes = try hexadecimal(try string(from: inside, escapes: .none), &decoded)
            return (bytes.field, try closed(from: bytes.end, callStart: start))
        }
        if dialect == .standard && isWord(word, "STRINGDECODE"), try byte(at: inside) == SQLByte.quote {
            let string = try string(from: inside, escapes: .postgresql)
            let offset = decoded.count
            try append(string, to: &decoded)
            return (
                .decoded(offset: offset, length: decoded.count - offset),
                try closed(from: string.end + 1, callStart: start)
            )
        }
        return nil
    }

    /// The literal of a call that keeps it: `TO_CLOB('…')`.
    private func only(
        from start: Int, callStart: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let value = try value(from: start, decoded: &decoded)
        return (value.field, try closed(from: value.end, callStart: callStart))
    }

    /// The place after the parenthesis that must close a call here.
    private func closed(from start: Int, callStart: Int) throws(SQLProblem) -> Int {
        let end = try skipSpace(from: start)
        guard try byte(at: end) == SQLByte.close else { throw SQLProblem(.expression, at: callStart) }
        return end + 1
    }

    /// The literal of `CAST(literal AS type)`.
    private func cast(
        from start: Int, callStart: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let value = try value(from: start, decoded: &decoded)
        var position = try skipSpace(from: value.end)
        guard try nextWord(&position, is: "AS") else { throw SQLProblem(.expression, at: callStart) }
        let (type, typeEnd) = try type(from: position)
        guard try byte(at: typeEnd) == SQLByte.close else { throw SQLProblem(.expression, at: callStart) }
        let field = try kept(value.field, from: start, as: type, callStart: callStart, decoded: &decoded)
        return (field, typeEnd + 1)
    }

    private static let isoStyles: Set = ["20", "21", "23", "120", "121", "126", "127"]

    /// The literal of SQL Server's `CONVERT(type, literal[, style])`, or MySQL's `CONVERT(literal, type)`.
    private func convert(
        from start: Int, callStart: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let failure = SQLProblem(.expression, at: callStart)
        if dialect == .mysql {
            let value = try value(from: start, decoded: &decoded)
            var position = try skipSpace(from: value.end)
            if try nextWord(&position, is: "USING") {
                let end = try skipSpace(from: try wordEnd(from: position))
                guard try byte(at: end) == SQLByte.close else { throw failure }
                return (value.field, end + 1)
            }
            guard try byte(at: position) == SQLByte.comma else { throw failure }
            let (type, typeEnd) = try type(from: try skipSpace(from: position + 1))
            guard try byte(at: typeEnd) == SQLByte.close else { throw failure }
            return (
                try kept(value.field, from: start, as: type, callStart: callStart, decoded: &decoded), typeEnd + 1
            )
        }
        let (type, typeEnd) = try type(from: start)
        guard !type.name.isEmpty, try byte(at: typeEnd) == SQLByte.comma else { throw failure }
        let valueStart = try skipSpace(from: typeEnd + 1)
        let value = try value(from: valueStart, decoded: &decoded)
        var end = try skipSpace(from: value.end)
        if try byte(at: end) == SQLByte.comma {
            let style = try skipSpace(from: end + 1)
            let styleEnd = try wordEnd(from: style)
            guard Self.isoStyles.contains(uppercased(style..<styleEnd)) else { throw failure }
            end = try skipSpace(from: styleEnd)
        }
        guard try byte(at: end) == SQLByte.close else { throw failure }
        return (try kept(value.field, from: valueStart, as: type, callStart: callStart, decoded: &decoded), end + 1)
    }

    /// A literal as a cast gives it. Throws if that is not the literal itself.
    func kept(
        _ field: Chunk.Field, from start: Int, as type: SQLType, callStart: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> Chunk.Field {
        if field.isNull { return field }
        let literal = literal(at: start)
        let offset = Int(field.offset)
        if literal == .bytes && [.date, .moment, .time].contains(type.family) {
            guard let moment = SQLServerMoment.text(Array(decoded[offset...].dropFirst(2)), type) else {
                throw SQLProblem(.expression, at: callStart)
            }
            let offset = decoded.count
            decoded += Array(moment.utf8)
            return .decoded(offset: offset, length: decoded.count - offset)
        }
        let keeps =
            field.isDecoded
            ? type.keeps(literal, decoded[offset..<(offset + field.length)], dialect)
            : type.keeps(literal, bytes(offset..<(offset + field.length)), dialect)
        if !keeps { throw SQLProblem(.expression, at: callStart) }
        return field
    }

    /// What kind of a literal begins here.
    private func literal(at start: Int) -> SQLType.Literal {
        let byte = self[start]
        let isHexadecimal =
            start + 1 < end
            && (byte | 0x20 == UInt8(ascii: "x") && self[start + 1] == SQLByte.quote
                || !hexIsNumber && byte == UInt8(ascii: "0") && self[start + 1] | 0x20 == UInt8(ascii: "x"))
        if isHexadecimal { return .bytes }
        return SQLByte.isDigit(byte) || byte == SQLByte.dash || byte == SQLByte.plus || byte == SQLByte.dot
            ? .number : .text
    }

    /// The type that begins here, and the place after it. Its name is empty if there is none.
    func type(from start: Int) throws(SQLProblem) -> (SQLType, end: Int) {
        var type = SQLType()
        var position = start
        while true {
            position = try skipSpace(from: position)
            let byte = try byte(at: position)
            let isArrayMark = byte == SQLByte.openBracket && (dialect != .standard || !type.name.isEmpty)
            if !isArrayMark, let name = try identifier(from: position) {
                type.name += (type.name.isEmpty ? "" : " ") + name.name.uppercased()
                position = name.end
            } else if byte == SQLByte.dot && !type.name.isEmpty {
                type.name = ""
                position += 1
            } else if !type.name.isEmpty && (byte == SQLByte.open || isArrayMark) {
                if isArrayMark { type.isArray = true }
                position = try arguments(of: &type, from: position)
            } else {
                return (type, position)
            }
        }
    }

    /// Takes a type's length or array brackets: nothing but digits or `max` may be in them.
    private func arguments(of type: inout SQLType, from start: Int) throws(SQLProblem) -> Int {
        let closing = self[start] == SQLByte.open ? SQLByte.close : SQLByte.closeBracket
        var position = start + 1
        while true {
            position = try skipSpace(from: position)
            let byte = try byte(at: position)
            if byte == closing { return position + 1 }
            if byte == SQLByte.comma {
                position += 1
                continue
            }
            let end = try wordEnd(from: position)
            let word = uppercased(position..<end)
            if word == "MAX" {
                type.isLong = true
            } else if let number = Int(word) {
                if closing == SQLByte.close { type.arguments.append(number) }
            } else if word != "CHAR" && word != "BYTE" || type.arguments.isEmpty {
                throw SQLProblem(.expression, at: start)
            }
            position = end
        }
    }

    /// The date of `to_date('…', '…')`, in the form that sorts.
    private func formattedDate(
        from start: Int, callStart: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let failure = SQLProblem(.expression, at: callStart)
        guard try byte(at: start) == SQLByte.quote else { throw failure }
        let text = try string(from: start, escapes: .none)
        let comma = try skipSpace(from: text.end + 1)
        guard try byte(at: comma) == SQLByte.comma else { throw failure }
        let formatStart = try skipSpace(from: comma + 1)
        guard try byte(at: formatStart) == SQLByte.quote else { throw failure }
        let format = try string(from: formatStart, escapes: .none)
        let end = try skipSpace(from: format.end + 1)
        guard try byte(at: end) == SQLByte.close,
            let date = SQLDateFormat.read(
                String(decoding: bytes(text.start..<text.end), as: UTF8.self),
                by: String(decoding: bytes(format.start..<format.end), as: UTF8.self))
        else { throw failure }
        let offset = decoded.count
        decoded += Array(date.utf8)
        return (.decoded(offset: offset, length: decoded.count - offset), end + 1)
    }
}

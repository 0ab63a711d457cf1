/// Checks what is not read as records by RFC 8259's grammar, a piece at a time: a value that is skipped, or all of a
/// document that follows its records. It keeps nothing but what is open.
///
/// Text that is skipped may have halves of surrogate pairs, bytes that are not UTF-8, and keys twice: the grammar does not
/// speak of them, and nothing of it is used.
struct JSONValidator: Sendable {
    private enum State: Sendable {
        case value, valueOrEnd, key, keyOrEnd, colon, afterValue
        case string(isKey: Bool)
        case escape(isKey: Bool)
        case digits(left: Int, isKey: Bool)
        case number(NumberPart)
        case literal(StaticString, Int)
    }

    private enum NumberPart: Sendable { case minus, zero, integer, point, fraction, exponent, sign, exponentDigits }

    private var state: State
    private var nesting = JSONNesting()
    private let isRest: Bool
    private let maxDepth: Int

    /// Checks one value and finds its end.
    init(maxDepth: Int) {
        state = .value
        isRest = false
        self.maxDepth = maxDepth
    }

    /// Checks the rest of a document, from after a value that is in `objects` objects.
    init(restInside objects: Int, maxDepth: Int) {
        state = .afterValue
        isRest = true
        self.maxDepth = maxDepth + objects
        for _ in 0..<objects { nesting.open(isObject: true) }
    }

    /// Whether the document may end here.
    var isComplete: Bool {
        if case .afterValue = state { nesting.depth == 0 } else { false }
    }

    /// Looks at a part of the text that begins where the last one ended. Returns where the value ends; nil if that is
    /// further on, and always for a document's rest. After a problem it is of no more use.
    mutating func end(in text: UnsafeRawBufferPointer, _ range: Range<Int>) throws(JSONProblem) -> Int? {
        guard let base = text.baseAddress else { return nil }
        var position = range.lowerBound
        while position < range.upperBound {
            if nesting.depth == 0 && !isRest, case .afterValue = state { return position }
            if case .string(let isKey) = state {
                position = JSONByte.stringMark(in: base, position..<range.upperBound)
                if position == range.upperBound { return nil }
                switch text[position] {
                case JSONByte.quote: state = isKey ? .colon : .afterValue
                case JSONByte.backslash: state = .escape(isKey: isKey)
                default: throw JSONProblem(.controlCharacter, at: position)
                }
                position &+= 1
                continue
            }
            if try take(text[position], at: position) { position &+= 1 }
        }
        if nesting.depth == 0 && !isRest, case .afterValue = state { return position }
        return nil
    }

    /// Takes the next byte; false if it is still to be taken in the state that this leads to.
    private mutating func take(_ byte: UInt8, at position: Int) throws(JSONProblem) -> Bool {
        switch state {
        case .number(let part): return try takeNumber(byte, part, at: position)
        case .literal(let word, let index):
            guard byte == word.utf8Start[index] else { throw JSONProblem(.badLiteral, at: position) }
            state = index + 1 == word.utf8CodeUnitCount ? .afterValue : .literal(word, index + 1)
            return true
        case .escape(let isKey):
            guard JSONByte.isEscape(byte) else { throw JSONProblem(.badEscape, at: position) }
            state = byte == UInt8(ascii: "u") ? .digits(left: 4, isKey: isKey) : .string(isKey: isKey)
            return true
        case .digits(let left, let isKey):
            guard JSONByte.isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6 else {
                throw JSONProblem(.badEscape, at: position)
            }
            state = left == 1 ? .string(isKey: isKey) : .digits(left: left - 1, isKey: isKey)
            return true
        case _ where JSONByte.isSpace(byte): return true
        case .valueOrEnd where byte == JSONByte.closeBracket, .keyOrEnd where byte == JSONByte.closeBrace:
            close()
        case .value, .valueOrEnd:
            try open(byte, at: position)
        case .key, .keyOrEnd:
            guard byte == JSONByte.quote else { throw JSONProblem(.expectedKey, at: position) }
            state = .string(isKey: true)
        case .colon:
            guard byte == JSONByte.colon else { throw JSONProblem(.expectedColon, at: position) }
            state = .value
        case .afterValue, .string:
            try takeAfterValue(byte, at: position)
        }
        return true
    }

    private mutating func takeAfterValue(_ byte: UInt8, at position: Int) throws(JSONProblem) {
        if nesting.depth == 0 { throw JSONProblem(.textAfterDocument, at: position) }
        switch byte {
        case JSONByte.comma: state = nesting.isInObject ? .key : .value
        case nesting.isInObject ? JSONByte.closeBrace : JSONByte.closeBracket: close()
        default:
            throw JSONProblem(nesting.isInObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at: position)
        }
    }

    private mutating func close() {
        nesting.close()
        state = .afterValue
    }

    private mutating func open(_ byte: UInt8, at position: Int) throws(JSONProblem) {
        switch byte {
        case JSONByte.openBrace, JSONByte.openBracket:
            if nesting.depth == maxDepth { throw JSONProblem(.tooDeep, at: position) }
            nesting.open(isObject: byte == JSONByte.openBrace)
            state = byte == JSONByte.openBrace ? .keyOrEnd : .valueOrEnd
        case JSONByte.quote: state = .string(isKey: false)
        case UInt8(ascii: "-"): state = .number(.minus)
        case UInt8(ascii: "0"): state = .number(.zero)
        case UInt8(ascii: "1")...UInt8(ascii: "9"): state = .number(.integer)
        case UInt8(ascii: "t"): state = .literal("true", 1)
        case UInt8(ascii: "f"): state = .literal("false", 1)
        case UInt8(ascii: "n"): state = .literal("null", 1)
        default: throw JSONProblem(.expectedValue, at: position)
        }
    }

    private mutating func takeNumber(_ byte: UInt8, _ part: NumberPart, at position: Int) throws(JSONProblem) -> Bool {
        let isDigit = JSONByte.isDigit(byte)
        switch (part, byte) {
        case (.minus, UInt8(ascii: "0")): state = .number(.zero)
        case (.minus, _) where isDigit: state = .number(.integer)
        case (.integer, _) where isDigit, (.fraction, _) where isDigit, (.exponentDigits, _) where isDigit: break
        case (.zero, UInt8(ascii: ".")), (.integer, UInt8(ascii: ".")): state = .number(.point)
        case (.point, _) where isDigit: state = .number(.fraction)
        case (.zero, _) where byte | 0x20 == UInt8(ascii: "e"), (.integer, _) where byte | 0x20 == UInt8(ascii: "e"),
            (.fraction, _) where byte | 0x20 == UInt8(ascii: "e"):
            state = .number(.exponent)
        case (.exponent, UInt8(ascii: "+")), (.exponent, UInt8(ascii: "-")): state = .number(.sign)
        case (.exponent, _) where isDigit, (.sign, _) where isDigit: state = .number(.exponentDigits)
        case (.zero, _) where !isDigit, (.integer, _), (.fraction, _), (.exponentDigits, _):
            state = .afterValue
            return false
        default: throw JSONProblem(.badNumber, at: position)
        }
        return true
    }
}

/// Checks JSON text by RFC 8259 and finds where its parts end. It keeps nothing and looks at nothing from `end` on: a
/// part that goes on there is the problem `.ended`.
struct JSONScanner {
    let base: UnsafeRawPointer
    let end: Int
    let maxDepth: Int

    /// The byte at a place inside the text.
    @inline(__always)
    subscript(position: Int) -> UInt8 { base.load(fromByteOffset: position, as: UInt8.self) }

    @inline(__always)
    func byte(at position: Int) throws(JSONProblem) -> UInt8 {
        if position >= end { throw JSONProblem(.ended, at: end) }
        return self[position]
    }

    /// The first place from `position` on that is not white space, or the end.
    @inline(__always)
    func skipSpace(from position: Int) -> Int {
        var position = position
        while position < end && JSONByte.isSpace(self[position]) { position &+= 1 }
        return position
    }

    /// The end of the number, literal or string that begins at `start`.
    @inline(__always)
    func scalar(from start: Int) throws(JSONProblem) -> Int {
        switch try byte(at: start) {
        case JSONByte.quote: try string(from: start, allowsNUL: true).end &+ 1
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(from: start)
        case UInt8(ascii: "t"): try literal("true", from: start)
        case UInt8(ascii: "f"): try literal("false", from: start)
        case UInt8(ascii: "n"): try literal("null", from: start)
        default: throw JSONProblem(.expectedValue, at: start)
        }
    }

    func literal(_ word: StaticString, from start: Int) throws(JSONProblem) -> Int {
        for index in 0..<word.utf8CodeUnitCount where try byte(at: start &+ index) != word.utf8Start[index] {
            throw JSONProblem(.badLiteral, at: start)
        }
        return start &+ word.utf8CodeUnitCount
    }

    /// The end of the number that begins at `start`. Whether what follows may follow is not looked at.
    @inline(__always)
    func number(from start: Int) throws(JSONProblem) -> Int {
        var position = self[start] == UInt8(ascii: "-") ? start &+ 1 : start
        let startsWithZero = position < end && self[position] == UInt8(ascii: "0")
        let integerStart = position
        position = try digits(from: position)
        if startsWithZero && position > integerStart &+ 1 { throw JSONProblem(.badNumber, at: start) }
        if position < end && self[position] == UInt8(ascii: ".") { position = try digits(from: position &+ 1) }
        if position < end && self[position] | 0x20 == UInt8(ascii: "e") {
            position &+= 1
            let sign = try byte(at: position)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position &+= 1 }
            position = try digits(from: position)
        }
        return position
    }

    /// The end of one digit or more.
    @inline(__always)
    private func digits(from start: Int) throws(JSONProblem) -> Int {
        guard JSONByte.isDigit(try byte(at: start)) else { throw JSONProblem(.badNumber, at: start) }
        var position = start &+ 1
        while position < end && JSONByte.isDigit(self[position]) { position &+= 1 }
        return position
    }
}

extension JSONScanner {
    /// The end of the value that begins at `start`, whatever stands inside it, inside `depth` others. No recursion: how
    /// deep text nests must not be a matter of the stack's size.
    func value(from start: Int, depth: Int) throws(JSONProblem) -> Int {
        var nesting = JSONNesting()
        var position = start
        while true {
            let byte = try byte(at: position)
            let isObject = byte == JSONByte.openBrace
            if isObject || byte == JSONByte.openBracket {
                if depth + nesting.depth == maxDepth { throw JSONProblem(.tooDeep, at: position) }
                position = skipSpace(from: position &+ 1)
                if try self.byte(at: position) != (isObject ? JSONByte.closeBrace : JSONByte.closeBracket) {
                    nesting.open(isObject: isObject)
                    if isObject { position = try valueAfterKey(from: position) }
                    continue
                }
                position &+= 1
            } else {
                position = try scalar(from: position)
            }
            guard let next = try valueAfterValue(from: position, &nesting) else { return nesting.end }
            position = next
        }
    }

    /// Where the next value begins after one that ended at `start`; nil if that was the last one.
    @inline(__always)
    private func valueAfterValue(from start: Int, _ nesting: inout JSONNesting) throws(JSONProblem) -> Int? {
        var position = start
        while nesting.depth > 0 {
            position = skipSpace(from: position)
            let byte = try byte(at: position)
            if byte == JSONByte.comma {
                position = skipSpace(from: position &+ 1)
                return nesting.isInObject ? try valueAfterKey(from: position) : position
            }
            guard byte == (nesting.isInObject ? JSONByte.closeBrace : JSONByte.closeBracket) else {
                throw JSONProblem(nesting.isInObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at: position)
            }
            nesting.close()
            position &+= 1
        }
        nesting.end = position
        return nil
    }

    /// Where the value begins whose key begins at `start`.
    @inline(__always)
    private func valueAfterKey(from start: Int) throws(JSONProblem) -> Int {
        guard try byte(at: start) == JSONByte.quote else { throw JSONProblem(.expectedKey, at: start) }
        return try valueAfterColon(from: try string(from: start, allowsNUL: true).end &+ 1)
    }

    /// The end of the first key, its quote included, of the object whose brace is at `brace`; nil if none is found.
    func endOfFirstKey(ofObjectAt brace: Int) -> Int? {
        let key = skipSpace(from: brace + 1)
        guard key < end, self[key] == JSONByte.quote else { return nil }
        return (try? string(from: key)).map { $0.end + 1 }
    }

    /// Where the value begins whose key's closing quote is before `start`.
    @inline(__always)
    func valueAfterColon(from start: Int) throws(JSONProblem) -> Int {
        let colon = skipSpace(from: start)
        guard try byte(at: colon) == JSONByte.colon else { throw JSONProblem(.expectedColon, at: colon) }
        return skipSpace(from: colon &+ 1)
    }
}

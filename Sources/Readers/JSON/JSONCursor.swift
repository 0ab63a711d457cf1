internal import Records

/// Walks through the beginning of a JSON document, value by value, keeping nothing of what it has passed.
struct JSONCursor {
    private var input: TextInput
    private(set) var location: RecordLocation
    /// False where what has been read so far must do, because there is no way back in the source.
    private let readsOn: Bool
    /// How much of the input has been passed.
    private var offset = 0

    /// The longest key that is looked at.
    private static let longestKey = 64 << 10

    init(_ input: TextInput, at location: RecordLocation, readsOn: Bool) {
        self.input = input
        self.location = location
        self.readsOn = readsOn
    }

    /// What has not been passed, for reading on from here.
    var remaining: TextInput {
        var input = input
        input.drop(bytes: offset, text: offset)
        return input
    }

    /// The next byte that is not white space; nil at the end.
    mutating func peek() throws -> UInt8? {
        repeat {
            let end = input.withText { text in
                text.count == offset
                    ? offset
                    : JSONScanner(base: text.text.baseAddress!, end: text.count, maxDepth: 1).skipSpace(from: offset)
            }
            pass(to: end)
            if offset < input.bytes.count { return input.bytes[offset] }
        } while try readMore()
        return nil
    }

    /// Passes the byte that was peeked at.
    mutating func take() { pass(to: offset + 1) }

    /// Passes white space and a byte, if it is this one.
    mutating func take(_ byte: UInt8) throws -> Bool {
        guard try peek() == byte else { return false }
        take()
        return true
    }

    /// Passes a key and its colon; nil if what comes next is not that.
    mutating func key() throws -> String? {
        guard try peek() == JSONByte.quote else { return nil }
        while true {
            let (key, mayGoOn): ((String, end: Int)?, Bool) = input.withText { text in
                let scanner = JSONScanner(base: text.text.baseAddress!, end: text.count, maxDepth: 1)
                do throws(JSONProblem) {
                    let string = try scanner.string(from: offset, allowsNUL: true)
                    var bytes: [UInt8] = []
                    scanner.append(string, to: &bytes)
                    return ((String(decoding: bytes, as: UTF8.self), string.end + 1), false)
                } catch {
                    return (nil, error.kind == .ended)
                }
            }
            if let key {
                pass(to: key.end)
                return try take(JSONByte.colon) ? key.0 : nil
            }
            guard mayGoOn, input.bytes.count - offset < Self.longestKey, try readMore() else { return nil }
        }
    }

    /// Passes the value that comes next; false if the end came first.
    mutating func skipValue() throws -> Bool {
        guard try peek() != nil else { return false }
        var skim = JSONSkim(isMember: true)
        while true {
            let end = input.withText { skim.end(in: $0.text, offset..<$0.count) }
            pass(to: end ?? input.bytes.count)
            if end != nil { return true }
            if try !readMore() { return false }
        }
    }

    private mutating func pass(to end: Int) {
        location.line += UInt64(input.withText { JSONByte.countLineFeeds(in: $0.text, offset..<end) })
        location.byteOffset += UInt64(end - offset)
        offset = end
    }

    private mutating func readMore() throws -> Bool {
        if !readsOn || input.isAtEnd { return false }
        input.drop(bytes: offset, text: offset)
        offset = 0
        try input.readMore(pending: input.bytes.count)
        return !input.isAtEnd || !input.bytes.isEmpty
    }
}

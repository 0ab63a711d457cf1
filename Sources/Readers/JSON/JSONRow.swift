internal import Records

/// The record in hand: reads an object's members into fields in column order.
struct JSONRow: Sendable {
    private(set) var columns: JSONColumns
    private(set) var fields: [Chunk.Field]
    /// The column whose value was being read last, for messages.
    private(set) var column: Int?
    /// True while the columns are still being found out: an unknown key is a new column then.
    let learnsColumns: Bool
    private(set) var hasTooManyColumns = false
    /// The first key of the record in hand that is not a column. It gets one until the record ends: what else is wrong
    /// with the record is worth more to be told.
    private var unknownField: JSONProblem?

    private var decodedKey: [UInt8] = []
    /// The longest name of a column, in bytes as it appears in the source. Without it, names could fill the memory.
    static let longestKey = 4_096
    /// Whether nested objects become columns.
    private let flattens: Bool
    private var nested = JSONNestedKeys()

    init(columns: [String], learnsColumns: Bool, flattens: Bool = false) {
        self.flattens = flattens
        self.columns = JSONColumns(columns)
        self.learnsColumns = learnsColumns
        fields = Array(repeating: .absent, count: columns.count)
    }

    /// Begins a new record.
    mutating func begin() {
        column = nil
        unknownField = nil
        for index in fields.indices { fields[index] = .absent }
        if flattens { nested.clear() }
    }

    /// Reads the object at `start` and returns its end. Values that are not in the text as they are meant are
    /// appended to `decoded`.
    mutating func read(
        _ text: JSONScanner, from start: Int, decoded: inout [UInt8]
    ) throws(JSONProblem) -> Int {
        var expected = 0
        var position = text.skipSpace(from: start &+ 1)
        if try text.byte(at: position) == JSONByte.closeBrace { return position &+ 1 }
        while true {
            guard try text.byte(at: position) == JSONByte.quote else { throw JSONProblem(.expectedKey, at: position) }
            if !flattens, let end = columns.end(ofExpected: expected, in: text, from: position) {
                let value = try text.valueAfterColon(from: end &+ 1)
                position = try read(expected, ofKeyAt: position, in: text, from: value, decoded: &decoded)
                expected &+= 1
            } else {
                let key = try text.string(from: position)
                let value = try text.valueAfterColon(from: key.end &+ 1)
                if flattens, try text.byte(at: value) == JSONByte.openBrace {
                    position = try enter(key, in: text, from: value)
                    if text[position] != JSONByte.closeBrace { continue }
                } else {
                    let column = try column(of: key, in: text, expected: expected)
                    position = try read(column, ofKeyAt: position, in: text, from: value, decoded: &decoded)
                    expected = column &+ 1
                }
            }
            guard let next = try next(in: text, from: position) else {
                if let unknownField { throw unknownField }
                return nested.end
            }
            position = next
        }
    }

    /// Reads the key at `start` and its value, which is the record's only one, and returns its end.
    mutating func readMember(
        _ text: JSONScanner, from start: Int, decoded: inout [UInt8]
    ) throws(JSONProblem) -> Int {
        guard try text.byte(at: start) == JSONByte.quote else { throw JSONProblem(.expectedKey, at: start) }
        let key = try text.string(from: start)
        let value = try text.valueAfterColon(from: key.end &+ 1)
        let column = try columnOfOtherKey(key, in: text)
        let end = try read(column, ofKeyAt: start, in: text, from: value, decoded: &decoded)
        // More digits of a number may follow what is there so far; an object's member is always followed by something.
        _ = try text.byte(at: text.skipSpace(from: end))
        if let unknownField { throw unknownField }
        return end
    }

    /// Reads a column's value and returns its end.
    @inline(__always)
    private mutating func read(
        _ column: Int, ofKeyAt key: Int, in text: JSONScanner, from start: Int, decoded: inout [UInt8]
    ) throws(JSONProblem) -> Int {
        if !fields[column].isAbsent { throw JSONProblem(.duplicateField, at: key) }
        self.column = column
        let (field, end) = try value(text, from: start, decoded: &decoded)
        fields[column] = field
        return end
    }

    /// Where the next key begins after a value that ended at `start`, in this object or in one around it; nil if the
    /// record ends.
    @inline(__always)
    private mutating func next(in text: JSONScanner, from start: Int) throws(JSONProblem) -> Int? {
        var position = start
        while true {
            position = text.skipSpace(from: position)
            let byte = try text.byte(at: position)
            if byte == JSONByte.comma {
                column = nil
                return text.skipSpace(from: position &+ 1)
            }
            guard byte == JSONByte.closeBrace else { throw JSONProblem(.expectedCommaOrBrace, at: position) }
            position &+= 1
            if nested.depth == 0 {
                nested.end = position
                return nil
            }
            nested.leave()
        }
    }

    /// Goes into a nested object. Returns where its first key begins, or its closing brace if it is empty.
    private mutating func enter(_ key: JSONString, in text: JSONScanner, from start: Int) throws(JSONProblem) -> Int {
        if nested.depth &+ 1 == text.maxDepth { throw JSONProblem(.tooDeep, at: start) }
        try decode(key, in: text)
        let column = decodedKey.withUnsafeBytes { columns.index(of: $0, expected: 0) }
        let isColumn = column.map { !fields[$0].isAbsent } ?? false
        if !nested.enter(decodedKey) || isColumn { throw JSONProblem(.duplicateField, at: key.start &- 1) }
        let first = text.skipSpace(from: start &+ 1)
        _ = try text.byte(at: first)
        return first
    }

    /// Puts a key's text, with those of the objects around it, into `decodedKey`.
    private mutating func decode(_ key: JSONString, in text: JSONScanner) throws(JSONProblem) {
        if nested.path.count &+ key.range.count > Self.longestKey { throw JSONProblem(.longKey, at: key.start &- 1) }
        decodedKey.removeAll(keepingCapacity: true)
        text.append(key, to: &decodedKey)
        nested.extend(&decodedKey)
    }

    /// Forgets the columns that a record brought which then turned out to be unusable.
    mutating func cutColumns(to count: Int) {
        columns.cut(to: count)
        fields.removeSubrange(count...)
    }

    @inline(__always)
    private func value(
        _ text: JSONScanner, from start: Int, decoded: inout [UInt8]
    ) throws(JSONProblem) -> (Chunk.Field, end: Int) {
        switch try text.byte(at: start) {
        case JSONByte.quote:
            let string = try text.string(from: start)
            if !string.hasEscapes {
                return (.source(offset: string.start, length: string.end &- string.start), string.end &+ 1)
            }
            let offset = decoded.count
            text.append(string, to: &decoded)
            return (.decoded(offset: offset, length: decoded.count &- offset), string.end &+ 1)
        case JSONByte.openBrace, JSONByte.openBracket:
            let end = try text.value(from: start, depth: 1 &+ nested.depth)
            return (.source(offset: start, length: end &- start), end)
        case UInt8(ascii: "n"):
            return (.null, try text.literal("null", from: start))
        default:
            let end = try text.scalar(from: start)
            return (.source(offset: start, length: end &- start), end)
        }
    }

    @inline(__always)
    private mutating func column(
        of key: JSONString, in text: JSONScanner, expected: Int
    ) throws(JSONProblem) -> Int {
        if nested.depth > 0 || key.hasEscapes { return try columnOfOtherKey(key, in: text) }
        let bytes = UnsafeRawBufferPointer(start: text.base + key.start, count: key.end &- key.start)
        if let column = columns.index(of: bytes, expected: expected), !nested.has(bytes) { return column }
        return try columnOfOtherKey(key, in: text)
    }

    private mutating func columnOfOtherKey(_ key: JSONString, in text: JSONScanner) throws(JSONProblem) -> Int {
        try decode(key, in: text)
        if decodedKey.withUnsafeBytes(nested.has) { throw JSONProblem(.duplicateField, at: key.start &- 1) }
        if let column = decodedKey.withUnsafeBytes({ columns.index(of: $0, expected: 0) }) { return column }
        if let invalid = text.invalidUTF8(in: key.range) { throw JSONProblem(.notUTF8, at: invalid) }
        if columns.count == JSONColumns.maximumCount {
            hasTooManyColumns = true
            throw JSONProblem(.unknownField, at: key.start &- 1)
        }
        if !learnsColumns { unknownField = unknownField ?? JSONProblem(.unknownField, at: key.start &- 1) }
        decodedKey.withUnsafeBytes { columns.append($0) }
        fields.append(.absent)
        return columns.count - 1
    }
}

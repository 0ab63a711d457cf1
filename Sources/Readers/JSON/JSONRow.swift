internal import Records

/// The record in hand: reads an object's members into fields in column order.
struct JSONRow: Sendable {
    private(set) var columns: JSONColumns
    private(set) var fields: [Chunk.Field]
    /// The column whose value was being read last, for messages.
    private(set) var column: Int?
    /// True while the columns are still being found out: an unknown key is a new column then.
    private let learnsColumns: Bool
    private(set) var hasTooManyColumns = false

    /// For each column the number of the record that had it last, so that nothing needs to be cleared between records.
    private var lastRecords: [UInt64]
    private var record: UInt64 = 0
    private var decodedKey: [UInt8] = []

    init(columns: [String], learnsColumns: Bool) {
        self.columns = JSONColumns(columns)
        self.learnsColumns = learnsColumns
        fields = Array(repeating: .null, count: columns.count)
        lastRecords = Array(repeating: 0, count: columns.count)
    }

    /// Begins a new record.
    mutating func begin() {
        record &+= 1
        column = nil
        for index in fields.indices { fields[index] = .null }
    }

    /// Reads the object at `start` and returns its end. Values that do not stand in the text as they are meant are
    /// appended to `decoded`.
    mutating func read(
        _ text: JSONScanner, from start: Int, decoded: inout [UInt8]
    ) throws(JSONProblem) -> Int {
        var expected = 0
        var position = text.skipSpace(from: start &+ 1)
        if try text.byte(at: position) == JSONByte.closeBrace { return position &+ 1 }
        while true {
            guard try text.byte(at: position) == JSONByte.quote else { throw JSONProblem(.expectedKey, at: position) }
            let key = try text.string(from: position)
            let column = try column(of: key, in: text, expected: expected)
            if lastRecords[column] == record { throw JSONProblem(.duplicateField, at: position) }
            lastRecords[column] = record
            self.column = column
            expected = column &+ 1
            position = try text.valueAfterColon(from: key.end &+ 1)
            (fields[column], position) = try value(text, from: position, decoded: &decoded)
            position = text.skipSpace(from: position)
            let byte = try text.byte(at: position)
            if byte == JSONByte.closeBrace { return position &+ 1 }
            guard byte == JSONByte.comma else { throw JSONProblem(.expectedCommaOrBrace, at: position) }
            self.column = nil
            position = text.skipSpace(from: position &+ 1)
        }
    }

    /// Forgets the columns that a record brought which then turned out to be unusable.
    mutating func cutColumns(to count: Int) {
        columns.cut(to: count)
        fields.removeSubrange(count...)
        lastRecords.removeSubrange(count...)
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
            let end = try text.value(from: start, depth: 1)
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
        let bytes = UnsafeRawBufferPointer(start: text.base + key.start, count: key.end &- key.start)
        if !key.hasEscapes, let column = columns.index(of: bytes, expected: expected) { return column }
        return try columnOfOtherKey(key, in: text)
    }

    private mutating func columnOfOtherKey(_ key: JSONString, in text: JSONScanner) throws(JSONProblem) -> Int {
        decodedKey.removeAll(keepingCapacity: true)
        text.append(key, to: &decodedKey)
        if let column = decodedKey.withUnsafeBytes({ columns.index(of: $0, expected: 0) }) { return column }
        if let invalid = text.invalidUTF8(in: key.range) { throw JSONProblem(.notUTF8, at: invalid) }
        if learnsColumns && columns.count == JSONColumns.maximumCount { hasTooManyColumns = true }
        guard learnsColumns && !hasTooManyColumns else { throw JSONProblem(.unknownField, at: key.start - 1) }
        decodedKey.withUnsafeBytes { columns.append($0) }
        fields.append(.null)
        lastRecords.append(0)
        return columns.count - 1
    }
}

internal import Records

/// The row in hand: reads `(value, …)` into fields in column order.
struct SQLRow: Sendable {
    private(set) var fields: [Chunk.Field]
    /// How many values the row had.
    private(set) var count = 0
    /// Some values belong to columns that the database makes the values of, and must be DEFAULT or NULL.
    var hasDefaults = false

    init(columnCount: Int) { fields = Array(repeating: .null, count: columnCount) }

    /// Reads the row whose parenthesis is at `start` and returns its end; the value at index i goes into field `order[i]`.
    /// Values that are not in the text as they are meant are appended to `decoded`.
    @inline(__always)
    mutating func read(
        _ text: SQLScanner, from start: Int, order: SQLStatement.Order, decoded: inout [UInt8]
    ) throws(SQLProblem) -> Int {
        count = 0
        if case .listed = order { for index in fields.indices { fields[index] = .null } }
        var position = start &+ 1
        while true {
            position = try text.skipSpace(from: position)
            let valueStart = position
            if hasDefaults, let end = try defaultEnd(text, from: position, order) {
                position = try text.skipSpace(from: end)
                let byte = try text.byte(at: position)
                guard byte == SQLByte.comma || byte == SQLByte.close else {
                    throw SQLProblem(.expression, at: valueStart)
                }
                count &+= 1
                position &+= 1
                if byte == SQLByte.close { return position }
                continue
            }
            let value = try text.value(from: position, decoded: &decoded)
            position = value.end
            var byte = try text.byte(at: position)
            if byte != SQLByte.comma && byte != SQLByte.close {
                position = try text.castEnd(from: position, of: value.field, at: valueStart, decoded: &decoded)
                byte = try text.byte(at: position)
            }
            guard byte == SQLByte.comma || byte == SQLByte.close else { throw SQLProblem(.expression, at: valueStart) }
            set(value.field, order)
            position &+= 1
            if byte == SQLByte.close { return position }
        }
    }

    @inline(__always)
    private mutating func set(_ field: Chunk.Field, _ order: SQLStatement.Order) {
        switch order {
        case .asColumns(let expected):
            if count < expected { fields[count] = field }
        case .listed(let columns):
            if count < columns.count && columns[count] >= 0 { fields[columns[count]] = field }
        case .ignored: break
        }
        count &+= 1
    }

    /// The end of the DEFAULT that is here for a column that is left out; nil for another column's value.
    @inline(never)
    private func defaultEnd(
        _ text: SQLScanner, from start: Int, _ order: SQLStatement.Order
    ) throws(SQLProblem) -> Int? {
        guard case .listed(let columns) = order, count < columns.count, columns[count] < 0 else { return nil }
        guard SQLByte.isWord(try text.byte(at: start)) else { throw SQLProblem(.expectedDefault, at: start) }
        let end = try text.wordEnd(from: start)
        // NULL stands for the next number where the column counts.
        guard text.isWord(start..<end, "DEFAULT") || text.isWord(start..<end, "NULL") else {
            throw SQLProblem(.expectedDefault, at: start)
        }
        return end
    }

    /// Reads a line of COPY, without its line end, like `read`.
    mutating func read(
        _ copy: SQLCopy, _ text: SQLScanner, from start: Int, order: SQLStatement.Order, decoded: inout [UInt8]
    ) throws(SQLProblem) {
        count = 0
        if case .listed = order { for index in fields.indices { fields[index] = .null } }
        var position = start
        while true {
            let value = try text.copyValue(copy, from: position, decoded: &decoded)
            set(value.field, order)
            position = value.end
            if position >= text.end { return }
            position += 1
        }
    }

    /// Clears the fields that a statement without all columns does not set.
    mutating func clear() {
        for index in fields.indices { fields[index] = .null }
    }

    /// Whether all values are text, although not all of the row is: it has bytes that were written as digits.
    func isText(_ text: SourceText, _ decoded: [UInt8]) -> Bool {
        fields.allSatisfy { field in
            if field.isNull { return true }
            let range = Int(field.offset)..<(Int(field.offset) + field.length)
            if !field.isDecoded { return text.flaw(in: range) == nil }
            return decoded.withUnsafeBytes { decoded in
                let part = UnsafeRawBufferPointer(rebasing: decoded[range])
                return !part.contains(0) && (try? UTF8Span(validating: part.bindMemory(to: UInt8.self).span)) != nil
            }
        }
    }

    /// The column whose value in the source has the byte at `position`.
    func column(at position: Int) -> Int? {
        fields.firstIndex { field in
            !field.isNull && !field.isDecoded && Int(field.offset) <= position
                && position < Int(field.offset) + field.length
        }
    }
}

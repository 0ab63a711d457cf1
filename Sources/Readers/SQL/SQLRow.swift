internal import Records

/// The row in hand: reads `(value, …)` into fields in column order.
struct SQLRow: Sendable {
    private(set) var fields: [Chunk.Field]
    /// How many values the row had.
    private(set) var count = 0

    init(columnCount: Int) { fields = Array(repeating: .null, count: columnCount) }

    /// Reads the row whose parenthesis is at `start` and returns its end; the value at index i goes into field `order[i]`.
    /// Values that do not stand in the text as they are meant are appended to `decoded`.
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
            let value = try text.value(from: position, decoded: &decoded)
            position = value.end
            var byte = try text.byte(at: position)
            if byte != SQLByte.comma && byte != SQLByte.close {
                position = try text.castEnd(from: position)
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
            if count < columns.count { fields[columns[count]] = field }
        case .ignored: break
        }
        count &+= 1
    }

    /// Clears the fields that a statement without all columns does not set.
    mutating func clear() {
        for index in fields.indices { fields[index] = .null }
    }

    /// The column whose value in the source has the byte at `position`.
    func column(at position: Int) -> Int? {
        fields.firstIndex { field in
            !field.isNull && !field.isDecoded && Int(field.offset) <= position
                && position < Int(field.offset) + field.length
        }
    }
}

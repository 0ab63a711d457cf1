internal import Records

/// The rows that a chunk's records met with their values in them already, each with its record.
///
/// They belong to this import as well: an earlier one that is undone leaves them. As bytes they are runs of rows whose
/// records follow each other, in the order of the rows: how far each run is from the end of the one before, how many rows it
/// has beyond the first, and how far its first record is from the one that would follow. Numbers are LEB128.
struct SQLiteUnchangedRows: Equatable {
    struct Row: Equatable {
        /// The rowid, or for a table without rowids the hash of the key.
        var number: Int64
        /// From 0.
        var record: Int
    }

    private(set) var rows: [Row] = []

    var count: Int { rows.count }

    mutating func removeAll() { rows.removeAll(keepingCapacity: true) }

    mutating func shorten(to count: Int) { rows.removeLast(rows.count - count) }

    @inline(__always)
    mutating func add(_ number: Int64, record: Int) { rows.append(Row(number: number, record: record)) }

    init() {}

    /// Of each row the last record, in the order of the rows.
    func sorted() -> [Row] {
        var sorted: [Row] = []
        sorted.reserveCapacity(rows.count)
        for row in rows.sorted(by: { ($0.number, $0.record) < ($1.number, $1.record) }) {
            if sorted.last?.number == row.number { sorted.removeLast() }
            sorted.append(row)
        }
        return sorted
    }

    // MARK: As bytes

    static func bytes(_ sorted: [Row]) -> [UInt8] {
        var bytes: [UInt8] = []
        func put(_ number: UInt64) {
            var rest = number
            while rest > 0x7F {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        var next = Row(number: 0, record: 0)
        var index = 0
        while index < sorted.count {
            let first = sorted[index]
            var count = 1
            while index + count < sorted.count, sorted[index + count].number == first.number &+ Int64(count),
                sorted[index + count].record == first.record + count
            {
                count += 1
            }
            put(UInt64(bitPattern: first.number &- next.number))
            put(UInt64(count - 1))
            let leap = Int64(first.record - next.record)
            put(UInt64(bitPattern: leap << 1 ^ leap >> 63))
            next = Row(number: first.number &+ Int64(count), record: first.record + count)
            index += count
        }
        return bytes
    }

    /// Gives the runs that bytes stand for; those before the damage where they are damaged.
    static func forEachRun(_ bytes: [UInt8], _ body: (_ first: Row, _ count: Int) -> Void) {
        var index = 0
        func number() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while index < bytes.count, shift < 64 {
                let byte = bytes[index]
                index += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        var next = Row(number: 0, record: 0)
        while let gap = number(), let more = number(), let leap = number(), more < 1 << 32 {
            let first = Row(
                number: next.number &+ Int64(bitPattern: gap),
                record: next.record + Int(Int64(bitPattern: leap >> 1) ^ -Int64(bitPattern: leap & 1)))
            body(first, Int(more) + 1)
            next = Row(number: first.number &+ Int64(more) &+ 1, record: first.record + Int(more) + 1)
        }
    }

    static func rows(_ bytes: [UInt8]) -> [Row] {
        var rows: [Row] = []
        forEachRun(bytes) { first, count in
            for index in 0..<count {
                rows.append(Row(number: first.number &+ Int64(index), record: first.record + index))
            }
        }
        return rows
    }
}

extension SQLiteUndoNotes.RowKey {
    private static let hash = SipHash(key: (0x5761_7962_696C_6C20, 0x6B65_7920_7631_2020))

    /// What stands for the row among unchanged ones.
    var number: Int64 {
        switch self {
        case .rowID(let number): number
        case .image(let bytes): Int64(bitPattern: bytes.withUnsafeBytes { Self.hash($0).low })
        }
    }
}

internal import Records

/// A change of undo data, or a run of insertions or updates, as it appears in the database.
struct SQLiteUndoChange {
    var chunkID: Int64
    /// Its number in its chunk.
    var n: Int64
    var tableID: Int64
    var tableName: String
    var kind: SQLiteUndoNotes.Kind
    var row: SQLiteUndoNotes.RowKey
    var record: Int
    var count: Int
    /// The rows before the change; none before an insertion.
    var befores: RowImages?
    /// The fingerprints of the rows after the change; none after a deletion.
    var fingerprints: [UInt64]
    var importID: UInt64 = 0
    /// Whether closing SQL made it, at the end of the import.
    var isClosing = false

    /// Of a single change: the row before it.
    var before: RowImage? { kind == .absence ? nil : befores?.first }
    /// Of a single change: what tells which row it is about, where the change itself keeps it.
    var named: RowImage? { befores?.first }

    /// Of a single change: the row's fingerprint after it.
    var after: UInt64? { fingerprints.first }

    func isAfter(_ other: SQLiteUndoChange) -> Bool { (chunkID, n) > (other.chunkID, other.n) }

    /// What the row at a place of a run is known by.
    func number(ofPlace index: Int) -> Int64 { row.number &+ Int64(index) }

    /// The change of one row out of a run.
    func single(_ index: Int) -> SQLiteUndoChange {
        guard count > 1, case .rowID(let first) = row else { return self }
        var single = self
        single.n = n + Int64(index)
        single.row = .rowID(first &+ Int64(index))
        single.record = record + index
        single.count = 1
        single.fingerprints = [fingerprints[index]]
        single.befores = befores?[index..<index + 1]
        return single
    }
}

extension SQLiteUndoChange {
    /// In SQL: it is a row that changed, and not the type of a column.
    static let isOfRow = "u.kind <> \(SQLiteUndoNotes.Kind.widening.rawValue)"

    /// A row of `SQLiteUndoChanges.columns`.
    init(_ row: SQLiteStatement) {
        let count = Int(row.integer(7))
        self.init(
            chunkID: row.integer(0), n: row.integer(1), tableID: row.integer(2), tableName: row.text(3),
            kind: SQLiteUndoNotes.Kind(rawValue: row.integer(4)) ?? .update, row: row.rowKey(5),
            record: Int(row.integer(6)), count: count,
            befores: row.isNull(8) ? nil : RowImages(bytes: row.blob(8), count: count),
            fingerprints: SQLiteUndoStore.fingerprints(row.blob(9)), importID: UInt64(row.integer(10)),
            isClosing: UInt64(bitPattern: row.integer(11)) >= LedgerKey.closingChunk)
    }

    func part(_ range: Range<Int>) -> SQLiteUndoChange {
        var part = single(range.lowerBound)
        part.count = range.count
        part.fingerprints = Array(fingerprints[range])
        part.befores = befores?[range]
        return part
    }
}

extension SQLiteUndoNotes.RowKey {
    var value: SQLiteValue {
        switch self {
        case .rowID(let number): .integer(UInt64(bitPattern: number))
        case .image(let bytes): .blob(bytes)
        }
    }
}

extension SQLiteStatement {
    func rowKey(_ column: Int32) -> SQLiteUndoNotes.RowKey {
        let bytes = blob(column)
        return isInteger(column) ? .rowID(integer(column)) : .image(bytes)
    }
}

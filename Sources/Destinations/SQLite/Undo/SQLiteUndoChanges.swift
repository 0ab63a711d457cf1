internal import Records

/// A change of undo data, or a run of insertions or updates, as it stands in the database.
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

    /// Of a single change: the row before it.
    var before: RowImage? {
        get { befores?.first }
        set { befores = newValue.map { RowImages($0) } }
    }

    /// Of a single change: the row's fingerprint after it, and before it.
    var after: UInt64? { fingerprints.first }
    var beforeFingerprint: UInt64? { before?.fingerprint }

    func isAfter(_ other: SQLiteUndoChange) -> Bool { (chunkID, n) > (other.chunkID, other.n) }

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

/// The changes of undo data, read and rewritten one by one.
final class SQLiteUndoChanges {
    private let connection: SQLiteConnection
    private let lastOfChunk: SQLiteStatement
    private let sameRow: SQLiteStatement
    private let sameRun: SQLiteStatement
    private let covering: SQLiteStatement
    private let deletion: SQLiteStatement
    private let insertion: SQLiteStatement
    let unchanged: SQLiteUnchangedStore
    /// Whether any chunk keeps which rows it found unchanged.
    let hasUnchanged: Bool
    /// Whether a row got another rowid.
    private(set) var hasMoved = false

    private static let columns = """
        u.chunk_id, u.n, u.table_id, t.table_name, u.kind, u.row, u.record, u.count, u.before, u.after, c.import
        FROM main._waybill_undo u JOIN main._waybill_undo_tables t ON t.id = u.table_id
        JOIN main._waybill_undo_chunks c ON c.id = u.chunk_id
        """

    init(_ connection: SQLiteConnection) throws {
        self.connection = connection
        unchanged = SQLiteUnchangedStore(connection: connection)
        hasUnchanged = try unchanged.exists()
        lastOfChunk = try connection.prepare(
            "SELECT \(Self.columns) WHERE u.chunk_id = ?1 AND u.n < ?2 ORDER BY u.n DESC LIMIT 1")
        let sameTable = "u.table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1)"
        func later(_ n: String) -> String { "(u.chunk_id > ?3 OR u.chunk_id = ?3 AND \(n) > ?4) AND u.kind <> 4" }
        sameRow = try connection.prepare(
            "SELECT \(Self.columns) WHERE \(sameTable) AND u.row = ?2 AND \(later("u.n")) ORDER BY u.chunk_id, u.n LIMIT 1"
        )
        // A run covers the rows after its first one.
        sameRun = try connection.prepare(
            """
            SELECT \(Self.columns) WHERE \(sameTable) AND u.row < ?2 AND u.row > ?2 - \(SQLiteUndoNotes.longestRun)
            AND u.count > 1 AND u.row + u.count > ?2 AND \(later("u.n + (?2 - u.row)")) ORDER BY u.chunk_id, u.n LIMIT 1
            """)
        covering = try connection.prepare(
            "SELECT \(Self.columns) WHERE u.chunk_id = ?1 AND u.n <= ?2 ORDER BY u.n DESC LIMIT 1")
        deletion = try connection.prepare("DELETE FROM main._waybill_undo WHERE chunk_id = ?1 AND n = ?2")
        insertion = try connection.prepare(
            """
            INSERT INTO main._waybill_undo (chunk_id, n, table_id, kind, row, record, count, before, after)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
    }

    /// The newest change or run of a chunk before a number.
    func last(of chunkID: Int64, before n: Int64) throws -> SQLiteUndoChange? {
        try all(lastOfChunk, [.integer(UInt64(bitPattern: chunkID)), .integer(UInt64(bitPattern: n))]).first
    }

    /// The change that came after this one to the same row, by whatever import.
    func next(after change: SQLiteUndoChange) throws -> SQLiteUndoChange? {
        let values: [SQLiteValue] = [
            .text(change.tableName), change.row.value, .integer(UInt64(bitPattern: change.chunkID)),
            .integer(UInt64(bitPattern: change.n)),
        ]
        let direct = try all(sameRow, values).first?.single(0)
        guard case .rowID(let row) = change.row else { return direct }
        let inRun = try all(sameRun, values).first.flatMap { run -> SQLiteUndoChange? in
            guard case .rowID(let first) = run.row else { return nil }
            return run.single(Int(row - first))
        }
        guard let direct else { return inRun }
        guard let inRun else { return direct }
        return (direct.chunkID, direct.n) < (inRun.chunkID, inRun.n) ? direct : inRun
    }

    /// All changes of a row, oldest first.
    func all(of row: SQLiteUndoNotes.RowKey, in table: String) throws -> [SQLiteUndoChange] {
        var changes: [SQLiteUndoChange] = []
        var last = SQLiteUndoChange(
            chunkID: -1, n: -1, tableID: 0, tableName: table, kind: .update, row: row, record: 0, count: 1,
            fingerprints: [])
        while let next = try next(after: last) {
            changes.append(next)
            last = next
        }
        return changes
    }

    /// The rows of a table that had these values before a change.
    func rowsThatHad(
        _ key: [(column: String, value: String)], in table: String
    ) throws -> [SQLiteUndoNotes.RowKey] {
        var rows: [SQLiteUndoNotes.RowKey] = []
        var columns: [Int64: [String]] = [:]
        try connection.prepare(
            "SELECT \(Self.columns) WHERE t.table_name = ?1 AND u.before IS NOT NULL AND u.kind <> 4"
        ).run([.text(table)]) { row in
            let id = row.integer(2)
            let names = try columns[id] ?? description(ofTable: id).columns
            columns[id] = names
            let change = SQLiteUndoChange(row)
            for index in 0..<change.count {
                let single = change.single(index)
                let values = single.before?.values ?? []
                let fits = key.allSatisfy { column, value in
                    names.firstIndex { SQLiteIdentifier.isSame($0, column) }.map { values[$0].text == value } ?? false
                }
                if fits, !rows.contains(single.row) { rows.append(single.row) }
            }
        }
        return rows
    }

    /// Makes a single change restore another row than it would have: none makes it an insertion.
    func setBefore(_ before: RowImage?, of change: SQLiteUndoChange) throws {
        try remove(change)
        if before == nil && change.after == nil { return }
        var changed = change
        changed.before = before
        changed.kind = before == nil ? .insert : change.after == nil ? .delete : .update
        try add(changed)
    }

    /// The numbers that changes have which an import took over from an earlier one, whose rows it found unchanged.
    static let firstTakenOver: Int64 = 1 << 40

    /// Makes a change that of a later chunk, which found its row unchanged.
    func handOver(_ change: SQLiteUndoChange, to finding: SQLiteUnchangedStore.Finding) throws {
        var taken = change
        taken.chunkID = finding.chunkID
        taken.record = finding.record
        let highest = try connection.query(
            "SELECT max(n) FROM main._waybill_undo WHERE chunk_id = ?1", [.integer(UInt64(bitPattern: taken.chunkID))]
        ) { $0.isNull(0) ? -1 : $0.integer(0) }
        taken.n = max((highest.first ?? -1) + 1, Self.firstTakenOver)
        try add(taken)
    }

    /// The changes of a row since it was inserted last.
    func currentLife(of row: SQLiteUndoNotes.RowKey, in table: String) throws -> [SQLiteUndoChange] {
        let all = try all(of: row, in: table)
        return Array(all[(all.lastIndex { $0.before == nil } ?? 0)...])
    }

    /// The changes of a change's row before it, since the row was inserted.
    func life(before change: SQLiteUndoChange) throws -> [SQLiteUndoChange] {
        let earlier = try all(of: change.row, in: change.tableName).filter(change.isAfter)
        return Array(earlier[(earlier.lastIndex { $0.before == nil } ?? 0)...])
    }

    /// Notes that the row of these changes has another rowid.
    func move(_ changes: [SQLiteUndoChange], to row: SQLiteUndoNotes.RowKey) throws {
        if let first = changes.first, let last = changes.last, first.row != row, hasUnchanged {
            hasMoved = true
            try unchanged.move(
                first.row.number, to: row.number, table: first.tableName, chunks: first.chunkID...last.chunkID)
        }
        for var moved in changes {
            try remove(moved)
            moved.row = row
            try add(moved)
        }
    }

    /// No rowid that undo data names in a table is higher.
    func highestRowID(in table: String) throws -> Int64 {
        let first =
            try connection.query(
                """
                SELECT max(row) FROM main._waybill_undo WHERE row < x''
                AND table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1)
                """, [.text(table)]
            ) { $0.integer(0) }.first ?? 0
        return first + Int64(SQLiteUndoNotes.longestRun)
    }

    /// Takes a single change out, from the middle of its run too.
    func remove(_ change: SQLiteUndoChange) throws {
        guard
            let entry = try all(
                covering, [.integer(UInt64(bitPattern: change.chunkID)), .integer(UInt64(bitPattern: change.n))]
            ).first, change.n < entry.n + Int64(entry.count)
        else { return }
        try deletion.run([.integer(UInt64(bitPattern: entry.chunkID)), .integer(UInt64(bitPattern: entry.n))])
        let index = Int(change.n - entry.n)
        if index > 0 { try add(entry.part(0..<index)) }
        if index + 1 < entry.count { try add(entry.part(index + 1..<entry.count)) }
    }

    /// Leaves of a run only these of its rows, counted from 0.
    func keep(_ kept: [Int], of entry: SQLiteUndoChange) throws {
        if kept.count == entry.count { return }
        try deletion.run([.integer(UInt64(bitPattern: entry.chunkID)), .integer(UInt64(bitPattern: entry.n))])
        for index in kept { try add(entry.single(index)) }
    }

    func description(ofTable id: Int64) throws -> (name: String, columns: [String]) {
        try connection.query(
            "SELECT table_name, columns FROM main._waybill_undo_tables WHERE id = ?1",
            [.integer(UInt64(bitPattern: id))]
        ) { ($0.text(0), RowImage(bytes: $0.blob(1)).values.map { $0.text ?? "" }) }[0]
    }

    private func add(_ change: SQLiteUndoChange) throws {
        try insertion.run([
            .integer(UInt64(bitPattern: change.chunkID)), .integer(UInt64(bitPattern: change.n)),
            .integer(UInt64(bitPattern: change.tableID)), .integer(UInt64(bitPattern: change.kind.rawValue)),
            change.row.value, .integer(UInt64(change.record)), .integer(UInt64(change.count)),
            change.befores.map { .blob($0.bytes) } ?? .null,
            change.fingerprints.isEmpty ? .null : .blob(SQLiteUndoStore.bytes(change.fingerprints)),
        ])
    }

    private func all(_ statement: SQLiteStatement, _ values: [SQLiteValue]) throws -> [SQLiteUndoChange] {
        var changes: [SQLiteUndoChange] = []
        try statement.run(values) { changes.append(SQLiteUndoChange($0)) }
        return changes
    }
}

extension SQLiteUndoChange {
    /// A row of `SQLiteUndoChanges.columns`.
    fileprivate init(_ row: SQLiteStatement) {
        let count = Int(row.integer(7))
        self.init(
            chunkID: row.integer(0), n: row.integer(1), tableID: row.integer(2), tableName: row.text(3),
            kind: SQLiteUndoNotes.Kind(rawValue: row.integer(4)) ?? .update, row: row.rowKey(5),
            record: Int(row.integer(6)), count: count,
            befores: row.isNull(8) ? nil : RowImages(bytes: row.blob(8), count: count),
            fingerprints: SQLiteUndoStore.fingerprints(row.blob(9)), importID: UInt64(row.integer(10)))
    }

    fileprivate func part(_ range: Range<Int>) -> SQLiteUndoChange {
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

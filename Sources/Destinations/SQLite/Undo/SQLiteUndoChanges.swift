internal import Records

/// The changes of undo data, read and rewritten one by one.
final class SQLiteUndoChanges {
    let connection: SQLiteConnection
    private let lastOfChunk: SQLiteStatement
    private let sameRow: SQLiteStatement
    private let sameRun: SQLiteStatement
    private let covering: SQLiteStatement
    private let deletion: SQLiteStatement
    private let insertion: SQLiteStatement
    let unchanged: SQLiteUnchangedStore
    /// Whether any chunk keeps which rows it found unchanged.
    let hasUnchanged: Bool
    /// The numbers that rows got which had others.
    var moved: Set<Int64> = []
    private var tables: [Int64: SQLiteReversedTable?] = [:]
    private var away: [Int64: [String]] = [:]
    var lastGiven: [String: Int64] = [:]
    var followed: SQLiteFollowedRows?

    static let columns = columns(contents: "u.before, u.after")
    private static let outline = columns(contents: "NULL, NULL")

    private static func columns(contents: String) -> String {
        """
        u.chunk_id, u.n, u.table_id, t.table_name, u.kind, u.row, u.record, u.count, \(contents), c.import, c.chunk
        FROM main._waybill_undo u JOIN main._waybill_undo_tables t ON t.id = u.table_id
        JOIN main._waybill_undo_chunks c ON c.id = u.chunk_id
        """
    }

    init(_ connection: SQLiteConnection) throws {
        self.connection = connection
        unchanged = SQLiteUnchangedStore(connection: connection)
        hasUnchanged = try unchanged.exists()
        lastOfChunk = try connection.prepare(
            "SELECT \(Self.columns) WHERE u.chunk_id = ?1 AND u.n < ?2 ORDER BY u.n DESC LIMIT 1")
        let sameTable = "u.table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1)"
        func later(_ n: String) -> String {
            "(u.chunk_id > ?3 OR u.chunk_id = ?3 AND \(n) > ?4) AND \(SQLiteUndoChange.isOfRow)"
        }
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

    /// A table as undo data describes it; nil if it is not there any longer.
    ///
    /// - Throws: `DataError.conflict` if it lost a column.
    func table(_ id: Int64) throws -> SQLiteReversedTable? {
        if let gone = try columnsAway(ofTable: id).first {
            throw DataError.columnIsAway(gone, of: try description(ofTable: id).name, in: connection.path)
        }
        return try tableWithColumnsLeft(id)
    }

    /// The same with those of its columns that are still there; nil if those are away that tell its rows apart.
    func tableWithColumnsLeft(_ id: Int64) throws -> SQLiteReversedTable? {
        if let known = tables[id] { return known }
        let (name, description) = try named(id)
        let columns = description.columns
        let found = try SQLiteTable.find(name, in: connection)
        away[id] = found.map { table in columns.filter { table.column($0) == nil } } ?? []
        let table = try found.flatMap { table -> SQLiteReversedTable? in
            if !table.hasRowID && !table.primaryKey.allSatisfy(columns.contains) { return nil }
            let left = columns.filter { table.column($0) != nil }
            let key = left.count == columns.count ? description.key : []
            return try SQLiteReversedTable(table, SQLiteRowDescription(columns: left, key: key), in: connection)
        }
        tables[id] = .some(table)
        return table
    }

    /// The columns that a table lost since undo data described it.
    func columnsAway(ofTable id: Int64) throws -> [String] {
        _ = try tableWithColumnsLeft(id)
        return away[id] ?? []
    }

    /// The single change of a chunk with a number.
    func change(_ n: Int64, of chunkID: Int64) throws -> SQLiteUndoChange? {
        guard let entry = try last(of: chunkID, before: n + 1), n < entry.n + Int64(entry.count) else { return nil }
        return entry.single(Int(n - entry.n))
    }

    /// The newest change or run of a chunk before a number.
    func last(of chunkID: Int64, before n: Int64) throws -> SQLiteUndoChange? {
        try all(lastOfChunk, [.integer(UInt64(bitPattern: chunkID)), .integer(UInt64(bitPattern: n))]).first
    }

    /// Gives a chunk's changes and runs, newest first, without what rows were and became.
    func forEachOutline(of chunkID: Int64, _ body: (SQLiteUndoChange) throws -> Void) throws {
        try connection.prepare("SELECT \(Self.outline) WHERE u.chunk_id = ?1 ORDER BY u.n DESC")
            .run([.integer(UInt64(bitPattern: chunkID))]) { try body(SQLiteUndoChange($0)) }
    }

    /// Looks ahead for all rows of a chunk, so that `next(after:)` is quick for its changes.
    func lookAhead(from chunkID: Int64) throws { followed = try SQLiteFollowedRows(of: chunkID, in: connection) }

    /// The change that came after this one to the same row, by whatever import.
    func next(after change: SQLiteUndoChange) throws -> SQLiteUndoChange? {
        if let followed, followed.chunkID == change.chunkID, try !followed.mayHaveNext(change) { return nil }
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
            "SELECT \(Self.columns) WHERE t.table_name = ?1 AND u.before IS NOT NULL AND \(SQLiteUndoChange.isOfRow)"
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

    /// A row's image in the terms in which another description of the table has it, which may know columns that were added
    /// since; nil if it cannot be told.
    ///
    /// - Parameter rest: where the values of other columns are taken from, in those terms.
    func translated(_ image: RowImage, of id: Int64, to other: Int64, rest: RowImage? = nil) throws -> RowImage? {
        if id == other { return image }
        let (old, new) = (try description(ofTable: id).columns, try description(ofTable: other).columns)
        if old == new { return image }
        let (values, others) = (image.values, rest?.values ?? [])
        var translated = RowImage()
        for (index, name) in new.enumerated() {
            if let place = old.firstIndex(of: name), place < values.count {
                translated.append(values[place])
            } else if index < others.count {
                translated.append(others[index])
            } else if let value = try tableWithColumnsLeft(other)?.valueInOlderRows(of: name) {
                translated.append(value)
            } else {
                return nil
            }
        }
        return translated
    }

    /// Whether a change met a row with another key than an earlier one left under its rowid: someone deleted the one, and
    /// the other got its rowid.
    func isOfAnotherRow(_ next: SQLiteUndoChange, than change: SQLiteUndoChange) throws -> Bool {
        guard let after = change.after, let before = next.before, let table = try tableWithColumnsLeft(change.tableID),
            let image = try translated(before, of: next.tableID, to: change.tableID)
        else { return false }
        return table.isAnother(image, than: after)
    }

    /// Whether a change found the row of an earlier one as that left it. Into a column that was added in between,
    /// someone may have written something that would go with a row that goes.
    ///
    /// - Parameter table: as undo data of the earlier one describes it.
    func isBuilt(
        _ next: SQLiteUndoChange, on change: SQLiteUndoChange, in table: SQLiteReversedTable
    ) throws -> Bool {
        let before = try next.before.map { try translated($0, of: next.tableID, to: change.tableID) ?? $0 }
        guard table.isSame(before, as: change.after) else { return false }
        guard change.kind == .insert, next.tableID != change.tableID, let image = next.before else { return true }
        return try zip(description(ofTable: next.tableID).columns, image.values).allSatisfy { name, value in
            try table.columns.contains(name) || table.isUntouched(name, value)
        }
    }

    /// Makes a single change restore another row than it would have: none makes it an insertion, or leaves of a deletion
    /// only that it was one.
    func setBefore(_ before: RowImage?, of change: SQLiteUndoChange) throws {
        try remove(change)
        var changed = change
        if change.after != nil || before != nil { changed.befores = before.map { RowImages($0) } }
        changed.kind =
            switch (before, change.after) {
            case (nil, nil): .absence
            case (nil, _): .insert
            case (_, nil): .delete
            default: .update
            }
        try add(changed)
    }

    /// The numbers that changes have which an import took over from an earlier one, whose rows it found unchanged.
    static let firstTakenOver: Int64 = 1 << 40

    /// Makes a change that of a later chunk, which found its row unchanged.
    func handOver(_ change: SQLiteUndoChange, to finding: SQLiteUnchangedStore.Finding) throws {
        var taken = change
        taken.chunkID = finding.chunkID
        taken.record = finding.record
        if change.after == nil, let table = try tableWithColumnsLeft(change.tableID), table.hidesRowIDs,
            try next(after: change) != nil
        {
            // Another row has its rowid by then.
            taken.row = try table.unusedRowID(self)
            try move(life(endedBy: change), to: taken.row)
        }
        let highest = try connection.query(
            "SELECT max(n) FROM main._waybill_undo WHERE chunk_id = ?1", [.integer(UInt64(bitPattern: taken.chunkID))]
        ) { $0.isNull(0) ? -1 : $0.integer(0) }
        taken.n = max((highest.first ?? -1) + 1, Self.firstTakenOver)
        try add(taken)
    }

    /// Takes a single change out, from the middle of its run too.
    func remove(_ change: SQLiteUndoChange) throws {
        guard
            let entry = try all(
                covering, [.integer(UInt64(bitPattern: change.chunkID)), .integer(UInt64(bitPattern: change.n))]
            ).first, change.n < entry.n + Int64(entry.count)
        else { return }
        try delete(entry)
        let index = Int(change.n - entry.n)
        if index > 0 { try add(entry.part(0..<index)) }
        if index + 1 < entry.count { try add(entry.part(index + 1..<entry.count)) }
    }

    /// Leaves of a run only these of its rows, counted from 0.
    func keep(_ kept: [Int], of entry: SQLiteUndoChange) throws {
        if kept.count == entry.count { return }
        try delete(entry)
        for index in kept { try add(entry.single(index)) }
    }

    /// Takes many changes of a chunk out, each run once.
    func remove(_ done: Set<Int64>, of chunkID: Int64) throws {
        if done.isEmpty { return }
        var n = Int64.max
        while let entry = try last(of: chunkID, before: n) {
            n = entry.n
            let kept = (0..<entry.count).filter { !done.contains(entry.n + Int64($0)) }
            try keep(kept, of: entry)
        }
    }

    func description(ofTable id: Int64) throws -> (name: String, columns: [String]) {
        let (name, description) = try named(id)
        return (name, description.columns)
    }

    private func named(_ id: Int64) throws -> (String, SQLiteRowDescription) {
        try connection.query(
            "SELECT table_name, columns FROM main._waybill_undo_tables WHERE id = ?1",
            [.integer(UInt64(bitPattern: id))]
        ) { ($0.text(0), SQLiteRowDescription(bytes: $0.blob(1))) }[0]
    }

    /// Whether two chunks are of the same import.
    func areOfOneImport(_ chunkID: Int64, _ other: Int64) throws -> Bool {
        try connection.query(
            "SELECT count(DISTINCT log_id || import) FROM main._waybill_undo_chunks WHERE id IN (?1, ?2)",
            [.integer(UInt64(bitPattern: chunkID)), .integer(UInt64(bitPattern: other))]
        ) { $0.integer(0) } == [1]
    }

    /// Takes a change or a run out as it is.
    func delete(_ entry: SQLiteUndoChange) throws {
        try deletion.run([.integer(UInt64(bitPattern: entry.chunkID)), .integer(UInt64(bitPattern: entry.n))])
    }

    func add(_ change: SQLiteUndoChange) throws {
        followed?.add(change)
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

internal import Records

/// The changes of one row from when it came under a rowid until it went, as far as undo data knows, oldest first.
///
/// A rowid that no column shows may have been several rows', one after the other.
struct SQLiteRowLife {
    var table: String
    var row: SQLiteUndoNotes.RowKey
    var changes: [SQLiteUndoChange]
    /// The chunks in whose time the row was there: they may have found it unchanged.
    var chunks: ClosedRange<Int64>
}

extension SQLiteRowLife {
    /// One of which no changes are known, of the row of a change.
    fileprivate init(_ change: SQLiteUndoChange, chunks: ClosedRange<Int64>) {
        self.init(table: change.tableName, row: change.row, changes: [], chunks: chunks)
    }
}

extension SQLiteUndoChanges {
    /// The lives of all rows that a rowid was of; the last one goes on where it does not end with a deletion.
    func lives(of row: SQLiteUndoNotes.RowKey, in table: String) throws -> [SQLiteRowLife] {
        var lives: [SQLiteRowLife] = []
        var isOver = true
        for change in try all(of: row, in: table) {
            let isOther = try lives.last?.changes.last.map { try isOfAnotherRow(change, than: $0) } ?? false
            if isOver || change.before == nil || isOther {
                // Where nobody said that the row before went, it went by then.
                if let last = lives.indices.last, !isOver {
                    lives[last].chunks = lives[last].chunks.lowerBound...change.chunkID
                }
                let start = change.before == nil ? change.chunkID : lives.last?.chunks.upperBound ?? 0
                lives.append(SQLiteRowLife(table: table, row: row, changes: [], chunks: start...Int64.max))
            }
            let last = lives.count - 1
            lives[last].changes.append(change)
            isOver = change.after == nil
            if isOver { lives[last].chunks = lives[last].chunks.lowerBound...change.chunkID }
        }
        return lives
    }

    /// The life that a change is of; nil if undo data does not have it any more.
    private func life(of change: SQLiteUndoChange) throws -> SQLiteRowLife? {
        try lives(of: change.row, in: change.tableName).first { life in
            life.changes.contains { $0.chunkID == change.chunkID && $0.n == change.n }
        }
    }

    /// What there was of the row that a change deleted, without that change.
    func life(endedBy deletion: SQLiteUndoChange) throws -> SQLiteRowLife {
        var life = try life(of: deletion) ?? SQLiteRowLife(deletion, chunks: 0...deletion.chunkID)
        life.changes.removeAll { !deletion.isAfter($0) }
        return life
    }

    /// The changes from one on, of the row that it is of.
    func life(from change: SQLiteUndoChange) throws -> SQLiteRowLife {
        var life = try life(of: change) ?? SQLiteRowLife(change, chunks: change.chunkID...Int64.max)
        life.changes.removeAll { change.isAfter($0) }
        life.chunks = change.chunkID...max(change.chunkID, life.chunks.upperBound)
        return life
    }

    // MARK: The same row under another rowid

    /// The row that a change is about, as far as a rowid or a key tells: a row that was deleted may be there again under
    /// another rowid, and its own may be another row's by now.
    func row(of change: SQLiteUndoChange, in table: SQLiteReversedTable) throws -> SQLiteUndoNotes.RowKey? {
        if change.after != nil { return try now(change, in: table) == nil ? nil : change.row }
        guard let before = change.before else { return change.row }
        if table.identity != nil, table.key(of: before) != nil { return try table.row(withKeyOf: before) }
        return table.hidesRowIDs ? nil : change.row
    }

    /// The row that a change is about, as it is now; nil if it is gone.
    func now(_ change: SQLiteUndoChange, in table: SQLiteReversedTable) throws -> RowImage? {
        guard let after = change.after else { return try row(of: change, in: table).flatMap(table.image) }
        return try table.image(of: change.row).flatMap { table.isAnother($0, than: after) ? nil : $0 }
    }

    /// The change that came after this one to the same row, under whatever rowid.
    ///
    /// - Parameter deletions: what knows the rows that came again and went again; nil if those do not matter.
    func successor(
        of change: SQLiteUndoChange, in table: SQLiteReversedTable, _ deletions: SQLiteLaterDeletions?
    ) throws -> SQLiteUndoChange? {
        guard change.after == nil, let before = change.before else {
            return try next(after: change).flatMap { try isOfAnotherRow($0, than: change) ? nil : $0 }
        }
        guard let key = table.key(of: before) else { return table.hidesRowIDs ? nil : try next(after: change) }
        var candidates: [SQLiteUndoChange] = []
        if let row = try table.row(withKeyOf: before) {
            let life = try lives(of: row, in: change.tableName).last
            if let first = life?.changes.first(where: { $0.isAfter(change) }) { candidates.append(first) }
        }
        for deletion in try deletions?.deletions(of: key, after: change, in: self) ?? [] {
            let life = try life(endedBy: deletion)
            candidates.append(life.changes.first { $0.isAfter(change) } ?? deletion)
        }
        return candidates.min { $1.isAfter($0) }
    }
}

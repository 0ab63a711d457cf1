internal import Records

/// Rows that records of a chunk gave another key: where the key is what undo data finds a row by, each is a deletion and an
/// insertion, which are undone together or not at all.
struct SQLiteMovedRows {
    private var deletions: [Int64: Int64] = [:]
    private var insertions: [Int64: Int64] = [:]

    init() {}

    var isEmpty: Bool { deletions.isEmpty && insertions.isEmpty }

    /// - Parameter hidesRowIDs: whether the table of a change has rowids that no column shows; these stay when a key changes.
    init(of chunkID: Int64, in changes: SQLiteUndoChanges, hidesRowIDs: (SQLiteUndoChange) throws -> Bool) throws {
        var gone: [SQLiteChangeHeirs.Origin: [Int64]] = [:]
        var come: [SQLiteChangeHeirs.Origin: [Int64]] = [:]
        var inserted: [SQLiteUndoChange] = []
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.isClosing { return }
            if entry.kind == .delete, try !hidesRowIDs(entry) { gone[.init(entry), default: []].append(entry.n) }
            if entry.kind == .insert { inserted.append(entry) }
        }
        if gone.isEmpty { return }
        for entry in inserted {
            for index in 0..<entry.count {
                let insertion = entry.single(index)
                if gone[.init(insertion)] != nil { come[.init(insertion), default: []].append(insertion.n) }
            }
        }
        for (origin, numbers) in come {
            // What else a record did to other rows of the table, triggers did.
            guard numbers.count == 1, let other = gone[origin], other.count == 1 else { continue }
            deletions[numbers[0]] = other[0]
            insertions[other[0]] = numbers[0]
        }
    }

    /// The number of the change that is the other half of this insertion; nil if there is none.
    func deletion(of insertion: SQLiteUndoChange) -> Int64? {
        insertion.kind == .insert ? deletions[insertion.n] : nil
    }

    /// The number of the change that is the other half of this deletion; nil if there is none.
    func insertion(of deletion: SQLiteUndoChange) -> Int64? {
        deletion.kind == .delete ? insertions[deletion.n] : nil
    }
}

extension SQLiteUndoChanges {
    /// Whether a chunk both deleted and inserted rows, without which none got another key.
    func mayHaveMoved(in chunkID: Int64) throws -> Bool {
        let kinds = [SQLiteUndoNotes.Kind.delete, .insert].map { "\($0.rawValue)" }.joined(separator: ", ")
        return try connection.query(
            "SELECT count(DISTINCT kind) FROM main._waybill_undo WHERE chunk_id = ?1 AND kind IN (\(kinds))",
            [.integer(UInt64(bitPattern: chunkID))]
        ) { $0.integer(0) } == [2]
    }
}

extension SQLiteReversal {
    /// Finds the rows that got another key.
    func findMoves() throws {
        guard try changes.mayHaveMoved(in: chunkID) else { return }
        func hidesRowIDs(_ change: SQLiteUndoChange) throws -> Bool { try table(of: change).hidesRowIDs }
        try SQLiteMergedChanges(changes).merge(chunkID, hidesRowIDs: hidesRowIDs)
        moves = try SQLiteMovedRows(of: chunkID, in: changes, hidesRowIDs: hidesRowIDs)
    }

    /// What becomes of the deletion of a row that came under another key, as far as what became of that tells it.
    func fate(ofMoved deletion: SQLiteUndoChange) throws -> Result? {
        guard let insertion = moves.insertion(of: deletion) else { return nil }
        switch fates[insertion] {
        case nil:
            // The other half goes first: only it shows whether someone changed the row.
            if try !isStrict && changes.change(insertion, of: chunkID) != nil { throw NeedsStrictness() }
            return nil
        case .kept(.refused)?: return try keep(deletion, .refused, "it changed with a row that was kept")
        case .kept(.edited)?, .kept(.unclear)?, .leftAlone?: return .leftAlone
        case .handedOver? where heirs[.init(deletion)] == nil:
            return try keep(deletion, .refused, "it changed with a row that was kept")
        case .handedOver?, .restored?, .nothing?: return nil
        }
    }

    /// Whether a row that has its former key is in the way of one that came under another.
    func isFormerKeyTaken(_ insertion: SQLiteUndoChange, in table: SQLiteReversedTable) throws -> Bool {
        guard let n = moves.deletion(of: insertion), let deletion = try changes.change(n, of: chunkID) else {
            return false
        }
        return try changes.next(after: deletion) != nil || table.image(of: deletion.row) != nil
    }
}

internal import Records

/// Gives rows back what they were.
extension SQLiteReversal {
    /// Throws if a change of the row changes other rows too: those are someone else's.
    func restoreAlone(
        _ change: SQLiteUndoChange, _ row: SQLiteUndoNotes.RowKey?, _ now: RowImage?, in table: SQLiteReversedTable
    ) throws {
        if let other = try connection.cascading(but: shadows, { try restore(change, row, now, in: table) }) {
            throw DataError(.destination, "rows of \(other) refer to it and would change with it")
        }
    }

    func restore(
        _ change: SQLiteUndoChange, _ row: SQLiteUndoNotes.RowKey?, _ now: RowImage?, in table: SQLiteReversedTable
    ) throws {
        switch (change.before, now) {
        case (let before?, _?):
            let row = row ?? change.row
            try table.put(before, into: row)
            let place = table.place(of: before) ?? row
            if change.after == nil || place != row { try changes.move(changes.life(endedBy: change), to: place) }
        case (let before?, nil):
            guard try isTaken(change, in: table) else { return try table.add(before, as: change.row) }
            // The row and what is known of it get a new rowid.
            let unused = try table.unusedRowID(changes)
            try table.add(before, as: unused)
            try changes.move(changes.life(endedBy: change), to: unused)
        case (nil, _?): try table.remove(change.row)
        case (nil, nil): break
        }
    }

    /// Whether another row has, or had, the hidden rowid of one that was deleted.
    private func isTaken(_ deletion: SQLiteUndoChange, in table: SQLiteReversedTable) throws -> Bool {
        guard table.hidesRowIDs else { return false }
        return try table.image(of: deletion.row) != nil || changes.next(after: deletion) != nil
            || foundUnchanged(deletion) != nil
    }
}

/// What later changes of the same rows take over.
extension SQLiteReversal {
    /// What a change would restore, the next change of the row restores from now on.
    func handOver(
        _ change: SQLiteUndoChange, to next: SQLiteUndoChange, in table: SQLiteReversedTable
    ) throws {
        guard change.after == nil && (table.identity != nil || next.row != change.row) else {
            return try setBefore(of: next, from: change)
        }
        let between = try changes.next(after: change)
        let isAlone =
            try next.row == change.row && between?.chunkID == next.chunkID && between?.n == next.n
            && foundUnchanged(change).map { $0.chunkID >= next.chunkID } ?? true
        if !isAlone {
            let earlier = try changes.life(endedBy: change)
            let later = try changes.life(from: next)
            var row = next.row
            if table.hidesRowIDs {
                // Other rows may have had either rowid meanwhile.
                row = try table.unusedRowID(changes)
                if later.changes.last?.after != nil { try table.renumber(next.row, to: row) }
                try changes.move(later, to: row)
            }
            try changes.move(earlier, to: row)
        }
        if let next = try changes.change(next.n, of: next.chunkID) { try setBefore(of: next, from: change) }
    }

    private func setBefore(of next: SQLiteUndoChange, from change: SQLiteUndoChange) throws {
        let before = try change.before.map {
            try changes.translated($0, of: change.tableID, to: next.tableID, rest: next.named) ?? $0
        }
        try changes.setBefore(before, of: next)
    }

    /// Another row may have a unique value that a row had, because another import gave it that one: then what the row was comes
    /// back with that import, a later one, or else an earlier one whose change stands, if none of the row itself came between.
    func handOver(_ change: SQLiteUndoChange, toRivalIn table: SQLiteReversedTable) throws -> Bool {
        guard let before = change.before else { return false }
        let isGone = change.after == nil && table.hidesRowIDs
        // Others of the chunk may go yet.
        if !isGone && !isStrict { return false }
        for row in try table.rivals(of: before) where isGone || row != change.row {
            let life = try changes.lives(of: row, in: change.tableName).last?.changes ?? []
            if isGone {
                guard let insertion = life.first, insertion.kind == .insert, insertion.isAfter(change) else { continue }
                try handOver(change, to: insertion, in: table)
                return true
            }
            let later = life.first { $0.chunkID > chunkID }
            guard let other = try later ?? earlier(life, than: change), !other.isClosing,
                try !changes.areOfOneImport(other.chunkID, chunkID)
            else { continue }
            try changes.handOver(change, to: .init(chunkID: other.chunkID, record: other.record))
            return true
        }
        return false
    }

    /// The last change of another row by an earlier chunk, since which the row of a change did not change.
    private func earlier(_ life: [SQLiteUndoChange], than change: SQLiteUndoChange) throws -> SQLiteUndoChange? {
        guard let last = life.last(where: { $0.chunkID < chunkID }) else { return nil }
        let own = try changes.lives(of: change.row, in: change.tableName).last?.changes ?? []
        return own.contains { $0.chunkID >= last.chunkID && $0.chunkID < chunkID } ? nil : last
    }

    /// The later deletion of a row that the row of a change would refer to again, if there is no such row now.
    func deletionOfParent(
        of change: SQLiteUndoChange, in table: SQLiteReversedTable
    ) throws -> SQLiteUndoChange? {
        guard let before = change.before else { return nil }
        for parent in try table.parents() {
            guard let key = parent.key(for: before), try !parent.isThere(for: before) else { continue }
            // What the chunk took over was before its own changes, and is undone with them.
            let deletion = try deletions.deletions(of: key, after: change, in: changes)
                .last { $0.chunkID > chunkID || $0.n < SQLiteUndoChanges.firstTakenOver }
            if let deletion { return deletion }
        }
        return nil
    }
}

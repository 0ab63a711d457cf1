internal import Records

/// What is looked for before anything is undone.
extension SQLiteReversal {
    /// Collects what undo data of later chunks is read for, all at once.
    func survey() throws {
        try changes.lookAhead(from: chunkID)
        var numbers: [String: Set<Int64>] = [:]
        let mayBeUnchanged = try changes.hasUnchanged && changes.unchanged.isAny(after: chunkID)
        try changes.forEachOutline(of: chunkID) { outline in
            if outline.kind == .widening { return }
            let table = try table(of: outline)
            if outline.kind == .delete || isStrict, let entry = try changes.last(of: chunkID, before: outline.n + 1) {
                try wantDeletions(entry, in: table)
            }
            guard mayBeUnchanged, outline.kind == .insert || outline.kind == .update || table.hidesRowIDs else {
                return
            }
            for index in 0..<outline.count {
                numbers[outline.tableName, default: []].insert(outline.number(ofPlace: index))
            }
        }
        for (table, numbers) in numbers {
            unchanged[table] = try changes.unchanged.first(after: chunkID, table: table, numbers: numbers)
        }
        heirs = try SQLiteChangeHeirs(of: chunkID, in: changes) { try table(of: $0).parentNames }.heirs(heir)
    }

    /// Notes the keys of which it will be asked who deleted their rows later.
    private func wantDeletions(_ entry: SQLiteUndoChange, in table: SQLiteReversedTable) throws {
        if entry.kind == .delete, let before = entry.before, let key = table.key(of: before),
            let identity = table.identity
        {
            deletions.want(key, of: identity)
        }
        guard isStrict, let befores = entry.befores else { return }
        for index in 0..<entry.count {
            let image = RowImage(bytes: befores[index..<index + 1].bytes)
            for parent in try table.parents() {
                if let key = parent.key(for: image) { deletions.want(key, of: parent.identity) }
            }
        }
    }

    /// The later chunk that is going to take over what is left of a change.
    ///
    /// - Parameter heirs: those known so far.
    private func heir(
        of change: SQLiteUndoChange, _ heirs: [SQLiteChangeHeirs.Origin: SQLiteUnchangedStore.Finding]
    ) throws -> SQLiteUnchangedStore.Finding? {
        if change.after == nil { return heirs[.init(change)] }
        let table = try table(of: change)
        let next = try changes.successor(of: change, in: table, deletions)
        if let found = try foundUnchanged(change), next.map({ $0.chunkID > found.chunkID }) ?? true {
            let isLeft = try next == nil ? changes.now(change, in: table) != nil : next?.before != nil
            if isLeft { return found }
        }
        guard let next else { return change.kind == .update ? heirs[.init(change)] : nil }
        guard next.before != nil, !next.isClosing,
            try changes.isBuilt(next, on: change, in: table) || overwrites(change, in: table)
        else { return nil }
        // Another record of the chunk may have changed it again.
        return next.chunkID == chunkID ? try heir(of: next, heirs) : .init(chunkID: next.chunkID, record: next.record)
    }
}

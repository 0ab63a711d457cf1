internal import Records

/// Undoes the changes of one chunk, newest first, inside a transaction that someone else began.
///
/// Triggers must be off: what they did when the rows were written stands in the undo data itself. So does what foreign keys
/// did; a row that went with its parent comes back before it, so that all foreign keys must be deferred meanwhile.
final class SQLiteReversal {
    /// What becomes of a change.
    enum Result: Equatable {
        /// The row is as it was before.
        case restored
        /// A later change restores from now on what this one would have restored.
        case handedOver
        /// The row stays as it is, and that is said.
        case kept(UnreversedRow.Reason)
        /// Nobody asked for this row.
        case leftAlone
        /// Nothing of it was there any longer.
        case nothing
    }

    let connection: SQLiteConnection
    let chunkID: Int64
    let overwritesEdited: Bool
    let only: RowCondition?
    let versioned: [VersionedTable]
    /// Whether what belongs together is undone together or not at all, each apart from the others.
    let isStrict: Bool
    let changes: SQLiteUndoChanges
    let savepoint: SQLiteSavepoint
    let deletions: SQLiteLaterDeletions
    /// For each table, which later chunk found which row unchanged first.
    var unchanged: [String: [Int64: SQLiteUnchangedStore.Finding]] = [:]
    /// The later chunks that take over what these records changed besides the row that they inserted.
    var heirs: [SQLiteChangeHeirs.Origin: SQLiteUnchangedStore.Finding] = [:]
    var moves = SQLiteMovedRows()
    /// What became of the insertions of rows that moved, by their numbers.
    private(set) var fates: [Int64: Result] = [:]
    /// What virtual tables keep their content in changes with the rows that they index.
    let shadows: Set<String>
    var outcome = ChunkReversal()
    /// Rows that changed with one that a later chunk of the import changed again, and that stays as that left it.
    var followers: [UnreversedRow] = []

    /// A change is refused, so that others that belong to it may not be undone either.
    struct NeedsStrictness: Error {}

    init(
        _ connection: SQLiteConnection, chunkID: Int64, overwritesEdited: Bool, only: RowCondition?,
        versioned: [VersionedTable], isStrict: Bool
    ) throws {
        self.connection = connection
        self.chunkID = chunkID
        self.overwritesEdited = overwritesEdited
        self.only = only
        self.versioned = versioned
        self.isStrict = isStrict
        changes = try SQLiteUndoChanges(connection)
        savepoint = try SQLiteSavepoint(connection)
        deletions = SQLiteLaterDeletions(connection, from: chunkID)
        shadows = Set(try SQLiteTable.shadowNames(in: connection))
    }

    /// - Throws: `NeedsStrictness` if the changes cannot all be undone.
    func reverse() throws {
        if changes.hasUnchanged { try letGoOfUnchanged() }
        try findMoves()
        try survey()
        // What stood against a row may be gone with the others.
        var count: Int
        repeat {
            count = outcome.reversed + outcome.handedOver
            outcome.kept = []
            if isStrict { try takeBackGroups() } else { try takeBackAll() }
        } while outcome.reversed + outcome.handedOver > count && outcome.kept.contains { $0.reason == .refused }
        if !isStrict && connection.hasDeferredViolations { throw NeedsStrictness() }
        outcome.kept += followers
    }

    /// The rows that the chunk found unchanged are its import's no more; where only some are undone, those that fit.
    private func letGoOfUnchanged() throws {
        guard let only else { return try changes.unchanged.remove(chunkID: chunkID) }
        for (tableID, rows) in try changes.unchanged.rows(of: chunkID) {
            guard let table = try changes.table(tableID) else { continue }
            let gone = try table.numbers(among: rows.map(\.number)) { fits(only, $0, table) }
            let left = rows.filter { !gone.contains($0.number) }
            if left.count < rows.count { try changes.unchanged.put(left, chunkID: chunkID, tableID: tableID) }
        }
    }

    func table(of change: SQLiteUndoChange) throws -> SQLiteReversedTable {
        guard let table = try changes.table(change.tableID) else {
            throw DataError.tableIsAway(change.tableName, in: connection.path)
        }
        return table
    }

    // MARK: In which order

    private func takeBackAll() throws {
        var n = Int64.max
        // One by one: what is done to one change may move others of its row.
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening { continue }
            var kept: [Int] = []
            let done = try takeBackTogether(entry)
            outcome.reversed += done.ranges.reduce(0) { $0 + $1.count }
            for index in (0..<entry.count).reversed() where !done.contains(index) {
                let result = try reverse(entry.single(index))
                if result == .kept(.refused) { throw NeedsStrictness() }
                if !count(result) { kept.append(index) }
            }
            try changes.keep(kept, of: entry)
        }
    }

    /// Counts a change, and says whether it is done with.
    func count(_ result: Result) -> Bool {
        switch result {
        case .restored: outcome.reversed += 1
        case .handedOver: outcome.handedOver += 1
        case .nothing, .kept, .leftAlone: break
        }
        return isDone(with: result)
    }

    private func isDone(with result: Result) -> Bool {
        switch result {
        case .kept, .leftAlone: false
        case .restored, .handedOver, .nothing: true
        }
    }

    /// A row that stays because another one does, with which it changed.
    func stays(with change: SQLiteUndoChange, in table: SQLiteReversedTable) throws -> UnreversedRow {
        let image = try table.image(of: change.row) ?? change.before
        return UnreversedRow(
            table: change.tableName, key: table.keyText(change.row, image), reason: .refused,
            message: "it changed with a row that was kept")
    }

    // MARK: One change

    /// The first later chunk that found the row of a change as the change left it; of a deletion, the first that found
    /// another row under its rowid.
    func foundUnchanged(_ change: SQLiteUndoChange) throws -> SQLiteUnchangedStore.Finding? {
        guard changes.hasUnchanged else { return nil }
        let number = change.row.number
        return changes.moved.contains(number) || change.chunkID != chunkID
            ? try changes.unchanged.first(after: change.chunkID, table: change.tableName, numbers: [number])[number]
            : unchanged[change.tableName]?[number]
    }

    func reverse(_ change: SQLiteUndoChange) throws -> Result {
        if change.kind == .absence { return .nothing }
        let table = try table(of: change)
        if let result = try fate(ofMoved: change) { return result }
        var result = Result.leftAlone
        // A row that moved is asked for under the key that it has now.
        if try only.map({ try moves.insertion(of: change) != nil || fits($0, change, table) }) ?? true {
            result = try reverse(change, in: table)
        }
        if moves.deletion(of: change) != nil { fates[change.n] = result }
        return result
    }

    private func reverse(_ change: SQLiteUndoChange, in table: SQLiteReversedTable) throws -> Result {
        var next = try changes.successor(of: change, in: table, deletions)
        if change.after != nil, let found = try foundUnchanged(change), next.map({ $0.chunkID > found.chunkID }) ?? true
        {
            let isLeft =
                try next.map { try changes.isBuilt($0, on: change, in: table) }
                ?? table.isSame(changes.now(change, in: table), as: change.after)
            let isAny = try next == nil ? changes.now(change, in: table) != nil : next?.before != nil
            if isLeft || overwrites(change, in: table) && isAny {
                // The row is the later import's as well, and goes when that one is undone, too.
                // What its record began may go over to another record, of the same chunk too: then so does what it ended.
                let heir = change.kind == .update ? heirs[.init(change)] : nil
                try changes.handOver(change, to: heir.flatMap { $0.chunkID <= found.chunkID ? $0 : nil } ?? found)
                return .handedOver
            }
        }
        while let closing = next, closing.isClosing, !change.isClosing {
            guard try changes.isBuilt(closing, on: change, in: table) || overwrites(change, in: table) else { break }
            // Closing SQL is run again once the batch is whole again: it does not keep a row that the import brought.
            let result = try reverse(closing, in: table)
            guard isDone(with: result) else { return result }
            try changes.remove(closing)
            next = try changes.successor(of: change, in: table, deletions)
        }
        if let next {
            // Someone deleted it, and what a later import inserted is that one's.
            if change.kind == .insert && next.before == nil { return next.after == nil ? .nothing : .handedOver }
            guard try changes.isBuilt(next, on: change, in: table) || overwrites(change, in: table) else {
                return try keep(
                    change, table.knowsEdited(change.after) ? .edited : .unclear,
                    "it was changed since, and then changed by import \(next.importID)")
            }
            if let heir = heirs[.init(change)], change.kind != .insert,
                heir.chunkID < next.chunkID || moves.insertion(of: change) != nil
            {
                // What it changed with goes over to a chunk before the next change: then it was so by then.
                try changes.handOver(change, to: heir)
            } else {
                try handOver(change, to: next, in: table)
            }
            return .handedOver
        }
        let now = try changes.now(change, in: table)
        let row = change.after == nil ? try changes.row(of: change, in: table) : now.map { _ in change.row }
        if now == nil && change.row.isLost {
            return try keep(
                change, .unclear, "it was changed or deleted, and the table's rows were renumbered (VACUUM, a dump)")
        }
        let isAsLeft = table.isSame(now, as: change.after)
        if now != nil && !isAsLeft && !table.knowsEdited(change.after) {
            return try keep(
                change, .unclear, "it was changed since, or deleted and another row has its place: no key tells which")
        }
        guard isAsLeft || overwritesEdited || change.kind == .insert && now == nil else {
            let what = now == nil ? "deleted since" : change.after == nil ? "there again" : "changed since"
            return try keep(change, .edited, "it was \(what)")
        }
        if change.kind == .insert && now == nil {
            if moves.deletion(of: change) == nil || overwritesEdited { return .nothing }
            return try keep(change, .edited, "it was deleted since")
        }
        if try isFormerKeyTaken(change, in: table) {
            return try keep(change, .refused, "another row has its former key by now")
        }
        if change.kind == .insert, !overwritesEdited, let row, try table.isTouched(row) {
            return try keep(change, .edited, "it was changed since")
        }
        if isStrict, let deletion = try deletionOfParent(of: change, in: table) {
            // The row would have gone, or changed, with its parent then.
            try changes.handOver(change, to: .init(chunkID: deletion.chunkID, record: deletion.record))
            return .handedOver
        }
        if let heir = heirs[.init(change)], change.kind != .insert {
            try changes.handOver(change, to: heir)
            if try changes.areOfOneImport(heir.chunkID, chunkID) {
                followers.append(try stays(with: change, in: table))
            }
            return .handedOver
        }
        if let history = history(of: table), let before = change.before, !history.isCurrent(now),
            history.isCurrent(before)
        {
            let others = try otherVersions(of: before, but: row, in: table, history)
            if let heir = others.heir {
                try changes.handOver(change, to: .init(chunkID: heir.chunkID, record: heir.record))
                if try changes.areOfOneImport(heir.chunkID, chunkID) {
                    followers.append(try stays(with: change, in: table))
                }
                return .handedOver
            }
            if others.isAnyCurrent { return try keep(change, .refused, "another version is current") }
        }
        // A statement that fails leaves nothing behind; the savepoint is for one that did too much.
        let mayDoTooMuch = table.isReferredTo
        if mayDoTooMuch { try savepoint.begin() }
        do {
            if mayDoTooMuch {
                try restoreAlone(change, row, now, in: table)
                try savepoint.release()
            } else {
                try restore(change, row, now, in: table)
            }
            return .restored
        } catch let error as DataError where error.code == .destination {
            if mayDoTooMuch { try savepoint.rollBack() }
            if try moves.insertion(of: change) == nil && handOver(change, toRivalIn: table) { return .handedOver }
            return try keep(change, .refused, error.message)
        }
    }

    func keep(_ change: SQLiteUndoChange, _ reason: UnreversedRow.Reason, _ message: String) throws -> Result {
        let table = try table(of: change)
        let image = try changes.now(change, in: table) ?? change.before
        outcome.kept.append(
            UnreversedRow(
                table: change.tableName, key: table.keyText(change.row, image), reason: reason, message: message))
        return .kept(reason)
    }
}

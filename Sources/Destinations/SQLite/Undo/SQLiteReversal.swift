internal import Records

/// Takes back the changes of one chunk, newest first, inside a transaction that somebody else began.
///
/// Triggers must be off: what they did when the rows were written stands in the undo data itself.
final class SQLiteReversal {
    private let connection: SQLiteConnection
    private let overwritesEdited: Bool
    private let only: RowCondition?
    /// Whether each change must leave every deferred foreign key sound, not only all of them together.
    private let isStrict: Bool
    private let changes: SQLiteUndoChanges
    private var tables: [Int64: SQLiteUndoneTable?] = [:]
    private let savepoint: SQLiteSavepoint
    private(set) var outcome = ChunkReversal()

    init(_ connection: SQLiteConnection, overwritesEdited: Bool, only: RowCondition?, isStrict: Bool) throws {
        self.connection = connection
        self.overwritesEdited = overwritesEdited
        self.only = only
        self.isStrict = isStrict
        changes = try SQLiteUndoChanges(connection)
        savepoint = try SQLiteSavepoint(connection)
    }

    func reverse(chunkID: Int64) throws {
        var n = Int64.max
        // One by one: what is done to one change may move others of its row.
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening { continue }
            var kept: [Int] = []
            for index in (0..<entry.count).reversed() where try !reverse(entry.single(index)) { kept.append(index) }
            try changes.keep(kept, of: entry)
            outcome.reversed += entry.count - kept.count
        }
    }

    /// Returns whether the change is taken back.
    private func reverse(_ change: SQLiteUndoChange) throws -> Bool {
        guard let table = try table(change.tableID) else {
            throw DataError.tableIsAway(change.tableName, in: connection.path)
        }
        if let only, try !fits(only, change, table) { return false }
        // Nobody means a rowid that no column shows: a row that stands there now is another one.
        let next = try changes.next(after: change)
        let isElsewhere = change.after == nil && table.hidesRowIDs
        if let next, !(isElsewhere && next.before == nil) {
            if change.kind == .insert && next.before == nil { return true }
            guard next.beforeFingerprint == change.after || overwritesEdited else {
                return keep(change, table, .edited, "it was edited since, and then changed by import \(next.importID)")
            }
            // What this change would restore, the next change of the row restores from now on.
            try changes.setBefore(change.before, of: next)
            return true
        }
        let now = isElsewhere ? nil : try table.image(of: change.row)
        guard now?.fingerprint == change.after || overwritesEdited || change.kind == .insert && now == nil else {
            let what = now == nil ? "deleted since" : change.after == nil ? "there again" : "edited since"
            return keep(change, table, .edited, "it was \(what)")
        }
        // A statement that fails leaves nothing behind; the savepoint is for one that did too much.
        let mayDoTooMuch = isStrict || table.isReferredTo
        if mayDoTooMuch { try savepoint.begin() }
        do {
            if mayDoTooMuch {
                try restoreAlone(change, now, isRowIDUsed: next != nil, in: table)
                try savepoint.release()
            } else {
                try restore(change, now, isRowIDUsed: next != nil, in: table)
            }
            return true
        } catch let error as DataError where error.code == .destination {
            if mayDoTooMuch { try savepoint.rollBack() }
            if try change.after == nil && handOver(change, toRivalIn: table) { return true }
            return keep(change, table, .refused, error.message)
        }
    }

    private func fits(_ condition: RowCondition, _ change: SQLiteUndoChange, _ table: SQLiteUndoneTable) throws -> Bool
    {
        guard let row = try table.image(of: change.row) ?? change.before,
            let place = table.columns.firstIndex(where: { SQLiteIdentifier.isSame($0, condition.column) })
        else { return false }
        return row.values[place].text == condition.value
    }

    /// Throws where a change of the row changes other rows too: those are somebody else's.
    private func restoreAlone(
        _ change: SQLiteUndoChange, _ now: RowImage?, isRowIDUsed: Bool, in table: SQLiteUndoneTable
    ) throws {
        if let other = try connection.cascading({
            try restore(change, now, isRowIDUsed: isRowIDUsed, in: table)
        }) {
            throw DataError(.destination, "rows of \(other) refer to it and would change with it")
        }
        if isStrict && connection.hasDeferredViolations {
            throw DataError(
                .destination, "rows refer to it, or it refers to a row that is not there (deferred foreign key)")
        }
    }

    private func restore(
        _ change: SQLiteUndoChange, _ now: RowImage?, isRowIDUsed: Bool, in table: SQLiteUndoneTable
    ) throws {
        switch (change.before, now) {
        case (let before?, _?): try table.put(before, into: change.row)
        case (let before?, nil):
            guard try isRowIDUsed || table.hidesRowIDs && table.image(of: change.row) != nil else {
                return try table.add(before, as: change.row)
            }
            // Another row has, or had, the hidden rowid; the row and what is known of it get a new one.
            let row = try table.unusedRowID(changes)
            try table.add(before, as: row)
            try changes.move(changes.life(before: change), to: row)
        case (nil, _?): try table.remove(change.row)
        case (nil, nil): break
        }
    }

    /// A row that was deleted may have come again, by a later import, under another rowid.
    private func handOver(_ change: SQLiteUndoChange, toRivalIn table: SQLiteUndoneTable) throws -> Bool {
        guard let before = change.before, table.hidesRowIDs else { return false }
        for row in try table.rivals(of: before) {
            guard let insertion = try changes.currentLife(of: row, in: change.tableName).first,
                insertion.kind == .insert, insertion.isAfter(change)
            else { continue }
            try changes.setBefore(before, of: insertion)
            let unused = try table.unusedRowID(changes)
            try table.renumber(row, to: unused)
            try changes.move(
                changes.all(of: row, in: change.tableName).filter { !insertion.isAfter($0) }, to: unused)
            try changes.move(changes.life(before: change), to: unused)
            return true
        }
        return false
    }

    private func keep(
        _ change: SQLiteUndoChange, _ table: SQLiteUndoneTable?, _ reason: UnreversedRow.Reason, _ message: String
    ) -> Bool {
        let image = (try? table?.image(of: change.row)) ?? change.before
        outcome.kept.append(
            UnreversedRow(
                table: change.tableName, key: table?.keyText(change.row, image) ?? "", reason: reason, message: message)
        )
        return false
    }

    private func table(_ id: Int64) throws -> SQLiteUndoneTable? {
        if let known = tables[id] { return known }
        let (name, columns) = try changes.description(ofTable: id)
        let table = try SQLiteTable.find(name, in: connection).map {
            try SQLiteUndoneTable($0, columns: columns, in: connection)
        }
        tables[id] = .some(table)
        return table
    }
}

internal import Records

/// Takes back the changes of one chunk, newest first, inside a transaction that somebody else began.
///
/// Triggers must be off: what they did when the rows were written stands in the undo data itself. So does what foreign keys
/// did; a row that went with its parent comes back before it, so that all foreign keys must be deferred meanwhile.
final class SQLiteReversal {
    private let connection: SQLiteConnection
    private let overwritesEdited: Bool
    private let only: RowCondition?
    /// Whether the changes of each record must leave every foreign key sound, not only all of them together.
    private let isStrict: Bool
    private let changes: SQLiteUndoChanges
    private var tables: [Int64: SQLiteUndoneTable?] = [:]
    private let savepoint: SQLiteSavepoint
    /// For each table, which later chunk found which row unchanged first.
    private var unchanged: [String: [Int64: SQLiteUnchangedStore.Finding]] = [:]
    /// What virtual tables keep their content in changes with the rows that they index.
    private let shadows: Set<String>
    private(set) var outcome = ChunkReversal()

    init(_ connection: SQLiteConnection, overwritesEdited: Bool, only: RowCondition?, isStrict: Bool) throws {
        self.connection = connection
        self.overwritesEdited = overwritesEdited
        self.only = only
        self.isStrict = isStrict
        changes = try SQLiteUndoChanges(connection)
        savepoint = try SQLiteSavepoint(connection)
        shadows = Set(try SQLiteTable.shadowNames(in: connection))
    }

    func reverse(chunkID: Int64) throws {
        if changes.hasUnchanged && only == nil {
            try changes.unchanged.remove(chunkID: chunkID)
            try findUnchanged(after: chunkID)
        }
        // What stood against a row may be gone with the others.
        var count: Int
        repeat {
            count = outcome.reversed
            outcome.kept = []
            try goThrough(chunkID)
        } while outcome.reversed > count && outcome.kept.contains { $0.reason == .refused }
    }

    private func goThrough(_ chunkID: Int64) throws {
        var n = Int64.max
        var record: [SQLiteUndoChange] = []
        // One by one: what is done to one change may move others of its row.
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening { continue }
            guard isStrict else {
                try takeBack(entry)
                continue
            }
            if let last = record.last, last.record != entry.record || entry.count > 1 {
                try reverseTogether(record)
                record = []
            }
            if entry.count == 1 { record.append(entry) } else { try reverseTogether([entry]) }
        }
        try reverseTogether(record)
    }

    /// Takes back a change, or those of a run one by one.
    private func takeBack(_ entry: SQLiteUndoChange) throws {
        var kept: [Int] = []
        for index in (0..<entry.count).reversed() {
            let change = entry.single(index)
            let isReversed = isStrict && entry.count > 1 ? try isSoundly { try reverse(change) } : try reverse(change)
            guard isReversed == nil || isReversed == false else { continue }
            if isReversed == nil { try keepUnsound(change) }
            kept.append(index)
        }
        try changes.keep(kept, of: entry)
        outcome.reversed += entry.count - kept.count
    }

    /// Takes back the changes of one record, newest first: all, or none where they leave a foreign key unsound.
    private func reverseTogether(_ record: [SQLiteUndoChange]) throws {
        if record.isEmpty { return }
        if record[0].count > 1 { return try takeBack(record[0]) }
        let before = outcome
        // What is done to one change may have moved the others.
        let isSound = try isSoundly {
            for change in record {
                if let now = try changes.last(of: change.chunkID, before: change.n + 1), now.n == change.n {
                    try takeBack(now)
                }
            }
        }
        if isSound != nil { return }
        outcome = before
        for change in record { try keepUnsound(change) }
    }

    /// Runs `body`, and takes back what it did where a foreign key is unsound then: the result is nil.
    private func isSoundly<T>(_ body: () throws -> T) throws -> T? {
        try savepoint.begin()
        let result = try body()
        guard connection.hasDeferredViolations else {
            try savepoint.release()
            return result
        }
        try savepoint.rollBack()
        return nil
    }

    private func keepUnsound(_ change: SQLiteUndoChange) throws {
        let table = try table(change.tableID)
        let image = try table?.image(of: change.row)
        let referring = try image.flatMap { try table?.referring(to: $0) }
        _ = keep(
            change, table, .refused,
            referring.map { "rows of \($0) refer to it" }
                ?? "it refers to a row that is not there, or goes with one that stays"
        )
    }

    // MARK: Rows that later imports found unchanged

    private func findUnchanged(after chunkID: Int64) throws {
        var numbers: [String: Set<Int64>] = [:]
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening || entry.fingerprints.isEmpty { continue }
            for index in 0..<entry.count {
                numbers[entry.tableName, default: []].insert(entry.single(index).row.number)
            }
        }
        for (table, numbers) in numbers {
            unchanged[table] = try changes.unchanged.first(after: chunkID, table: table, numbers: numbers)
        }
    }

    /// The first later chunk that found the row of a change as the change left it.
    private func foundUnchanged(_ change: SQLiteUndoChange) throws -> SQLiteUnchangedStore.Finding? {
        guard changes.hasUnchanged, only == nil, change.after != nil else { return nil }
        let number = change.row.number
        // The row may have another number by now.
        return changes.hasMoved
            ? try changes.unchanged.first(after: change.chunkID, table: change.tableName, numbers: [number])[number]
            : unchanged[change.tableName]?[number]
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
        if let found = try foundUnchanged(change), next.map({ $0.chunkID > found.chunkID }) ?? true {
            let left = try next == nil ? table.image(of: change.row) : next?.before
            if table.isSame(left, as: change.after) || overwritesEdited && left != nil {
                // The row is the later import's as well, and goes when that one is taken back, too.
                try changes.handOver(change, to: found)
                return true
            }
        }
        if let next, !(isElsewhere && next.before == nil) {
            if change.kind == .insert && next.before == nil { return true }
            guard table.isSame(next.before, as: change.after) || overwritesEdited else {
                return keep(change, table, .edited, "it was edited since, and then changed by import \(next.importID)")
            }
            // What this change would restore, the next change of the row restores from now on.
            try changes.setBefore(change.before, of: next)
            return true
        }
        let now = isElsewhere ? nil : try table.image(of: change.row)
        guard table.isSame(now, as: change.after) || overwritesEdited || change.kind == .insert && now == nil else {
            let what = now == nil ? "deleted since" : change.after == nil ? "there again" : "edited since"
            return keep(change, table, .edited, "it was \(what)")
        }
        // A statement that fails leaves nothing behind; the savepoint is for one that did too much.
        let mayDoTooMuch = table.isReferredTo
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
        if let other = try connection.cascading(
            but: shadows,
            {
                try restore(change, now, isRowIDUsed: isRowIDUsed, in: table)
            })
        {
            throw DataError(.destination, "rows of \(other) refer to it and would change with it")
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

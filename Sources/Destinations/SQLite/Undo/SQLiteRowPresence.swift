internal import Records

/// Looks for rows that chunks left, without asking what became of all of them.
struct SQLiteRowPresence {
    private(set) var result = RowPresence()
    private let changes: SQLiteUndoChanges
    /// How many changes of a chunk are looked at.
    private static let sample = 200

    init(_ changes: SQLiteUndoChanges) { self.changes = changes }

    mutating func add(chunkID: Int64) throws {
        var n = Int64.max
        var left = Self.sample
        while left > 0, let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening || entry.kind == .absence { continue }
            for index in (0..<entry.count).reversed().prefix(left) {
                left -= 1
                try add(entry.single(index))
            }
        }
    }

    private mutating func add(_ change: SQLiteUndoChange) throws {
        // What the import itself changed again is looked at there.
        let table = try changes.tableWithColumnsLeft(change.tableID)
        let next = try table.map { try changes.successor(of: change, in: $0, nil) } ?? changes.next(after: change)
        if next?.importID == change.importID { return }
        let now = try table.flatMap { table in try changes.now(change, in: table) }
        switch (now, change.after) {
        case (let now, let after) where table?.isSame(now, as: after) ?? (after == nil): result.there += 1
        case (nil, _), (_, nil): result.missing += 1
        default:
            // A row that was edited has its key still; a hidden rowid may have been given to another row.
            if table?.knowsEdited(change.after) == true { result.there += 1 } else { result.unclear += 1 }
        }
    }
}

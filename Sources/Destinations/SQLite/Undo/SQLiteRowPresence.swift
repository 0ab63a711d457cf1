internal import Records

/// Looks for rows that chunks left, without asking what became of all of them.
struct SQLiteRowPresence {
    private(set) var result = RowPresence()
    private let changes: SQLiteUndoChanges
    private let connection: SQLiteConnection
    private var tables: [Int64: SQLiteUndoneTable?] = [:]
    /// How many changes of a chunk are looked at.
    private static let sample = 200

    init(_ changes: SQLiteUndoChanges, _ connection: SQLiteConnection) {
        self.changes = changes
        self.connection = connection
    }

    mutating func add(chunkID: Int64) throws {
        var n = Int64.max
        var left = Self.sample
        while left > 0, let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening { continue }
            for index in (0..<entry.count).reversed().prefix(left) {
                left -= 1
                try add(entry.single(index))
            }
        }
    }

    private mutating func add(_ change: SQLiteUndoChange) throws {
        // What the import itself changed again is looked at there.
        if try changes.next(after: change)?.importID == change.importID { return }
        let table = try table(change.tableID)
        let now = try table?.image(of: change.row)
        switch (now, change.after) {
        case (let now, let after) where table?.isSame(now, as: after) ?? (after == nil): result.there += 1
        case (nil, _), (_, nil): result.missing += 1
        default:
            // A row that was edited has its key still; a hidden rowid may have been given to another row.
            if table?.hidesRowIDs == false { result.there += 1 } else { result.unclear += 1 }
        }
    }

    private mutating func table(_ id: Int64) throws -> SQLiteUndoneTable? {
        if let known = tables[id] { return known }
        let (name, columns) = try changes.description(ofTable: id)
        let table = try SQLiteTable.find(name, in: connection).map {
            try SQLiteUndoneTable($0, columns: columns, in: connection)
        }
        tables[id] = .some(table)
        return table
    }
}

internal import Records

/// Compares the rows that chunks left with the rows that are there now.
struct SQLiteRowComparison {
    private(set) var result = RowComparison()
    private let changes: SQLiteUndoChanges
    private let connection: SQLiteConnection
    private var tables: [Int64: SQLiteUndoneTable?] = [:]

    init(_ changes: SQLiteUndoChanges, _ connection: SQLiteConnection) {
        self.changes = changes
        self.connection = connection
    }

    mutating func add(_ chunk: UInt64, chunkID: Int64) throws {
        var digest: UInt64 = 0
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening { continue }
            if entry.n < SQLiteUndoChanges.firstTakenOver {
                for fingerprint in entry.fingerprints { digest &+= fingerprint }
            }
            for index in 0..<entry.count { try add(entry.single(index)) }
        }
        result.digests[chunk] = digest
    }

    private mutating func add(_ change: SQLiteUndoChange) throws {
        if let next = try changes.next(after: change) {
            // A row that the import itself changed again counts once, by its last change.
            if next.importID != change.importID { result.importedSince += 1 }
            return
        }
        let table = try table(change.tableID)
        let now = try table?.image(of: change.row)
        switch (now, change.after) {
        case (let now, let after) where table?.isSame(now, as: after) ?? (after == nil): result.asWritten += 1
        case (nil, _), (_, nil): result.missing += 1
        default: result.edited += 1
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

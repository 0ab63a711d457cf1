internal import Records

/// Compares the rows that chunks left with the rows that are there now.
struct SQLiteRowComparison {
    private(set) var result = RowComparison()
    private let changes: SQLiteUndoChanges

    init(_ changes: SQLiteUndoChanges) { self.changes = changes }

    mutating func add(_ chunk: UInt64, chunkID: Int64) throws {
        try changes.lookAhead(from: chunkID)
        var digest: UInt64 = 0
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening || entry.kind == .absence { continue }
            if entry.n < SQLiteUndoChanges.firstTakenOver {
                for fingerprint in entry.fingerprints { digest &+= fingerprint }
            }
            let same = try sameRows(entry)
            result.asWritten += same.ranges.reduce(0) { $0 + $1.count }
            for index in 0..<entry.count where !same.contains(index) { try add(entry.single(index)) }
        }
        result.digests[chunk] = digest
    }

    /// The places of a run whose rows nobody changed since. Each of the others has to be looked at.
    private func sameRows(_ run: SQLiteUndoChange) throws -> RangeSet<Int> {
        var same = RangeSet<Int>()
        guard let alone = changes.followed?.alone(in: run), !alone.isEmpty,
            try changes.columnsAway(ofTable: run.tableID).isEmpty, let runs = try changes.table(run.tableID)?.runs()
        else { return same }
        try runs.forEachSame(run, among: alone) { same.insert(contentsOf: $0..<$0 + 1) }
        return same
    }

    private mutating func add(_ change: SQLiteUndoChange) throws {
        let away = try changes.columnsAway(ofTable: change.tableID)
        if !away.isEmpty { return try addByPlace(change, away) }
        let table = try changes.table(change.tableID)
        if let next = try table.map({ try changes.successor(of: change, in: $0, nil) }) ?? changes.next(after: change) {
            // A row that the import itself changed again counts once, by its last change.
            if next.importID != change.importID || next.isClosing { result.importedSince += 1 }
            return
        }
        let now = try table.flatMap { table in try changes.now(change, in: table) }
        switch (now, change.after) {
        case (let now, let after) where table?.isSame(now, as: after) ?? (after == nil): result.asWritten += 1
        case (nil, _), (_, nil): result.missing += 1
        default: result.edited += 1
        }
    }

    /// Compares a row of a table that lost columns by whether it is there.
    private mutating func addByPlace(_ change: SQLiteUndoChange, _ away: [String]) throws {
        let table = try changes.tableWithColumnsLeft(change.tableID)
        let name = table?.name ?? change.tableName
        for column in away.map({ "\(name).\($0)" }) where !result.columnsAway.contains(column) {
            result.columnsAway.append(column)
        }
        if change.after == nil { return }
        if let next = try changes.next(after: change) {
            if next.importID != change.importID || next.isClosing { result.importedSince += 1 }
            return
        }
        if let table, try table.image(of: change.row) == nil { result.missing += 1 } else { result.unclear += 1 }
    }
}

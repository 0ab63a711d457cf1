internal import Records

/// The changes of a chunk whose records give rows other keys, made one for each row: what the row was before the first of them,
/// and after the last. Records that had to do with the same row become one.
///
/// Otherwise a row that got a second key in the same chunk would be three that come and go.
struct SQLiteMergedChanges {
    private struct Row: Hashable {
        var table: Int64
        var row: Int64
    }

    private let changes: SQLiteUndoChanges

    init(_ changes: SQLiteUndoChanges) { self.changes = changes }

    /// - Parameter hidesRowIDs: whether the table of a change has rowids that no column shows.
    func merge(_ chunkID: Int64, hidesRowIDs: (SQLiteUndoChange) throws -> Bool) throws {
        let singles = try inOrder(chunkID, hidesRowIDs)
        let gone = Set(singles.lazy.filter { $0.kind == .delete }.map { SQLiteChangeHeirs.Origin($0) })
        guard singles.contains(where: { $0.kind == .insert && gone.contains(.init($0)) }) else { return }
        var last: [Row: Int] = [:]
        var first: [Row: Int] = [:]
        var heads: [Int: Int] = [:]
        func head(_ record: Int) -> Int {
            var record = record
            while let next = heads[record] { record = next }
            return record
        }
        for (place, change) in singles.enumerated() {
            let row = Row(table: change.tableID, row: change.row.number)
            if let before = last[row], head(singles[before].record) != head(change.record) {
                heads[head(singles[before].record)] = head(change.record)
            }
            if first[row] == nil { first[row] = place }
            last[row] = place
        }
        for (place, change) in singles.enumerated() {
            let row = Row(table: change.tableID, row: change.row.number)
            var merged = change
            merged.record = head(change.record)
            if last[row] == place, let begin = first[row], begin != place {
                let before = singles[begin].before
                if before != nil || change.after != nil { merged.befores = before.map { RowImages($0) } }
                merged.kind =
                    switch (before, change.after) {
                    case (nil, nil): .absence
                    case (nil, _): .insert
                    case (_, nil): .delete
                    default: .update
                    }
            } else if last[row] == place, merged.record == change.record {
                continue
            }
            try changes.remove(change)
            if last[row] == place { try changes.add(merged) }
        }
    }

    /// The changes as they were made: what was taken over from earlier imports is older, the more so the later it was taken over.
    private func inOrder(
        _ chunkID: Int64, _ hidesRowIDs: (SQLiteUndoChange) throws -> Bool
    ) throws -> [SQLiteUndoChange] {
        var taken: [SQLiteUndoChange] = []
        var own: [SQLiteUndoChange] = []
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.isClosing { return [] }
            if try entry.kind == .widening || hidesRowIDs(entry) { continue }
            let singles = (0..<entry.count).reversed().map(entry.single)
            if n < SQLiteUndoChanges.firstTakenOver { own += singles } else { taken += singles }
        }
        return taken + own.reversed()
    }
}

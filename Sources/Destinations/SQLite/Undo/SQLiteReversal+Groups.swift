internal import Records

/// Changes that belong together: those of one record, and those of one row. They are undone together or not at all.
extension SQLiteReversal {
    func takeBackGroups() throws {
        var done: Set<Int64> = []
        var refused: [(group: [Int64], messages: [UnreversedRow])] = []
        for group in try SQLiteChangeGroups(of: chunkID, in: changes).groups {
            if let messages = try refusal(of: group, &done) { refused.append((group, messages)) }
        }
        // Where each stands in another's way, they can go only together.
        var gone: Set<Int> = []
        for circle in try circles(of: refused.map(\.group)) {
            let all = SQLiteChangeGroups.inOrder(circle.flatMap { refused[$0].group })
            if try refusal(of: all, parking: true, &done) == nil { gone.formUnion(circle) }
        }
        for (index, (group, messages)) in refused.enumerated() where !gone.contains(index) {
            if messages.isEmpty { try keepUnsound(group) } else { try keep(group, messages) }
        }
        try changes.remove(done, of: chunkID)
    }

    /// Undoes the changes of a group, or none of them.
    ///
    /// - Parameter isParking: whether all rows let go of their unique values first.
    /// - Returns: nil if they are undone; otherwise what the database has against single ones.
    private func refusal(
        of group: [Int64], parking isParking: Bool = false, _ done: inout Set<Int64>
    ) throws -> [UnreversedRow]? {
        let (before, followed) = (outcome, followers)
        try savepoint.begin()
        var parked: [SQLiteReversedTable] = []
        var refused: [Int64] = []
        do {
            if isParking { parked = try park(group) }
            var waiting = group
            // A row that goes may have stood against one that comes back.
            repeat {
                outcome.kept =
                    before.kept
                    + outcome.kept.dropFirst(before.kept.count).filter { $0.reason != .refused }
                refused = try takeBack(waiting, isAlone: group.count == 1, &done)
                if refused.count == waiting.count { break }
                waiting = refused
            } while !waiting.isEmpty
            if refused.isEmpty { for table in parked { try table.unpark() } }
        } catch let error as DataError where error.code == .destination && isParking {
            refused = group
        }
        for table in parked { table.parked = [:] }
        if refused.isEmpty && !connection.hasDeferredViolations {
            try savepoint.release()
            return nil
        }
        let messages = Array(outcome.kept.dropFirst(before.kept.count).filter { $0.reason == .refused })
        try savepoint.rollBack()
        (outcome, followers) = (before, followed)
        if group.count == 1 { done.remove(group[0]) }
        return messages
    }

    /// Undoes changes of a group, as far as the database lets it; gives back those that are left, also because a later
    /// change of their row is.
    private func takeBack(_ group: [Int64], isAlone: Bool, _ done: inout Set<Int64>) throws -> [Int64] {
        var refused: [Int64] = []
        var rows: Set<[Int64]> = []
        for n in group {
            // What was done to another change may have moved this one.
            guard let change = try changes.change(n, of: chunkID) else { continue }
            let row = [change.tableID, change.row.number]
            if rows.contains(row) {
                refused.append(n)
                continue
            }
            let result = try reverse(change)
            if result == .kept(.refused) {
                refused.append(n)
                rows.insert(row)
            }
            guard count(result) else { continue }
            // Others of its row look for changes that came later.
            if isAlone && change.after != nil { done.insert(n) } else { try changes.remove(change) }
        }
        return refused
    }

    // MARK: Rows in each other's way

    /// Has the rows of changes let go of their unique values.
    private func park(_ group: [Int64]) throws -> [SQLiteReversedTable] {
        var tables: [SQLiteReversedTable] = []
        for n in group {
            guard let change = try changes.change(n, of: chunkID), change.kind == .update else { continue }
            let table = try table(of: change)
            if !tables.contains(where: { $0 === table }) { tables.append(table) }
            let other = try connection.cascading(but: shadows) { try table.park(change.row) }
            if let other { throw DataError(.destination, "rows of \(other) refer to it and would change with it") }
        }
        return tables
    }

    /// Which groups of changes have rows that stand in each other's way, in circles.
    private func circles(of groups: [[Int64]]) throws -> [[Int]] {
        struct Row: Hashable {
            var table: String
            var row: SQLiteUndoNotes.RowKey
        }
        let all = try groups.map { try $0.compactMap { try changes.change($0, of: chunkID) } }
        var places: [Row: Int] = [:]
        for (index, group) in all.enumerated() {
            for change in group { places[Row(table: change.tableName, row: change.row)] = index }
        }
        var edges: [(Int, Int)] = []
        var selfBlocked: Set<Int> = []
        for (index, group) in all.enumerated() {
            for change in group {
                guard let before = change.before else { continue }
                for rival in try table(of: change).rivals(of: before) {
                    let other = places[Row(table: change.tableName, row: rival)]
                    guard let other, rival != change.row else { continue }
                    if other == index { selfBlocked.insert(index) } else { edges.append((index, other)) }
                }
            }
        }
        return Circles.inOrder(count: groups.count, edges: edges).filter { $0.count > 1 || selfBlocked.contains($0[0]) }
    }
}

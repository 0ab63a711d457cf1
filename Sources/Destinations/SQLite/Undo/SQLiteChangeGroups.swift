internal import Records

/// The changes of a chunk by what belongs together: those of one record, and those of one row.
struct SQLiteChangeGroups {
    /// The numbers of the changes of each group, newest first; the group with the newest change first. What was taken over
    /// from earlier imports is older than the chunk's own, the more so the later it was taken over.
    let groups: [[Int64]]

    private struct Row: Hashable {
        var table: Int64
        var row: Int64
    }

    init(of chunkID: Int64, in changes: SQLiteUndoChanges) throws {
        var numbers: [Int64] = []
        var parents: [Int] = []
        var byRecord: [Int: Int] = [:]
        var byRow: [Row: Int] = [:]
        func root(_ index: Int) -> Int {
            var index = index
            while parents[index] != index {
                parents[index] = parents[parents[index]]
                index = parents[index]
            }
            return index
        }
        func join(_ index: Int, _ other: Int?) {
            guard let other else { return }
            let (first, second) = (root(index), root(other))
            parents[max(first, second)] = min(first, second)
        }
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.kind == .widening { continue }
            for index in (0..<entry.count).reversed() {
                let change = entry.single(index)
                let row = Row(table: change.tableID, row: change.row.number)
                let place = numbers.count
                numbers.append(change.n)
                parents.append(place)
                join(place, byRecord[change.record])
                join(place, byRow[row])
                byRecord[change.record] = place
                byRow[row] = place
            }
        }
        var groups: [[Int64]] = []
        var places: [Int: Int] = [:]
        for index in numbers.indices {
            let root = root(index)
            if let place = places[root] {
                groups[place].append(numbers[index])
            } else {
                places[root] = groups.count
                groups.append([numbers[index]])
            }
        }
        self.groups = groups.map(Self.inOrder)
    }

    /// The order in which changes are undone.
    static func inOrder(_ numbers: [Int64]) -> [Int64] {
        let group = numbers.sorted(by: >)
        let own = group.drop { $0 >= SQLiteUndoChanges.firstTakenOver }
        return own + group.prefix(group.count - own.count).reversed()
    }
}

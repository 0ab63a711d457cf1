internal import Records

/// Which of a table's rows are versions of each other.
struct SQLiteRowVersions {
    let key: [String]
    private let isCurrent: Int

    /// Nil if it is another table, or one that lost these columns.
    init?(_ versioned: VersionedTable, of table: SQLiteReversedTable) {
        guard SQLiteIdentifier.isSame(versioned.table, table.name),
            let place = table.columns.firstIndex(where: { SQLiteIdentifier.isSame($0, versioned.isCurrent) })
        else { return nil }
        key = versioned.key
        isCurrent = place
    }

    /// Whether a row is the current version, as a condition of SQL takes it.
    func isCurrent(_ row: RowImage?) -> Bool {
        guard let values = row?.values, isCurrent < values.count else { return false }
        return switch values[isCurrent] {
        case .integer(let number): number != 0
        case .real(let number): number != 0
        case .text(let text): (Double(String(decoding: text, as: UTF8.self)) ?? 0) != 0
        case .null, .blob: false
        }
    }
}

extension SQLiteReversal {
    func history(of table: SQLiteReversedTable) -> SQLiteRowVersions? {
        versioned.lazy.compactMap { SQLiteRowVersions($0, of: table) }.first
    }

    /// The other versions of a row: whether one of them is current, and the change by which the first of later chunks began
    /// one.
    func otherVersions(
        of image: RowImage, but own: SQLiteUndoNotes.RowKey?, in table: SQLiteReversedTable,
        _ history: SQLiteRowVersions
    ) throws -> (isAnyCurrent: Bool, heir: SQLiteUndoChange?) {
        var isAnyCurrent = false
        var heir: SQLiteUndoChange?
        for row in try table.rows(like: image, in: history.key) where row != own {
            let isCurrent = history.isCurrent(try table.image(of: row))
            if isCurrent { isAnyCurrent = true }
            let life = try changes.lives(of: row, in: table.name).last?.changes ?? []
            let beginning = try life.first { later in
                guard later.chunkID > chunkID, later.after != nil, !later.isClosing else { return false }
                guard let before = later.before else { return true }
                return try isCurrent && self.history(of: self.table(of: later))?.isCurrent(before) == false
            }
            if let beginning, heir.map({ $0.isAfter(beginning) }) ?? true { heir = beginning }
        }
        return (isAnyCurrent, heir)
    }
}

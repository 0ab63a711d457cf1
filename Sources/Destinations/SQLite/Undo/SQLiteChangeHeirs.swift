internal import Records

/// Which later chunks take over what a record changed besides the row that it inserted.
///
/// A record of the mode `versioned` ends one row and begins another. Where what it began goes over to a later import, so does what
/// it ended: otherwise two versions would be the current one.
struct SQLiteChangeHeirs {
    /// A record, in one table.
    struct Origin: Hashable {
        var table: String
        var record: Int

        init(_ change: SQLiteUndoChange) {
            table = change.tableName
            record = change.record
        }
    }

    /// The insertions of records that changed other rows of the table before.
    private var insertions: [SQLiteUndoChange] = []

    init(of chunkID: Int64, in changes: SQLiteUndoChanges) throws {
        var updates: Set<Origin> = []
        var inserted: [SQLiteUndoChange] = []
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.isClosing { return }
            switch entry.kind {
            case .insert: inserted.append(entry)
            case .update: for index in 0..<entry.count { updates.insert(Origin(entry.single(index))) }
            case .delete, .absence, .widening: break
            }
        }
        if updates.isEmpty { return }
        for entry in inserted {
            for index in 0..<entry.count {
                let insertion = entry.single(index)
                if updates.contains(Origin(insertion)) { insertions.append(insertion) }
            }
        }
    }

    /// - Parameter heir: which later chunk takes an insertion over.
    func heirs(
        _ heir: (SQLiteUndoChange) throws -> SQLiteUnchangedStore.Finding?
    ) throws -> [Origin: SQLiteUnchangedStore.Finding] {
        var heirs: [Origin: SQLiteUnchangedStore.Finding] = [:]
        for insertion in insertions where heirs[Origin(insertion)] == nil {
            heirs[Origin(insertion)] = try heir(insertion)
        }
        return heirs
    }
}

internal import Records

/// Which later chunks take over what a record changed besides the row that it inserted.
///
/// A record of the mode `versioned` ends one row and begins another, and one that gives a row another key takes one and brings
/// one. Where what it began goes over to a later import, so does what it ended: otherwise two versions would be the current one,
/// or one row be there twice. So do rows of other tables that changed with a record's row by a foreign key: they could not
/// refer to what it was.
struct SQLiteChangeHeirs {
    /// A record, in one table.
    struct Origin: Hashable {
        var table: String
        var record: Int

        init(table: String, record: Int) { (self.table, self.record) = (table, record) }

        init(_ change: SQLiteUndoChange) {
            table = change.tableName
            record = change.record
        }
    }

    /// Changes of records that changed other rows besides, and whose these are.
    private var causes: [(change: SQLiteUndoChange, effect: Origin)] = []

    /// - Parameter parents: the tables that the foreign keys of a change's table refer to.
    init(of chunkID: Int64, in changes: SQLiteUndoChanges, parents: (SQLiteUndoChange) throws -> [String]) throws {
        if try !Self.mayBeAny(of: chunkID, in: changes) { return }
        var updates: Set<Origin> = []
        var deletions: Set<Origin> = []
        var inserted: [SQLiteUndoChange] = []
        var parentsOf: [String: [String]] = [:]
        var written: Set<String> = []
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            if entry.isClosing { return }
            if entry.kind == .insert || entry.kind == .update { written.insert(entry.tableName) }
            switch entry.kind {
            case .insert: inserted.append(entry)
            case .update:
                if parentsOf[entry.tableName] == nil { parentsOf[entry.tableName] = try parents(entry) }
                for index in 0..<entry.count { updates.insert(Origin(entry.single(index))) }
            case .delete: deletions.insert(Origin(entry))
            case .absence, .widening: break
            }
        }
        let effects = updates.union(deletions)
        if effects.isEmpty { return }
        for entry in inserted {
            for index in 0..<entry.count {
                let insertion = entry.single(index)
                if effects.contains(Origin(insertion)) { causes.append((insertion, Origin(insertion))) }
            }
        }
        for (table, parents) in parentsOf {
            for parent in Set(parents) where !SQLiteIdentifier.isSame(parent, table) {
                guard let name = written.first(where: { SQLiteIdentifier.isSame($0, parent) }) else { continue }
                try addFollowers(in: table, of: name, updates, chunkID, changes)
            }
        }
    }

    /// Whether a chunk updated or deleted rows at all, and inserted others or updated rows of two tables.
    private static func mayBeAny(of chunkID: Int64, in changes: SQLiteUndoChanges) throws -> Bool {
        var updated: Set<String> = []
        var (inserts, deletes) = (false, false)
        try changes.forEachOutline(of: chunkID) { outline in
            if outline.kind == .update { updated.insert(outline.tableName) }
            if outline.kind == .insert { inserts = true }
            if outline.kind == .delete { deletes = true }
        }
        return inserts ? deletes || !updated.isEmpty : updated.count > 1
    }

    /// Rows of a table that were changed by the record that changed a row which they may refer to.
    private mutating func addFollowers(
        in table: String, of parent: String, _ updates: Set<Origin>, _ chunkID: Int64, _ changes: SQLiteUndoChanges
    ) throws {
        var n = Int64.max
        while let entry = try changes.last(of: chunkID, before: n) {
            n = entry.n
            guard entry.kind == .update || entry.kind == .insert, entry.tableName == parent else { continue }
            for index in 0..<entry.count {
                let effect = Origin(table: table, record: entry.record + index)
                if updates.contains(effect) { causes.append((entry.single(index), effect)) }
            }
        }
    }

    /// - Parameter heir: which later chunk takes a change over, given who takes over which records' effects. A row that a
    ///   record began, another one of the chunk may have ended, and so on.
    func heirs(
        _ heir: (SQLiteUndoChange, [Origin: SQLiteUnchangedStore.Finding]) throws -> SQLiteUnchangedStore.Finding?
    ) throws -> [Origin: SQLiteUnchangedStore.Finding] {
        var heirs: [Origin: SQLiteUnchangedStore.Finding] = [:]
        var count: Int
        repeat {
            count = heirs.count
            for (change, effect) in causes where heirs[effect] == nil { heirs[effect] = try heir(change, heirs) }
        } while heirs.count > count
        return heirs
    }
}

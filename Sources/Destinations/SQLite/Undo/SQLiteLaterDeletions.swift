internal import Records

/// Which changes, of a chunk and of later ones, deleted rows with certain keys.
///
/// Undo data has no index by keys: that would cost each import something. So the keys that a reversal needs are collected
/// first, and later undo data is read for them once.
final class SQLiteLaterDeletions {
    private typealias Kind = SQLiteUndoNotes.Kind

    private let connection: SQLiteConnection
    private let chunkID: Int64
    private var identities: [SQLiteRowIdentity] = []
    private var wanted: Set<SQLiteRowIdentity.Key> = []
    private var found: [SQLiteRowIdentity.Key: [(chunkID: Int64, n: Int64)]]?

    init(_ connection: SQLiteConnection, from chunkID: Int64) {
        self.connection = connection
        self.chunkID = chunkID
    }

    /// Notes that someone will ask for a key.
    func want(_ key: SQLiteRowIdentity.Key, of identity: SQLiteRowIdentity) {
        if !identities.contains(where: { $0.table == identity.table && $0.columns == identity.columns }) {
            identities.append(identity)
        }
        if wanted.insert(key).inserted { found = nil }
    }

    /// The deletions of rows with a key after a change, oldest first.
    func deletions(
        of key: SQLiteRowIdentity.Key, after change: SQLiteUndoChange, in changes: SQLiteUndoChanges
    ) throws -> [SQLiteUndoChange] {
        let known = try found ?? search(changes)
        found = known
        return try (known[key] ?? []).compactMap { place in
            guard (place.chunkID, place.n) > (change.chunkID, change.n) else { return nil }
            // It may have been undone since.
            let deletion = try changes.change(place.n, of: place.chunkID)
            return deletion.flatMap { $0.kind == .delete || $0.kind == .absence ? $0 : nil }
        }
    }

    private func search(
        _ changes: SQLiteUndoChanges
    ) throws -> [SQLiteRowIdentity.Key: [(chunkID: Int64, n: Int64)]] {
        var found: [SQLiteRowIdentity.Key: [(chunkID: Int64, n: Int64)]] = [:]
        var columns: [Int64: [String]] = [:]
        for identity in identities {
            try connection.prepare(
                """
                SELECT chunk_id, n, table_id, before FROM main._waybill_undo
                WHERE chunk_id >= ?1 AND kind IN (\(Kind.delete.rawValue), \(Kind.absence.rawValue))
                AND table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?2 COLLATE NOCASE)
                ORDER BY chunk_id, n
                """
            ).run([.integer(UInt64(bitPattern: chunkID)), .text(identity.table)]) { row in
                let id = row.integer(2)
                let names = try columns[id] ?? changes.description(ofTable: id).columns
                columns[id] = names
                guard let key = identity.key(of: RowImage(bytes: row.blob(3)), columns: names), wanted.contains(key)
                else { return }
                found[key, default: []].append((row.integer(0), row.integer(1)))
            }
        }
        return found
    }
}

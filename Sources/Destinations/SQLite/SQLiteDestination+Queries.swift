internal import Glibc
package import Records

extension SQLiteDestination {
    package func query(_ sql: String, limit: Int, timeout: Duration) throws -> QueryResult {
        try connection.read(sql, limit: limit, timeout: timeout)
    }

    package func run(_ statements: [String], once name: String?, undo: ClosingUndo?) throws -> [Int]? {
        try connection.transaction { () -> [Int]? in
            if let name {
                try connection.execute(
                    "CREATE TABLE IF NOT EXISTS main._waybill_finalized (name TEXT PRIMARY KEY, committed_at TEXT NOT NULL)"
                )
                try connection.execute(
                    "INSERT OR IGNORE INTO main._waybill_finalized VALUES (?1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
                    [.text(name)])
                if connection.changes == 0 { return nil }
            }
            guard let undo, try SQLiteUndoStore(connection: connection).exists() else { return try run(statements) }
            recorder.reset(try connection.tables.undoTables(in: connection))
            let counts = try recorder.recordingStatements {
                try statements.map { try connection.runScript($0, notingIn: recorder) }
            }
            let unseen = try recorder.noteMadeTables(connection.tables.all(in: connection))
            if !recorder.notes.changes.isEmpty || !unseen.isEmpty {
                let store = SQLiteUndoStore(connection: connection)
                var key = undo.key
                let last = try store.chunks(logID: key.logID, importID: key.importID).last
                key.chunk = max(key.chunk, (last ?? 0) + 1)
                try store.add(recorder, RecordPlaces(bytes: unseen.bytes), for: key, target: nil)
            }
            return counts
        }
    }

    private func run(_ statements: [String]) throws -> [Int] {
        try statements.map { try connection.runScript($0) }
    }

    package func hasRun(_ name: String) throws -> Bool {
        guard try SQLiteTable.find("_waybill_finalized", in: connection) != nil else { return false }
        return try !connection.query("SELECT 1 FROM main._waybill_finalized WHERE name = ?1", [.text(name)]) { _ in 1 }
            .isEmpty
    }

    /// Copies the whole database: what an import changed through triggers is in it, too.
    package func backUp(to path: String, logID: String, importIDs: [UInt64]) throws {
        guard access(path, F_OK) != 0 else {
            throw DataError(.destination, "\(path) already exists", remedy: "Give the backup another name.")
        }
        try connection.backUp(to: path)
    }
}

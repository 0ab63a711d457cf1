internal import Records

/// The table of the rows that chunks found unchanged: a row for each chunk and table.
struct SQLiteUnchangedStore {
    let connection: SQLiteConnection

    func createTable() throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._waybill_undo_unchanged (
                chunk_id INTEGER NOT NULL, table_id INTEGER NOT NULL, first_row INTEGER NOT NULL,
                last_row INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY (chunk_id, table_id)) WITHOUT ROWID
            """)
    }

    /// Databases of older versions have none.
    func exists() throws -> Bool { try SQLiteTable.find("_waybill_undo_unchanged", in: connection) != nil }

    func put(_ rows: [SQLiteUnchangedRows.Row], chunkID: Int64, tableID: Int64) throws {
        let key: [SQLiteValue] = [.integer(UInt64(bitPattern: chunkID)), .integer(UInt64(bitPattern: tableID))]
        guard let first = rows.first, let last = rows.last else {
            return try connection.execute(
                "DELETE FROM main._waybill_undo_unchanged WHERE chunk_id = ?1 AND table_id = ?2", key)
        }
        try connection.execute(
            """
            INSERT OR REPLACE INTO main._waybill_undo_unchanged (chunk_id, table_id, first_row, last_row, rows)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """,
            key + [
                .integer(UInt64(bitPattern: first.number)), .integer(UInt64(bitPattern: last.number)),
                .blob(SQLiteUnchangedRows.bytes(rows)),
            ])
    }

    /// What a chunk found is its import's no more.
    func remove(chunkID: Int64) throws {
        try connection.execute(
            "DELETE FROM main._waybill_undo_unchanged WHERE chunk_id = ?1", [.integer(UInt64(bitPattern: chunkID))])
    }

    /// What a chunk found, table by table.
    func rows(of chunkID: Int64) throws -> [(tableID: Int64, rows: [SQLiteUnchangedRows.Row])] {
        try connection.query(
            "SELECT table_id, rows FROM main._waybill_undo_unchanged WHERE chunk_id = ?1",
            [.integer(UInt64(bitPattern: chunkID))]
        ) { ($0.integer(0), SQLiteUnchangedRows.rows($0.blob(1))) }
    }

    /// Whether a chunk after another one found any row unchanged.
    func isAny(after chunkID: Int64) throws -> Bool {
        try !connection.query(
            "SELECT 1 FROM main._waybill_undo_unchanged WHERE chunk_id > ?1 LIMIT 1",
            [.integer(UInt64(bitPattern: chunkID))]
        ) { _ in true }.isEmpty
    }

    struct Finding {
        var chunkID: Int64
        var record: Int
    }

    /// The first chunk after another one that found each of these rows unchanged.
    func first(after chunkID: Int64, table: String, numbers: Set<Int64>) throws -> [Int64: Finding] {
        guard let lowest = numbers.min(), let highest = numbers.max() else { return [:] }
        var found: [Int64: Finding] = [:]
        var isDone = false
        try connection.prepare(
            """
            SELECT chunk_id, rows FROM main._waybill_undo_unchanged
            WHERE chunk_id > ?1 AND last_row >= ?2 AND first_row <= ?3
            AND table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?4) ORDER BY chunk_id
            """
        ).run([
            .integer(UInt64(bitPattern: chunkID)), .integer(UInt64(bitPattern: lowest)),
            .integer(UInt64(bitPattern: highest)), .text(table),
        ]) { row in
            if isDone { return }
            let later = row.integer(0)
            SQLiteUnchangedRows.forEachRun(row.blob(1)) { first, count in
                for index in 0..<count {
                    let number = first.number &+ Int64(index)
                    guard number <= highest, numbers.contains(number), found[number] == nil else { continue }
                    found[number] = Finding(chunkID: later, record: first.record + index)
                }
            }
            isDone = found.count == numbers.count
        }
        return found
    }

    /// Notes the numbers that the rows of a table have now; those that have none are forgotten, since no change is about them.
    func renumber(_ table: String, by new: (Int64) throws -> Int64?) throws {
        let all = try connection.query(
            """
            SELECT chunk_id, table_id, rows FROM main._waybill_undo_unchanged
            WHERE table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1)
            """, [.text(table)]
        ) { (chunkID: $0.integer(0), tableID: $0.integer(1), rows: SQLiteUnchangedRows.rows($0.blob(2))) }
        for (chunkID, tableID, rows) in all {
            var renumbered = SQLiteUnchangedRows()
            for old in rows {
                if let number = try new(old.number) { renumbered.add(number, record: old.record) }
            }
            try put(renumbered.sorted(), chunkID: chunkID, tableID: tableID)
        }
    }

    /// Notes that a row has another number, for the chunks in a range.
    func move(_ row: Int64, to new: Int64, table: String, chunks: ClosedRange<Int64>) throws {
        let concerned = try connection.query(
            """
            SELECT chunk_id, table_id, rows FROM main._waybill_undo_unchanged
            WHERE chunk_id BETWEEN ?1 AND ?2 AND first_row <= ?3 AND last_row >= ?3
            AND table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?4)
            """,
            [
                .integer(UInt64(bitPattern: chunks.lowerBound)), .integer(UInt64(bitPattern: chunks.upperBound)),
                .integer(UInt64(bitPattern: row)), .text(table),
            ]
        ) { (chunkID: $0.integer(0), tableID: $0.integer(1), rows: SQLiteUnchangedRows.rows($0.blob(2))) }
        for (chunkID, tableID, rows) in concerned where rows.contains(where: { $0.number == row }) {
            var moved = SQLiteUnchangedRows()
            for old in rows { moved.add(old.number == row ? new : old.number, record: old.record) }
            try put(moved.sorted(), chunkID: chunkID, tableID: tableID)
        }
    }
}

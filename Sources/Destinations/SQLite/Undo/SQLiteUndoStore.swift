internal import CSQLite
internal import Records

/// The tables that undo data stands in.
///
/// - `_waybill_undo_chunks`: a row for each chunk that keeps undo data; its id is the order in which chunks were written.
/// - `_waybill_undo_tables`: the tables, and how undo data describes their rows, as `SQLiteRowDescription` writes it.
/// - `_waybill_undo`: the changes, each with its number `n` in its chunk; a run of `count` insertions or updates has the
///   numbers from `n` on, and the rows from `row` on.
struct SQLiteUndoStore {
    let connection: SQLiteConnection

    func createTables() throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._waybill_undo_chunks (
                id INTEGER PRIMARY KEY, log_id TEXT NOT NULL, import INTEGER NOT NULL,
                chunk INTEGER NOT NULL, places BLOB NOT NULL, UNIQUE (log_id, import, chunk))
            """)
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._waybill_undo_tables (
                id INTEGER PRIMARY KEY, table_name TEXT NOT NULL, columns BLOB NOT NULL, UNIQUE (table_name, columns))
            """)
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._waybill_undo (
                chunk_id INTEGER NOT NULL, n INTEGER NOT NULL, table_id INTEGER NOT NULL, kind INTEGER NOT NULL,
                row NOT NULL, record INTEGER NOT NULL, count INTEGER NOT NULL, before BLOB, after BLOB,
                PRIMARY KEY (chunk_id, n)) WITHOUT ROWID
            """)
        try connection.execute(
            "CREATE INDEX IF NOT EXISTS main._waybill_undo_row ON _waybill_undo (table_id, row)")
        // Who looks for a row looks through the runs before it, of which there are few.
        try connection.execute(
            "CREATE INDEX IF NOT EXISTS main._waybill_undo_run ON _waybill_undo (table_id, row) WHERE count > 1")
        try SQLiteUnchangedStore(connection: connection).createTable()
        try SQLiteRowNumbers(connection: connection).createTable()
    }

    func exists() throws -> Bool { try SQLiteTable.find("_waybill_undo", in: connection) != nil }

    /// Writes what a recorder noted while a chunk was written.
    ///
    /// - Parameter target: the table whose rows were found unchanged.
    func add(
        _ recorder: SQLiteUndoRecorder, _ places: RecordPlaces, for key: LedgerKey, target: SQLiteRecordedTable?
    ) throws {
        try connection.execute(
            "INSERT INTO main._waybill_undo_chunks (log_id, import, chunk, places) VALUES (?1, ?2, ?3, ?4)",
            [.text(key.logID), .integer(key.importID), .integer(key.chunk), .blob(places.bytes)])
        let chunkID = UInt64(bitPattern: connection.lastInsertRowID)
        var ids: [Int: UInt64] = [:]
        let insert = try connection.prepare(
            """
            INSERT INTO main._waybill_undo (chunk_id, n, table_id, kind, row, record, count, before, after)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            """)
        defer { insert.clear() }
        if recorder.notes.unchanged.count > 0, let target {
            try SQLiteUnchangedStore(connection: connection).put(
                recorder.notes.unchanged.sorted(), chunkID: Int64(bitPattern: chunkID),
                tableID: Int64(bitPattern: tableID(target)))
        }
        var n: Int64 = 0
        for change in recorder.notes.changes {
            let id = try ids[change.table] ?? tableID(recorder.tables[change.table])
            ids[change.table] = id
            let numbers = [
                Int64(chunkID), n, Int64(id), change.kind.rawValue, 0, Int64(change.record), Int64(change.count),
            ]
            for (index, number) in numbers.enumerated() { _ = insert.bind(integer: number, at: Int32(index + 1)) }
            if let before = change.before {
                insert.bind(blob: UnsafeRawBufferPointer(rebasing: recorder.notes.images.bytes[before]), at: 8)
            } else {
                _ = insert.bindNull(at: 8)
            }
            let key = if case .image(let bytes) = change.row { bytes } else { [UInt8]() }
            let code = key.withUnsafeBytes { key in
                if case .rowID(let number) = change.row {
                    _ = insert.bind(integer: number, at: 5)
                } else {
                    insert.bind(blob: key, at: 5)
                }
                return Self.bytes(recorder.notes.fingerprints[change.after]).withUnsafeBytes { after in
                    if after.isEmpty { _ = insert.bindNull(at: 9) } else { insert.bind(blob: after, at: 9) }
                    return insert.step()
                }
            }
            guard code == SQLITE_DONE else { throw connection.error(code) }
            insert.reset()
            n += Int64(change.count)
        }
    }

    private func tableID(_ table: SQLiteRecordedTable) throws -> UInt64 {
        let values: [SQLiteValue] = [.text(table.name), .blob(table.description.bytes)]
        try connection.execute(
            "INSERT OR IGNORE INTO main._waybill_undo_tables (table_name, columns) VALUES (?1, ?2)", values)
        if table.hidesRowIDs, connection.changes > 0 { try SQLiteRowNumbers(connection: connection).note(table.name) }
        let ids = try connection.query(
            "SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1 AND columns = ?2", values
        ) { UInt64(bitPattern: $0.integer(0)) }
        return ids[0]
    }

    static func bytes(_ fingerprints: some Sequence<UInt64>) -> [UInt8] {
        var bytes: [UInt8] = []
        for fingerprint in fingerprints {
            withUnsafeBytes(of: fingerprint.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    static func fingerprints(_ bytes: [UInt8]) -> [UInt64] {
        bytes.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
    }

    func chunks(logID: String, importID: UInt64) throws -> [UInt64] {
        guard try exists() else { return [] }
        return try connection.query(
            "SELECT chunk FROM main._waybill_undo_chunks WHERE log_id = ?1 AND import = ?2 ORDER BY chunk",
            [.text(logID), .integer(importID)]
        ) { UInt64(bitPattern: $0.integer(0)) }
    }

    /// The tables that an import's undo data is about, with the columns that it describes their rows by.
    func tables(logID: String, importID: UInt64) throws -> [(name: String, columns: [String])] {
        guard try exists() else { return [] }
        return try connection.query(
            """
            SELECT table_name, columns FROM main._waybill_undo_tables WHERE id IN (
                SELECT table_id FROM main._waybill_undo_chunks c CROSS JOIN main._waybill_undo u ON u.chunk_id = c.id
                WHERE c.log_id = ?1 AND c.import = ?2)
            """, [.text(logID), .integer(importID)]
        ) { ($0.text(0), SQLiteRowDescription(bytes: $0.blob(1)).columns) }
    }

    /// The id of a chunk's undo data; nil if it has none.
    func chunkID(_ key: LedgerKey) throws -> Int64? {
        guard try exists() else { return nil }
        return try connection.query(
            "SELECT id FROM main._waybill_undo_chunks WHERE log_id = ?1 AND import = ?2 AND chunk = ?3",
            [.text(key.logID), .integer(key.importID), .integer(key.chunk)]
        ) { $0.integer(0) }.first
    }

    /// The tables that a chunk's undo data is about.
    func tableNames(ofChunk id: Int64) throws -> [String] {
        try connection.query(
            """
            SELECT DISTINCT table_name FROM main._waybill_undo_tables
            WHERE id IN (SELECT table_id FROM main._waybill_undo WHERE chunk_id = ?1)
            """, [.integer(UInt64(bitPattern: id))]
        ) { $0.text(0) }
    }

    /// Which chunk it is whose undo data has this id, and where its records stand.
    func origin(ofChunk id: Int64) throws -> (LedgerKey, RecordPlaces) {
        try connection.query(
            "SELECT log_id, import, chunk, places FROM main._waybill_undo_chunks WHERE id = ?1",
            [.integer(UInt64(bitPattern: id))]
        ) {
            let key = LedgerKey(
                logID: $0.text(0), importID: UInt64(bitPattern: $0.integer(1)), chunk: UInt64(bitPattern: $0.integer(2))
            )
            return (key, RecordPlaces(bytes: $0.blob(3)))
        }[0]
    }

    /// A column whose guessed type a chunk changed to TEXT.
    struct Widening {
        fileprivate var chunkID: Int64
        fileprivate var n: Int64
        var table: String
        var column: String
        var type: String
        /// The log that guessed the type, where it is known.
        var logID: String?
    }

    func widenings(of chunkID: Int64) throws -> [Widening] {
        try connection.query(
            """
            SELECT u.n, t.table_name, u.row, u.before FROM main._waybill_undo u
            JOIN main._waybill_undo_tables t ON t.id = u.table_id WHERE u.chunk_id = ?1 AND u.kind = ?2
            """, [.integer(UInt64(bitPattern: chunkID)), .integer(UInt64(SQLiteUndoNotes.Kind.widening.rawValue))]
        ) {
            let parts = $0.blob(3).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            return Widening(
                chunkID: chunkID, n: $0.integer(0), table: $0.text(1),
                column: String(decoding: $0.blob(2), as: UTF8.self), type: parts.first ?? "",
                logID: parts.count > 1 ? parts[1] : nil)
        }
    }

    /// Leaves a widening to the next chunk that has undo data of the table, whose rows may need the column as text.
    /// Returns false if there is none.
    func handOver(_ widening: Widening) throws -> Bool {
        let later = try connection.query(
            """
            SELECT chunk_id, min(n) FROM main._waybill_undo WHERE chunk_id > ?1
            AND table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?2)
            GROUP BY chunk_id ORDER BY chunk_id LIMIT 1
            """, [.integer(UInt64(bitPattern: widening.chunkID)), .text(widening.table)]
        ) { (chunkID: $0.integer(0), n: $0.integer(1)) }.first
        guard let later else { return false }
        try connection.execute(
            "UPDATE main._waybill_undo SET chunk_id = ?1, n = ?2 WHERE chunk_id = ?3 AND n = ?4",
            [later.chunkID, min(later.n, 0) - 1, widening.chunkID, widening.n].map {
                .integer(UInt64(bitPattern: $0))
            })
        return true
    }

    func remove(_ widening: Widening) throws {
        try connection.execute(
            "DELETE FROM main._waybill_undo WHERE chunk_id = ?1 AND n = ?2",
            [.integer(UInt64(bitPattern: widening.chunkID)), .integer(UInt64(bitPattern: widening.n))])
    }
}

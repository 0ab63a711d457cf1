internal import Records

/// Rows under other rowids.
extension SQLiteUndoChanges {
    /// Notes that the row of these changes has another rowid.
    func move(_ life: SQLiteRowLife, to row: SQLiteUndoNotes.RowKey) throws {
        if life.row == row { return }
        followed = nil
        if hasUnchanged {
            moved.insert(row.number)
            try unchanged.move(life.row.number, to: row.number, table: life.table, chunks: life.chunks)
        }
        for var moved in life.changes {
            try remove(moved)
            moved.row = row
            try add(moved)
        }
    }

    /// Gives each rowid that undo data of a table names, with the description of the table and the fingerprint that each of
    /// its changes left, oldest first; none where the row went.
    func forEachRow(of table: String, _ body: (Int64, Int64, UInt64?) throws -> Void) throws {
        try connection.prepare(
            "SELECT \(Self.columns) WHERE t.table_name = ?1 AND \(SQLiteUndoChange.isOfRow) ORDER BY u.chunk_id, u.n"
        )
        .run([.text(table)]) { found in
            let entry = SQLiteUndoChange(found)
            guard case .rowID(let first) = entry.row else { return }
            for index in 0..<entry.count {
                let fingerprint = entry.fingerprints.isEmpty ? nil : entry.fingerprints[index]
                try body(first &+ Int64(index), entry.tableID, fingerprint)
            }
        }
    }

    /// Has all changes of a table name their rows by other rowids.
    func renumber(_ table: String, by new: (Int64) throws -> Int64?) throws {
        followed = nil
        let places = try connection.query(
            """
            SELECT u.chunk_id, u.n FROM main._waybill_undo u JOIN main._waybill_undo_tables t ON t.id = u.table_id
            WHERE t.table_name = ?1 AND \(SQLiteUndoChange.isOfRow)
            """, [.text(table)]
        ) { (chunkID: $0.integer(0), n: $0.integer(1)) }
        for (chunkID, n) in places {
            guard let entry = try last(of: chunkID, before: n + 1), case .rowID(let first) = entry.row else { continue }
            let rows = try (0..<entry.count).map { try new(first + Int64($0)) ?? first + Int64($0) }
            if rows.enumerated().allSatisfy({ $1 == first + Int64($0) }) { continue }
            try delete(entry)
            var start = 0
            for end in 1...rows.count where end == rows.count || rows[end] != rows[end - 1] + 1 {
                var part = entry.count == 1 ? entry : entry.part(start..<end)
                part.row = .rowID(rows[start])
                try add(part)
                start = end
            }
        }
        if hasUnchanged { try unchanged.renumber(table, by: new) }
    }

    /// A rowid higher than all that a table has and that undo data names in it.
    ///
    /// - Parameter highest: the highest that the table has.
    func unusedRowID(in table: String, above highest: () throws -> Int64) throws -> SQLiteUndoNotes.RowKey {
        let number = try (lastGiven[table] ?? max(highest(), highestRowID(in: table))) + 1
        lastGiven[table] = number
        return .rowID(number)
    }

    /// No rowid that undo data names in a table is higher.
    private func highestRowID(in table: String) throws -> Int64 {
        let first =
            try connection.query(
                """
                SELECT max(row) FROM main._waybill_undo WHERE row < x''
                AND table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1)
                """, [.text(table)]
            ) { $0.integer(0) }.first ?? 0
        return first + Int64(SQLiteUndoNotes.longestRun)
    }
}

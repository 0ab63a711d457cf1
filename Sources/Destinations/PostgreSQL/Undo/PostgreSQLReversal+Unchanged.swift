internal import Records

extension PostgreSQLReversal {
    /// The rows that the chunk found unchanged are its import's no more; where only some are undone, those that
    /// fit.
    func letGoOfUnchanged(_ chunkID: String, _ only: RowCondition?) throws {
        guard let only else {
            try connection.execute("DELETE FROM _waybill.undo_unchanged WHERE chunk_id = \(chunkID)")
            return
        }
        for row in try connection.query(
            "SELECT DISTINCT table_id FROM _waybill.undo_unchanged WHERE chunk_id = \(chunkID)")
        {
            guard let tableID = row[0], let format = try undo.format(ofTable: tableID).format,
                let column = format.table.column(only.column)
            else { continue }
            let value = "t.\(PostgreSQLIdentifier.quoted(column.name))"
            let fitting = """
                SELECT \(PostgreSQLUnchangedRows.hash(format.keyTexts("t"))) FROM \(format.table.ownRows) t
                WHERE \(PostgreSQLIdentifier.literal(only.value)) IN (\(value)::text, \(format.text(value, column)))
                """
            let left = """
                FROM unnest(u.keys, u.records) WITH ORDINALITY k (key, record, i)
                WHERE k.key NOT IN (SELECT hash FROM fitting)
                """
            try connection.execute(
                """
                WITH fitting (hash) AS MATERIALIZED (\(fitting)),
                mine AS (DELETE FROM _waybill.undo_unchanged u
                    WHERE chunk_id = \(chunkID) AND table_id = \(tableID) RETURNING *)
                INSERT INTO _waybill.undo_unchanged (chunk_id, table_id, first, keys, records)
                SELECT chunk_id, table_id, first, ARRAY(SELECT k.key \(left) ORDER BY k.i),
                    ARRAY(SELECT coalesce(k.record, u.first + k.i::int - 1) \(left) ORDER BY k.i)
                FROM mine u WHERE EXISTS (SELECT \(left))
                """)
        }
    }
}

internal import Records

/// What closing SQL made of the chunk's rows.
extension PostgreSQLReversal {
    /// Undoes what closing SQL made of the chunk's rows: it is run again once the batch is whole again, and does not
    /// keep a row that the import brought.
    func takeBackClosing() throws {
        let closings = try connection.query(
            """
            SELECT id FROM _waybill.undo_chunks WHERE id > \(chunkID) AND chunk >= \(LedgerKey.closingChunk)
                AND EXISTS (SELECT FROM _waybill.undo_chunks o WHERE o.id = \(chunkID)
                    AND o.chunk < \(LedgerKey.closingChunk)) ORDER BY id
            """)
        for closing in closings.compactMap({ $0[0] }) {
            // What stays of it stands against the chunk's change as well, and is said there.
            let reversal = PostgreSQLReversal(
                connection, chunkID: closing, overwritesEdited: overwritesEdited, only: only, versioned: versioned,
                after: chunkID)
            _ = try reversal.run()
            changedCounts.merge(reversal.changedCounts, uniquingKeysWith: +)
        }
    }

    /// Whether a change under `u` comes right after one of a chunk, and no later import found the row as that left it.
    func comesAfter(_ chunkID: String) -> String {
        func isOfTable(_ alias: String) -> String {
            """
            \(alias).table_id IN (SELECT o.id FROM _waybill.undo_tables o JOIN _waybill.undo_tables i USING (table_name)
                WHERE i.id = u.table_id)
            """
        }
        let isBetween = "chunk_id > \(chunkID) AND"
        return """
            EXISTS (SELECT FROM _waybill.undo m WHERE m.chunk_id = \(chunkID) AND m.key = u.key AND \(isOfTable("m"))
                AND \(overwritesEdited ? "true" : "m.after_print IS NOT DISTINCT FROM u.before_print"))
            AND NOT EXISTS (SELECT FROM _waybill.undo_rows b WHERE b.\(isBetween) b.chunk_id < u.chunk_id AND b.key = u.key
                AND \(isOfTable("b")))
            AND NOT EXISTS (SELECT FROM _waybill.undo_unchanged s CROSS JOIN LATERAL unnest(s.keys) k (key)
                WHERE s.\(isBetween) s.chunk_id < u.chunk_id AND k.key = \(PostgreSQLUnchangedRows.hash("u.key"))
                AND \(isOfTable("s")))
            """
    }
}

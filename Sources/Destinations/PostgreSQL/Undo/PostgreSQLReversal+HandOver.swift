internal import Records

/// What later changes of the same rows take over.
extension PostgreSQLReversal {
    /// What a change would restore, the next change of the row restores from now on.
    func handOver(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        if format.key.isEmpty { return }
        let siblings = try undo.siblings(format.tableID)
        let translation = try PostgreSQLUndoTranslation(
            of: format, siblings: siblings, added: added(to: format), connection)
        // The primary key cannot serve this: a server that trusted it to find the next change would read, for each row, all
        // that later chunks changed. The index of the keys can.
        let later = "u.table_id IN \(siblings) AND (u.chunk_id + 0, u.n) > (\(chunkID), r.n)"
        try connection.execute(
            """
            UPDATE \(work) r SET next_chunk = x.chunk_id, next_n = x.next_n, next_print = x.before_print
            FROM (SELECT r.n, u.chunk_id, u.n AS next_n, \(translation.fingerprint) AS before_print FROM \(work) r CROSS JOIN LATERAL (
                SELECT u.* FROM _waybill.undo u WHERE u.key = r.key AND u.kind <> 'i' AND u.kind <> 'w' AND \(later)
                ORDER BY u.chunk_id + 0, u.n LIMIT 1) u WHERE \(these)) x WHERE x.n = r.n
            """)
        // A row that was deleted may have been inserted again. There is no index for that, and a server that expects few
        // insertions would look through them all for each row.
        try connection.execute(
            """
            SET LOCAL enable_nestloop = off;
            UPDATE \(work) r SET next_chunk = x.chunk_id, next_n = x.next_n, next_print = NULL
            FROM (SELECT DISTINCT ON (r.n) r.n, u.chunk_id, u.n AS next_n FROM \(work) r JOIN _waybill.undo u
                ON u.key = r.key AND u.kind = 'i' AND \(later)
                WHERE \(these) AND r.after_print IS NULL ORDER BY r.n, u.chunk_id, u.n) x
            WHERE x.n = r.n AND (r.next_chunk IS NULL OR (x.chunk_id, x.next_n) < (r.next_chunk, r.next_n));
            SET LOCAL enable_nestloop = DEFAULT
            """)
        try findInsertedAgain(format, these, siblings)
        // A later deletion of which only the name is left found nothing more to delete than this one leaves.
        try connection.execute(
            """
            UPDATE \(work) r SET state = 'n' WHERE \(these) AND r.kind = 'i' AND r.next_chunk IS NOT NULL
                AND r.next_print IS NULL
            """)
        // Without knowing how many that are, the server may compare each change with each.
        try connection.execute("ANALYZE \(work)")
        try handOverToUnchanged(format, these, siblings)
        let fits = overwritesEdited ? "true" : "r.next_print IS NOT DISTINCT FROM r.after_print"
        // The row of another table may go over to a chunk before the next change: then what changed with it was so by then.
        try follow(
            format, these,
            where: "r.next_chunk IS NOT NULL AND h.chunk_id < r.next_chunk AND h.table_id <> r.table_id AND \(fits)")
        let (before, fingerprint) = translation.before
        // Undo data is empty most of the time, and a server that last counted it then expects one row: it goes through all of
        // it, and finds each change here by the index of `next_chunk`.
        try connection.execute(
            """
            UPDATE _waybill.undo u SET before = \(before), before_print = \(fingerprint),
                kind = CASE WHEN u.after_print IS NULL THEN 'd' WHEN r.before IS NULL THEN 'i' ELSE 'u' END::"char"
            FROM \(work) r WHERE u.chunk_id = r.next_chunk AND u.n = r.next_n AND \(these) AND \(fits);
            UPDATE \(work) r SET state = CASE WHEN \(fits) THEN 'h' ELSE 'k' END::"char",
                message = CASE WHEN NOT (\(fits)) THEN 'it was changed since, and then changed by import '
                    || (SELECT import FROM _waybill.undo_chunks c WHERE c.id = r.next_chunk) END
            WHERE \(these) AND r.next_chunk IS NOT NULL
            """)
    }

    /// A row may have been deleted by someone who left no trace, and inserted again by a later import. It is that
    /// import's then.
    func findInsertedAgain(_ format: PostgreSQLUndoFormat, _ these: String, _ siblings: String) throws {
        let later = "chunk_id > \(chunkID) AND table_id IN \(siblings)"
        let isAny = try connection.query(
            """
            SELECT EXISTS (SELECT FROM _waybill.undo_packs WHERE \(later) AND befores IS NULL)
                OR EXISTS (SELECT FROM _waybill.undo WHERE \(later) AND kind = 'i')
            """)[0][0]
        guard isAny == "t" else { return }
        let doubtful = """
            \(these) AND r.after_print IS NOT NULL AND (r.next_chunk IS NOT NULL OR EXISTS (
                SELECT FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key"))
                AND t.xmin <> ALL (\(ownMarks)::xid[])))
            """
        let found = try connection.execute(
            """
            UPDATE \(work) r SET next_chunk = x.chunk_id, next_n = x.next_n, next_print = NULL,
                state = CASE WHEN r.kind = 'i' THEN 'h'::"char" END
            FROM (SELECT DISTINCT ON (r.n) r.n, u.chunk_id, u.n AS next_n FROM (SELECT * FROM \(work) r WHERE \(doubtful)) r
                JOIN (SELECT chunk_id, n, key FROM _waybill.undo_rows WHERE \(later) AND kind = 'i') u ON u.key = r.key
                ORDER BY r.n, u.chunk_id, u.n) x
            WHERE x.n = r.n AND (r.next_chunk IS NULL OR (x.chunk_id, x.next_n) < (r.next_chunk, r.next_n))
            """)
        if found > 0 && overwritesEdited {
            try undo.unpack("chunk_id IN (SELECT next_chunk FROM \(work)) AND befores IS NULL")
        }
    }

    /// A row that a later import found as it is now belongs to that one as well, which takes it with it when it is
    /// undone, too.
    func handOverToUnchanged(_ format: PostgreSQLUndoFormat, _ these: String, _ siblings: String) throws {
        let isAny = try connection.query(
            "SELECT EXISTS (SELECT FROM _waybill.undo_unchanged WHERE chunk_id > \(chunkID) AND table_id IN \(siblings))"
        )
        guard isAny[0][0] == "t" else { return }
        try connection.execute(
            """
            UPDATE \(work) r SET same_chunk = x.chunk_id, same_record = x.record
            FROM (SELECT DISTINCT ON (r.n) r.n, s.chunk_id, s.record
                FROM \(work) r JOIN \(PostgreSQLUnchangedRows.later(than: chunkID, tableIDs: siblings)) s
                ON s.key = \(PostgreSQLUnchangedRows.hash("r.key"))
                WHERE \(these) AND r.after_print IS NOT NULL ORDER BY r.n, s.chunk_id, s.record DESC) x
            WHERE x.n = r.n AND (r.next_chunk IS NULL OR x.chunk_id < r.next_chunk)
            """)
        let now = "FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key"))"
        let isLeft = overwritesEdited ? "true" : "\(format.fingerprint("t")) = r.after_print"
        let wasLeft = overwritesEdited ? "true" : "r.next_print = r.after_print"
        try connection.execute(
            """
            WITH taken AS (UPDATE \(work) r SET state = 'h' WHERE \(these) AND r.same_chunk IS NOT NULL
                AND CASE WHEN r.next_chunk IS NULL THEN EXISTS (SELECT 1 \(now) AND \(isLeft)) ELSE \(wasLeft) END
                RETURNING r.*),
            last AS (SELECT c.same_chunk, greatest(\(PostgreSQLUnchangedRows.firstTakenOver),
                    (SELECT max(u.n) + 1 FROM _waybill.undo u WHERE u.chunk_id = c.same_chunk)) AS n
                FROM (SELECT DISTINCT same_chunk FROM taken) c)
            INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
            SELECT same_chunk, l.n + row_number() OVER (PARTITION BY same_chunk ORDER BY t.n), table_id,
                CASE WHEN before IS NULL THEN 'i' ELSE 'u' END::"char", same_record, key, before, before_print, after_print
            FROM taken t JOIN last l USING (same_chunk)
            """)
    }

    /// A record of the mode `versioned` ends one row and begins another, and one that gives a row another identity brings one
    /// and takes one. Where what it began goes over to a later import, so does what it ended: otherwise two versions would be
    /// the current one, or one row be there twice. A row of the same table that came with the record does not: it may be the
    /// version that stood over one which an earlier import had begun. So do rows of other tables that changed with a record's
    /// row by a foreign key.
    ///
    /// A later chunk of the same import was undone before: what it still has, stays.
    func follow(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        try follow(format, these, where: isStillLeft(format))
    }

    /// Whether the row of the change under `r` is as that left it: gone, too.
    func isStillLeft(_ format: PostgreSQLUndoFormat) -> String {
        if overwritesEdited && !format.key.isEmpty { return "true" }
        let row = "FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key"))"
        return """
            CASE WHEN r.kind = 'd' THEN NOT EXISTS (SELECT 1 \(row))
            ELSE EXISTS (SELECT 1 \(row) AND \(format.fingerprint("t")) = r.after_print) END
            """
    }

    /// - Parameter condition: on the change under `r` and the heir under `h`.
    private func follow(_ format: PostgreSQLUndoFormat, _ these: String, where condition: String) throws {
        if try connection.query("SELECT FROM \(work) WHERE state = 'h' LIMIT 1").isEmpty { return }
        try takeOver(
            heirs: """
                SELECT DISTINCT ON (i.record) i.record, i.table_id, coalesce(i.same_chunk, i.next_chunk) AS chunk_id,
                    CASE WHEN i.same_chunk IS NOT NULL THEN i.same_record
                        ELSE (SELECT u.record FROM _waybill.undo_rows u WHERE u.chunk_id = i.next_chunk AND u.n = i.next_n)
                    END AS new_record
                FROM \(work) i WHERE (i.table_id <> \(format.tableID) OR i.kind = 'i') AND i.state = 'h' AND i.record >= 0
                AND (i.same_chunk IS NOT NULL OR i.next_chunk IS NOT NULL AND i.next_print IS NOT NULL) AND NOT EXISTS (
                    SELECT FROM _waybill.undo_chunks c WHERE c.id = \(chunkID) AND c.chunk >= \(LedgerKey.closingChunk))
                ORDER BY i.record, i.n DESC
                """,
            where: """
                h.record = r.record AND \(these) AND r.kind IN (\(format.key.isEmpty ? "'i', 'u'" : "'i', 'u', 'd'"))
                    AND (r.kind <> 'i' OR h.table_id <> r.table_id) AND \(condition)
                """)
    }

    /// Makes changes those of later chunks.
    ///
    /// - Parameters:
    ///   - heirs: selects the chunk as `chunk_id`, its record as `new_record`, and what the condition needs.
    ///   - condition: on the change under `r` and the heir under `h`.
    func takeOver(heirs: String, where condition: String) throws {
        let stays = "'it changed with a row that was kept'"
        try connection.execute(
            """
            WITH heirs AS (SELECT a.*, EXISTS (SELECT FROM _waybill.undo_chunks c JOIN _waybill.undo_chunks m
                    USING (log_id, import) WHERE c.id = a.chunk_id AND m.id = \(chunkID)) AS is_own FROM (\(heirs)) a),
            taken AS (UPDATE \(work) r SET state = 'h', message = CASE WHEN h.is_own THEN \(stays) END FROM heirs h
                WHERE \(condition) RETURNING h.chunk_id AS heir, h.new_record, r.*),
            last AS (SELECT c.heir, greatest(\(PostgreSQLUnchangedRows.firstTakenOver),
                    (SELECT max(u.n) + 1 FROM _waybill.undo u WHERE u.chunk_id = c.heir)) AS n
                FROM (SELECT DISTINCT heir FROM taken) c)
            INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
            SELECT heir, l.n + row_number() OVER (PARTITION BY heir ORDER BY t.n), table_id, kind, coalesce(new_record, -1), key,
                before, before_print, after_print
            FROM taken t JOIN last l USING (heir)
            """)
    }
}

internal import Records

/// Takes back the changes of one chunk inside a transaction that somebody else began, set by set: first each row's newest
/// change, then the one before it.
///
/// The work is done on a temporary table with the chunk's changes, in which `state` says what became of each: NULL for
/// nothing yet, `r` reversed, `h` handed over, `n` nothing to reverse any more, `k` kept, `f` refused, `s` left alone.
final class PostgreSQLReversal {
    private let connection: PostgreSQLConnection
    private var undo: PostgreSQLUndo { PostgreSQLUndo(connection) }
    private let chunkID: String
    private let overwritesEdited: Bool
    private let only: RowCondition?
    /// Of closing SQL's changes, only those that come right after a change of this chunk.
    private let after: String?
    private let work: String
    private var ownMarks = "'{}'"

    init(
        _ connection: PostgreSQLConnection, chunkID: String, overwritesEdited: Bool, only: RowCondition?,
        after: String? = nil
    ) {
        self.connection = connection
        self.chunkID = chunkID
        self.overwritesEdited = overwritesEdited
        self.only = only
        self.after = after
        work = after == nil ? "_waybill_reversal" : "_waybill_reversal_of_closing"
    }

    func run() throws -> ChunkReversal {
        if only == nil && after == nil {
            try connection.execute("DELETE FROM _waybill.undo_unchanged WHERE chunk_id = \(chunkID)")
        }
        ownMarks = try marks()
        try unpack()
        if after == nil { try takeBackClosing() }
        try connection.execute(
            """
            DROP TABLE IF EXISTS \(work);
            CREATE TEMP TABLE \(work) ON COMMIT DROP AS
            SELECT n, table_id, kind, key, before, before_print, after_print,
                record, row_number() OVER (PARTITION BY table_id, key ORDER BY n DESC) AS wave, NULL::"char" AS state,
                NULL::text AS message, NULL::bigint AS next_chunk, NULL::int AS next_n, NULL::bigint AS next_print,
                NULL::bigint AS same_chunk, NULL::int AS same_record
            FROM _waybill.undo u WHERE chunk_id = \(chunkID) AND kind <> 'w' AND \(after.map(comesAfter) ?? "true");
            CREATE UNIQUE INDEX ON \(work) (n); ANALYZE \(work)
            """)
        // What stood against a row may be gone with the others.
        var refused = Int.max
        while true {
            try goThrough()
            let now = Int(try connection.query("SELECT count(*) FROM \(work) WHERE state = 'f'")[0][0] ?? "") ?? 0
            if now == 0 || now >= refused { break }
            refused = now
            try connection.execute(
                """
                UPDATE \(work) r SET state = NULL, message = NULL, next_chunk = NULL, next_n = NULL, next_print = NULL,
                    same_chunk = NULL, kind = u.kind, before = u.before, before_print = u.before_print
                FROM _waybill.undo u WHERE u.chunk_id = \(chunkID) AND u.n = r.n AND r.state = 'f'
                """)
        }
        return try result()
    }

    /// Goes through the changes of which nothing became yet: each row's newest, table by table, then the one before it. What a
    /// foreign key did to other tables was noted after its cause, and comes back after it.
    private func goThrough() throws {
        let waves = try connection.query(
            "SELECT wave, table_id FROM \(work) WHERE state IS NULL GROUP BY 1, 2 ORDER BY wave, min(n)")
        for wave in waves {
            guard let number = wave[0], let tableID = wave[1] else { continue }
            let (name, format) = try undo.format(ofTable: tableID)
            guard let format else { throw DataError.tableIsAway(name, in: nil) }
            let these = "r.wave = \(number) AND r.table_id = \(tableID) AND r.state IS NULL"
            // What brought the row was taken back, so that there is nothing left of its deletion.
            try connection.execute(
                "UPDATE \(work) r SET state = 'n' WHERE \(these) AND r.kind = 'd' AND r.before IS NULL")
            if let only { try leaveAlone(only, format, these) }
            try handOver(format, these)
            try follow(format, these)
            try restore(format, these)
            try connection.execute(
                """
                UPDATE \(work) r SET state = 'k', message = CASE WHEN after_print IS NULL THEN 'it is there again'
                    WHEN EXISTS (SELECT 1 FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key")))
                    THEN 'it was edited since' ELSE 'it was deleted since' END WHERE \(these);
                DELETE FROM _waybill.undo u USING \(work) r
                WHERE u.chunk_id = \(chunkID) AND u.n = r.n AND r.state IN ('r', 'h', 'n') AND r.wave = \(number)
                """)
        }
    }

    /// Takes back what closing SQL made of the chunk's rows: it is run again once the batch is whole again, and does not keep
    /// a row that the import brought.
    private func takeBackClosing() throws {
        let closings = try connection.query(
            """
            SELECT id FROM _waybill.undo_chunks WHERE id > \(chunkID) AND chunk >= \(LedgerKey.closingChunk)
                AND EXISTS (SELECT FROM _waybill.undo_chunks o WHERE o.id = \(chunkID)
                    AND o.chunk < \(LedgerKey.closingChunk)) ORDER BY id
            """)
        for closing in closings.compactMap({ $0[0] }) {
            // What stays of it stands against the chunk's change as well, and is said there.
            _ = try PostgreSQLReversal(
                connection, chunkID: closing, overwritesEdited: overwritesEdited, only: only, after: chunkID
            ).run()
        }
    }

    /// Whether a change under `u` comes right after one of a chunk, and no later import found the row as that left it.
    private func comesAfter(_ chunkID: String) -> String {
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

    /// The transactions that wrote the chunk's undo data, as a list for SQL: a row that one of them wrote last is the chunk's
    /// beyond doubt. Where all was restored from a dump, one transaction wrote everything, and the list is empty.
    private func marks() throws -> String {
        let marks = try connection.query(
            """
            SELECT DISTINCT xmin FROM (SELECT xmin FROM _waybill.undo WHERE chunk_id = \(chunkID)
                UNION ALL SELECT xmin FROM _waybill.undo_packs WHERE chunk_id = \(chunkID)) mine
            WHERE xmin::text NOT IN (SELECT xmin::text FROM _waybill.undo_chunks WHERE id > \(chunkID) ORDER BY id LIMIT 1)
            """
        ).compactMap { $0[0] }
        return "'{\(marks.joined(separator: ","))}'"
    }

    /// Unpacks what this is going to read by its keys, or to change.
    private func unpack() throws {
        try undo.unpack("chunk_id = \(chunkID)")
        // A later change of the same row takes over what this one would have restored; so does an insertion, where this one
        // deleted the row.
        for row in try connection.query(
            """
            SELECT table_id, bool_or(after_print IS NULL) FROM _waybill.undo
            WHERE chunk_id = \(chunkID) AND kind <> 'w' GROUP BY table_id
            """)
        {
            let those = try "chunk_id > \(chunkID) AND table_id IN \(undo.siblings(row[0] ?? ""))"
            try undo.unpack(row[1] == "t" ? those : "\(those) AND befores IS NOT NULL")
        }
    }

    private func result() throws -> ChunkReversal {
        var outcome = ChunkReversal()
        let counts = try connection.query(
            "SELECT count(*) FILTER (WHERE state = 'r'), count(*) FILTER (WHERE state = 'h') FROM \(work)")[0]
        outcome.reversed = Int(counts[0] ?? "") ?? 0
        outcome.handedOver = Int(counts[1] ?? "") ?? 0
        outcome.kept = try connection.query(
            """
            SELECT o.table_name, array_to_string(r.key, ','), r.state, r.message FROM \(work) r
            JOIN _waybill.undo_tables o ON o.id = r.table_id WHERE r.state IN ('k', 'f') ORDER BY r.n DESC
            """
        ).map { row in
            let name = (row[0] ?? "").split(separator: "\"").last.map(String.init) ?? ""
            return UnreversedRow(
                table: name, key: row[1] ?? "", reason: row[2] == "f" ? .refused : .edited, message: row[3] ?? "")
        }
        return outcome
    }

    private func leaveAlone(_ only: RowCondition, _ format: PostgreSQLUndoFormat, _ these: String) throws {
        let value = PostgreSQLIdentifier.literal(only.value)
        guard let place = format.columns.firstIndex(where: { $0.name == format.table.column(only.column)?.name }) else {
            try connection.execute("UPDATE \(work) r SET state = 's' WHERE \(these)")
            return
        }
        let now =
            "(SELECT t.\(PostgreSQLIdentifier.quoted(format.columns[place].name))::text FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key")))"
        let isThere = "EXISTS (SELECT 1 FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key")))"
        try connection.execute(
            """
            UPDATE \(work) r SET state = 's' WHERE \(these)
            AND CASE WHEN \(isThere) THEN \(now) ELSE r.before[\(place + 1)] END IS DISTINCT FROM \(value)
            """)
    }

    /// What a change would restore, the next change of the row restores from now on.
    private func handOver(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        if format.key.isEmpty { return }
        let siblings = try undo.siblings(format.tableID)
        let translation = try PostgreSQLUndoTranslation(of: format, siblings: siblings, connection)
        // The primary key cannot serve this: a server that trusted it to find the next change would read, for each row, all
        // that later chunks changed. The index of the keys can.
        let later = "u.table_id IN \(siblings) AND (u.chunk_id + 0, u.n) > (\(chunkID), r.n)"
        try connection.execute(
            """
            UPDATE \(work) r SET next_chunk = x.chunk_id, next_n = x.next_n, next_print = x.before_print
            FROM (SELECT r.n, u.chunk_id, u.n AS next_n, \(translation.print) AS before_print FROM \(work) r CROSS JOIN LATERAL (
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
            UPDATE \(work) r SET state = 'r' WHERE \(these) AND r.kind = 'i' AND r.next_chunk IS NOT NULL
                AND r.next_print IS NULL
            """)
        // Without knowing how many that are, the server may compare each change with each.
        try connection.execute("ANALYZE \(work)")
        if only == nil { try handOverToUnchanged(format, these, siblings) }
        let fits = overwritesEdited ? "true" : "r.next_print IS NOT DISTINCT FROM r.after_print"
        let (before, print) = translation.before
        try connection.execute(
            """
            UPDATE _waybill.undo u SET before = \(before), before_print = \(print),
                kind = CASE WHEN u.after_print IS NULL THEN 'd' WHEN r.before IS NULL THEN 'i' ELSE 'u' END::"char"
            FROM \(work) r WHERE u.chunk_id = r.next_chunk AND u.n = r.next_n AND \(these) AND \(fits);
            UPDATE \(work) r SET state = CASE WHEN \(fits) THEN 'h' ELSE 'k' END::"char",
                message = 'it was edited since, and then changed by import '
                    || (SELECT import FROM _waybill.undo_chunks c WHERE c.id = r.next_chunk)
            WHERE \(these) AND r.next_chunk IS NOT NULL
            """)
    }

    /// A row may have been deleted by somebody who left no trace, and inserted again by a later import. It is that import's then;
    /// of an insertion nothing is left to be taken back.
    private func findInsertedAgain(_ format: PostgreSQLUndoFormat, _ these: String, _ siblings: String) throws {
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
                state = CASE WHEN r.kind = 'i' THEN 'r'::"char" END
            FROM (SELECT DISTINCT ON (r.n) r.n, u.chunk_id, u.n AS next_n FROM (SELECT * FROM \(work) r WHERE \(doubtful)) r
                JOIN (SELECT chunk_id, n, key FROM _waybill.undo_rows WHERE \(later) AND kind = 'i') u ON u.key = r.key
                ORDER BY r.n, u.chunk_id, u.n) x
            WHERE x.n = r.n AND (r.next_chunk IS NULL OR (x.chunk_id, x.next_n) < (r.next_chunk, r.next_n))
            """)
        if found > 0 && overwritesEdited {
            try undo.unpack("chunk_id IN (SELECT next_chunk FROM \(work)) AND befores IS NULL")
        }
    }

    /// A row that a later import found as it is now belongs to that one as well, which takes it with it when it is taken back,
    /// too.
    private func handOverToUnchanged(_ format: PostgreSQLUndoFormat, _ these: String, _ siblings: String) throws {
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

    /// A record of the mode `versioned` ends one row and begins another. Where what it began goes over to a later import, so does
    /// what it ended: otherwise two versions would be the current one.
    private func follow(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let isLeft =
            overwritesEdited && !format.key.isEmpty
            ? "true"
            : "EXISTS (SELECT 1 FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key")) AND \(format.fingerprint("t")) = r.after_print)"
        try connection.execute(
            """
            WITH heirs AS (SELECT DISTINCT ON (i.record) i.record, coalesce(i.same_chunk, i.next_chunk) AS chunk_id,
                    CASE WHEN i.same_chunk IS NOT NULL THEN i.same_record
                        ELSE (SELECT u.record FROM _waybill.undo_rows u WHERE u.chunk_id = i.next_chunk AND u.n = i.next_n)
                    END AS new_record
                FROM \(work) i WHERE i.table_id = \(format.tableID) AND i.state = 'h' AND i.kind = 'i' AND i.record >= 0
                AND coalesce(i.same_chunk, i.next_chunk) IS NOT NULL AND NOT EXISTS (
                    SELECT FROM _waybill.undo_chunks c WHERE c.id = \(chunkID) AND c.chunk >= \(LedgerKey.closingChunk)) ORDER BY i.record, i.n DESC),
            taken AS (UPDATE \(work) r SET state = 'h' FROM heirs h
                WHERE h.record = r.record AND \(these) AND r.kind IN ('i', 'u') AND \(isLeft)
                RETURNING h.chunk_id AS heir, h.new_record, r.*),
            last AS (SELECT c.heir, greatest(\(PostgreSQLUnchangedRows.firstTakenOver),
                    (SELECT max(u.n) + 1 FROM _waybill.undo u WHERE u.chunk_id = c.heir)) AS n
                FROM (SELECT DISTINCT heir FROM taken) c)
            INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
            SELECT heir, l.n + row_number() OVER (PARTITION BY heir ORDER BY t.n), table_id, kind, coalesce(new_record, -1), key,
                before, before_print, after_print
            FROM taken t JOIN last l USING (heir)
            """)
    }

    // MARK: Restoring

    private func restore(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let (table, rows) = (format.table.quotedName, format.table.ownRows)
        let sameKey = format.hasKey("t", "r.key")
        // What stands where a row of a table without a key stood may be another one.
        let isAsLeft =
            overwritesEdited && !format.key.isEmpty ? "true" : "\(format.fingerprint("t")) = r.after_print"
        for dependent in format.table.dependents {
            let refers = zip(dependent.columns, dependent.ourColumns).map {
                "d.\(PostgreSQLIdentifier.quoted($0)) = t.\(PostgreSQLIdentifier.quoted($1))"
            }.joined(separator: " AND ")
            let (isReferredTo, message) =
                dependent.isHidden
                ? (
                    "true",
                    "row level security hides rows of \(dependent.table) from this role, which may refer to it and would "
                        + "change with it"
                )
                : (
                    "EXISTS (SELECT 1 FROM \(dependent.table) d WHERE \(refers))",
                    "rows of \(dependent.table) refer to it and would change with it"
                )
            try connection.execute(
                """
                UPDATE \(work) r SET state = 'f', message = \(PostgreSQLIdentifier.literal(message))
                FROM \(rows) t WHERE \(these) AND r.kind = 'i' AND \(sameKey) AND \(isReferredTo)
                """)
        }
        let names = PostgreSQLIdentifier.list(format.columns.map(\.name))
        let values = format.typed("r.before").joined(separator: ", ")
        let add = "INSERT INTO \(table) (\(names)) OVERRIDING SYSTEM VALUE SELECT \(values) FROM \(work) r"
        let isThere = "EXISTS (SELECT 1 FROM \(rows) t WHERE \(sameKey))"
        func done(_ change: String) -> String {
            "WITH done AS (\(change)) UPDATE \(work) r SET state = 'r' FROM done WHERE done.n = r.n"
        }

        try inPieces("\(these) AND r.kind = 'i'") {
            done("DELETE FROM \(rows) t USING \(work) r WHERE \($0) AND \(sameKey) AND \(isAsLeft) RETURNING r.n")
        }
        if format.key.isEmpty {
            try deleteByContent(format, these)
            try follow(format, these)
        }
        // Somebody deleted it already.
        try connection.execute(
            "UPDATE \(work) r SET state = 'r' WHERE \(these) AND r.kind = 'i' AND NOT \(format.key.isEmpty ? "true" : isThere)"
        )

        // An identity that takes no value keeps the one that it has.
        let sets = zip(format.columns, format.typed("r.before")).filter { !$0.0.isFixedIdentity }.map {
            "\(PostgreSQLIdentifier.quoted($0.name)) = \($1)"
        }.joined(separator: ", ")
        try inPieces("\(these) AND r.kind = 'u'") {
            done(
                "UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey) AND \(isAsLeft) RETURNING r.n")
        }
        if format.key.isEmpty { try updateByContent(format, these, sets) }
        let mayAdd =
            format.key.isEmpty ? "r.kind = 'd'" : "NOT \(isThere) AND r.kind IN ('d'\(overwritesEdited ? ", 'u'" : ""))"
        try inPieces("\(these) AND \(mayAdd)") { "\(add) WHERE \($0)" }
        if overwritesEdited && !format.key.isEmpty {
            try inPieces("\(these) AND r.kind = 'd'") {
                done("UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey) RETURNING r.n")
            }
        }
    }

    /// Rows of a table without a key: where they do not stand where they stood, any row of the same content is one.
    private func deleteByContent(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let own = format.table.ownRows
        let waiting = try connection.query("SELECT count(*) FROM \(work) r WHERE \(these) AND r.kind = 'i'")[0][0]
        if waiting == "0" { return }
        try connection.execute(
            """
            WITH rows AS (SELECT t.ctid AS place, t.tableoid AS part, \(format.fingerprint("t")) AS print FROM \(own) t),
            numbered AS (SELECT *, row_number() OVER (PARTITION BY print) AS i FROM rows
                WHERE print IN (SELECT after_print FROM \(work) r WHERE \(these) AND r.kind = 'i')),
            wanted AS (SELECT n, after_print AS print, row_number() OVER (PARTITION BY after_print ORDER BY n) AS i
                FROM \(work) r WHERE \(these) AND r.kind = 'i'),
            found AS (SELECT n, place, part FROM wanted JOIN numbered USING (print, i)),
            done AS (DELETE FROM \(own) t USING found f WHERE t.ctid = f.place AND t.tableoid = f.part RETURNING f.n)
            UPDATE \(work) r SET state = 'r' FROM done WHERE done.n = r.n
            """)
        // What a later import changed of them, it inserts from now on.
        try connection.execute(
            """
            WITH wanted AS (SELECT n, after_print AS print, row_number() OVER (PARTITION BY after_print ORDER BY n) AS i
                FROM \(work) r WHERE \(these) AND r.kind = 'i'),
            later AS (SELECT u.chunk_id, u.n AS next_n, u.before_print AS print,
                row_number() OVER (PARTITION BY u.before_print ORDER BY u.chunk_id, u.n) AS i
                FROM _waybill.undo u WHERE u.table_id IN \(try undo.siblings(format.tableID))
                AND u.chunk_id > \(chunkID) AND u.kind IN ('u', 'd')
                AND u.before_print IN (SELECT print FROM wanted)),
            pairs AS (SELECT * FROM wanted JOIN later USING (print, i)),
            changed AS (UPDATE _waybill.undo u SET before = NULL, before_print = NULL, kind = 'i' FROM pairs p
                WHERE u.chunk_id = p.chunk_id AND u.n = p.next_n AND u.after_print IS NOT NULL RETURNING p.n),
            gone AS (DELETE FROM _waybill.undo u USING pairs p
                WHERE u.chunk_id = p.chunk_id AND u.n = p.next_n AND u.after_print IS NULL RETURNING p.n)
            UPDATE \(work) r SET state = 'h', next_chunk = p.chunk_id, next_n = p.next_n FROM pairs p
            WHERE p.n = r.n AND r.n IN (SELECT n FROM changed UNION SELECT n FROM gone)
            """)
        // The others were edited, or deleted, by somebody who left no trace.
        try connection.execute(
            "UPDATE \(work) r SET state = '\(overwritesEdited ? "r" : "k")', message = 'it was edited or deleted since' WHERE \(these) AND r.kind = 'i'"
        )
    }

    /// The same of rows that were changed.
    private func updateByContent(_ format: PostgreSQLUndoFormat, _ these: String, _ sets: String) throws {
        let own = format.table.ownRows
        let waiting = "\(these) AND r.kind = 'u'"
        if try connection.query("SELECT count(*) FROM \(work) r WHERE \(waiting)")[0][0] == "0" { return }
        let wanted =
            "wanted AS (SELECT n, after_print AS print, row_number() OVER (PARTITION BY after_print ORDER BY n) AS i FROM \(work) r WHERE \(waiting))"
        // What stands in one row's way may be another one, so that each is tried alone where they cannot all be changed.
        try inPieces(waiting) { list in
            """
            WITH \(wanted.replacing("WHERE \(waiting)", with: "WHERE \(waiting) AND \(list)")),
            rows AS (SELECT t.ctid AS place, t.tableoid AS part, \(format.fingerprint("t")) AS print FROM \(own) t),
            numbered AS (SELECT *, row_number() OVER (PARTITION BY print) AS i FROM rows WHERE print IN (SELECT print FROM wanted)),
            found AS (SELECT n, place, part FROM wanted JOIN numbered USING (print, i)),
            done AS (UPDATE \(own) t SET \(sets) FROM found f JOIN \(work) r USING (n)
                WHERE t.ctid = f.place AND t.tableoid = f.part RETURNING f.n)
            UPDATE \(work) r SET state = 'r' FROM done WHERE done.n = r.n
            """
        }
        // What a later import changed of them, it restores from now on.
        try connection.execute(
            """
            WITH \(wanted),
            later AS (SELECT u.chunk_id, u.n AS next_n, u.before_print AS print,
                row_number() OVER (PARTITION BY u.before_print ORDER BY u.chunk_id, u.n) AS i
                FROM _waybill.undo u WHERE u.table_id = \(format.tableID) AND u.chunk_id > \(chunkID) AND u.kind IN ('u', 'd')
                AND u.before_print IN (SELECT print FROM wanted)),
            pairs AS (SELECT * FROM wanted JOIN later USING (print, i)),
            changed AS (UPDATE _waybill.undo u SET before = r.before, before_print = r.before_print
                FROM pairs p JOIN \(work) r USING (n) WHERE u.chunk_id = p.chunk_id AND u.n = p.next_n RETURNING p.n)
            UPDATE \(work) r SET state = 'h' FROM changed WHERE changed.n = r.n;
            UPDATE \(work) r SET state = 'k', message = 'it was edited or deleted since, and has no key to find it by'
            WHERE \(waiting)
            """)
    }

    /// Runs a statement for all changes that fit; where the database refuses, for halves of them, down to the guilty ones.
    ///
    /// - Parameter statement: takes a condition on the changes under `r`.
    private func inPieces(_ condition: String, _ statement: (String) -> String) throws {
        let numbers = try connection.query("SELECT r.n FROM \(work) r WHERE \(condition) ORDER BY r.n DESC")
            .compactMap { $0[0].flatMap { Int($0) } }
        var refused: [(Int, String)] = []
        try inPieces(numbers[...], statement, &refused)
        // What stood against a row may be gone with the others.
        var count = 0
        while !refused.isEmpty && refused.count != count {
            count = refused.count
            let again = refused.map(\.0)
            refused = []
            for number in again { try inPieces([number], statement, &refused) }
        }
        for (number, words) in refused {
            try connection.query("UPDATE \(work) SET state = 'f', message = $1 WHERE n = \(number)", [words])
        }
    }

    private func inPieces(
        _ numbers: ArraySlice<Int>, _ statement: (String) -> String, _ refused: inout [(Int, String)]
    ) throws {
        guard let first = numbers.first, let last = numbers.last else { return }
        // Those between that do not fit have a state, or are found not to fit by the statement itself.
        let list =
            numbers.count == 1 ? "r.n = \(first)" : "r.n = ANY ('{\(numbers.map(String.init).joined(separator: ","))}')"
        do {
            try connection.savepoint {
                let sql = statement(list)
                try connection.execute(sql)
                if sql.hasPrefix("INSERT") {
                    try connection.execute("UPDATE \(work) r SET state = 'r' WHERE \(list)")
                }
                // A deferred constraint is judged now, so that it is known which row stands against it.
                try connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            }
        } catch let error as PostgreSQLError where connection.blamesRows(error, without: statement("false")) {
            if numbers.count == 1 { return refused.append((last, error.words)) }
            let middle = numbers.startIndex + numbers.count / 2
            try inPieces(numbers[..<middle], statement, &refused)
            try inPieces(numbers[middle...], statement, &refused)
        }
    }
}

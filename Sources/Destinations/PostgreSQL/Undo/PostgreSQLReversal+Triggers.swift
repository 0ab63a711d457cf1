internal import Records

/// What triggers do while rows are undone: they fire for that as well. A row that is not what it was is named, and undo
/// data keeps what it was, so that another rollback takes it back, or names it again.
extension PostgreSQLReversal {
    /// Undoes what the work is, again under watch where triggers changed more rows than those.
    func takeBackSeeingTriggers() throws {
        let triggered = try connection.query(
            "SELECT DISTINCT table_id FROM _waybill.undo WHERE chunk_id = \(chunkID) AND kind <> 'w'"
        ).compactMap { row in try row[0].flatMap { try undo.format(ofTable: $0).format } }.filter(\.table.hasTriggers)
        if triggered.isEmpty || after != nil { return try takeBack(triggered) }
        do {
            try connection.savepoint { try takeBackCounting(triggered) }
        } catch is PostgreSQLWatch.IsNeeded {
            changedCounts = [:]
            for format in triggered where !watches.contains(where: { $0.format.table.oid == format.table.oid }) {
                let watch = try PostgreSQLWatch(
                    format, name: "_waybill_reversal_watch_\(format.tableID)", after: 0, in: connection)
                watches.append((format, watch))
            }
            try takeBackCounting(triggered)
            for (_, watch) in watches where watch.sees { try watch.stop() }
        }
    }

    /// - Throws: `PostgreSQLWatch.IsNeeded` if triggers changed rows that a watch would see.
    private func takeBackCounting(_ triggered: [PostgreSQLUndoFormat]) throws {
        var tables: [String: PostgreSQLUndoFormat] = [:]
        let seen = watches.filter(\.watch.sees).map(\.format.table.oid)
        for format in triggered where !seen.contains(format.table.oid) {
            tables[format.table.oid] = format
        }
        let counted = try tables.mapValues { try PostgreSQLWatch.count(of: $0.table, connection) ?? 0 }
        try takeBack(triggered)
        unwatched = []
        for (oid, format) in tables.sorted(by: { $0.key < $1.key }) {
            let now = try PostgreSQLWatch.count(of: format.table, connection) ?? 0
            let others = now - (counted[oid] ?? 0) - changedCounts[oid, default: 0]
            if others <= 0 { continue }
            if watches.isEmpty, try PostgreSQLWatch.mayWatch(format, connection) { throw PostgreSQLWatch.IsNeeded() }
            unwatched.append(
                UnreversedRow(
                    table: format.table.name, key: "other rows", reason: .refused,
                    message:
                        "triggers of the table made \(others) more \(others == 1 ? "change" : "changes") to its rows during the "
                        + "rollback; these stay"))
        }
    }

    /// Names the rows that were given back and are not what they were.
    func sayWhatTriggersChanged(_ format: PostgreSQLUndoFormat) throws {
        // Written as the table's types are now.
        let texts = zip(format.columns, format.typed("r.before")).map { format.text($1, $0.type) }
        let wanted = PostgreSQLUndoFormat.fingerprint("ARRAY[\(texts.joined(separator: ", "))]::text")
        let rows = format.table.ownRows
        let isNot =
            format.key.isEmpty
            ? "r.kind = 'u' AND now <> wanted" : "now IS DISTINCT FROM CASE WHEN r.before IS NOT NULL THEN wanted END"
        // A row that came by INSERT is changed by other triggers than one that is there.
        let mayComeRight = format.table.hasAfterTriggers ? "true" : "r.kind = 'd'"
        let changed = """
            UPDATE \(work) r SET message = \(format.table.changedWords()), state = CASE WHEN \(mayComeRight) THEN 'f' ELSE 't' END::"char",
                after_print = now
            FROM (SELECT r.n, CASE WHEN r.before IS NOT NULL THEN \(wanted) END AS wanted,
                    (SELECT \(format.fingerprint("t")) FROM \(rows) t WHERE \(format.hasKey("t", "r.key"))) AS now
                FROM \(work) r LEFT JOIN (SELECT key, max(wave) AS wave FROM \(work) r WHERE r.table_id = \(format.tableID)
                    AND state = 'r' GROUP BY key HAVING count(*) > 1) last USING (key)
                WHERE r.table_id = \(format.tableID) AND r.state = 'r' AND r.next_chunk IS NULL
                    AND (last.wave IS NULL OR last.wave = r.wave)) looked
            WHERE looked.n = r.n AND \(isNot)
            """
        // What stays of closing SQL stands against the chunk's own changes.
        if after != nil {
            try connection.execute(changed)
            return
        }
        try connection.execute(
            """
            WITH changed AS (\(changed) RETURNING r.*)
            INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
            SELECT \(chunkID), n, table_id, CASE WHEN before IS NULL THEN 'i' WHEN after_print IS NULL THEN 'd' ELSE 'u' END::"char",
                record, key, before, before_print, after_print
            FROM changed
            """)
        // What a trigger made of a row that stays is not an edit of someone's either.
        try connection.execute(
            """
            UPDATE _waybill.undo u SET after_print = x.now
            FROM (SELECT r.n, \(format.fingerprint("t")) AS now FROM \(work) r JOIN \(rows) t ON \(format.hasKey("t", "r.key"))
                WHERE r.table_id = \(format.tableID) AND r.state IN ('f', 's') AND r.was_left) x
            WHERE u.chunk_id = \(chunkID) AND u.n = x.n AND u.after_print <> x.now
            """)
    }

    /// The numbers under which undo data has what triggers changed.
    private static let firstNumber = 1 << 28

    /// Names the rows that were not to be given back, and that triggers changed. A change by a later import goes on from what
    /// the row is now.
    func sayWhichOthersTriggersChanged(_ format: PostgreSQLUndoFormat, _ watch: PostgreSQLWatch) throws {
        let others = "_waybill_reversal_others"
        let siblings = try undo.siblings(format.tableID)
        let isInWork = "EXISTS (SELECT FROM \(work) r WHERE r.table_id IN \(siblings) AND r.key = o.key"
        try connection.execute(
            """
            DROP TABLE IF EXISTS \(others);
            CREATE TEMP TABLE \(others) ON COMMIT DROP AS SELECT * FROM (\(watch.net)) o
            WHERE is_changed AND NOT \(isInWork) AND r.state IS DISTINCT FROM 'h')
            """)
        if try connection.query("SELECT FROM \(others) LIMIT 1").isEmpty { return }
        try undo.unpack("chunk_id > \(chunkID) AND table_id IN \(siblings)")
        let words = format.table.changedWords(withOthers: true)
        try connection.execute(
            """
            UPDATE \(work) r SET message = \(words) FROM \(others) o
            WHERE r.state = 'h' AND r.table_id IN \(siblings) AND r.key = o.key;
            WITH newest AS (SELECT DISTINCT ON (u.key) u.chunk_id, u.n, u.after_print, o.was, o.now
                FROM _waybill.undo u JOIN \(others) o USING (key) WHERE u.table_id IN \(siblings)
                    AND u.chunk_id > \(chunkID) AND u.kind <> 'w' AND o.now IS NOT NULL
                ORDER BY u.key, u.chunk_id DESC, u.n DESC),
            theirs AS (UPDATE _waybill.undo u SET after_print = x.now FROM newest x
                WHERE u.chunk_id = x.chunk_id AND u.n = x.n AND x.after_print = x.was RETURNING u.key),
            mine AS (INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                SELECT \(chunkID), greatest(\(Self.firstNumber), (SELECT max(n) FROM (SELECT n FROM \(work) UNION ALL
                        SELECT n FROM _waybill.undo WHERE chunk_id = \(chunkID)) used WHERE n < 2 * \(Self.firstNumber)))
                    + row_number() OVER (), \(format.tableID),
                    CASE WHEN image IS NULL THEN 'i' WHEN now IS NULL THEN 'd' ELSE 'u' END::"char", -1, key, image, was, now
                FROM \(others) o WHERE NOT \(isInWork)) AND key NOT IN (SELECT key FROM theirs) RETURNING *)
            INSERT INTO \(work) (n, table_id, kind, key, before, before_print, after_print, record, wave, state, message)
            SELECT n, table_id, kind, key, before, before_print, after_print, record, 1, 'f', \(words) FROM mine
            UNION ALL SELECT least((SELECT min(n) FROM \(work)), 0) - row_number() OVER (), \(format.tableID), 'u', key, NULL, NULL, NULL, -1, 1, 't', \(words)
            FROM theirs o WHERE NOT \(isInWork))
            """)
    }
}

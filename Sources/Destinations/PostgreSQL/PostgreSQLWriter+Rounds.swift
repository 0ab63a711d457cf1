internal import Records

/// Upserts into tables with triggers.
///
/// What a trigger makes of a record depends on what it made of the one before, and only the row before and after tells
/// whether it was changed. So records of the same key go in different rounds, one after the other.
extension PostgreSQLWriter {
    func upsertInRounds(_ range: String, count: Int) throws -> Result {
        let rounds = "\(staging.name)_rounds"
        try makeTable(
            rounds,
            "SELECT _n, row_number() OVER (PARTITION BY \(keyNames) ORDER BY _n) AS round FROM \(staging.name) WHERE \(range)"
        )
        var result = Result()
        for row in try connection.query("SELECT round, count(*) FROM \(rounds) GROUP BY 1 ORDER BY 1") {
            let round = "_n IN (SELECT _n FROM \(rounds) WHERE round = \(integer(row[0])))"
            let written = try upsertRound(round, count: integer(row[1]))
            result.inserted += written.inserted
            result.updated += written.updated
            result.unchanged += written.unchanged
        }
        return result
    }

    private func upsertRound(_ range: String, count: Int) throws -> Result {
        let first = nextChange
        let keep =
            undo == nil
            ? ""
            : """
            , mine AS (SELECT _n, \(stagedIdentity(PostgreSQLTarget.staged)) AS k FROM s
                UNION SELECT s._n, \(format.keyTexts("t")) FROM s JOIN \(rows) t ON \(sameKey()))
            , kept AS (INSERT INTO _waybill.undo
                (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                SELECT \(chunkID), \(nextChange) + row_number() OVER (), \(format.tableID),
                    CASE WHEN f.k IS NULL THEN 'i' ELSE 'u' END::"char", coalesce(m._n, w.place, -1), w.k, f.before, f.p, w.p
                FROM written w LEFT JOIN former f ON f.k = w.k LEFT JOIN mine m ON m.k = w.k)
            , same AS (\(PostgreSQLUnchangedRows.insert(
                from: """
                    SELECT \(format.keyTexts("t")) AS k, s._n FROM s JOIN \(rows) t ON \(sameKey())
                    WHERE NOT EXISTS (SELECT FROM written w WHERE w.k = \(format.keyTexts("t")))
                    """, chunkID: chunkID, tableID: format.tableID)))
            """
        // A partitioned table cannot say it; there, nobody else writes meanwhile.
        let isNew = target.table.isPartitioned ? "NULL::boolean" : "xmax = 0"
        let row = try connection.query(
            """
            WITH s AS MATERIALIZED (SELECT * FROM \(staging.name) WHERE \(range)),
            returned AS MATERIALIZED (INSERT INTO \(table) AS t (\(names)) \(target.overriding) SELECT \(stagedNames) FROM s ORDER BY _n
                \(onConflict)
                RETURNING \(format.keyTexts("t")) AS k, \(format.fingerprint("t")) AS p, \(isNew) AS is_new),
            written AS (SELECT r.*, CASE WHEN (SELECT count(*) FROM returned) = (SELECT count(*) FROM s)
                THEN (SELECT array_agg(_n ORDER BY _n) FROM s)[row_number() OVER ()] END AS place FROM returned r),
            former AS MATERIALIZED (SELECT w.k, \(format.image("t")) AS before, \(format.fingerprint("t")) AS p
                FROM written w JOIN \(rows) t ON \(format.hasKey("t", "w.k")))
            \(keep)
            SELECT (SELECT count(*) FROM s WHERE NOT EXISTS (SELECT 1 FROM \(rows) t WHERE \(sameKey()))),
                count(*) FILTER (WHERE f.k IS NULL), count(*) FILTER (WHERE f.p <> w.p), count(*),
                count(*) FILTER (WHERE f.k IS NULL AND NOT w.is_new)
            FROM written w LEFT JOIN former f ON f.k = w.k
            """)[0].map(integer)
        let (unknown, inserted, written) = (row[0], row[1], row[3])
        if row[4] > 0 { throw Self.writtenByAnother }
        nextChange += written
        // A trigger may give records other keys, under which their rows are there; or keep them out.
        if inserted < unknown { try requireNoneKeptOut(range) }
        var updated = row[2]
        if target.table.hasAfterTriggers, let undo {
            try refreshPrints(undo)
            let changed = try connection.query(
                """
                SELECT count(*) FROM _waybill.undo
                WHERE chunk_id = \(chunkID) AND n > \(first) AND kind = 'u' AND before_print <> after_print
                """)
            updated = integer(changed[0][0])
        }
        if undo != nil, first > 0 { try mergeChanges(after: first) }
        return Result(inserted: inserted, updated: updated, unchanged: count - inserted - updated)
    }

    /// Undo data has one change of a row for each chunk: the last of them, from what the row was before the first.
    private func mergeChanges(after first: Int) throws {
        try connection.execute(
            """
            WITH later AS (DELETE FROM _waybill.undo l USING _waybill.undo e
                WHERE l.chunk_id = \(chunkID) AND l.n > \(first) AND e.chunk_id = \(chunkID) AND e.n <= \(first)
                AND l.key = e.key RETURNING e.n, l.after_print, l.record)
            UPDATE _waybill.undo u SET after_print = l.after_print, record = l.record FROM later l
            WHERE u.chunk_id = \(chunkID) AND u.n = l.n
            """)
    }

    /// Throws where a record of which no row is there under its key comes to no row in any case.
    private func requireNoneKeptOut(_ range: String) throws {
        struct Probed: Error { var there: Int, records: Int }
        let records =
            "FROM \(staging.name) s WHERE \(range) AND NOT EXISTS (SELECT 1 FROM \(rows) t WHERE \(sameKey()))"
        let key = PostgreSQLIdentifier.list(target.keyPlaces.map { target.columns[$0].name })
        // An identity may be the key, and cannot be set, not even to what it is.
        let settable = (target.keyPlaces + others).first { !target.columns[$0].isFixedIdentity }
        let name = PostgreSQLIdentifier.quoted(target.columns[settable ?? target.keyPlaces[0]].name)
        do {
            try connection.savepoint {
                let there = try connection.query(
                    """
                    WITH probe AS (INSERT INTO \(table) AS t (\(names)) \(target.overriding) SELECT \(stagedNames) \(records)
                        ON CONFLICT (\(key)) DO UPDATE SET \(name) = t.\(name) RETURNING 1)
                    SELECT (SELECT count(*) FROM probe), (SELECT count(*) \(records))
                    """)[0].map(integer)
                throw Probed(there: there[0], records: there[1])
            }
        } catch let probed as Probed {
            try requireAll(probed.there, of: probed.records)
        }
    }

    static var writtenByAnother: PostgreSQLError {
        PostgreSQLError(state: "40001", message: "another session wrote rows of the same keys")
    }
}

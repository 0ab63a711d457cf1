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
            , mine AS (SELECT _n, \(stagedPair(PostgreSQLTarget.staged)) AS \(pair) FROM s
                UNION SELECT s._n, \(format.texts(pairing, "t")) FROM s JOIN \(rows) t ON \(sameKey()))
            , kept AS (\(keep(
                record: "coalesce(m._n, w.place, -1)",
                from: "written w LEFT JOIN former f USING (\(pair)) LEFT JOIN mine m USING (\(pair))", mayMove: mayMoveRows)))
            , same AS (\(PostgreSQLUnchangedRows.insert(
                from: """
                    SELECT \(format.keyTexts("t")) AS k, s._n FROM s JOIN \(rows) t ON \(sameKey())
                    WHERE NOT EXISTS (SELECT FROM written w WHERE w.\(pair) = \(format.texts(pairing, "t")))
                    """, chunkID: chunkID, tableID: format.tableID)))
            """
        // A partitioned table cannot say it; there, nobody else writes meanwhile.
        let isNew = target.table.isPartitioned ? "NULL::boolean" : "xmax = 0"
        let counts = target.table.mayKeepUpdates && !others.isEmpty
        if counts { connection.announce("SELECT set_config('waybill.met', '0', true)") }
        let row = try connection.query(
            """
            WITH s AS MATERIALIZED (SELECT * FROM \(staging.name) WHERE \(range)),
            returned AS MATERIALIZED (INSERT INTO \(table) AS t (\(names)) \(target.overriding) SELECT \(stagedNames) FROM s ORDER BY _n
                \(onConflict(counts: counts))
                RETURNING \(format.keyTexts("t")) AS k\(pairColumn), \(format.fingerprint("t")) AS p,
                    \(isNew) AS is_new),
            written AS (SELECT r.*, CASE WHEN (SELECT count(*) FROM returned) = (SELECT count(*) FROM s)
                THEN (SELECT array_agg(_n ORDER BY _n) FROM s)[row_number() OVER ()] END AS place FROM returned r),
            former AS MATERIALIZED (SELECT w.\(pair)\(pair == "k" ? "" : ", \(format.keyTexts("t")) AS k"), \(format.image("t")) AS before,
                \(format.fingerprint("t")) AS p
                FROM written w JOIN \(rows) t ON \(PostgreSQLUndoFormat.has(pairing, "t", "w.\(pair)")))
            \(keep)
            SELECT (SELECT count(*) FROM s WHERE NOT EXISTS (SELECT 1 FROM \(rows) t WHERE \(sameKey()))),
                count(*) FILTER (WHERE f.k IS NULL), count(*) FILTER (WHERE f.p <> w.p), count(*),
                count(*) FILTER (WHERE f.k IS NULL AND NOT w.is_new), count(*) FILTER (WHERE f.k <> w.k),
                \(undo == nil ? "count(*)" : "(SELECT count(*) FROM kept)")
            FROM written w LEFT JOIN former f USING (\(pair))
            """)[0].map(integer)
        let (unknown, inserted, written, moved) = (row[0], row[1], row[3], row[5])
        if row[4] > 0 {
            throw isRepeated && target.table.hasBeforeTriggers ? Self.keyChangedByTrigger : Self.writtenByAnother
        }
        nextChange += row[6]
        moveCount += row[6] - written
        if counts, let error = keptAsItIs {
            let met = try connection.query("SELECT current_setting('waybill.met')")[0][0]
            if integer(met) > written - inserted { throw error }
        }
        // A trigger may give records other keys, under which their rows are there; or keep them out.
        if inserted < unknown { try requireNoneKeptOut(range) }
        var updated = row[2]
        if target.table.hasAfterTriggers, let undo {
            try refreshFingerprints(undo)
            let changed = try connection.query(
                """
                SELECT count(*) FROM _waybill.undo
                WHERE chunk_id = \(chunkID) AND n > \(first) AND kind = 'u' AND before_print <> after_print
                """)
            updated = integer(changed[0][0]) + moved
        }
        if undo != nil, first > 0 || mayMoveRows { try mergeChanges() }
        return Result(inserted: inserted, updated: updated, unchanged: count - inserted - updated)
    }

    /// Throws if a record of which no row is there under its key comes to no row in any case.
    private func requireNoneKeptOut(_ range: String) throws {
        struct Probed: Error { var there: Int, records: Int }
        let records =
            "FROM \(staging.name) s WHERE \(range) AND NOT EXISTS (SELECT 1 FROM \(rows) t WHERE \(sameKey()))"
        let key = PostgreSQLIdentifier.list(target.keyPlaces.map { target.columns[$0].name })
        // An identity may be the key, and cannot be set, not even to what it is.
        let settable = (target.keyPlaces + others).first { !target.columns[$0].isFixedIdentity }
        let name = PostgreSQLIdentifier.quoted(target.columns[settable ?? target.keyPlaces[0]].name)
        let counted = try PostgreSQLWatch.count(of: target.table, connection) ?? 0
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
            triedCount += try (PostgreSQLWatch.count(of: target.table, connection) ?? 0) - counted
            try requireAll(probed.there, of: probed.records)
        }
    }

    static let keyChangedByTrigger = PostgreSQLError(
        state: "23000", message: "a trigger of the table gives the row another key")

    static var writtenByAnother: PostgreSQLError {
        PostgreSQLError(state: "40001", message: "another session wrote rows of the same keys")
    }
}

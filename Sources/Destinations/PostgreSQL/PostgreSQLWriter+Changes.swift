internal import Records

/// What an upsert did to which row. Records may have another key than the one that tells the table's rows apart, and give a
/// row another identity.
extension PostgreSQLWriter {
    /// The columns by which a row that was written is found among those that were there: the table's own identity, where a
    /// record cannot change that, otherwise the records' key.
    var pairing: [PostgreSQLTable.Column] {
        let key = target.keyPlaces.map { target.columns[$0] }
        return format.key.allSatisfy(key.contains) ? format.key : key
    }

    /// What the pairing is called in statements, where the key of the row is `k`.
    var pair: String { pairing == format.key ? "k" : "pair" }

    /// The pairing of the row under `t`, behind `k` in a list.
    var pairColumn: String { pair == "k" ? "" : ", \(format.texts(pairing, "t")) AS pair" }

    /// The pairing of the row that a staged record becomes, where the record knows it without looking.
    func stagedPair(_ column: (_ place: Int) -> String) -> String {
        let places = pairing.map { key in target.columns.firstIndex { $0.name == key.name } }
        if places.contains(nil) { return "NULL::text[]" }
        return
            "ARRAY[\(places.compactMap { $0 }.map { format.text(column($0), target.columns[$0]) }.joined(separator: ", "))]"
    }

    /// Whether a row may have another identity afterwards.
    var mayMoveRows: Bool { pairing != format.key && (writesIdentity || target.table.hasBeforeTriggers) }

    /// Whether records bring values, besides their key, of what tells the table's rows apart.
    var writesIdentity: Bool { others.contains { format.key.contains(target.columns[$0]) } }

    /// Keeps changes: the rows under `w` are what they are now, with their keys `k` and fingerprints `p`, and those under
    /// `f` what they were. A row with another identity is one that went, and one that came.
    func keep(record: String, from changes: String, mayMove: Bool) -> String {
        let isSame = mayMove ? "f.k = w.k" : "f.k IS NOT NULL"
        // Those that went come first: their identities may be others' now.
        let gone =
            mayMove
            ? "SELECT 0 AS part, 'd', \(record), f.k, f.before, f.p, NULL::bigint FROM \(changes) WHERE f.k <> w.k UNION ALL"
            : ""
        return """
            INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
            SELECT \(chunkID), \(nextChange) + row_number() OVER (\(mayMove ? "ORDER BY part" : "")), \(format.tableID), kind::"char", record, key,
                before, before_print, after_print
            FROM (\(gone) SELECT 1, CASE WHEN \(isSame) THEN 'u' ELSE 'i' END, \(record), w.k,
                    CASE WHEN \(isSame) THEN f.before END, CASE WHEN \(isSame) THEN f.p END, w.p FROM \(changes))
                c (part, kind, record, key, before, before_print, after_print)
            RETURNING 1
            """
    }

    /// A row that got several identities in a chunk is noted as one that went with one record, and one that came with another one:
    /// what it was called between is merged away. The last record gets both, so that they are known to be one row.
    private func joinMoves() throws {
        try connection.execute(
            """
            WITH RECURSIVE lives AS (
                SELECT *, count(*) FILTER (WHERE kind = 'i') OVER (PARTITION BY key ORDER BY n) AS life
                FROM _waybill.undo WHERE chunk_id = \(chunkID) AND table_id = \(format.tableID) AND kind <> 'w'),
            links AS (
                SELECT (array_agg(record ORDER BY n))[1] AS earlier, (array_agg(record ORDER BY n DESC))[1] AS later
                FROM lives WHERE life > 0 GROUP BY key, life HAVING count(*) > 1),
            chains AS (SELECT * FROM links UNION SELECT c.earlier, l.later FROM chains c JOIN links l ON l.earlier = c.later)
            UPDATE _waybill.undo u SET record = c.later
            FROM (SELECT earlier, max(later) AS later FROM chains WHERE earlier < later GROUP BY earlier) c
            WHERE u.chunk_id = \(chunkID) AND u.table_id = \(format.tableID) AND u.kind = 'd' AND u.record = c.earlier
            """)
    }

    /// Undo data has one change of a row for each chunk: the last of them, from what the row was before the first.
    func mergeChanges() throws {
        if mayMoveRows { try joinMoves() }
        let isOne = "l.chunk_id = \(chunkID) AND e.chunk_id = \(chunkID) AND l.table_id = e.table_id AND l.key = e.key"
        try connection.execute(
            """
            UPDATE _waybill.undo e SET after_print = l.after_print,
                record = CASE WHEN e.before IS NULL OR l.after_print IS NOT NULL THEN l.record ELSE coalesce(m.went, l.record) END,
                kind = CASE WHEN e.before IS NULL THEN 'i' WHEN l.after_print IS NULL THEN 'd' ELSE 'u' END::"char"
            FROM (SELECT min(n) AS first, max(n) AS last,
                    (array_agg(record ORDER BY n) FILTER (WHERE kind = 'd'))[1] AS went FROM _waybill.undo
                WHERE chunk_id = \(chunkID) AND kind <> 'w' GROUP BY table_id, key HAVING count(*) > 1) m
            JOIN _waybill.undo l ON l.chunk_id = \(chunkID) AND l.n = m.last
            WHERE e.chunk_id = \(chunkID) AND e.n = m.first;
            DELETE FROM _waybill.undo l USING _waybill.undo e WHERE \(isOne) AND l.n > e.n AND l.kind <> 'w' AND e.kind <> 'w';
            DELETE FROM _waybill.undo WHERE chunk_id = \(chunkID) AND before IS NULL AND after_print IS NULL AND kind <> 'w'
            """)
    }
}

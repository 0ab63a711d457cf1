internal import Records

/// Ends rows and begins others in their place.
extension PostgreSQLWriter {
    /// The columns of the history, quoted, and the values that this import gives them.
    var history:
        (
            names: (isCurrent: String, version: String, validFrom: String, validTo: String),
            values: (from: String, to: String, yes: String, no: String)
        )
    {
        let history = target.plan.history
        func quoted(_ name: String) -> String { PostgreSQLIdentifier.quoted(target.table.column(name)?.name ?? name) }
        func typed(_ name: String, _ value: String?) -> String {
            "\(PostgreSQLIdentifier.literal(value))::\(target.table.column(name)?.type ?? "text")"
        }
        return (
            (quoted(history.isCurrent), quoted(history.version), quoted(history.validFrom), quoted(history.validTo)),
            (
                typed(history.validFrom, target.plan.moment), typed(history.validTo, target.plan.moment),
                typed(history.isCurrent, "1"), typed(history.isCurrent, "0")
            )
        )
    }

    /// Of each key the last record counts; see `SQLiteVersioning` for what is done when.
    func version(_ range: String, count: Int) throws -> Result {
        let (isCurrent, version, validFrom, validTo) = history.names
        let (from, to, yes, no) = history.values
        let work = "\(staging.name)_work"
        try rank(range)
        try makeTable(
            work,
            """
            WITH l AS (SELECT * FROM \(ranked) WHERE is_last),
            found AS MATERIALIZED (SELECT l._n, t.\(version) AS version, t.\(isCurrent) = \(yes) AS is_current,
                t.\(validFrom) IS NOT DISTINCT FROM \(from) AS is_ours, t.\(validTo) IS NOT DISTINCT FROM \(to) AS is_ended,
                CASE WHEN t.\(isCurrent) = \(yes) OR t.\(validTo) IS NOT DISTINCT FROM \(to)
                    THEN \(content("t", staged: false)) END AS content
                FROM l JOIN \(rows) t ON \(sameKey("l"))),
            current AS (SELECT _n, version, is_ours, content FROM found WHERE is_current),
            before AS (SELECT c._n, f.content FROM current c JOIN found f ON f._n = c._n AND f.version = c.version - 1
                AND f.is_ended WHERE c.is_ours),
            latest AS (SELECT _n, max(version) AS version FROM found GROUP BY _n)
            SELECT l._n, CASE WHEN c._n IS NULL THEN 'new' WHEN c.content = l.content THEN 'same'
                    WHEN NOT c.is_ours THEN 'next' WHEN b.content = l.content THEN 'reopen' ELSE 'replace' END AS action,
                coalesce(c.version, m.version, 0) AS version,
                l.changes + (c._n IS NOT NULL AND c.content <> l.first_content)::int AS changes, c._n IS NULL AS is_first,
                coalesce(k.n, l._n) AS key_n
            FROM l LEFT JOIN current c USING (_n) LEFT JOIN before b USING (_n) LEFT JOIN latest m USING (_n)
            LEFT JOIN LATERAL (
                SELECT min(r._n) AS n FROM \(ranked) r WHERE l.is_spelled_differently AND \(sameStagedKey("r", "l"))
                AND r._n > (SELECT coalesce(max(e._n), -1) FROM \(ranked) e WHERE \(sameStagedKey("e", "l"))
                    AND e.content = CASE WHEN c.is_ours THEN b.content ELSE c.content END)) k ON l.is_spelled_differently
            """)
        let counts = try connection.query(
            """
            SELECT count(*) FILTER (WHERE is_first), coalesce(sum(changes), 0),
                count(*) FILTER (WHERE action = 'new'), count(*) FILTER (WHERE action = 'same'),
                count(*) FILTER (WHERE action = 'next'), count(*) FILTER (WHERE action = 'reopen'),
                count(*) FILTER (WHERE action = 'replace'), count(*) - count(DISTINCT _n) FROM \(work)
            """)[0].map(integer)
        if counts[7] > 0 { throw Self.severalCurrent }
        let key = sameKey()
        if undo != nil, counts[3] > 0 {
            // The version before it ended where it begins.
            try connection.execute(
                PostgreSQLUnchangedRows.insert(
                    from: """
                        SELECT \(format.keyTexts("t")) AS k, _n FROM \(work) w JOIN \(staging.name) s USING (_n)
                        JOIN \(rows) t ON \(key) AND t.\(version) IN (w.version, w.version - 1) WHERE w.action = 'same'
                        """, chunkID: chunkID, tableID: format.tableID))
        }
        func joined(_ actions: String, version number: String) -> String {
            "FROM \(work) w JOIN \(staging.name) s USING (_n) JOIN \(rows) t ON \(key) AND t.\(version) = \(number) WHERE w.action IN (\(actions))"
        }
        if counts[4] > 0 {
            try changeRows(joined("'next'", version: "w.version"), "SET \(isCurrent) = \(no), \(validTo) = \(to)")
        }
        if counts[5] > 0 {
            try changeRows(joined("'reopen'", version: "w.version"), nil)
            try changeRows(
                joined("'reopen'", version: "w.version - 1"), "SET \(isCurrent) = \(yes), \(validTo) = NULL")
        }
        let sets = others.map {
            "\(PostgreSQLIdentifier.quoted(target.columns[$0].name)) = f.\(PostgreSQLTarget.staged($0))"
        }
        if !sets.isEmpty, counts[6] > 0 {
            try changeRows(
                joined("'replace'", version: "w.version"), "SET \(sets.joined(separator: ", "))", bringing: others)
        }
        try insertVersions("new", of: work, count: counts[2], carried: [])
        try insertVersions("next", of: work, count: counts[4], carried: carried)
        return Result(inserted: counts[0], updated: counts[1], unchanged: count - counts[0] - counts[1])
    }

    static let severalCurrent = PostgreSQLError(state: "P0003", message: Refusal.severalCurrent)

    /// The columns that a version has from the one before it: all that records do not bring, but what no two rows may have.
    var carried: [String] {
        let table = target.table
        let history = target.plan.history.names.compactMap { table.column($0)?.name }
        let unique = table.uniqueKeys.flatMap(\.self) + table.uniqueIndexes.values.flatMap(\.self)
        let taken = Set(target.columns.map(\.name) + history + unique)
        return table.columns.filter { !$0.isGenerated && !$0.isFixedIdentity && !taken.contains($0.name) }
            .map { PostgreSQLIdentifier.quoted($0.name) }
    }

    private func insertVersions(_ action: String, of work: String, count: Int, carried: [String]) throws {
        if count == 0 { return }
        let (isCurrent, version, validFrom, _) = history.names
        // A version's key is spelled by the record that began it.
        let values = target.columns.indices.map {
            "\(target.keyPlaces.contains($0) ? "first" : "s").\(PostgreSQLTarget.staged($0))"
        }
        let former = carried.isEmpty ? "" : "JOIN \(rows) p ON \(sameKey("s", row: "p")) AND p.\(version) = w.version"
        let insert = """
            INSERT INTO \(table) AS t (\(([names, isCurrent, version, validFrom] + carried).joined(separator: ", "))) \(target.overriding)
            SELECT \((values + [history.values.yes, "w.version + 1", history.values.from] + carried.map { "p.\($0)" }).joined(separator: ", "))
            FROM \(work) w JOIN \(staging.name) s USING (_n) JOIN \(staging.name) first ON first._n = w.key_n \(former)
            WHERE w.action = '\(action)' ORDER BY w._n
            """
        guard let undo else { return try requireAll(connection.execute(insert), of: count) }
        let written = try connection.query(
            """
            WITH new AS MATERIALIZED (\(insert) RETURNING \(undo.keyTexts("t")) AS k, \(undo.fingerprint("t")) AS p),
            numbered AS (SELECT k, p, row_number() OVER () AS i FROM new),
            records AS (SELECT _n, row_number() OVER (ORDER BY _n) AS i FROM \(work) WHERE action = '\(action)'),
            kept AS (INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, after_print)
                SELECT \(chunkID), \(nextChange) + i, \(undo.tableID), 'i', _n, k, p FROM numbered JOIN records USING (i))
            SELECT count(*) FROM new
            """)
        try requireAll(integer(written[0][0]), of: count)
        nextChange += count
    }

    /// Changes or deletes the rows under `t` that `found` finds for the staged records under `s`, and keeps how they were.
    ///
    /// - Parameter places: the columns whose values the records bring for it.
    private func changeRows(_ found: String, _ sets: String?, bringing places: [Int] = []) throws {
        let change =
            sets.map {
                "UPDATE \(rows) t \($0) FROM former f WHERE \(isFormer) RETURNING f.i, \(format.keyTexts("t")) AS k, \(format.fingerprint("t")) AS p"
            }
            ?? "DELETE FROM \(rows) t USING former f WHERE \(isFormer) RETURNING f.i, NULL::bigint AS p"
        let values = places.map { "s.\(PostgreSQLTarget.staged($0)), " }.joined()
        let written = try connection.query(
            """
            WITH former AS MATERIALIZED (SELECT row_number() OVER () AS i, s._n, \(values)t.ctid AS place,
                t.tableoid AS part, \(format.keyTexts("t")) AS k, \(format.image("t")) AS before,
                \(format.fingerprint("t")) AS p \(found)),
            changed AS MATERIALIZED (\(change))
            \(keepFormer(isUpdate: sets != nil, mayMove: writesIdentity))
            SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM former),
                \(undo == nil ? "0" : "(SELECT count(*) FROM kept)")
            """)[0].map(integer)
        try requireAllChanged(written[0], of: written[1])
        nextChange += written[2]
        moveCount += written[2] - written[0]
    }
}

internal import Records

/// Upserts into tables without triggers: all records of a chunk in one statement.
extension PostgreSQLWriter {
    /// Writes records as if one came after the other.
    func upsert(_ range: String, count: Int) throws -> Result {
        try target.table.hasTriggers ? upsertInRounds(range, count: count) : upsertTogether(range, count: count)
    }

    /// What an upsert does with a row that is there.
    ///
    /// - Parameter counts: whether the setting `waybill.met` counts the rows that it is about to change, which triggers may
    ///   keep from it.
    func onConflict(counts: Bool = false) -> String {
        let conflict = "ON CONFLICT (\(PostgreSQLIdentifier.list(target.keyPlaces.map { target.columns[$0].name })))"
        if others.isEmpty { return "\(conflict) DO NOTHING" }
        let excluded = others.map { "excluded.\(PostgreSQLIdentifier.quoted(target.columns[$0].name))" }
        let differs = "\(content("t", staged: false)) IS DISTINCT FROM ROW(\(excluded.joined(separator: ", ")))::text"
        let count =
            "set_config('waybill.met', (current_setting('waybill.met')::bigint + 1)::text, true) IS NOT NULL"
        return """
            \(conflict) DO UPDATE SET \(sets(from: "excluded"))
            WHERE \(counts ? "CASE WHEN \(differs) THEN \(count) ELSE false END" : differs)
            """
    }

    /// Gives a row the values besides the key that another one has.
    func sets(from alias: String) -> String {
        others.map {
            let name = PostgreSQLIdentifier.quoted(target.columns[$0].name)
            return "\(name) = \(alias).\(name)"
        }.joined(separator: ", ")
    }

    /// Of each key the last record is written; all are counted as if they had been written one after the other. A new row
    /// has its key in the spelling of the first, as it would have then.
    private func upsertTogether(_ range: String, count: Int) throws -> Result {
        let keep =
            undo == nil
            ? ""
            : """
            , kept AS (\(keep(
                record: "coalesce(f.origin, m.origin, -1)",
                from: "written w LEFT JOIN former f USING (\(pair)) LEFT JOIN mine m USING (\(pair))", mayMove: mayMoveRows))),
            same AS (\(PostgreSQLUnchangedRows.insert(
                from: "SELECT k, _n FROM former f WHERE NOT EXISTS (SELECT FROM written w WHERE w.\(pair) = f.\(pair))",
                chunkID: chunkID, tableID: format.tableID)))
            """
        // A partitioned table cannot say it; there, nobody else writes meanwhile.
        let isNew = target.table.isPartitioned ? "NULL::boolean" : "xmax = 0"
        let wasThere = "EXISTS (SELECT 1 FROM former f WHERE f.\(pair) = w.\(pair))"
        try rank(range)
        let row = try connection.query(
            """
            WITH last AS (SELECT * FROM \(ranked) WHERE is_last),
            former AS MATERIALIZED (SELECT s._n, s.origin, \(format.keyTexts("t")) AS k\(pairColumn),
                \(format.image("t")) AS before, \(format.fingerprint("t")) AS p, \(content("t", staged: false)) AS content
                FROM last s JOIN \(rows) t ON \(sameKey())),
            mine AS (SELECT origin, \(stagedPair(firstSpelling)) AS \(pair) FROM last),
            first AS (SELECT f.k IS NOT NULL AS is_there, f.content IS NOT DISTINCT FROM s.content AS is_same
                FROM \(ranked) s LEFT JOIN former f ON f._n = s.last_n WHERE s.is_first),
            written AS MATERIALIZED (INSERT INTO \(table) AS t (\(names)) \(target.overriding)
                SELECT \(target.columns.indices.map(firstSpelling).joined(separator: ", ")) FROM last ORDER BY _n
                \(onConflict())
                RETURNING \(format.keyTexts("t")) AS k\(pairColumn),
                    \(format.fingerprint("t")) AS p, \(isNew) AS is_new)
            \(keep)
            SELECT (SELECT count(*) FROM first WHERE NOT is_there),
                (SELECT count(*) FROM first WHERE is_there AND NOT is_same)
                    + (SELECT count(*) FROM \(ranked) WHERE is_change),
                (SELECT count(*) FROM written w WHERE coalesce(is_new, NOT \(wasThere))),
                (SELECT count(*) FROM \(undo == nil ? "written" : "kept")),
                (SELECT count(*) FROM written w WHERE NOT is_new AND NOT \(wasThere)), (SELECT count(*) FROM written)
            """)[0].map(integer)
        if row[4] > 0 { throw Self.writtenByAnother }
        try requireAll(row[2], of: row[0])
        nextChange += row[3]
        moveCount += row[3] - row[5]
        if undo != nil, mayMoveRows { try mergeChanges() }
        return Result(inserted: row[0], updated: row[1], unchanged: count - row[0] - row[1])
    }

    /// The staged records with what they are among those of the same key.
    var ranked: String { "\(staging.name)_ranked" }

    /// Whether a record spells its key in another way than the first one with that key.
    private var differsFromFirst: String {
        target.keyPlaces.map {
            "\(PostgreSQLTarget.staged($0))::text COLLATE \"C\" <> \(firstSpelling($0))::text COLLATE \"C\""
        }
        .joined(separator: " OR ")
    }

    /// The column of a ranked record that has a value of the plan; of a key, as the first record with that key spelled it.
    private func firstSpelling(_ place: Int) -> String {
        target.keyPlaces.contains(place) ? "first_\(PostgreSQLTarget.staged(place))" : PostgreSQLTarget.staged(place)
    }

    /// Finds out for staged records which of those with the same key came first and last, which had other values than the
    /// one before, how many did, and whose values the key has in the end.
    ///
    /// A table of its own, since the server knows how many rows of it are what: of a subquery it would guess that nearly all
    /// are left away, and compare each of the others with each.
    func rank(_ range: String) throws {
        let records =
            "(SELECT *, \(content("staged", staged: true)) AS content FROM \(staging.name) staged WHERE \(range)) staged"
        let hasTwins = try connection.query(
            "SELECT EXISTS (SELECT FROM \(staging.name) WHERE \(range) GROUP BY \(keyNames) HAVING count(*) > 1)")
        let firsts = target.keyPlaces.map { "\(PostgreSQLTarget.staged($0)) AS \(firstSpelling($0))" }
        if hasTwins[0][0] == "f" {
            // Nothing to be sorted.
            return try makeTable(
                ranked,
                """
                SELECT *, \(firsts.joined(separator: ", ")), content AS first_content, true AS is_first, true AS is_last,
                    _n AS last_n, false AS is_change, _n AS origin, 0 AS changes, false AS is_spelled_differently FROM \(records)
                """)
        }
        try makeTable(
            ranked,
            """
            SELECT s.*, place = 1 AS is_first, _n = last_n AS is_last, place > 1 AND content <> earlier AS is_change,
                max(_n) FILTER (WHERE place = 1 OR content <> earlier) OVER k AS origin,
                count(*) FILTER (WHERE content <> earlier) OVER k AS changes,
                bool_or(\(differsFromFirst)) OVER k AS is_spelled_differently
            FROM (SELECT *, row_number() OVER w AS place, lag(content) OVER w AS earlier,
                    \(target.keyPlaces.map { "first_value(\(PostgreSQLTarget.staged($0))) OVER w AS \(firstSpelling($0))" }.joined(separator: ", ")),
                    first_value(content) OVER w AS first_content, max(_n) OVER (PARTITION BY \(keyNames)) AS last_n
                FROM \(records)
                WINDOW w AS (PARTITION BY \(keyNames) ORDER BY _n)) s
            WINDOW k AS (PARTITION BY \(keyNames))
            """)
    }

    /// Makes a temporary table of what a statement selects, of which the server knows what is in it.
    func makeTable(_ name: String, _ select: String) throws {
        try connection.execute(
            "DROP TABLE IF EXISTS \(name); CREATE TEMP TABLE \(name) ON COMMIT DROP AS \(select)")
        try staging.analyze(name)
    }

    /// Locks the rows that are going to be changed: what is read of them next is what they are when they are changed.
    func lockRows() throws {
        if target.table.isPartitioned {
            try connection.execute("LOCK TABLE \(table) IN SHARE ROW EXCLUSIVE MODE")
        } else {
            try connection.query(
                "SELECT count(*) FROM (SELECT FROM \(staging.keyed) s JOIN \(keyedRows) t ON \(sameKey()) FOR NO KEY UPDATE OF t) t"
            )
        }
    }
}

internal import Records

extension PostgreSQLWriter {
    var table: String { target.table.quotedName }
    var rows: String { target.table.ownRows }
    var names: String { PostgreSQLIdentifier.list(target.columns.map(\.name)) }
    var stagedNames: String { target.columns.indices.map(PostgreSQLTarget.staged).joined(separator: ", ") }

    /// Whether a row under `t` has the key of a staged record under an alias.
    func sameKey(_ alias: String = "s") -> String {
        target.keyPlaces.map {
            "t.\(PostgreSQLIdentifier.quoted(target.columns[$0].name)) = \(alias).\(PostgreSQLTarget.staged($0))"
        }.joined(separator: " AND ")
    }

    /// Whether staged records under two aliases have the same key.
    private func sameStagedKey(_ one: String, _ other: String) -> String {
        target.keyPlaces.map { "\(one).\(PostgreSQLTarget.staged($0)) = \(other).\(PostgreSQLTarget.staged($0))" }
            .joined(separator: " AND ")
    }

    var keyNames: String { target.keyPlaces.map(PostgreSQLTarget.staged).joined(separator: ", ") }
    var others: [Int] { target.columns.indices.filter { !target.keyPlaces.contains($0) } }

    /// The values besides the key, as one text to be compared: json has no equality.
    func content(_ alias: String, staged: Bool) -> String {
        let columns = others.map {
            "\(alias).\(staged ? PostgreSQLTarget.staged($0) : PostgreSQLIdentifier.quoted(target.columns[$0].name))"
        }
        return columns.isEmpty ? "''::text" : "ROW(\(columns.joined(separator: ", ")))::text"
    }

    func integer(_ text: String?) -> Int { text.flatMap { Int($0) } ?? 0 }

    /// A trigger kept a row out: nobody knows which one, where there are several.
    func requireAll(_ count: Int, of expected: Int) throws {
        if count != expected { throw Self.keptOut }
    }

    static let keptOut = PostgreSQLError(state: "23000", message: "a trigger of the table kept the row out")

    // MARK: insert

    func insert(_ range: String, count: Int) throws -> Result {
        let insert = """
            INSERT INTO \(table) AS t (\(names)) \(target.overriding) SELECT \(stagedNames) FROM \(staging.name) WHERE \(range) ORDER BY _n
            """
        guard let undo else {
            try requireAll(connection.execute(insert), of: count)
            return Result(inserted: count)
        }
        try target.table.requireReadable(in: connection)
        // The rows come back in the order in which they went in.
        let written = try connection.query(
            """
            WITH new AS MATERIALIZED (\(insert) RETURNING \(undo.keyTexts("t")) AS k, \(undo.fingerprint("t")) AS p),
            numbered AS (SELECT k, p, row_number() OVER () AS i FROM new),
            records AS (SELECT _n, row_number() OVER (ORDER BY _n) AS i FROM \(staging.name) WHERE \(range)),
            kept AS (INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, after_print)
                SELECT \(chunkID), \(nextChange) + i, \(undo.tableID), 'i', _n, k, p FROM numbered JOIN records USING (i))
            SELECT count(*) FROM new
            """)
        try requireAll(integer(written[0][0]), of: count)
        nextChange += count
        return Result(inserted: count)
    }

    // MARK: upsert

    /// Writes records as if one came after the other.
    func upsert(_ range: String, count: Int) throws -> Result {
        try target.table.hasTriggers ? upsertInRounds(range, count: count) : upsertTogether(range, count: count)
    }

    /// What an upsert does with a row that is there.
    var onConflict: String {
        let conflict = "ON CONFLICT (\(PostgreSQLIdentifier.list(target.keyPlaces.map { target.columns[$0].name })))"
        if others.isEmpty { return "\(conflict) DO NOTHING" }
        let excluded = others.map { "excluded.\(PostgreSQLIdentifier.quoted(target.columns[$0].name))" }
        return """
            \(conflict) DO UPDATE SET \(sets(from: "excluded"))
            WHERE \(content("t", staged: false)) IS DISTINCT FROM ROW(\(excluded.joined(separator: ", ")))::text
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
            , kept AS (INSERT INTO _waybill.undo
                (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                SELECT \(chunkID), \(nextChange) + row_number() OVER (), \(format.tableID),
                    CASE WHEN f.k IS NULL THEN 'i' ELSE 'u' END::"char", coalesce(f.origin, m.origin, -1), w.k, f.before, f.p, w.p
                FROM written w LEFT JOIN former f ON f.k = w.k LEFT JOIN mine m ON m.k = w.k),
            same AS (\(PostgreSQLUnchangedRows.insert(
                from: "SELECT k, _n FROM former f WHERE NOT EXISTS (SELECT FROM written w WHERE w.k = f.k)",
                chunkID: chunkID, tableID: format.tableID)))
            """
        // A partitioned table cannot say it; there, nobody else writes meanwhile.
        let isNew = target.table.isPartitioned ? "NULL::boolean" : "xmax = 0"
        let wasThere = "EXISTS (SELECT 1 FROM former f WHERE f.k = w.k)"
        try rank(range)
        let row = try connection.query(
            """
            WITH last AS (SELECT * FROM \(ranked) WHERE is_last),
            former AS MATERIALIZED (SELECT s._n, s.origin, \(format.keyTexts("t")) AS k,
                \(format.image("t")) AS before, \(format.fingerprint("t")) AS p, \(content("t", staged: false)) AS content
                FROM last s JOIN \(rows) t ON \(sameKey())),
            mine AS (SELECT origin, \(stagedIdentity(firstSpelling)) AS k FROM last),
            first AS (SELECT f.k IS NOT NULL AS is_there, f.content IS NOT DISTINCT FROM s.content AS is_same
                FROM \(ranked) s LEFT JOIN former f ON f._n = s.last_n WHERE s.is_first),
            written AS MATERIALIZED (INSERT INTO \(table) AS t (\(names)) \(target.overriding)
                SELECT \(target.columns.indices.map(firstSpelling).joined(separator: ", ")) FROM last ORDER BY _n
                \(onConflict)
                RETURNING \(format.keyTexts("t")) AS k, \(format.fingerprint("t")) AS p, \(isNew) AS is_new)
            \(keep)
            SELECT (SELECT count(*) FROM first WHERE NOT is_there),
                (SELECT count(*) FROM first WHERE is_there AND NOT is_same)
                    + (SELECT count(*) FROM \(ranked) WHERE is_change),
                (SELECT count(*) FROM written w WHERE coalesce(is_new, NOT \(wasThere))), (SELECT count(*) FROM written),
                (SELECT count(*) FROM written w WHERE NOT is_new AND NOT \(wasThere))
            """)[0].map(integer)
        if row[4] > 0 { throw Self.writtenByAnother }
        try requireAll(row[2], of: row[0])
        nextChange += row[3]
        return Result(inserted: row[0], updated: row[1], unchanged: count - row[0] - row[1])
    }

    /// The key of the row that a staged record becomes: where it is the identity, the record knows it without looking.
    func stagedIdentity(_ column: (_ place: Int) -> String) -> String {
        let places = format.key.map { key in target.columns.firstIndex { $0.name == key.name } }
        if places.contains(nil) { return "NULL::text[]" }
        return
            "ARRAY[\(places.compactMap { $0 }.map { format.text(column($0), target.columns[$0].type) }.joined(separator: ", "))]"
    }

    /// The staged records with what they are among those of the same key.
    private var ranked: String { "\(staging.name)_ranked" }

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
    private func rank(_ range: String) throws {
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
                FROM (SELECT *, \(content("staged", staged: true)) AS content FROM \(staging.name) staged WHERE \(range)) staged
                WINDOW w AS (PARTITION BY \(keyNames) ORDER BY _n)) s
            WINDOW k AS (PARTITION BY \(keyNames))
            """)
    }

    /// Makes a temporary table of what a statement selects, of which the server knows what is in it.
    func makeTable(_ name: String, _ select: String) throws {
        try connection.execute(
            "DROP TABLE IF EXISTS \(name); CREATE TEMP TABLE \(name) ON COMMIT DROP AS \(select); ANALYZE \(name)")
    }

    /// Locks the rows that are going to be changed: what is read of them next is what they are when they are changed.
    func lockRows() throws {
        if target.table.isPartitioned {
            try connection.execute("LOCK TABLE \(table) IN SHARE ROW EXCLUSIVE MODE")
        } else {
            try connection.query(
                "SELECT count(*) FROM (SELECT FROM \(staging.name) s JOIN \(rows) t ON \(sameKey()) FOR NO KEY UPDATE OF t) t"
            )
        }
    }

    // MARK: delete

    /// The columns that a deletion marks, with their values.
    private var marks: [(column: String, value: String)] {
        target.plan.marks.map { mark in
            (
                PostgreSQLIdentifier.quoted(target.table.column(mark.column)?.name ?? mark.column),
                "\(PostgreSQLIdentifier.literal(mark.value))::\(target.table.column(mark.column)?.type ?? "text")"
            )
        }
    }

    /// What a deletion sets; empty where it deletes.
    var markings: String { marks.map { "\($0.column) = \($0.value)" }.joined(separator: ", ") }

    /// Whether the row under `t` has one of the marks already: then it is historical. Empty where there are none.
    var isMarked: String {
        marks.map { "t.\($0.column)::text IS NOT DISTINCT FROM (\($0.value))::text" }.joined(separator: " OR ")
    }

    /// Throws where rows of other tables would go or change with those that are deleted: the server tells nobody what a foreign
    /// key did, so that it could not be taken back.
    private func requireNoCascades(_ range: String) throws {
        for dependent in target.table.dependents {
            if dependent.isHidden {
                let found = try connection.query(
                    "SELECT EXISTS (SELECT FROM \(staging.name) s JOIN \(rows) t ON \(sameKey()) WHERE s.\(range))")
                guard found[0][0] == "t" else { continue }
                throw PostgreSQLError(
                    state: "23503",
                    message:
                        "row level security hides rows of \(dependent.table) from this role, which may refer to it and would "
                        + "be deleted or changed with it, which no rollback could undo; import as a role that sees them, "
                        + "or with --no-undo",
                    detail: "", context: "", constraint: "", column: "")
            }
            let refers = zip(dependent.columns, dependent.ourColumns).map {
                "d.\(PostgreSQLIdentifier.quoted($0)) = t.\(PostgreSQLIdentifier.quoted($1))"
            }.joined(separator: " AND ")
            let found = try connection.query(
                """
                SELECT EXISTS (SELECT FROM \(staging.name) s JOIN \(rows) t ON \(sameKey())
                    JOIN \(dependent.table) d ON \(refers) WHERE s.\(range))
                """)
            guard found[0][0] == "t" else { continue }
            throw PostgreSQLError(
                state: "23503",
                message:
                    "rows of \(dependent.table) refer to it and would be deleted or changed with it, which no rollback could "
                    + "undo; delete them first, or import with --no-undo",
                detail: "", context: "", constraint: "", column: "")
        }
    }

    func delete(_ range: String, count: Int) throws -> Result {
        if undo != nil && target.plan.marks.isEmpty { try requireNoCascades(range) }
        let change =
            marks.isEmpty
            ? "DELETE FROM \(rows) t USING former f WHERE \(isFormer) RETURNING f.i, NULL::bigint AS p"
            : "UPDATE \(rows) t SET \(markings) FROM former f WHERE \(isFormer) RETURNING f.i, \(format.fingerprint("t")) AS p\(newPlace)"
        let keep =
            undo == nil
            ? ""
            : """
            , kept AS (INSERT INTO _waybill.undo
                (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                SELECT \(chunkID), \(nextChange) + i, \(format.tableID), '\(marks.isEmpty ? "d" : "u")', _n,
                    \(keyAfter(isUpdate: !marks.isEmpty)), before, f.p, c.p FROM changed c JOIN former f USING (i))
            """
        let row = try connection.query(
            """
            WITH s AS (SELECT DISTINCT ON (\(keyNames)) * FROM \(staging.name) WHERE \(range) ORDER BY \(keyNames), _n),
            former AS MATERIALIZED (SELECT row_number() OVER () AS i, s._n, t.ctid AS place, t.tableoid AS part,
                \(format.keyTexts("t")) AS k, \(format.image("t")) AS before, \(format.fingerprint("t")) AS p
                FROM s JOIN \(rows) t ON \(sameKey()) \(isMarked.isEmpty ? "" : "WHERE NOT (\(isMarked))")),
            changed AS MATERIALIZED (\(change))
            \(keep)
            SELECT count(DISTINCT _n), count(*) FROM changed JOIN former USING (i)
            """)[0].map(integer)
        nextChange += row[1]
        if undo != nil, !marks.isEmpty {
            // A row that this chunk has just marked is its own in any case.
            try connection.execute(
                PostgreSQLUnchangedRows.insert(
                    from: """
                        SELECT DISTINCT ON (k) \(format.keyTexts("t")) AS k, s._n FROM \(staging.name) s
                        JOIN \(rows) t ON \(sameKey()) WHERE s.\(range) AND (\(isMarked))
                        """, chunkID: chunkID, tableID: format.tableID))
        }
        return Result(updated: row[0], unchanged: count - row[0])
    }

    /// A row of a table without a key is told by its place, and a change gives it another one.
    private var newPlace: String { format.key.isEmpty ? ", \(format.keyTexts("t")) AS new_k" : "" }

    private func keyAfter(isUpdate: Bool) -> String { format.key.isEmpty && isUpdate ? "c.new_k" : "f.k" }

    /// Whether a row under `t` is the one that was found before.
    private var isFormer: String { "t.ctid = f.place AND t.tableoid = f.part" }

    // MARK: versioned

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
            rows AS NOT MATERIALIZED (SELECT t.*, \(content("t", staged: false)) AS content FROM \(rows) t),
            current AS (SELECT l._n, t.\(version) AS version, t.\(validFrom) IS NOT DISTINCT FROM \(from) AS is_ours, t.content
                FROM l JOIN rows t ON \(sameKey("l")) WHERE t.\(isCurrent) = \(yes)),
            before AS (SELECT c._n, t.content FROM current c JOIN l ON l._n = c._n JOIN rows t ON \(sameKey("l"))
                AND t.\(version) = c.version - 1 AND t.\(validTo) IS NOT DISTINCT FROM \(to) WHERE c.is_ours),
            latest AS (SELECT l._n, max(t.\(version)) AS version FROM l JOIN \(rows) t ON \(sameKey("l")) GROUP BY l._n)
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
                count(*) FILTER (WHERE action IN ('new', 'next')) FROM \(work)
            """)[0].map(integer)
        let key = sameKey()
        if undo != nil {
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
        try changeRows("u", joined("'next'", version: "w.version"), "SET \(isCurrent) = \(no), \(validTo) = \(to)")
        try changeRows("d", joined("'reopen'", version: "w.version"), nil)
        try changeRows(
            "u", joined("'reopen'", version: "w.version - 1"), "SET \(isCurrent) = \(yes), \(validTo) = NULL")
        let sets = others.map {
            "\(PostgreSQLIdentifier.quoted(target.columns[$0].name)) = f.\(PostgreSQLTarget.staged($0))"
        }
        if !sets.isEmpty {
            try changeRows("u", joined("'replace'", version: "w.version"), "SET \(sets.joined(separator: ", "))")
        }
        // A version's key is spelled by the record that began it.
        let values = target.columns.indices.map {
            "\(target.keyPlaces.contains($0) ? "first" : "s").\(PostgreSQLTarget.staged($0))"
        }.joined(separator: ", ")
        let insert = """
            INSERT INTO \(table) AS t (\(names), \(isCurrent), \(version), \(validFrom)) \(target.overriding)
            SELECT \(values), \(yes), w.version + 1, \(from)
            FROM \(work) w JOIN \(staging.name) s USING (_n) JOIN \(staging.name) first ON first._n = w.key_n
            WHERE w.action IN ('new', 'next') ORDER BY w._n
            """
        if let undo {
            let written = try connection.query(
                """
                WITH new AS MATERIALIZED (\(insert) RETURNING \(undo.keyTexts("t")) AS k, \(undo.fingerprint("t")) AS p),
                numbered AS (SELECT k, p, row_number() OVER () AS i FROM new),
                records AS (SELECT _n, row_number() OVER (ORDER BY _n) AS i FROM \(work) WHERE action IN ('new', 'next')),
                kept AS (INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, after_print)
                    SELECT \(chunkID), \(nextChange) + i, \(undo.tableID), 'i', _n, k, p
                    FROM numbered JOIN records USING (i))
                SELECT count(*) FROM new
                """)
            try requireAll(integer(written[0][0]), of: counts[2])
            nextChange += counts[2]
        } else {
            try requireAll(connection.execute(insert), of: counts[2])
        }
        return Result(inserted: counts[0], updated: counts[1], unchanged: count - counts[0] - counts[1])
    }

    /// Changes or deletes the rows under `t` that `found` finds for the staged records under `s`, and keeps how they were.
    private func changeRows(_ kind: String, _ found: String, _ sets: String?) throws {
        let change =
            sets.map {
                "UPDATE \(rows) t \($0) FROM former f WHERE \(isFormer) RETURNING f.i, \(format.fingerprint("t")) AS p\(newPlace)"
            }
            ?? "DELETE FROM \(rows) t USING former f WHERE \(isFormer) RETURNING f.i, NULL::bigint AS p"
        let keep =
            undo == nil
            ? ""
            : """
            , kept AS (INSERT INTO _waybill.undo
                (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                SELECT \(chunkID), \(nextChange) + i, \(format.tableID), '\(kind)', _n, \(keyAfter(isUpdate: kind == "u")), before, f.p, c.p
                FROM changed c JOIN former f USING (i))
            """
        let values = target.columns.indices.map { "s.\(PostgreSQLTarget.staged($0))" }.joined(separator: ", ")
        let written = try connection.query(
            """
            WITH former AS MATERIALIZED (SELECT row_number() OVER () AS i, s._n, \(values), t.ctid AS place,
                t.tableoid AS part, \(format.keyTexts("t")) AS k, \(format.image("t")) AS before,
                \(format.fingerprint("t")) AS p \(found)),
            changed AS MATERIALIZED (\(change))
            \(keep)
            SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM former)
            """)[0].map(integer)
        try requireAll(written[0], of: written[1])
        nextChange += written[0]
    }
}

internal import Records

extension PostgreSQLWriter {
    /// Upserts records of which each has a key of its own, and of which it is known what the server makes of them: one
    /// look-up for each, and the undo data of all in one row.
    ///
    /// - Returns: whether they are written; nothing is where the server refused one of them.
    func upsertedAtOnce(_ records: [Int], _ values: Chunk.Values) throws -> Bool {
        guard mayUpsertAtOnce, !records.isEmpty, let printer, printer.knows(records, values),
            !printer.hasTwins(records, values)
        else { return false }
        do {
            try connection.savepoint {
                try connection.execute("DELETE FROM \(staging.name)")
                try staging.send(records, of: values, with: printer)
                // The staging table has no statistics: without these, whole tables may be read for a chunk.
                try connection.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
                let row = try connection.query(upsertAtOnce)[0]
                try connection.execute("SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
                let counts = row.prefix(4).map { $0.flatMap { Int($0) } ?? 0 }
                if counts[0] != counts[1] {
                    throw PostgreSQLError(
                        state: "40001", message: "another session wrote rows of the same keys", detail: "", context: "",
                        constraint: "", column: "")
                }
                try requireAll(counts[3], of: counts[2])
                try judgeDeferred()
                outcome.updated += counts[0]
                outcome.inserted += counts[2]
                outcome.unchanged += records.count - counts[0] - counts[2]
                if undo != nil { outcome.rowsDigest = Self.wrapped(row[4] ?? "0") }
            }
        } catch let error as PostgreSQLError where error.isAboutData {
            return false
        }
        return true
    }

    private var mayUpsertAtOnce: Bool {
        target.plan.mode == .upsert && mayCopyStraight && printer?.knowsUpdates == true && !others.isEmpty
            && !target.table.isPartitioned
    }

    /// Gives the rows to be changed and those changed, the rows to be inserted and those inserted, and the digest.
    private var upsertAtOnce: String {
        let all = target.columns.indices
        let names = PostgreSQLIdentifier.list(target.columns.map(\.name))
        func name(_ place: Int) -> String { PostgreSQLIdentifier.quoted(target.columns[place].name) }
        // Texts that differ in no letter are the same in every collation.
        let differs = others.map {
            "o.\(name($0))::text COLLATE \"C\" IS DISTINCT FROM s.\(PostgreSQLTarget.staged($0))::text COLLATE \"C\""
        }.joined(separator: " OR ")
        let isSame = target.keyPlaces.map { "o.\(name($0)) = s.\(PostgreSQLTarget.staged($0))" }
            .joined(separator: " AND ")
        let sets = others.map { "\(name($0)) = f.\(PostgreSQLTarget.staged($0))" }.joined(separator: ", ")
        let before =
            undo.map { "CASE WHEN o.ctid IS NOT NULL THEN \($0.image("o"))::text END" } ?? "NULL::text"
        let keep =
            undo.map {
                """
                , kept AS (INSERT INTO _waybill.undo_packs (chunk_id, table_id, keys, prints, records, befores)
                    SELECT \(chunkID), \($0.tableID), array_agg(_key), array_agg(_print), array_agg(_n),
                        CASE WHEN count(before) > 0 THEN array_agg(before) END
                    FROM found WHERE place IS NULL OR differs HAVING count(*) > 0)
                """
            } ?? ""
        return """
            WITH found AS MATERIALIZED (SELECT s.*, o.ctid AS place, \(before) AS before, \(differs) AS differs
                FROM \(staging.name) s LEFT JOIN \(target.table.quotedName) o ON \(isSame)),
            changed AS (UPDATE \(target.table.quotedName) t SET \(sets) FROM found f
                WHERE t.ctid = f.place AND f.differs RETURNING 1),
            added AS (INSERT INTO \(target.table.quotedName) (\(names))
                SELECT \(all.map(PostgreSQLTarget.staged).joined(separator: ", ")) FROM found WHERE place IS NULL RETURNING 1)
            \(keep)
            SELECT count(*) FILTER (WHERE place IS NOT NULL AND differs), (SELECT count(*) FROM changed),
                count(*) FILTER (WHERE place IS NULL), (SELECT count(*) FROM added),
                sum(_print) FILTER (WHERE place IS NULL OR differs) FROM found
            """
    }
}

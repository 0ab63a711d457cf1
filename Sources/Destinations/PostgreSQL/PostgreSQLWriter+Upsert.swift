internal import Records

extension PostgreSQLWriter {
    /// Upserts records of which each has a key of its own, and of which it is known what the server makes of them: without
    /// sorting them, and with the undo data of all in one row.
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
                let changed = Change(try connection.query(changeRows)[0])
                // What was not changed is new, or has its values already. Where all were changed, nobody need look.
                let rest =
                    changed.rows == records.count
                    ? Change() : try addRows(after: changed.rows, count: records.count)
                try connection.execute("SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT")
                try judgeDeferred()
                outcome.updated += changed.rows
                outcome.inserted += rest.rows
                outcome.unchanged += records.count - changed.rows - rest.rows
                if undo != nil { outcome.rowsDigest = changed.digest &+ rest.digest }
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

    private struct Change {
        var rows = 0
        /// The sum of their fingerprints.
        var digest: UInt64 = 0

        init() {}

        init(_ row: [String?]) {
            rows = row[0].flatMap { Int($0) } ?? 0
            digest = PostgreSQLWriter.wrapped(row[1] ?? "0")
        }
    }

    private func name(_ place: Int) -> String { PostgreSQLIdentifier.quoted(target.columns[place].name) }

    /// Whether a row under `o` has the key of a staged record under `s`.
    private var hasKey: String {
        target.keyPlaces.map { "o.\(name($0)) = s.\(PostgreSQLTarget.staged($0))" }.joined(separator: " AND ")
    }

    /// Whether it has other values. Texts that differ in no letter are the same in every collation.
    private var differs: String {
        others.map {
            "o.\(name($0))::text COLLATE \"C\" IS DISTINCT FROM s.\(PostgreSQLTarget.staged($0))::text COLLATE \"C\""
        }.joined(separator: " OR ")
    }

    /// Changes the rows that are there and differ. They are read under a second name, since only so what they were before
    /// can be returned. Tables that inherit from this one are not meant: their rows have places of their own.
    private var changeRows: String {
        let sets = others.map { "\(name($0)) = s.\(PostgreSQLTarget.staged($0))" }.joined(separator: ", ")
        let before = undo.map { "\($0.image("o"))::text" } ?? "NULL::text"
        return """
            WITH changed AS (UPDATE ONLY \(target.table.quotedName) t SET \(sets)
                FROM \(staging.name) s JOIN ONLY \(target.table.quotedName) o ON \(hasKey)
                WHERE t.ctid = o.ctid AND (\(differs))
                RETURNING s._n, s._key, s._print, \(before) AS before)
            \(kept(from: "changed", first: 1, befores: "array_agg(before)"))
            SELECT count(*), sum(_print) FROM changed
            """
    }

    /// Inserts the records whose keys are not there.
    ///
    /// - Parameters:
    ///   - changed: how many were changed before.
    ///   - count: how many records there are in all.
    private func addRows(after changed: Int, count: Int) throws -> Change {
        let staged = target.columns.indices.map(PostgreSQLTarget.staged).joined(separator: ", ")
        let row = try connection.query(
            """
            WITH rest AS MATERIALIZED (SELECT s.*, o.ctid AS place, \(differs) AS differs
                FROM \(staging.name) s LEFT JOIN ONLY \(target.table.quotedName) o ON \(hasKey)),
            new AS (SELECT * FROM rest WHERE place IS NULL),
            added AS (INSERT INTO \(target.table.quotedName) (\(PostgreSQLIdentifier.list(target.columns.map(\.name))))
                SELECT \(staged) FROM new RETURNING 1)
            \(kept(from: "new", first: changed + 1, befores: "NULL"))
            SELECT count(*), sum(_print), (SELECT count(*) FROM added),
                (SELECT count(*) FROM rest WHERE place IS NOT NULL AND differs) FROM new
            """)[0]
        // A row that differs still was written by somebody else while this session looked at it.
        guard row[3] == "0" else {
            throw PostgreSQLError(
                state: "40001", message: "another session wrote rows of the same keys", detail: "", context: "",
                constraint: "", column: "")
        }
        let new = Change(row)
        try requireAll(row[2].flatMap { Int($0) } ?? 0, of: new.rows)
        return new
    }

    /// The part of a statement that keeps the undo data of the rows that another part gives.
    private func kept(from part: String, first: Int, befores: String) -> String {
        guard let undo else { return "" }
        return """
            , kept AS (INSERT INTO _waybill.undo_packs (chunk_id, first, table_id, keys, prints, records, befores)
                SELECT \(chunkID), \(first), \(undo.tableID), array_agg(_key), array_agg(_print), array_agg(_n), \(befores)
                FROM \(part) HAVING count(*) > 0)
            """
    }
}

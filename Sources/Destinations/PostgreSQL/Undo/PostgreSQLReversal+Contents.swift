internal import Records

/// Rows of a table without a key, which are known by what is in them.
extension PostgreSQLReversal {
    /// Rows of a table without a key: where they do not stand where they stood, any row of the same content is one.
    func deleteByContent(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let own = format.table.ownRows
        let waiting = try connection.query("SELECT count(*) FROM \(work) r WHERE \(these) AND r.kind = 'i'")[0][0]
        if waiting == "0" { return }
        let untouched = try overwritesEdited ? nil : added(to: format).areUntouched(in: "t", format)
        let find = """
            WITH rows AS (SELECT t.ctid AS place, t.tableoid AS part, \(format.fingerprint("t")) AS print FROM \(own) t
                WHERE \(untouched ?? "true")),
            numbered AS (SELECT *, row_number() OVER (PARTITION BY print) AS i FROM rows
                WHERE print IN (SELECT after_print FROM \(work) r WHERE \(these) AND r.kind = 'i')),
            wanted AS (SELECT n, after_print AS print, row_number() OVER (PARTITION BY after_print ORDER BY n) AS i
                FROM \(work) r WHERE \(these) AND r.kind = 'i'),
            found AS (SELECT n, place, part FROM wanted JOIN numbered USING (print, i))
            """
        changedCounts[format.table.oid, default: 0] += try connection.execute(
            """
            \(find), done AS (DELETE FROM \(own) t USING found f WHERE t.ctid = f.place AND t.tableoid = f.part RETURNING f.n)
            UPDATE \(work) r SET state = 'r' FROM done WHERE done.n = r.n
            """)
        if let words = format.table.keptWords {
            try connection.execute(
                """
                \(find) UPDATE \(work) r SET state = 'f', message = \(PostgreSQLIdentifier.literal(words)) FROM found f
                WHERE f.n = r.n
                """)
        }
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
        // The others were edited, or deleted, by someone who left no trace. Where no row is there that no import left so, none
        // was edited.
        let others = "\(these) AND r.kind = 'i'"
        guard try !connection.query("SELECT FROM \(work) r WHERE \(others) LIMIT 1").isEmpty else { return }
        if untouched != nil {
            // Or someone wrote into a column that came later: then it is undone if that is asked for.
            try connection.execute(
                "UPDATE \(work) r SET state = 'k', message = 'it was edited or deleted since' WHERE \(others)")
        } else if try format.hasStrangers(among: undo.siblings(format.tableID), connection) {
            try connection.execute("UPDATE \(work) r SET state = 'u', message = \(Self.unclear) WHERE \(others)")
        } else {
            try connection.execute("UPDATE \(work) r SET state = 'n' WHERE \(others)")
        }
    }

    private static let unclear = "'it was changed or deleted since, and has no key to find it by'"

    /// The same of rows that were changed.
    func updateByContent(_ format: PostgreSQLUndoFormat, _ these: String, _ sets: String) throws {
        let (own, work) = (format.table.ownRows, work)
        let waiting = "\(these) AND r.kind = 'u'"
        if try connection.query("SELECT count(*) FROM \(work) r WHERE \(waiting)")[0][0] == "0" { return }
        let wanted =
            "wanted AS (SELECT n, after_print AS print, row_number() OVER (PARTITION BY after_print ORDER BY n) AS i FROM \(work) r WHERE \(waiting))"
        // What is in one row's way may be another one, so that each is tried alone where they cannot all be changed.
        try inPieces(waiting, of: format.table) { list in
            """
            WITH \(wanted.replacing("WHERE \(waiting)", with: "WHERE \(waiting) AND \(list)")),
            rows AS (SELECT t.ctid AS place, t.tableoid AS part, \(format.fingerprint("t")) AS print FROM \(own) t),
            numbered AS (SELECT *, row_number() OVER (PARTITION BY print) AS i FROM rows WHERE print IN (SELECT print FROM wanted)),
            found AS (SELECT n, place, part FROM wanted JOIN numbered USING (print, i)),
            done AS (UPDATE \(own) t SET \(sets) FROM found f JOIN \(work) r USING (n)
                WHERE t.ctid = f.place AND t.tableoid = f.part RETURNING f.n, ARRAY[t.ctid::text] AS place)
            UPDATE \(work) r SET state = 'r', key = done.place FROM done WHERE done.n = r.n
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
            UPDATE \(work) r SET state = 'u', message = \(Self.unclear) WHERE \(waiting)
            """)
    }
}

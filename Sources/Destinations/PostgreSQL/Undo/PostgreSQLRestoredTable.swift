internal import Records

/// One table of a backup that is restored.
///
/// The work is done on a temporary table with a row for each row of the backup: `image` is what it was (NULL where it was
/// not there), `now` what it is. `state` says what becomes of it: NULL for to be restored, `r` put back, `s` is as in
/// the backup already, `k` kept, `f` refused by the database.
final class PostgreSQLRestoredTable {
    let connection: PostgreSQLConnection
    var format: PostgreSQLUndoFormat
    var columns: PostgreSQLBackupColumns
    private let siblings: String
    /// The condition that undo data is of the imports whose rollback is undone.
    private let mine: String
    private let overwritesEdited: Bool
    let work: String
    let undoTable: String
    /// The types that the columns have once those that must be are wide again.
    private var types: [String: String] = [:]
    /// Sees what triggers do to other rows of the table, where they were seen to do so.
    var watch: PostgreSQLWatch?
    private var table: String { columns.table }
    var rows: String { format.table.ownRows }

    init(
        _ connection: PostgreSQLConnection, _ format: PostgreSQLUndoFormat, _ columns: PostgreSQLBackupColumns,
        number: Int, siblings: String, mine: String, overwritesEdited: Bool
    ) {
        self.connection = connection
        self.format = format
        self.columns = columns
        self.siblings = siblings
        self.mine = mine
        self.overwritesEdited = overwritesEdited
        work = "_waybill_restore_\(number)"
        undoTable = "_waybill_restore_undo_\(number)"
    }

    func load(rows: PostgreSQLRestore.Lines, undo: PostgreSQLRestore.Lines) throws {
        try connection.execute(
            """
            DROP TABLE IF EXISTS \(work), \(undoTable);
            CREATE TEMP TABLE \(work) (key text[], image text[], n int GENERATED ALWAYS AS IDENTITY, now text[],
                print bigint, state "char", message text) ON COMMIT DROP;
            CREATE TEMP TABLE \(undoTable) (LIKE _waybill.undo) ON COMMIT DROP
            """)
        try connection.copy("COPY \(work) (key, image) FROM STDIN", rows)
        try connection.copy("COPY \(undoTable) FROM STDIN", undo)
        try connection.execute(
            "CREATE UNIQUE INDEX ON \(work) (n); CREATE INDEX ON \(undoTable) (key); ANALYZE \(work); ANALYZE \(undoTable)"
        )
        try PostgreSQLUndo(connection).unpack(
            "table_id IN \(siblings) AND chunk_id >= (SELECT min(chunk_id) FROM \(undoTable))")
    }

    /// Gives columns the types again that imports had widened them to, where the rollback took that back.
    func widen() throws {
        let widened = try connection.query(
            """
            SELECT b.key[1], b.before[1] FROM \(undoTable) b WHERE b.kind = 'w' AND b.\(mine) AND NOT EXISTS (
                SELECT 1 FROM _waybill.undo u WHERE u.kind = 'w' AND u.table_id IN \(siblings) AND u.key = b.key
                AND u.before[1] = b.before[1])
            """)
        for row in widened {
            guard let name = row[0], let type = row[1],
                let former = format.table.columns.first(where: { $0.name == name && $0.type == type })
            else { continue }
            let column = PostgreSQLIdentifier.quoted(name)
            let wide = columns.columns.first { $0.name == name }?.type ?? "text"
            let text = former.spelled(column) ?? "\(column)::text"
            try connection.execute(
                "ALTER TABLE \(table) ALTER COLUMN \(column) TYPE \(wide) USING (\(text))::\(wide)")
            if wide == "text" { try PostgreSQLSchema(connection).removeInferred(name, of: format.table) }
        }
        if !widened.isEmpty, let now = try PostgreSQLUndo(connection).format(ofTable: format.tableID).format {
            format = now
            columns.take(now.table)
        }
        try connection.execute(
            """
            INSERT INTO _waybill.undo SELECT b.* FROM \(undoTable) b WHERE b.kind = 'w' AND NOT EXISTS (
                SELECT 1 FROM _waybill.undo u WHERE u.kind = 'w' AND u.table_id IN \(siblings) AND u.key = b.key
                AND u.before[1] = b.before[1])
            ON CONFLICT DO NOTHING
            """)
        for column in try PostgreSQLBackupColumns(format, in: connection).columns { types[column.name] = column.type }
    }

    // MARK: What to do

    func judge() throws {
        if format.key.isEmpty { return try judgeContents() }
        try connection.execute(
            """
            UPDATE \(work) r SET now = x.now, print = x.print FROM (
                SELECT r.n, \(columns.image("t")) AS now, \(format.fingerprint("t")) AS print
                FROM \(work) r JOIN \(rows) t ON \(format.hasKey("t", "r.key"))) x WHERE x.n = r.n;
            UPDATE \(work) r SET state = 'k', message = 'import ' || c.import || ' changed it since'
            FROM _waybill.undo u JOIN _waybill.undo_chunks c ON c.id = u.chunk_id
            WHERE u.table_id IN \(siblings) AND u.kind <> 'w' AND u.key = r.key AND \(overwritesEdited ? "false" : "true")
                AND NOT EXISTS (SELECT 1 FROM \(undoTable) b WHERE b.chunk_id = u.chunk_id AND b.n = u.n)
                AND NOT \(isHandedOver);
            UPDATE \(work) r SET state = 's' WHERE state IS NULL AND now IS NOT DISTINCT FROM image;
            UPDATE \(work) r SET state = 'k', message = CASE WHEN now IS NULL THEN 'it was deleted since'
                WHEN image IS NULL THEN 'it was added since' ELSE 'it was changed since' END
            WHERE state IS NULL AND \(overwritesEdited ? "false" : "NOT \(isAsLeft)")
            """)
        try keepReferred()
    }

    /// Whether undo data under `u` is what a rollback of the imports handed over to another one, which had found the row as it
    /// was left: a change from what one of theirs began with to what one of theirs left.
    private var isHandedOver: String {
        func isTheirs(_ column: String) -> String {
            """
            EXISTS (SELECT FROM \(undoTable) b WHERE b.key = u.key AND b.\(mine)
                AND b.\(column) IS NOT DISTINCT FROM u.\(column))
            """
        }
        return """
            (u.n >= \(PostgreSQLUnchangedRows.firstTakenOver) AND u.kind <> 'w' AND \(isTheirs("before_print"))
                AND \(isTheirs("after_print")))
            """
    }

    /// Whether undo data under `u` is of a later change that was overwritten: what it would undo is not there any
    /// longer.
    private var isOverwritten: String {
        overwritesEdited
            ? "u.key IN (SELECT key FROM \(work) WHERE state = 'r') AND NOT u.\(mine)" : "false"
    }

    /// Whether the row is as a rollback of the imports leaves it: as it was before one of their changes, after which came
    /// no change by others, except for closing SQL's that was undone with theirs.
    private var isAsLeft: String {
        """
        EXISTS (SELECT 1 FROM \(undoTable) b WHERE b.key = r.key AND b.kind <> 'w' AND b.\(mine)
            AND CASE WHEN b.before IS NULL THEN r.now IS NULL ELSE r.print = b.before_print END
            AND NOT EXISTS (SELECT 1 FROM \(undoTable) o WHERE o.key = b.key AND o.kind <> 'w' AND NOT o.\(mine)
                AND (o.chunk_id, o.n) > (b.chunk_id, b.n) AND NOT \(wentWithThem("o"))))
        """
    }

    /// Whether a rollback of the imports took a change with theirs: closing SQL's, whose own import was not undone.
    private func wentWithThem(_ change: String) -> String {
        """
        (EXISTS (SELECT 1 FROM _waybill.undo_chunks c WHERE c.id = \(change).chunk_id
                AND c.chunk >= \(LedgerKey.closingChunk) AND NOT EXISTS (SELECT 1 FROM _waybill.reversals v
                    WHERE v.log_id = c.log_id AND v.import = c.import AND v.chunk = c.chunk))
            AND NOT EXISTS (SELECT 1 FROM _waybill.undo u WHERE u.chunk_id = \(change).chunk_id AND u.n = \(change).n))
        """
    }

    /// Rows that others refer to stay where those would go or change with them.
    private func keepReferred() throws {
        for row in try connection.query(
            """
            SELECT conrelid::regclass::text, confdeltype IN ('c', 'n', 'd'), confupdtype IN ('c', 'n', 'd'),
                array_to_json(ARRAY(SELECT attname FROM unnest(conkey) WITH ORDINALITY k (number, place)
                    JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place)),
                array_to_json(ARRAY(SELECT attname FROM unnest(confkey) WITH ORDINALITY k (number, place)
                    JOIN pg_attribute ON attrelid = confrelid AND attnum = number ORDER BY place)),
                row_security_active(conrelid)
            FROM pg_constraint WHERE confrelid = $1::oid AND contype = 'f'
            """, [format.table.oid])
        {
            guard let other = row[0] else { continue }
            let pairs = zip(JSONTexts.list(row[3] ?? ""), JSONTexts.list(row[4] ?? ""))
            let refers = pairs.map {
                "d.\(PostgreSQLIdentifier.quoted($0)) = t.\(PostgreSQLIdentifier.quoted($1))"
            }.joined(separator: " AND ")
            let changes = pairs.compactMap { pair in
                columns.columns.firstIndex { $0.name == pair.1 }.map {
                    "r.image[\($0 + 1)] IS DISTINCT FROM r.now[\($0 + 1)]"
                }
            }
            let goes = row[1] == "t" ? "r.image IS NULL" : "false"
            let moves =
                row[2] == "t" && !changes.isEmpty
                ? "r.image IS NOT NULL AND (\(changes.joined(separator: " OR ")))" : "false"
            let isHidden = row[5] == "t"
            let words =
                isHidden
                ? "row-level security may hide from this role rows of \(other) that refer to it and would change with it"
                : "rows of \(other) refer to it and would change with it"
            try connection.execute(
                """
                UPDATE \(work) r SET state = 'f', message = \(PostgreSQLIdentifier.literal(words))
                FROM \(rows) t WHERE r.state IS NULL AND (\(goes) OR \(moves)) AND \(format.hasKey("t", "r.key"))
                    AND \(isHidden ? "true" : "EXISTS (SELECT 1 FROM \(other) d WHERE \(refers))")
                """)
        }
    }

    /// A table without a key: of each content as many rows as there were, as far as the imports brought or took them. Rows
    /// that imports brought since are theirs, and do not take the place of those that are missing.
    private func judgeContents() throws {
        // What was there before the imports were undone, the backup counts already.
        let isSince = """
            u.chunk_id > (SELECT coalesce(max(c.id), 0) FROM _waybill.undo_chunks c JOIN _waybill.ledger l USING (log_id, import, chunk)
                WHERE l.committed_at <= (SELECT min(v.committed_at) FROM _waybill.reversals v
                    JOIN (SELECT *, id AS chunk_id FROM _waybill.undo_chunks) m USING (log_id, import, chunk) WHERE m.\(mine)))
            """
        let fingerprint = PostgreSQLUndoFormat.fingerprint("r.image::text")
        func ofImports(_ column: String) -> String {
            "(SELECT count(*) FROM \(undoTable) b WHERE b.\(mine) AND b.kind <> 'w' AND b.\(column) = \(fingerprint))"
        }
        let since = """
            (SELECT count(*) FILTER (WHERE u.after_print = \(fingerprint)) - count(*) FILTER (WHERE u.before_print = \(fingerprint))
                FROM _waybill.undo u WHERE u.table_id IN \(siblings) AND u.kind <> 'w' AND NOT u.\(mine) AND \(isSince)
                AND NOT EXISTS (SELECT FROM \(undoTable) b WHERE b.chunk_id = u.chunk_id AND b.n = u.n))
            """
        try connection.execute(
            """
            UPDATE \(work) r SET print = x.missing FROM (
                SELECT r.n, greatest(least(r.key[1]::bigint - greatest(count(t.image) - \(since), 0),
                    \(ofImports("after_print"))), -\(ofImports("before_print"))) AS missing
                FROM \(work) r LEFT JOIN (SELECT \(columns.image("t")) AS image FROM \(rows) t) t USING (image)
                GROUP BY r.n, r.key, r.image) x WHERE x.n = r.n;
            UPDATE \(work) r SET state = 's' WHERE print = 0
            """)
    }

    // MARK: Doing it

    var sameKey: String { format.hasKey("t", "r.key") }

    /// The values of a row of the backup, with the types that the columns have now.
    private var values: [String] {
        columns.columns.enumerated().map { "r.image[\($0 + 1)]::\(types[$1.name] ?? "text")" }
    }

    func remove() throws {
        if format.key.isEmpty {
            return try inPieces("state IS NULL AND print < 0") { list in
                """
                DELETE FROM \(rows) t USING (SELECT t.ctid AS place, t.tableoid AS part, r.print,
                        row_number() OVER (PARTITION BY r.n) AS i
                    FROM \(work) r JOIN \(rows) t ON \(columns.image("t")) = r.image WHERE \(list)) x
                WHERE t.ctid = x.place AND t.tableoid = x.part AND x.i <= -x.print
                """
            }
        }
        try inPieces("state IS NULL AND image IS NULL") {
            "DELETE FROM \(rows) t USING \(work) r WHERE \($0) AND \(sameKey)"
        }
    }

    func put() throws {
        // A column that the role may not write has what is wanted all the same, or the row, known by its key, is refused.
        let rights = try PostgreSQLReversalRights(format, in: connection)
        let given = zip(columns.columns, values).filter { format.key.isEmpty || rights.mayInsert($0.0.name) }
        let add =
            "INSERT INTO \(table) (\(PostgreSQLIdentifier.list(given.map(\.0.name)))) OVERRIDING SYSTEM VALUE "
            + "SELECT \(given.map(\.1).joined(separator: ", ")) FROM \(work) r"
        if format.key.isEmpty {
            return try inPieces("state IS NULL AND print > 0") { "\(add), generate_series(1, r.print) WHERE \($0)" }
        }
        let keys = Set(format.key.map(\.name))
        let sets = zip(columns.columns, values).filter {
            !keys.contains($0.0.name) && !$0.0.isFixed && rights.mayUpdate($0.0.name)
        }
        .map { "\(PostgreSQLIdentifier.quoted($0.name)) = \($1)" }.joined(separator: ", ")
        if !sets.isEmpty {
            let described = zip(columns.columns, values).compactMap { column, value in
                format.table.described.first { $0.name == column.name }.map { ($0, value) }
            }
            let exchange = PostgreSQLExchange(
                format: format, rights: rights, work: work, values: described, isAsLeft: "true", sets: sets,
                connection: connection)
            try inPieces("state IS NULL AND image IS NOT NULL AND now IS NOT NULL", exchange: exchange) {
                "UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey)"
            }
        }
        try inPieces("state IS NULL AND image IS NOT NULL AND now IS NULL") { "\(add) WHERE \($0)" }
    }

    func waitingCount() throws -> Int {
        Int(try connection.query("SELECT count(*) FROM \(work) WHERE state IS NULL")[0][0] ?? "") ?? 0
    }

    func restoredCount() throws -> Int {
        Int(try connection.query("SELECT count(*) FROM \(work) WHERE state IN ('r', 's')")[0][0] ?? "") ?? 0
    }

    func unchangedCount() throws -> Int {
        Int(try connection.query("SELECT count(*) FROM \(work) WHERE state = 's'")[0][0] ?? "") ?? 0
    }

    // MARK: What came of it

    /// Makes the undo data of the rows that are as in the backup what it was, and counts what was changed. So it does that of
    /// rows which the database refuses, where the imports have others: then these are missing.
    func finish(isFutile: Bool) throws -> RestoreReport.Difference {
        if let watch, watch.sees { try watch.stop() }
        let states = isFutile ? "state IN ('r', 's')" : "state IS DISTINCT FROM 'k'"
        let restored = "SELECT key FROM \(work) WHERE \(states)"
        let those = format.key.isEmpty ? mine : "key IN (\(restored))"
        if format.key.isEmpty {
            // What a rollback handed over to later imports is theirs no more.
            try connection.execute(
                """
                DELETE FROM _waybill.undo u USING \(undoTable) b WHERE u.chunk_id = b.chunk_id AND u.n = b.n AND u.kind <> 'w';
                INSERT INTO _waybill.undo SELECT * FROM \(undoTable) b WHERE b.kind <> 'w'
                """)
        } else {
            try connection.execute(
                """
                DELETE FROM _waybill.undo u WHERE u.table_id IN \(siblings) AND u.kind <> 'w' AND u.\(those)
                    AND (EXISTS (SELECT 1 FROM \(undoTable) b WHERE b.chunk_id = u.chunk_id AND b.n = u.n)
                        OR \(isHandedOver) OR \(isOverwritten));
                INSERT INTO _waybill.undo SELECT * FROM \(undoTable) b WHERE b.kind <> 'w' AND b.\(those)
                ON CONFLICT DO NOTHING
                """)
        }
        var difference = RestoreReport.Difference(table: format.table.name)
        let count = format.key.isEmpty ? "sum(abs(print))" : "count(*)"
        let added = format.key.isEmpty ? "print > 0" : "now IS NULL"
        let removed = format.key.isEmpty ? "print < 0" : "image IS NULL"
        let row = try connection.query(
            """
            SELECT \(count) FILTER (WHERE \(added)), \(count) FILTER (WHERE \(removed)),
                \(count) FILTER (WHERE NOT (\(added)) AND NOT (\(removed))) FROM \(work) WHERE state = 'r'
            """
        )[0].map { Int($0 ?? "") ?? 0 }
        (difference.added, difference.removed, difference.changed) = (row[0], row[1], row[2])
        return difference
    }

    func kept() throws -> [UnreversedRow] {
        try connection.query(
            """
            SELECT array_to_string(\(format.key.isEmpty ? "image" : "key"), ','), state, message FROM \(work)
            WHERE state IS NULL OR state IN ('k', 'f') ORDER BY n
            """
        ).map { row in
            UnreversedRow(
                table: format.table.name, key: row[0] ?? "", reason: row[1] == "k" ? .edited : .refused,
                message: row[2] ?? "the database refused it")
        }
    }
}

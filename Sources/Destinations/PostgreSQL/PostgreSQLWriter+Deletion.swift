internal import Records

/// Deletes or marks rows.
extension PostgreSQLWriter {
    /// The column that a deletion marks, and its value.
    private func sql(_ mark: DeletionMark) -> (column: String, value: String) {
        (
            PostgreSQLIdentifier.quoted(target.table.column(mark.column)?.name ?? mark.column),
            "\(PostgreSQLIdentifier.literal(mark.value))::\(target.table.column(mark.column)?.type ?? "text")"
        )
    }

    /// What a deletion sets; empty if it deletes.
    var markings: String {
        target.plan.marks.map(sql).map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
    }

    /// Whether the row under `t` is marked already: then it is historical. Empty if there are no marks.
    var isMarked: String {
        target.plan.tellingMarks.map(sql).map { "t.\($0.column)::text IS NOT DISTINCT FROM (\($0.value))::text" }
            .joined(separator: " AND ")
    }

    /// Throws if rows of other tables would go or change with those that are deleted: the server tells nobody what a
    /// foreign key did, so that it could not be undone.
    private func requireNoCascades(_ range: String) throws {
        for dependent in target.table.dependents {
            if dependent.isHidden {
                let found = try connection.query(
                    "SELECT EXISTS (SELECT FROM \(staging.name) s JOIN \(rows) t ON \(sameKey()) WHERE s.\(range))")
                guard found[0][0] == "t" else { continue }
                throw PostgreSQLError(
                    state: "23503",
                    message:
                        "row-level security may hide from this role rows of \(dependent.table) that refer to it and would "
                        + "change or be deleted with it, which no rollback could undo; import as a role that sees them, "
                        + "or with --no-undo",
                    detail: "", context: "", constraint: "", column: "")
            }
            let found = try connection.query(
                """
                SELECT EXISTS (SELECT FROM \(staging.name) s JOIN \(rows) t ON \(sameKey())
                    JOIN \(dependent.table) d ON \(dependent.refers) WHERE s.\(range))
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

    /// Deletes rows, and keeps them as undo data, in one statement: where nothing can keep a row from going, and nothing goes
    /// with it.
    ///
    /// - Returns: whether they are deleted; nothing is where the server refused one of them.
    func deletedAtOnce(_ records: [Int], _ chunk: Chunk, _ key: LedgerKey, _ values: Chunk.Values) throws -> Bool {
        guard target.plan.mode == .delete, target.plan.marks.isEmpty, !records.isEmpty, mayDeleteAtOnce else {
            return false
        }
        staging.begin()
        do {
            return try connection.savepoint {
                try staging.sendAll(records, of: values)
                let row = try connection.lookingUp { try connection.query(deleteReturning(key, chunk)) }[0]
                try judgeDeferred()
                if undo != nil {
                    try beginUndo([[row[1]]], key)
                    outcome.rowsDigest = 0
                }
                outcome.updated += integer(row[0])
                outcome.unchanged += records.count - integer(row[0])
                return true
            }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            return false
        }
    }

    private var mayDeleteAtOnce: Bool {
        let table = target.table
        return !target.looksFirst && !table.hasTriggers && !table.hasRules && !table.isPartitioned
            && (undo == nil || table.dependents.isEmpty)
    }

    /// Deletes the rows of the staged records' keys; gives for how many records there were rows, and the id of the undo data. That
    /// is given once all rows are locked: of two sessions that change a row, the later one has to have the larger one.
    private func deleteReturning(_ key: LedgerKey, _ chunk: Chunk) -> String {
        let keep =
            undo == nil
            ? ", chunk AS (SELECT NULL::bigint AS id)"
            : """
            , chunk AS (\(undoChunk(key, chunk, from: "(SELECT count(*) AS n FROM gone) gone WHERE n >= 0"))),
            kept AS (INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print)
                SELECT (SELECT id FROM chunk), row_number() OVER (), \(format.tableID), 'd', _n, k, before,
                    \(PostgreSQLUndoFormat.fingerprint("before::text")) FROM gone)
            """
        let returned = undo == nil ? "" : ", \(format.keyTexts("t")) AS k, \(format.image("t")) AS before"
        return """
            WITH s AS (SELECT min(_n) AS _n, \(keyNames) FROM \(staging.name) GROUP BY \(keyNames) ORDER BY 1),
            gone AS MATERIALIZED (DELETE FROM \(rows) t USING s WHERE \(sameKey()) RETURNING s._n\(returned))\(keep)
            SELECT (SELECT count(DISTINCT _n) FROM gone), (SELECT id FROM chunk)
            """
    }

    func delete(_ range: String, count: Int) throws -> Result {
        if undo != nil && target.plan.marks.isEmpty { try requireNoCascades(range) }
        let change =
            target.plan.marks.isEmpty
            ? "DELETE FROM \(rows) t USING former f WHERE \(isFormer) RETURNING f.i, NULL::bigint AS p"
            : "UPDATE \(rows) t SET \(markings) FROM former f WHERE \(isFormer) RETURNING f.i, \(format.keyTexts("t")) AS k, \(format.fingerprint("t")) AS p"
        let row = try connection.query(
            """
            WITH s AS (SELECT DISTINCT ON (\(keyNames)) * FROM \(staging.name) WHERE \(range) ORDER BY \(keyNames), _n),
            former AS MATERIALIZED (SELECT row_number() OVER () AS i, s._n, t.ctid AS place, t.tableoid AS part,
                \(format.keyTexts("t")) AS k, \(format.image("t")) AS before, \(format.fingerprint("t")) AS p
                FROM s JOIN \(rows) t ON \(sameKey()) \(isMarked.isEmpty ? "" : "WHERE NOT (\(isMarked))")),
            changed AS MATERIALIZED (\(change))
            \(keepFormer(isUpdate: !target.plan.marks.isEmpty, mayMove: marksIdentity))
            SELECT count(DISTINCT _n), count(*), (SELECT count(*) FROM former),
                \(undo == nil ? "0" : "(SELECT count(*) FROM kept)")
            FROM changed JOIN former USING (i)
            """)[0].map(integer)
        try requireAllChanged(row[1], of: row[2])
        nextChange += row[3]
        moveCount += row[3] - row[1]
        if undo != nil, !target.plan.marks.isEmpty {
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

    /// Whether the marks are of what tells the table's rows apart.
    private var marksIdentity: Bool {
        target.plan.marks.contains { mark in format.key.contains { $0.name == target.table.column(mark.column)?.name } }
    }

    /// Keeps what became of the rows under `former`, which a statement deleted or updated; nothing without undo data. A row
    /// of a table without a key is told by its place, and an update gives it another one.
    func keepFormer(isUpdate: Bool, mayMove: Bool) -> String {
        if undo == nil { return "" }
        let changes = "changed w JOIN former f USING (i)"
        if isUpdate { return ", kept AS (\(keep(record: "_n", from: changes, mayMove: mayMove)))" }
        return """
            , kept AS (INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print)
                SELECT \(chunkID), \(nextChange) + i, \(format.tableID), 'd', _n, f.k, before, f.p FROM \(changes) RETURNING 1)
            """
    }

    /// Whether a row under `t` is the one that was found before.
    var isFormer: String { "t.ctid = f.place AND t.tableoid = f.part" }
}

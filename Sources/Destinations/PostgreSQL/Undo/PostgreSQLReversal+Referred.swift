internal import Records

/// Rows that others refer to.
extension PostgreSQLReversal {
    /// Rows that were inserted stay where others would go or change with them, unless these go as well.
    func keepReferred(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let dependents = format.table.dependents
        // Of the table's own rows, those that such a row refers to stay with it.
        let isRepeated = dependents.contains(where: \.isToItself)
        var count = 0
        repeat {
            count = try dependents.reduce(0) { try $0 + keep($1, format, these) }
        } while isRepeated && count > 0
    }

    private func keep(
        _ dependent: PostgreSQLTable.Dependent, _ format: PostgreSQLUndoFormat, _ these: String
    ) throws -> Int {
        // What a trigger or a policy keeps does not go.
        let goes =
            !dependent.isToItself
            ? "false"
            : format.table.keeper != nil
                ? format.hasKey("d", "r.key")
                : """
                EXISTS (SELECT FROM \(work) o WHERE \(these.replacing("r.", with: "o.")) AND o.kind = 'i'
                    AND \(format.hasKey("d", "o.key")) AND \(overwritesEdited ? "true" : "o.was_left"))
                """
        let (isReferredTo, message) =
            dependent.isHidden
            ? (
                "true",
                "row-level security may hide from this role rows of \(dependent.table) that refer to it and would "
                    + "change with it"
            )
            : (
                "EXISTS (SELECT 1 FROM \(dependent.table) d WHERE \(dependent.refers) AND NOT (\(goes)))",
                "rows of \(dependent.table) refer to it and would change with it"
            )
        return try connection.execute(
            """
            UPDATE \(work) r SET state = 'f', message = \(PostgreSQLIdentifier.literal(message))
            FROM \(format.table.ownRows) t WHERE \(these) AND r.kind = 'i' AND \(format.hasKey("t", "r.key"))
                AND \(isReferredTo)
            """)
    }

    /// A row that an upsert gave another identity is noted as one that went and one that came. What brought it back is one
    /// update, which rows that refer to it follow, or allow.
    func pairMoved(_ format: PostgreSQLUndoFormat, _ these: String, _ isAsLeft: String) throws {
        if format.key.isEmpty || format.columns.contains(where: \.isFixedIdentity) { return }
        try connection.execute(
            """
            WITH pairs AS (SELECT min(n) FILTER (WHERE kind = 'i') AS came, min(n) FILTER (WHERE kind = 'd') AS went
                FROM \(work) r WHERE \(these) AND record >= 0 AND NOT EXISTS (SELECT FROM _waybill.undo_chunks c
                    WHERE c.id = \(chunkID) AND c.chunk >= \(LedgerKey.closingChunk))
                GROUP BY record HAVING count(*) FILTER (WHERE kind = 'i') = 1 AND count(*) FILTER (WHERE kind = 'd') = 1),
            moved AS (UPDATE \(work) r SET kind = 'u', before = o.before, before_print = o.before_print, partner = o.n
                FROM pairs p JOIN \(work) o ON o.n = p.went, \(format.table.ownRows) t
                WHERE r.n = p.came AND o.before IS NOT NULL AND \(format.hasKey("t", "r.key")) AND \(isAsLeft)
                RETURNING r.partner)
            UPDATE \(work) r SET state = 'p' FROM moved WHERE moved.partner = r.n
            """)
    }

    /// What became of the one became of the other.
    func settlePairs(_ format: PostgreSQLUndoFormat) throws {
        try connection.execute(
            """
            UPDATE \(work) r SET state = o.state, message = o.message FROM \(work) o
            WHERE r.state = 'p' AND r.table_id = \(format.tableID) AND o.partner = r.n;
            UPDATE \(work) r SET kind = 'i', before = NULL, before_print = NULL, partner = NULL
            WHERE r.table_id = \(format.tableID) AND partner IS NOT NULL
            """)
    }
}

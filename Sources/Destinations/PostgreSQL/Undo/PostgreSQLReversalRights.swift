internal import Records

/// What a role may give back of a table's rows: it may have rights on single columns only.
struct PostgreSQLReversalRights {
    private let format: PostgreSQLUndoFormat
    private let role: String
    private let mayDelete: Bool
    /// The columns that it may not give a new row, and not change in one that is there.
    private let notInserted: Set<String>
    private let notUpdated: Set<String>

    init(_ format: PostgreSQLUndoFormat, in connection: PostgreSQLConnection) throws {
        self.format = format
        let oid = format.table.oid
        func lacking(_ right: String) -> String {
            """
            array_to_json(ARRAY(SELECT attname FROM pg_attribute WHERE attrelid = \(oid) AND attnum > 0 AND NOT attisdropped
                AND NOT has_column_privilege(\(oid), attnum, '\(right)')))
            """
        }
        let row = try connection.query(
            """
            SELECT current_user, has_table_privilege(\(oid), 'DELETE'), \(lacking("INSERT")), \(lacking("UPDATE"))
            """)[0]
        role = row[0] ?? ""
        mayDelete = row[1] == "t"
        let names = Set(format.columns.map(\.name))
        notInserted = names.intersection(JSONTexts.list(row[2] ?? "[]"))
        notUpdated = names.intersection(JSONTexts.list(row[3] ?? "[]"))
    }

    func mayUpdate(_ name: String) -> Bool { !notUpdated.contains(name) }
    /// Whether it may delete whole rows and insert them.
    var mayReplace: Bool { mayDelete && notInserted.isEmpty }
    func mayInsert(_ name: String) -> Bool { !notInserted.contains(name) }

    /// Refuses the changes that fit a condition under `r` and that the role may not undo; the others need no right that
    /// it lacks.
    ///
    /// - Throws: `DataError.destination`, with the statement that grants what is missing, if none can be undone.
    func judge(_ work: String, _ these: String, _ connection: PostgreSQLConnection) throws {
        if mayDelete && notInserted.isEmpty && notUpdated.isEmpty { return }
        let kinds = try connection.query("SELECT DISTINCT kind FROM \(work) r WHERE \(these)").compactMap { $0[0] }
        if kinds.contains("i") && !mayDelete { throw lacks("DELETE") }
        if kinds.contains("d") && notInserted.count == format.columns.count { throw lacks("INSERT") }
        let lacksUpdate = notUpdated.count == format.columns.count || format.key.isEmpty && !notUpdated.isEmpty
        if kinds.contains("u") && lacksUpdate { throw lacks("UPDATE") }
        if format.key.isEmpty { return }
        let here = "FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key"))"
        func refuse(_ right: String, _ columns: Set<String>, where condition: String) throws {
            let grant = grant("\(right) (\(PostgreSQLIdentifier.list(columns.sorted())))")
            let message = PostgreSQLIdentifier.literal(
                "the role \(role) may not restore it; have the table's owner run: \(grant)")
            try connection.execute(
                "UPDATE \(work) r SET state = 'f', message = \(message) WHERE \(these) AND \(condition)")
        }
        if !notUpdated.isEmpty {
            let differs = format.columns.enumerated().filter { notUpdated.contains($1.name) }.map {
                "\(format.text("t.\(PostgreSQLIdentifier.quoted($1.name))", $1)) IS DISTINCT FROM r.before[\($0 + 1)]"
            }.joined(separator: " OR ")
            // Its key finds the row, and stays.
            try refuse(
                "UPDATE", notUpdated.subtracting(format.key.map(\.name)),
                where: "r.kind IN ('u', 'd') AND EXISTS (SELECT 1 \(here) AND (\(differs)))")
        }
        if !notInserted.isEmpty {
            try refuse("INSERT", notInserted, where: "r.kind IN ('u', 'd') AND NOT EXISTS (SELECT 1 \(here))")
        }
    }

    private func lacks(_ right: String) -> DataError {
        DataError(
            .destination,
            "the role \(role) lacks \(right) on the table \(format.table.name), which the rollback needs",
            remedy: "Have the table's owner run this, then the same command again: \(grant(right))")
    }

    private func grant(_ right: String) -> String {
        "GRANT \(right) ON \(format.table.quotedName) TO \(PostgreSQLIdentifier.quoted(role));"
    }
}

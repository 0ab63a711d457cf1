internal import Records

extension PostgreSQLTable {
    /// Throws where the role lacks a right on the table that the plan's mode needs.
    func requireRights(for plan: TablePlan, in connection: PostgreSQLConnection) throws {
        let needed: [String] =
            switch plan.mode {
            // Undo data needs SELECT as well, but not for rows that are copied straight into the table.
            case .insert: ["INSERT"]
            case .upsert, .versioned: ["SELECT", "INSERT", "UPDATE"]
            case .delete: ["SELECT", plan.marks.isEmpty ? "DELETE" : "UPDATE"]
            }
        let row = try connection.query(
            """
            SELECT current_user, \(needed.map { right in
                "has_table_privilege(\(oid), '\(right)')"
                    + (right == "DELETE" ? "" : " OR has_any_column_privilege(\(oid), '\(right)')")
            }.joined(separator: ", "))
            """)[0]
        let missing = zip(needed, row.dropFirst()).filter { $0.1 != "t" }.map(\.0)
        if missing.isEmpty { return }
        let role = row[0] ?? ""
        throw DataError(
            .destination,
            "the role \(role) lacks \(missing.joined(separator: " and ")) on the table \(name), which the mode "
                + "\(plan.mode.rawValue) needs",
            remedy: "Have the table's owner run this, then try again: GRANT \(missing.joined(separator: ", ")) ON "
                + "\(quotedName) TO \(PostgreSQLIdentifier.quoted(role));")
    }

    /// Throws where undo data cannot be kept of rows that only the server knows.
    func requireReadable(in connection: PostgreSQLConnection) throws {
        if isReadable { return }
        let role = try connection.query("SELECT current_user")[0][0] ?? ""
        throw DataError(
            .destination,
            "the role \(role) may not read the table \(name), which it must to note what takes these rows back",
            remedy:
                "Have the table's owner run: GRANT SELECT ON \(quotedName) TO \(PostgreSQLIdentifier.quoted(role)); "
                + "or import with --no-undo, which needs INSERT alone.")
    }

    /// Throws where no table can be made in the place that a name means.
    static func requirePlace(of name: String, in connection: PostgreSQLConnection) throws {
        let (schema, table) = try place(of: name, in: connection)
        if schema == nil, table == name, let dot = name.firstIndex(of: "."), dot > name.startIndex {
            let missing = String(name[..<dot])
            throw DataError(
                .unusableOption, "there is no schema \(missing) for the table \(name)",
                remedy:
                    "Check the name, create the schema (CREATE SCHEMA \(PostgreSQLIdentifier.quoted(missing))), or quote a "
                    + "name that has a dot in it: --table '\(PostgreSQLIdentifier.quoted(name))'.")
        }
        let row = try connection.query(
            """
            SELECT current_user, n.nspname, has_schema_privilege(n.oid, 'CREATE')
            FROM (SELECT 1) AS one LEFT JOIN pg_namespace n ON n.nspname = coalesce($1, current_schema())
            """, [schema])[0]
        guard let there = row[1] else {
            throw DataError(
                .unusableOption,
                schema.map { "there is no schema \($0) for the table \(name)" }
                    ?? "no schema in the search path is there for the table \(name)",
                remedy: "Name one that is there: --table SCHEMA.\(table).")
        }
        if row[2] == "t" { return }
        throw DataError(
            .destination,
            "there is no table \(table) in the schema \(there), and the role \(row[0] ?? "") may not create it",
            remedy: "Create the table first, or have an administrator run: GRANT CREATE ON SCHEMA "
                + "\(PostgreSQLIdentifier.quoted(there)) TO \(PostgreSQLIdentifier.quoted(row[0] ?? ""));")
    }
}

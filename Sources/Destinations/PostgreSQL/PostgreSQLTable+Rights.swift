internal import Records

extension PostgreSQLTable {
    /// Throws if the role lacks a right on the table, or on columns of it, that the plan's mode needs.
    func requireRights(for plan: TablePlan, in connection: PostgreSQLConnection) throws {
        var lacking = PostgreSQLMissingRights()
        let role = try noteSchema(in: connection, &lacking)
        try noteTable(plan, in: connection, role, &lacking)
        try lacking.check(of: role)
    }

    private func noteTable(
        _ plan: TablePlan, in connection: PostgreSQLConnection, _ role: String, _ rights: inout PostgreSQLMissingRights
    ) throws {
        let written = plan.columnsNeeded.compactMap { column($0)?.name }
        let key = Set(plan.key.compactMap { column($0)?.name })
        let changed = written.filter { !key.contains($0) }
        let marks = plan.marks.compactMap { column($0.column)?.name }
        // Rows that are there are read with their places and versions, which only a right on the whole table shows.
        var needed: [(right: String, columns: [String])]
        switch plan.mode {
        // Undo data needs SELECT as well, but not for rows that are copied straight into the table.
        case .insert: needed = [("INSERT", written)] + (plan.skipsDuplicates ? [("SELECT", [])] : [])
        case .update: needed = [("SELECT", []), ("UPDATE", changed)]
        case .upsert: needed = [("SELECT", []), ("INSERT", written), ("UPDATE", changed)]
        case .versioned:
            needed = [("SELECT", []), ("INSERT", written), ("UPDATE", written.filter { !key.contains($0) })]
        case .delete: needed = [("SELECT", []), plan.marks.isEmpty ? ("DELETE", []) : ("UPDATE", marks)]
        }
        // A lock on a row that is there wants the right to change something of it.
        if plan.mode == .upsert && changed.isEmpty { needed[2].columns = written }
        let row = try connection.query(
            """
            SELECT \(needed.map { right, columns in
                columns.isEmpty
                    ? "CASE WHEN has_table_privilege(\(oid), '\(right)') THEN '[]' ELSE '[\"\"]' END"
                    : """
                    array_to_json(ARRAY(SELECT c::text FROM unnest(\(Self.array(columns))) c
                        WHERE NOT has_column_privilege(\(oid), c, '\(right)')))
                    """
            }.joined(separator: ", "))
            """)[0]
        var missing = zip(needed, row).compactMap { need, lacking -> String? in
            let lacking = JSONTexts.list(lacking ?? "[]")
            if lacking.isEmpty { return nil }
            if lacking.count == need.columns.count || need.columns.isEmpty { return need.right }
            return "\(need.right) (\(PostgreSQLIdentifier.list(lacking)))"
        }
        // Where rows are copied straight into the table it is not needed, which only a key makes possible.
        let isKeyless = primaryKey.isEmpty && uniqueKeys.isEmpty
        let isForUndo =
            plan.mode == .insert && plan.keepsUndo && !isReadable && !plan.skipsDuplicates
            && (isKeyless || !missing.isEmpty)
        var lacks: [String] = []
        if !missing.isEmpty {
            let list = missing.joined(separator: " and ")
            lacks.append("\(list) on the table \(name), which the mode \(plan.mode.rawValue) needs")
        }
        if isForUndo {
            lacks.append("SELECT on the table \(name), which undo data needs")
            missing.append("SELECT")
        }
        if !missing.isEmpty {
            rights.add(
                "lacks \(lacks.joined(separator: ", and "))",
                mendedBy: "GRANT \(missing.joined(separator: ", ")) ON \(quotedName) TO "
                    + "\(PostgreSQLIdentifier.quoted(role));", of: "the table's owner")
        }
        if !plan.mode.needsTable { try noteSequences(besides: written, in: connection, role, &rights) }
    }

    private func noteSchema(
        in connection: PostgreSQLConnection, _ rights: inout PostgreSQLMissingRights
    ) throws -> String {
        let row = try connection.query("SELECT current_user, has_schema_privilege($1, 'USAGE')", [schema])[0]
        let role = row[0] ?? ""
        if row[1] != "t" {
            rights.add(
                "lacks USAGE on the schema \(schema) of the table \(name)",
                mendedBy: "GRANT USAGE ON SCHEMA \(PostgreSQLIdentifier.quoted(schema)) TO "
                    + "\(PostgreSQLIdentifier.quoted(role));", of: "the schema's owner")
        }
        return role
    }

    /// Where the default of a column that no record has a value for is the next number of a sequence which the role may not use.
    private func noteSequences(
        besides written: [String], in connection: PostgreSQLConnection, _ role: String,
        _ rights: inout PostgreSQLMissingRights
    ) throws {
        let rows = try connection.query(
            """
            SELECT DISTINCT quote_ident(n.nspname) || '.' || quote_ident(s.relname)
            FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass
            JOIN pg_class s ON s.oid = p.refobjid JOIN pg_namespace n ON n.oid = s.relnamespace
            WHERE d.adrelid = \(oid) AND a.attgenerated = '' AND a.attname::text <> ALL (\(Self.array(written)))
            AND CASE s.relkind WHEN 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE, UPDATE') END ORDER BY 1
            """)
        if rows.isEmpty { return }
        let names = rows.compactMap { $0[0] }.joined(separator: ", ")
        rights.add(
            "lacks USAGE on \(names), which numbers the rows of the table \(name)",
            mendedBy: "GRANT USAGE ON SEQUENCE \(names) TO \(PostgreSQLIdentifier.quoted(role));", of: "its owner")
    }

    private static func array(_ names: [String]) -> String {
        "ARRAY[\(names.map { PostgreSQLIdentifier.literal($0) }.joined(separator: ", "))]::text[]"
    }

    /// Throws if the role may not look whether rows that were written before are there.
    func requireRowsShow(in connection: PostgreSQLConnection) throws {
        if isReadable { return }
        let role = try connection.query("SELECT current_user")[0][0] ?? ""
        throw DataError(
            .conflict,
            "the same bytes were imported into \(name) before, and the role \(role) may not read the table: it is not known "
                + "whether their rows are there. Nothing was written",
            remedy:
                "Have the table's owner run: GRANT SELECT ON \(quotedName) TO \(PostgreSQLIdentifier.quoted(role)); "
                + "or write the records again with --force.")
    }

    /// Throws if rows that nobody sees may be there all the same.
    func requireNothingHidden(in connection: PostgreSQLConnection) throws {
        guard mayHideRows else { return }
        let role = try connection.query("SELECT current_user")[0][0] ?? ""
        throw DataError(
            .conflict,
            "the same bytes were imported into \(name) before, and row-level security may hide their rows from the role \(role): "
                + "it is not known whether they are there. Nothing was written",
            remedy:
                "Import as a role that sees all rows of the table (its owner, or one with BYPASSRLS). To write them again "
                + "anyway: --force.")
    }

    /// Throws if undo data cannot be kept of rows that only the server knows.
    func requireReadable(in connection: PostgreSQLConnection) throws {
        if isReadable { return }
        let role = try connection.query("SELECT current_user")[0][0] ?? ""
        throw DataError(
            .destination,
            "the role \(role) may not read the table \(name), which is needed to record undo data",
            remedy:
                "Have the table's owner run: GRANT SELECT ON \(quotedName) TO \(PostgreSQLIdentifier.quoted(role)); "
                + "or import with --no-undo, which needs INSERT alone.")
    }

    /// Throws if a name that is not quoted has a dot, and no schema is called what is before it.
    static func requireSchema(of name: String, in connection: PostgreSQLConnection) throws {
        let (schema, table) = try place(of: name, in: connection)
        if schema == nil, table == name, let dot = name.firstIndex(of: "."), dot > name.startIndex {
            let missing = String(name[..<dot])
            throw DataError(
                .unusableOption, "there is no schema \(missing) for the table \(name)",
                remedy:
                    "Check the name, create the schema (CREATE SCHEMA \(PostgreSQLIdentifier.quoted(missing))), or quote a "
                    + "name that has a dot in it: --table '\(PostgreSQLIdentifier.quoted(name))'.")
        }
    }

    /// Throws if no table can be made in the place that a name means.
    static func requirePlace(of name: String, in connection: PostgreSQLConnection) throws {
        try requireSchema(of: name, in: connection)
        let (schema, table) = try place(of: name, in: connection)
        let row = try connection.query(
            """
            SELECT current_user, n.nspname, has_schema_privilege(n.oid, 'CREATE')
            FROM (SELECT 1) AS one LEFT JOIN pg_namespace n ON n.nspname = coalesce($1, current_schema())
            """, [schema])[0]
        guard let there = row[1] else {
            throw DataError(
                .unusableOption,
                schema.map { "there is no schema \($0) for the table \(name)" }
                    ?? "no schema in the search path exists for the table \(name)",
                remedy: "Name one that exists: --table SCHEMA.\(table).")
        }
        if row[2] == "t" { return }
        throw DataError(
            .destination,
            "there is no table \(table) in the schema \(there), and the role \(row[0] ?? "") may not create it",
            remedy: "Create the table first, or have an administrator run: GRANT CREATE ON SCHEMA "
                + "\(PostgreSQLIdentifier.quoted(there)) TO \(PostgreSQLIdentifier.quoted(row[0] ?? ""));")
    }
}

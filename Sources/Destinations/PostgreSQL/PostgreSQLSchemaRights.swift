internal import Records

/// What there is of the schema `_waybill`, and what the role may do with it.
struct PostgreSQLSchemaRights {
    let hasSchema: Bool
    /// The names of all that is in the schema.
    let relations: Set<String>
    /// What former versions made otherwise is put right by these statements, which the role may run.
    let mending: [String]
    private let role: String
    private let database: String
    private let mayUseSchema: Bool
    let mayCreateInSchema: Bool
    private let mayCreateSchema: Bool
    private let mayCreateTemporary: Bool
    /// The tables that the role may not both read and add to.
    private let closedTables: [String]

    init(_ connection: PostgreSQLConnection) throws {
        let row = try connection.query(
            """
            SELECT current_user, current_database(), n.oid IS NOT NULL, has_schema_privilege(n.oid, 'USAGE'),
                has_schema_privilege(n.oid, 'CREATE'), has_database_privilege(current_database(), 'CREATE'),
                has_database_privilege(current_database(), 'TEMPORARY'),
                array_to_json(ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = n.oid)),
                array_to_json(ARRAY(SELECT relname::text FROM pg_class WHERE relnamespace = n.oid AND relkind = 'r'
                    AND relname <> 'added_columns' AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')) ORDER BY 1)),
                EXISTS (SELECT 1 FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class t ON t.oid = x.indrelid
                    WHERE i.relnamespace = n.oid AND i.relname = '\(PostgreSQLSchemaParts.formerIndex)'
                    AND pg_has_role(t.relowner, 'USAGE')),
                EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'inferred' AND c.relkind = 'r'
                    AND pg_has_role(c.relowner, 'USAGE') AND 2 > (SELECT count(*) FROM pg_attribute a
                        WHERE a.attrelid = c.oid AND a.attname IN ('log_id', 'spelling') AND NOT a.attisdropped))
            FROM (SELECT 1) AS one LEFT JOIN pg_namespace n ON n.nspname = '_waybill'
            """)[0]
        role = row[0] ?? ""
        database = row[1] ?? ""
        hasSchema = row[2] == "t"
        mayUseSchema = row[3] == "t"
        mayCreateInSchema = row[4] == "t"
        mayCreateSchema = row[5] == "t"
        mayCreateTemporary = row[6] == "t"
        relations = Set(JSONTexts.list(row[7] ?? "[]"))
        closedTables = JSONTexts.list(row[8] ?? "[]")
        mending =
            (row[9] == "t" && row[4] == "t" ? [PostgreSQLSchemaParts.mendingOfIndex] : [])
            + (row[10] == "t" ? [PostgreSQLSchemaParts.mendingOfGuesses] : [])
    }

    /// Throws if the role cannot use the tables, or cannot make those that are missing.
    func check() throws {
        let grantee = PostgreSQLIdentifier.quoted(role)
        var lacking = PostgreSQLMissingRights()
        func add(_ clause: String, _ statement: String) {
            lacking.add(clause, mendedBy: statement, of: "an administrator of the database")
        }
        let isComplete = PostgreSQLSchemaParts.areComplete(relations, mayCreate: false)
        if !hasSchema && !mayCreateSchema {
            add(
                "may not create the schema _waybill for Waybill's own tables, which is missing from the database \(database)",
                "CREATE SCHEMA _waybill AUTHORIZATION \(grantee);")
        }
        if hasSchema && !mayUseSchema {
            add(
                "lacks USAGE on the schema _waybill, which holds Waybill's own tables",
                "GRANT USAGE ON SCHEMA _waybill TO \(grantee);")
        }
        if hasSchema && !mayCreateInSchema && !isComplete {
            add(
                "may not create those of Waybill's own tables that are missing from the schema _waybill",
                "GRANT CREATE ON SCHEMA _waybill TO \(grantee);")
        }
        if !closedTables.isEmpty {
            add(
                "may not read and add to Waybill's own \(closedTables.count == 1 ? "table" : "tables") "
                    + closedTables.map { "_waybill.\($0)" }.joined(separator: ", "),
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA _waybill TO \(grantee);")
        }
        if !mayCreateTemporary {
            add(
                "may not create temporary tables in the database \(database), which loading needs",
                "GRANT TEMPORARY ON DATABASE \(PostgreSQLIdentifier.quoted(database)) TO \(grantee);")
        }
        try lacking.check(of: role)
    }
}

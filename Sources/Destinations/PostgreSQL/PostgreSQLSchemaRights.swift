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
        if !hasSchema && !mayCreateSchema {
            throw refusal(
                "the schema _waybill for Waybill's own tables is missing from the database \(database), and the role "
                    + "\(role) may not create it",
                "CREATE SCHEMA _waybill AUTHORIZATION \(grantee); or: "
                    + "GRANT CREATE ON DATABASE \(PostgreSQLIdentifier.quoted(database)) TO \(grantee);")
        }
        if hasSchema && !mayUseSchema {
            throw refusal(
                "the role \(role) lacks USAGE on the schema _waybill, which holds Waybill's own tables",
                PostgreSQLSchemaParts.areComplete(relations, mayCreate: false)
                    ? "GRANT USAGE ON SCHEMA _waybill TO \(grantee); \(Self.tableGrant(grantee))"
                    : "GRANT USAGE, CREATE ON SCHEMA _waybill TO \(grantee); \(Self.tableGrant(grantee))")
        }
        if hasSchema && !mayCreateInSchema && !PostgreSQLSchemaParts.areComplete(relations, mayCreate: false) {
            throw refusal(
                "some of Waybill's own tables are missing from the schema _waybill, and the role \(role) may not create them",
                "GRANT CREATE ON SCHEMA _waybill TO \(grantee);")
        }
        if !closedTables.isEmpty {
            throw refusal(
                "the role \(role) may not read and add to Waybill's own "
                    + "\(closedTables.count == 1 ? "table" : "tables") \(closedTables.map { "_waybill.\($0)" }.joined(separator: ", "))",
                Self.tableGrant(grantee))
        }
        if !mayCreateTemporary {
            throw refusal(
                "the role \(role) may not create temporary tables in the database \(database), which loading needs",
                "GRANT TEMPORARY ON DATABASE \(PostgreSQLIdentifier.quoted(database)) TO \(grantee);")
        }
    }

    private static func tableGrant(_ grantee: String) -> String {
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA _waybill TO \(grantee);"
    }

    private func refusal(_ message: String, _ statement: String) -> DataError {
        DataError(
            .destination, message,
            remedy: "Have an administrator of the database run this, then try again: \(statement)")
    }
}

internal import Records

/// The columns that imports added to tables that were there, so that one which nobody uses any more can go again, and come back
/// with a backup.
struct PostgreSQLNewColumns {
    let connection: PostgreSQLConnection

    /// Made when the first column is added: most databases have no need of it.
    private static let tableName = "_waybill.added_columns"

    /// Adds the columns that a plan has and its table lacks, if that is wanted.
    func add(_ plan: TablePlan, to table: PostgreSQLTable) throws -> [Column] {
        let columns = try plan.columnsToAdd(to: table.columns.map(\.name)) { table.column($0) != nil }
        if columns.isEmpty { return [] }
        for column in columns { try PostgreSQLIdentifier.checkColumn(column.name) }
        try requireOwner(of: table, columns, isMarking: plan.mode == .delete)
        // Where the role may create nothing there, the columns stay for good.
        if try !exists(), try connection.query("SELECT has_schema_privilege('_waybill', 'CREATE')")[0][0] == "t" {
            // Of two that come at once, one would fail.
            try connection.execute("SELECT pg_advisory_xact_lock(7820513645309)")
            try connection.execute(
                """
                CREATE TABLE IF NOT EXISTS \(Self.tableName) (
                    table_name text NOT NULL, column_name text NOT NULL, place smallint NOT NULL, type text NOT NULL,
                    is_guess boolean NOT NULL, log_id text NOT NULL, PRIMARY KEY (table_name, column_name))
                """)
        }
        try PostgreSQLCreatedTables(connection: connection).keeping(table) {
            for column in columns {
                try add(
                    column.name, column.type.postgreSQL, isGuess: column.isInferred && column.type != .text,
                    to: table, by: plan.logID)
            }
        }
        return columns
    }

    private func add(
        _ name: String, _ type: String, isGuess: Bool, to table: PostgreSQLTable, by logID: String?
    ) throws {
        try connection.execute(
            "ALTER TABLE \(table.quotedName) ADD COLUMN \(PostgreSQLIdentifier.quoted(name)) \(type)")
        if try exists() {
            try connection.query(
                """
                INSERT INTO \(Self.tableName) (table_name, column_name, place, type, is_guess, log_id)
                SELECT $1, $2::text, attnum, format_type(atttypid, atttypmod), $3::boolean, $4 FROM pg_attribute
                WHERE attrelid = $5::oid AND attname = $2::text
                ON CONFLICT (table_name, column_name) DO UPDATE SET place = excluded.place, type = excluded.type,
                    is_guess = excluded.is_guess, log_id = excluded.log_id
                """, [table.quotedName, name, isGuess ? "true" : "false", logID ?? "", table.oid])
        }
        let schema = PostgreSQLSchema(connection)
        try schema.removeInferred(name, of: table)
        if isGuess { try schema.addInferred(name, of: table, by: logID) }
    }

    private func requireOwner(of table: PostgreSQLTable, _ columns: [Column], isMarking: Bool) throws {
        let row = try connection.query(
            "SELECT pg_has_role(relowner, 'USAGE'), current_user FROM pg_class WHERE oid = $1::oid", [table.oid])[0]
        if row[0] == "t" { return }
        let list = columns.map { "ADD COLUMN \(PostgreSQLIdentifier.quoted($0.name)) \($0.type.postgreSQL)" }
        throw DataError(
            .destination,
            "the role \(row[1] ?? "") may not add columns to the table \(table.name): only its owner may",
            remedy: "Have its owner run: ALTER TABLE \(table.quotedName) \(list.joined(separator: ", ")); or "
                + (isMarking
                    ? "name columns that it has with --mark-deleted." : "leave them out with --new-columns ignore."))
    }

    private func exists() throws -> Bool {
        try connection.query(
            """
            SELECT coalesce(has_table_privilege(to_regclass($1), 'SELECT') AND has_table_privilege(to_regclass($1), 'INSERT')
                AND has_table_privilege(to_regclass($1), 'UPDATE'), false)
            """, [Self.tableName])[0][0] == "t"
    }

    /// Those that a log added to a table.
    ///
    /// - Parameter areAsMade: whether only those count of which nobody made anything else, or has a use.
    func columns(of table: PostgreSQLTable, by logID: String, areAsMade: Bool = false) throws -> [String] {
        guard try exists() else { return [] }
        let asMade = """
            format_type(a.atttypid, a.atttypmod) = c.type
                AND NOT a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AND a.attacl IS NULL
                AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_class'::regclass
                    AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum)
                AND col_description(a.attrelid, a.attnum) IS NULL
            """
        return try connection.query(
            """
            SELECT column_name FROM \(Self.tableName) c JOIN pg_attribute a ON a.attrelid = $2::oid AND a.attnum = c.place
                AND a.attname = c.column_name
            WHERE c.table_name = $1 AND c.log_id = $3 AND (\(areAsMade ? asMade : "true"))
            ORDER BY c.place DESC
            """, [table.quotedName, table.oid, logID]
        ).compactMap { $0[0] }
    }

    /// Drops one of them, unless a row has a value in it or undo data tells of it.
    func remove(_ column: String, of table: PostgreSQLTable, by logID: String) throws -> Bool {
        struct Needed: Error {}
        if table.mayHideRows { return false }
        let name = PostgreSQLIdentifier.quoted(column)
        do {
            try connection.savepoint {
                // A session that was killed may still be at its last statement.
                connection.announce("SELECT set_config('lock_timeout', '3s', true)")
                connection.announce("LOCK TABLE \(table.quotedName) IN ACCESS EXCLUSIVE MODE")
                let row = try connection.query(
                    """
                    SELECT EXISTS (SELECT FROM \(table.quotedName) WHERE \(name) IS NOT NULL),
                        EXISTS (SELECT FROM _waybill.undo_tables t WHERE t.table_name = $1 AND $2 = ANY (t.columns) AND (
                            EXISTS (SELECT FROM _waybill.undo u WHERE u.table_id = t.id)
                            OR EXISTS (SELECT FROM _waybill.undo_packs p WHERE p.table_id = t.id)))
                    """, [table.quotedName, column])[0]
                guard row == ["f", "f"], try columns(of: table, by: logID, areAsMade: true).contains(column) else {
                    throw Needed()
                }
                try PostgreSQLCreatedTables(connection: connection).keeping(table) {
                    try connection.execute("ALTER TABLE \(table.quotedName) DROP COLUMN \(name)")
                }
                try PostgreSQLSchema(connection).removeInferred(column, of: table)
            }
            return true
        } catch is Needed {
            return false
        } catch let error as PostgreSQLError where !error.isOfServer {
            return false
        }
    }

    /// Adds those of these columns again that went with their imports.
    func bringBack(_ names: [String], of quotedName: String) throws {
        guard try exists(), let table = try PostgreSQLTable.find(quoted: quotedName, in: connection) else { return }
        let gone = try connection.query(
            "SELECT column_name, type, is_guess, log_id FROM \(Self.tableName) WHERE table_name = $1 ORDER BY place",
            [quotedName]
        ).filter { row in names.contains(row[0] ?? "") && table.column(row[0] ?? "") == nil }
        if gone.isEmpty { return }
        try PostgreSQLCreatedTables(connection: connection).keeping(table) {
            for row in gone {
                try add(row[0] ?? "", row[1] ?? "text", isGuess: row[2] == "t", to: table, by: row[3])
            }
        }
    }
}

extension PostgreSQLDestination {
    package func missingColumns(_ names: [String], of table: String) throws -> [String] {
        try using { connection in
            guard let table = try PostgreSQLTable.find(table, in: connection) else { return [] }
            return names.filter { table.column($0) == nil }
        }
    }

    package func addedColumns(of table: String, logID: String) throws -> [String] {
        try using { connection in
            guard let table = try PostgreSQLTable.find(table, in: connection) else { return [] }
            return try PostgreSQLNewColumns(connection: connection).columns(of: table, by: logID)
        }
    }

    package func removeAdded(_ column: String, of table: String, logID: String) throws -> Bool {
        try transaction { connection in
            guard let table = try PostgreSQLTable.find(table, in: connection) else { return false }
            return try PostgreSQLNewColumns(connection: connection).remove(column, of: table, by: logID)
        }
    }
}

package import Records

/// The columns that imports added to tables that were there, so that one which nobody uses any more can go again.
struct SQLiteNewColumns {
    let connection: SQLiteConnection

    private static let tableName = "_waybill_added"

    /// Adds the columns that a plan has and its table lacks, if that is wanted. Runs inside a transaction.
    func add(_ plan: TablePlan) throws -> [Column] {
        guard let table = try SQLiteTable.find(plan.table, in: connection) else { return [] }
        let columns = try plan.columnsToAdd(to: table.columns.map(\.name)) { table.column($0) != nil }
        if columns.isEmpty { return [] }
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main.\(Self.tableName) (
                table_name TEXT NOT NULL COLLATE NOCASE, column_name TEXT NOT NULL COLLATE NOCASE, log_id TEXT NOT NULL,
                type TEXT NOT NULL, PRIMARY KEY (table_name, column_name))
            """)
        let isStrict = table.isStrict
        let created = SQLiteCreatedTables(connection: connection)
        try created.keeping(table) {
            for column in columns {
                let type = Self.type(of: column, isStrict: isStrict)
                try connection.execute(
                    """
                    ALTER TABLE main.\(SQLiteIdentifier.quoted(table.name)) ADD COLUMN \(SQLiteIdentifier.quoted(column.name)) \(type)
                    """)
                try connection.execute(
                    "INSERT OR REPLACE INTO main.\(Self.tableName) VALUES (?1, ?2, ?3, ?4)",
                    [.text(table.name), .text(column.name), .text(plan.logID ?? ""), .text(type)])
                try forgetGuess(column.name, of: table)
                if column.isInferred, SQLiteTable.Column.mayBeGuess(type), !isStrict || column.type != .boolean {
                    try SQLiteInferredColumns(connection: connection)
                        .add(column.name, of: table.name, by: plan.logID ?? "", .nothing)
                }
            }
        }
        return columns
    }

    /// A STRICT table has no other types than these. Booleans are 1 and 0 in any.
    private static func type(of column: Column, isStrict: Bool) -> String {
        switch column.type {
        case .integer, .real: column.type.declaration
        case .boolean: isStrict ? "INTEGER" : column.type.declaration
        case .text, .numeric, .date, .timestamp, .timestamptz, .jsonb, .uuid:
            isStrict ? "TEXT" : column.type.declaration
        }
    }

    private func forgetGuess(_ column: String, of table: SQLiteTable) throws {
        try connection.execute(
            "DELETE FROM main._waybill_inferred WHERE table_name = ?1 AND column_name = ?2",
            [.text(table.name), .text(column)])
    }

    /// Those that a log added to a table.
    ///
    /// - Parameter areAsMade: whether only those count that still are what they were made.
    func columns(of table: SQLiteTable, by logID: String, areAsMade: Bool = false) throws -> [String] {
        guard try SQLiteTable.find(Self.tableName, in: connection) != nil else { return [] }
        return try connection.query(
            "SELECT column_name, type FROM main.\(Self.tableName) WHERE table_name = ?1 AND log_id = ?2 ORDER BY rowid DESC",
            [.text(table.name), .text(logID)]
        ) { ($0.text(0), $0.text(1)) }.filter { name, type in
            table.column(name).map { !areAsMade || $0.declaredType == type && !$0.isNotNull && !$0.hasDefault } ?? false
        }.map(\.0)
    }

    /// Drops one of them, unless a row has a value in it or undo data tells of it. SQLite itself keeps one that an index, a
    /// view, a trigger or a constraint is about. Runs inside a transaction.
    func remove(_ column: String, of table: SQLiteTable, by logID: String) throws -> Bool {
        let name = try SQLiteIdentifier.quoted(column)
        let quoted = try "main.\(SQLiteIdentifier.quoted(table.name))"
        guard
            try columns(of: table, by: logID, areAsMade: true).contains(where: { SQLiteIdentifier.isSame($0, column) }),
            try connection.query("SELECT 1 FROM \(quoted) WHERE \(name) IS NOT NULL LIMIT 1", row: { _ in true })
                .isEmpty,
            try !isInUndoData(column, of: table)
        else { return false }
        try SQLiteCreatedTables(connection: connection).keeping(table) {
            try connection.execute("ALTER TABLE \(quoted) DROP COLUMN \(name)")
        }
        try connection.execute(
            "DELETE FROM main.\(Self.tableName) WHERE table_name = ?1 AND column_name = ?2",
            [.text(table.name), .text(column)])
        try forgetGuess(column, of: table)
        return true
    }

    private func isInUndoData(_ column: String, of table: SQLiteTable) throws -> Bool {
        guard try SQLiteUndoStore(connection: connection).exists() else { return false }
        return try connection.query(
            """
            SELECT columns FROM main._waybill_undo_tables t WHERE table_name = ?1 COLLATE NOCASE
            AND EXISTS (SELECT 1 FROM main._waybill_undo u WHERE u.table_id = t.id)
            """, [.text(table.name)]
        ) { SQLiteRowDescription(bytes: $0.blob(0)).columns }.joined()
            .contains { SQLiteIdentifier.isSame($0, column) }
    }
}

extension SQLiteDestination {
    package func missingColumns(_ names: [String], of table: String) throws -> [String] {
        guard let table = try SQLiteTable.find(tableName(table).name, in: connection) else { return [] }
        return names.filter { table.column($0) == nil }
    }

    package func addedColumns(of table: String, logID: String) throws -> [String] {
        guard let table = try SQLiteTable.find(tableName(table).name, in: connection) else { return [] }
        return try SQLiteNewColumns(connection: connection).columns(of: table, by: logID)
    }

    package func removeAdded(_ column: String, of table: String, logID: String) throws -> Bool {
        do {
            return try connection.transaction {
                guard let table = try SQLiteTable.find(tableName(table).name, in: connection) else { return false }
                return try SQLiteNewColumns(connection: connection).remove(column, of: table, by: logID)
            }
        } catch let error as DataError where error.code == .destination {
            // Something else is about the column.
            return false
        }
    }
}

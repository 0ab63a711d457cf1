internal import Records

/// Remembers which columns' types were guessed, so that a later import may still widen them.
struct SQLiteInferredColumns {
    let connection: SQLiteConnection

    func createTable() throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._waybill_inferred (
                table_name TEXT NOT NULL COLLATE NOCASE, column_name TEXT NOT NULL COLLATE NOCASE,
                PRIMARY KEY (table_name, column_name))
            """)
    }

    /// Forgets what was known of an earlier table of this name, and records the guesses for the new one. A column that
    /// is text already can hold every value: nothing of it is left to be guessed.
    func replace(with plan: TablePlan) throws {
        try connection.execute("DELETE FROM main._waybill_inferred WHERE table_name = ?1", [.text(plan.table)])
        for column in plan.columns where column.isInferred && column.type != .text {
            try connection.execute(
                "INSERT INTO main._waybill_inferred (table_name, column_name) VALUES (?1, ?2)",
                [.text(plan.table), .text(column.name)])
        }
    }

    func add(_ column: String, of table: String) throws {
        try connection.execute(
            "INSERT OR IGNORE INTO main._waybill_inferred (table_name, column_name) VALUES (?1, ?2)",
            [.text(table), .text(column)])
    }

    func names(of table: String) throws -> Set<String> {
        let names = try connection.query(
            "SELECT column_name FROM main._waybill_inferred WHERE table_name = ?1", [.text(table)]
        ) { SQLiteIdentifier.folded($0.text(0)) }
        return Set(names)
    }

    func remove(_ column: String, of table: String) throws {
        try connection.execute(
            "DELETE FROM main._waybill_inferred WHERE table_name = ?1 AND column_name = ?2",
            [.text(table), .text(column)])
    }
}

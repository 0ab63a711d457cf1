internal import Records

/// Remembers which columns' types were guessed and how their values are spelled, so that a later import may still widen them;
/// and of those that were widened, how their values were spelled before.
struct SQLiteInferredColumns {
    let connection: SQLiteConnection

    /// A column whose type was guessed.
    struct Guess {
        /// Whether it was this log that guessed.
        var isOurs: Bool
        /// How the values that came are spelled; nil if an older program guessed, which did not note that.
        var spelling: SQLiteSpelling?
    }

    func createTable() throws {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS main._waybill_inferred (
                table_name TEXT NOT NULL COLLATE NOCASE, column_name TEXT NOT NULL COLLATE NOCASE, log_id TEXT,
                spelling TEXT, widened INTEGER, PRIMARY KEY (table_name, column_name))
            """)
        // Older programs did not have these.
        let columns = try columns()
        for (name, type) in [("log_id", "TEXT"), ("spelling", "TEXT"), ("widened", "INTEGER")]
        where !columns.contains(name) {
            try connection.execute("ALTER TABLE main._waybill_inferred ADD COLUMN \(name) \(type)")
        }
    }

    private func columns() throws -> Set<String> {
        Set(try connection.query("SELECT name FROM pragma_table_info('_waybill_inferred', 'main')") { $0.text(0) })
    }

    /// Forgets what was known of an earlier table of this name, and records the guesses for the new one. A column that
    /// is text already can hold every value: nothing of it is left to be guessed.
    func replace(with plan: TablePlan) throws {
        try connection.execute("DELETE FROM main._waybill_inferred WHERE table_name = ?1", [.text(plan.table)])
        for column in plan.columns where column.isInferred && column.type != .text {
            try add(column.name, of: plan.table, by: plan.logID ?? "", .nothing)
        }
    }

    func add(_ column: String, of table: String, by logID: String?, _ spelling: SQLiteSpelling?) throws {
        try connection.execute(
            """
            INSERT OR REPLACE INTO main._waybill_inferred (table_name, column_name, log_id, spelling)
            VALUES (?1, ?2, ?3, ?4)
            """,
            [
                .text(table), .text(column), logID.map(SQLiteValue.text) ?? .null,
                spelling.map { .text($0.text) } ?? .null,
            ])
    }

    /// The guessed columns, by folded names. Where it is not known which log guessed, it is the only one that has written to
    /// the table.
    ///
    /// - Parameter logID: nil if it is not known which log it is, and each one is.
    func guesses(of table: String, by logID: String?) throws -> [String: Guess] {
        let isCurrent = try columns().contains("widened")
        let rows = try connection.query(
            """
            SELECT column_name, \(isCurrent ? "log_id, spelling" : "NULL, NULL") FROM main._waybill_inferred
            WHERE table_name = ?1 \(isCurrent ? "AND widened IS NULL" : "")
            """, [.text(table)]
        ) {
            (
                column: SQLiteIdentifier.folded($0.text(0)), logID: $0.isNull(1) ? nil : $0.text(1),
                spelling: $0.isNull(2) ? nil : SQLiteSpelling(text: $0.text(2))
            )
        }
        guard let logID else {
            return Dictionary(rows.map { ($0.column, Guess(isOurs: true, spelling: $0.spelling)) }) { $1 }
        }
        let isOnly =
            try rows.contains { $0.logID == nil }
            && SQLiteLedger(connection: connection).isWritten(table, onlyBy: logID)
        return Dictionary(
            rows.map { row in
                (row.column, Guess(isOurs: row.logID.map { $0 == logID } ?? isOnly, spelling: row.spelling))
            }
        ) { $1 }
    }

    /// Notes how the values of a column are spelled now.
    func set(_ spelling: SQLiteSpelling, of column: String, of table: String) throws {
        try connection.execute(
            "UPDATE main._waybill_inferred SET spelling = ?1 WHERE table_name = ?2 AND column_name = ?3",
            [.text(spelling.text), .text(table), .text(column)])
    }

    /// Notes that a column is TEXT now.
    func setWidened(_ column: String, of table: String) throws {
        try connection.execute(
            """
            UPDATE main._waybill_inferred SET widened = (SELECT coalesce(max(widened), 0) + 1 FROM main._waybill_inferred)
            WHERE table_name = ?1 AND column_name = ?2
            """, [.text(table), .text(column)])
    }

    /// The columns that were widened, newest first, and how their values were spelled before.
    func widened(of table: String) throws -> [(column: String, spelling: SQLiteSpelling)] {
        // An older program made the table, or none did.
        guard try columns().contains("widened") else { return [] }
        return try connection.query(
            """
            SELECT column_name, spelling FROM main._waybill_inferred
            WHERE table_name = ?1 AND widened IS NOT NULL AND spelling IS NOT NULL ORDER BY widened DESC
            """, [.text(table)]
        ) { ($0.text(0), SQLiteSpelling(text: $0.text(1))) }
    }
}

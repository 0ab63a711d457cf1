internal import Records

/// Whether the rowids by which undo data knows rows are still those rows' own.
///
/// If no column shows them, `VACUUM`, `.dump` or a rewritten table may give all rows other ones. What shows
/// that is in `_waybill_rowids`: for each table a row with a rowid that such a renumbering does not leave it, and the
/// rowid of the table's definition, which a table that takes its place does not get. See decision 61.
struct SQLiteRowNumbers {
    let connection: SQLiteConnection

    /// The tables' rows have rowids from here on; those that are given again begin at 1.
    private static let first: Int64 = 1 << 40

    /// The table has no index: `VACUUM` leaves the rowids of one that has.
    func createTable() throws {
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS main._waybill_rowids (table_name TEXT NOT NULL, definition INTEGER NOT NULL)")
    }

    /// Databases of older versions have none.
    private func exists() throws -> Bool { try SQLiteTable.find("_waybill_rowids", in: connection) != nil }

    /// Notes that the rowids of a table are now those that undo data knows.
    func note(_ table: String) throws {
        try connection.execute("DELETE FROM main._waybill_rowids WHERE table_name = ?1", [.text(table)])
        try connection.execute(
            """
            INSERT INTO main._waybill_rowids (rowid, table_name, definition)
            SELECT max(?2, ifnull((SELECT max(rowid) + 1 FROM main._waybill_rowids), 0)), ?1, rowid
            FROM main.sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE
            """, [.text(table), .integer(UInt64(Self.first))])
    }

    /// The same for a table that Waybill wrote again, with the rowids that its rows had.
    func noteRewritten(_ table: String) throws {
        if try exists(), try state(of: table) != nil { try note(table) }
    }

    /// Sees to it that undo data knows the rows of these tables by the rowids that they have; inside of a transaction.
    func settle(_ tables: [String]) throws {
        for table in tables where try isRenumbered(table) {
            if try SQLiteRenumbering(of: table, in: connection).follow() { try note(table) }
        }
    }

    /// The same in a transaction of its own, where there is anything to do.
    func settleApart(_ tables: [String]) throws {
        if try tables.contains(where: isRenumbered) { try connection.transaction { try settle(tables) } }
    }

    private func isRenumbered(_ table: String) throws -> Bool { try exists() && state(of: table) == false }

    /// Whether a table's rowids are what they were when it was noted; nil if it was not.
    private func state(of table: String) throws -> Bool? {
        try connection.query(
            """
            SELECT rowid >= ?2 AND definition IS (SELECT rowid FROM main.sqlite_schema
                WHERE type = 'table' AND name = ?1 COLLATE NOCASE) FROM main._waybill_rowids WHERE table_name = ?1
            """, [.text(table), .integer(UInt64(Self.first))]
        ) { $0.integer(0) != 0 }.first
    }
}

internal import Records

/// Finds the rows of a table again that have other rowids than undo data says, by their fingerprints.
///
/// A row that is where it was stays there; of several that are the same, the last ones are taken. What is not found gets a
/// rowid that no row has: it may be gone, or someone changed it before or since.
struct SQLiteRenumbering {
    private let table: String
    private let connection: SQLiteConnection
    private let changes: SQLiteUndoChanges

    /// The rows that undo data names, with what the last change left of each; all rows that are there, as undo data would
    /// describe them; and which row of the one is which of the other.
    private static let known = "temp.waybill_known"
    private static let found = "temp.waybill_found"
    private static let moves = "temp.waybill_moves"

    init(of table: String, in connection: SQLiteConnection) throws {
        self.table = table
        self.connection = connection
        changes = try SQLiteUndoChanges(connection)
    }

    /// Has undo data name the rows by the rowids that they have now. Returns false if that cannot be told, since the
    /// table is away or lost a column.
    func follow() throws -> Bool {
        try clear()
        defer { try? clear() }
        try collectKnown()
        guard try collectFound() else { return false }
        if try match() { try changes.renumber(table, by: newRow()) }
        return true
    }

    private func clear() throws {
        for table in [Self.known, Self.found, Self.moves] { try connection.execute("DROP TABLE IF EXISTS \(table)") }
    }

    private func newRow() throws -> (Int64) throws -> Int64? {
        let select = try connection.prepare("SELECT new FROM \(Self.moves) WHERE row = ?1")
        return { row in
            var new: Int64?
            try select.run([.integer(UInt64(bitPattern: row))]) { new = $0.integer(0) }
            return new
        }
    }

    private func collectKnown() throws {
        try connection.execute(
            "CREATE TABLE \(Self.known) (row INTEGER PRIMARY KEY, description INTEGER, print INTEGER)")
        let insert = try connection.prepare("INSERT OR REPLACE INTO \(Self.known) VALUES (?1, ?2, ?3)")
        try changes.forEachRow(of: table) { row, description, fingerprint in
            try insert.run([
                .integer(UInt64(bitPattern: row)), .integer(UInt64(bitPattern: description)),
                fingerprint.map(SQLiteValue.integer) ?? .null,
            ])
        }
    }

    private func collectFound() throws -> Bool {
        try connection.execute(
            """
            CREATE TABLE \(Self.found) (description INTEGER, print INTEGER, row INTEGER,
                PRIMARY KEY (description, print, row)) WITHOUT ROWID
            """)
        try connection.execute("CREATE INDEX temp.waybill_found_row ON waybill_found (row)")
        let insert = try connection.prepare("INSERT OR IGNORE INTO \(Self.found) VALUES (?1, ?2, ?3)")
        let descriptions = try connection.query(
            "SELECT DISTINCT description FROM \(Self.known) WHERE print IS NOT NULL"
        ) { $0.integer(0) }
        for description in descriptions {
            guard let table = try changes.tableWithColumnsLeft(description),
                try changes.columnsAway(ofTable: description).isEmpty
            else { return false }
            try table.forEachRow { row, image in
                for fingerprint in table.fingerprints(of: image) {
                    try insert.run([
                        .integer(UInt64(bitPattern: description)), .integer(fingerprint),
                        .integer(UInt64(bitPattern: row)),
                    ])
                }
            }
        }
        return true
    }

    /// Returns whether any row has another rowid.
    private func match() throws -> Bool {
        try connection.execute("CREATE TABLE \(Self.moves) (row INTEGER PRIMARY KEY, new INTEGER NOT NULL UNIQUE)")
        try connection.execute(
            """
            INSERT INTO \(Self.moves) SELECT row, row FROM \(Self.known)
            WHERE EXISTS (SELECT 1 FROM \(Self.found) f WHERE f.description = waybill_known.description
                AND f.print = waybill_known.print AND f.row = waybill_known.row)
            """)
        let isAnyThere = try isAny("FROM \(Self.moves)")
        try connection.execute("DELETE FROM \(Self.found) WHERE row IN (SELECT row FROM \(Self.moves))")
        let candidate = try connection.prepare(
            "SELECT row FROM \(Self.found) WHERE description = ?1 AND print = ?2 ORDER BY row DESC LIMIT 1")
        let take = try connection.prepare("DELETE FROM \(Self.found) WHERE row = ?1")
        let add = try connection.prepare("INSERT INTO \(Self.moves) VALUES (?1, ?2)")
        var isAnyMoved = false
        try connection.prepare(
            """
            SELECT row, description, print FROM \(Self.known)
            WHERE print IS NOT NULL AND row NOT IN (SELECT row FROM \(Self.moves)) ORDER BY row DESC
            """
        ).run { lost in
            var new: Int64?
            try candidate.run([
                .integer(UInt64(bitPattern: lost.integer(1))), .integer(UInt64(bitPattern: lost.integer(2))),
            ]) { new = $0.integer(0) }
            guard let new else { return }
            isAnyMoved = true
            try take.run([.integer(UInt64(bitPattern: new))])
            try add.run([.integer(UInt64(bitPattern: lost.integer(0))), .integer(UInt64(bitPattern: new))])
        }
        // Where all that are there are where they were, so were the others.
        if isAnyThere && !isAnyMoved { return false }
        // Where every row that is there was found, the others are gone.
        let unknown = try isAny("FROM \(Self.found)") ? SQLiteUndoNotes.firstLost : SQLiteUndoNotes.firstGone
        try connection.execute(
            """
            INSERT INTO \(Self.moves) SELECT row, CASE WHEN print IS NULL THEN ?1 ELSE ?2 END - row_number() OVER ()
            FROM \(Self.known) WHERE row NOT IN (SELECT row FROM \(Self.moves))
            """,
            [
                .integer(UInt64(bitPattern: SQLiteUndoNotes.firstGone)), .integer(UInt64(bitPattern: unknown)),
            ])
        return try isAny("FROM \(Self.moves) WHERE row <> new")
    }

    private func isAny(_ rows: String) throws -> Bool {
        try !connection.query("SELECT 1 \(rows) LIMIT 1") { _ in true }.isEmpty
    }
}

extension SQLiteUndoNotes {
    /// Below these are the rowids of rows that went before a table was renumbered, and of rows that could not be found again.
    fileprivate static let firstGone: Int64 = -1 << 60
    fileprivate static let firstLost: Int64 = -1 << 61
}

extension SQLiteUndoNotes.RowKey {
    /// Whether nobody knows which row it is, since the table's rows were renumbered.
    var isLost: Bool {
        if case .rowID(let number) = self { number < SQLiteUndoNotes.firstLost } else { false }
    }
}

internal import Records

/// Puts back what rollbacks took, inside a transaction that someone else began.
///
/// A row is restored where it is as a rollback leaves it, which the undo data of the backup says; where it is anything
/// else, someone changed it since, and it stays. The undo data of the rows that are as in the backup becomes what it
/// was. Rows of other tables never change: where a foreign key would do so, the row stays.
final class PostgreSQLRestore {
    private let connection: PostgreSQLConnection
    private let logID: String
    private let importIDs: [UInt64]
    private let overwritesEdited: Bool
    private let mine: String
    private var tables: [PostgreSQLRestoredTable] = []
    private var parts: [PostgreSQLBackup.Part] = []

    /// - Parameter importIDs: those that wrote chunks; none where the backup is of others only.
    /// - Throws: `DataError.conflict` if the database has nothing of these imports.
    init(
        _ connection: PostgreSQLConnection, logID: String, importIDs: [UInt64], overwritesEdited: Bool
    ) throws {
        self.connection = connection
        self.logID = logID
        self.importIDs = importIDs
        self.overwritesEdited = overwritesEdited
        let chunks = try PostgreSQLUndo(connection).chunks(logID: logID, importIDs: importIDs)
        guard !chunks.isEmpty || importIDs.isEmpty else { throw Self.isAnotherDatabase }
        mine = PostgreSQLUndo.isOf(chunks)
        // Within a savepoint it must show what a constraint has against a row.
        try connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    }

    private static var isAnotherDatabase: DataError {
        DataError(
            .conflict,
            "The database has none of the imports the backup was made for: it is another one. Nothing was changed.",
            remedy: "To see which database it was: waybill backup list")
    }

    typealias Lines = ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

    /// Takes up what a backup has of one table.
    func load(_ tableID: String, head: Substring, rows: Lines, undo: Lines) throws {
        let known = PostgreSQLUndo(connection)
        let (name, described, _) = try known.description(ofTable: tableID)
        // It went with the import that had created it, or a column with the one that had added it.
        if try PostgreSQLTable.find(quoted: name, in: connection) == nil {
            _ = try PostgreSQLCreatedTables(connection: connection).recreate(name)
        }
        try PostgreSQLNewColumns(connection: connection).bringBack(described, of: name)
        guard let format = try known.format(ofTable: tableID).format else { throw DataError.restoredTableIsAway(name) }
        let table = PostgreSQLRestoredTable(
            connection, format, try PostgreSQLBackupColumns(head: head, format, in: connection),
            number: tables.count + 1, siblings: try known.siblings(tableID), mine: mine,
            overwritesEdited: overwritesEdited)
        try table.load(rows: rows, undo: undo)
        let strangers = try connection.query(
            "SELECT 1 FROM \(table.undoTable) u WHERE NOT EXISTS (SELECT 1 FROM _waybill.undo_chunks c WHERE c.id = u.chunk_id) LIMIT 1"
        )
        guard strangers.isEmpty else { throw Self.isAnotherDatabase }
        tables.append(table)
    }

    /// Takes up what else a backup has of the imports.
    func load(_ part: PostgreSQLBackup.Part, _ lines: Lines) throws {
        let work = Self.work(part)
        try connection.execute(
            "DROP TABLE IF EXISTS \(work); CREATE TEMP TABLE \(work) (LIKE \(part.table)) ON COMMIT DROP")
        try connection.copy("COPY \(work) FROM STDIN", lines)
        parts.append(part)
    }

    private static func work(_ part: PostgreSQLBackup.Part) -> String { "_waybill_restore_\(part.rawValue)" }

    func run() throws -> RestoreReport {
        for table in tables { try table.widen() }
        for table in tables { try table.judge() }
        // Rows that go before those that take their places; then as long as one table lets another one go on.
        for table in tables { try table.remove() }
        var waiting = -1
        while true {
            for table in tables { try table.put() }
            let left = try tables.reduce(0) { try $0 + $1.waitingCount() }
            if left == 0 || left == waiting { break }
            waiting = left
        }
        var report = RestoreReport(isWhole: false)
        let isFutile = try tables.allSatisfy { try $0.restoredCount() == 0 }
        for table in tables {
            let difference = try table.finish(isFutile: isFutile)
            if !difference.isEmpty { report.tables.append(difference) }
            report.kept += try table.kept()
            report.unchanged += try table.unchangedCount()
        }
        // Then the imports stay undone, and so do their receipts.
        if report.isFutile || importIDs.isEmpty { return report }
        // An older backup has neither receipts nor rows that were found unchanged.
        let ofImports = PostgreSQLSchema.isOf(logID: logID, importIDs)
        try connection.execute("DELETE FROM _waybill.reversals WHERE \(ofImports)")
        for part in parts {
            try connection.execute(
                """
                DELETE FROM \(part.table) WHERE \(part == .unchanged ? mine : ofImports);
                INSERT INTO \(part.table) SELECT * FROM \(Self.work(part))
                """)
        }
        return report
    }
}

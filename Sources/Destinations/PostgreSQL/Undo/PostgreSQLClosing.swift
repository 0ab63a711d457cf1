internal import Records

/// Runs closing SQL inside a transaction that somebody else began, with notes of what it changes.
///
/// Which tables it changes beside the imports' own, the server tells once it has: then all of it is taken back to where it
/// began, and run again with triggers on those as well.
struct PostgreSQLClosing {
    private let connection: PostgreSQLConnection
    private let undo: ClosingUndo
    /// The tables that are there before, with the files that their rows are in.
    private let files: [String: String]

    /// A table was changed on which there was no trigger.
    private struct Missed: Error { var tables: Set<String> }

    init(_ undo: ClosingUndo, _ connection: PostgreSQLConnection) throws {
        self.undo = undo
        self.connection = connection
        files = try Self.files(connection)
    }

    func run(_ statements: [String]) throws -> [Int] {
        var others: Set<String> = []
        while true {
            do {
                return try connection.savepoint {
                    let notes = try PostgreSQLClosingNotes(undo, others: others, connection)
                    let counts = try statements.map { try connection.runScript($0) }
                    let missed = try changed().subtracting(others).subtracting(notes.tables)
                    if !missed.isEmpty { throw Missed(tables: missed) }
                    try notes.end()
                    return counts
                }
            } catch let missed as Missed {
                others.formUnion(missed.tables)
            }
        }
    }

    /// The tables, those of a partitioned one as one, of which this transaction has changed rows, as far as they were there
    /// before.
    private func changed() throws -> Set<String> {
        let now = try Self.files(connection)
        // TRUNCATE counts no rows, and gives the table a new file.
        let emptied = now.filter { oid, file in files[oid].map { $0 != file } ?? false }.keys
        return Set(
            try connection.query(
                """
                SELECT DISTINCT c.oid, coalesce(pg_partition_root(c.oid)::oid, c.oid)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname <> '_waybill' AND n.nspname !~ '^pg_'
                AND (c.oid = ANY ('{\(emptied.joined(separator: ","))}') OR pg_stat_get_xact_tuples_inserted(c.oid)
                    + pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid) > 0)
                """
            ).filter { $0[0].map { files[$0] != nil } ?? false }.compactMap { $0[1] })
    }

    private static func files(_ connection: PostgreSQLConnection) throws -> [String: String] {
        let rows = try connection.query("SELECT oid, relfilenode FROM pg_class WHERE relkind = 'r'")
        return Dictionary(rows.map { ($0[0] ?? "", $0[1] ?? "") }) { $1 }
    }
}

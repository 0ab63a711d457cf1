internal import Records

/// Runs closing SQL inside a transaction that someone else began, with notes of what it changes.
///
/// Which tables it changes beside the imports' own, the server tells once it has: then all of it is undone to where it
/// began, and run again with triggers on those as well. Tables that it makes have no rows but those that it puts in.
struct PostgreSQLClosing {
    private let connection: PostgreSQLConnection
    private let undo: ClosingUndo
    /// The tables that are there before.
    private let before: [String: Table]

    private struct Table {
        var name: String
        /// What its rows are in; TRUNCATE, which counts no rows, gives it another one.
        var file: String
        /// The number of the partitioned table that it is a part of, or its own.
        var root: String
    }

    /// A table was changed on which there was no trigger.
    private struct Missed: Error { var tables: Set<String> }

    init(_ undo: ClosingUndo, _ connection: PostgreSQLConnection) throws {
        self.undo = undo
        self.connection = connection
        before = try Self.tables(connection)
    }

    func run(_ statements: [String]) throws -> [Int] {
        var others: Set<String> = []
        while true {
            do {
                return try connection.savepoint {
                    var notes = try PostgreSQLClosingNotes(undo, others: others, connection)
                    let counts = try statements.map { try connection.runScript($0) }
                    let now = try Self.tables(connection)
                    let missed = try changed(now).subtracting(others).subtracting(notes.tables)
                    if !missed.isEmpty { throw Missed(tables: missed) }
                    for (oid, table) in before where now[oid] == nil { notes.noteDropped(table.name) }
                    for oid in made(now).sorted() { try notes.noteMade(oid) }
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
    private func changed(_ now: [String: Table]) throws -> Set<String> {
        let emptied = now.filter { oid, table in before[oid].map { $0.file != table.file } ?? false }.keys
        let changed = try connection.query(
            """
            SELECT oid FROM pg_class WHERE relkind = 'r' AND pg_stat_get_xact_tuples_inserted(oid)
                + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid) > 0
            """
        ).compactMap { $0[0] }
        return Set(changed + emptied).intersection(now.filter { before[$1.root] != nil }.keys)
            .reduce(into: []) { $0.insert(now[$1]!.root) }
    }

    /// The tables that were made, those of a partitioned one as one. One that has a part which was there before has rows of
    /// others.
    private func made(_ now: [String: Table]) -> Set<String> {
        let old = Set(now.filter { before[$0.key] != nil }.map(\.value.root))
        return Set(now.values.map(\.root)).subtracting(old).filter { before[$0] == nil }
    }

    /// The tables that are not temporary and nobody else's.
    private static func tables(_ connection: PostgreSQLConnection) throws -> [String: Table] {
        let rows = try connection.query(
            """
            SELECT c.oid, c.relname, c.relfilenode, coalesce(pg_partition_root(c.oid)::oid, c.oid)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND n.nspname <> '_waybill' AND n.nspname !~ '^pg_'
                AND n.nspname <> 'information_schema'
            """)
        let tables = rows.map { ($0[0] ?? "", Table(name: $0[1] ?? "", file: $0[2] ?? "", root: $0[3] ?? "")) }
        return Dictionary(tables) { $1 }
    }
}

internal import Records

/// The ordinary tables of a database, each looked at once and again only after its definition changed: an import into many
/// tables asks for all of them at each one.
final class SQLiteTables {
    /// What the schema says of a table, its indexes and its triggers, which is all that it is made of.
    private typealias Definition = [String]

    private var known: [String: (definition: Definition, table: SQLiteTable)] = [:]
    private var all: [SQLiteTable] = []
    private var undoTables: [SQLiteRecordedTable]?
    /// The state of the schema that these are of; nil if a transaction that may be rolled back has changed it.
    private var version: Int64?

    func all(in connection: SQLiteConnection) throws -> [SQLiteTable] {
        try refresh(connection)
        return all
    }

    /// What undo data needs to know of them, and of the tables that virtual ones keep their content in.
    func undoTables(in connection: SQLiteConnection) throws -> [SQLiteRecordedTable] {
        try refresh(connection)
        if let undoTables { return undoTables }
        let made = try SQLiteRecordedTable.all(all, in: connection)
        undoTables = made
        return made
    }

    private func refresh(_ connection: SQLiteConnection) throws {
        // Read before the tables: a change in between makes another version.
        let now = connection.isInTransaction ? nil : try connection.schemaVersion()
        if let now, now == version { return }
        (version, undoTables) = (nil, nil)
        var definitions: [String: Definition] = [:]
        _ = try connection.query(
            "SELECT lower(tbl_name), type, name, sql FROM main.sqlite_schema WHERE type IN ('table', 'index', 'trigger')"
        ) { definitions[$0.text(0), default: []] += [$0.text(1), $0.text(2), $0.text(3)] }
        let listed = try connection.query(
            "SELECT name, wr, lower(name) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        ) { (name: $0.text(0), hasRowID: $0.integer(1) == 0, folded: $0.text(2)) }
        var next: [String: (definition: Definition, table: SQLiteTable)] = [:]
        all = try listed.map { name, hasRowID, folded in
            let definition = definitions[folded] ?? []
            if let earlier = known[name], earlier.definition == definition {
                next[name] = earlier
                return earlier.table
            }
            let table = try SQLiteTable(name, hasRowID: hasRowID, in: connection)
            next[name] = (definition, table)
            return table
        }
        known = next
        version = now
    }
}

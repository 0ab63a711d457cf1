internal import Records

/// The triggers that keep virtual tables (full-text indexes, R*Trees) in step with ordinary ones, and the others.
///
/// When changes are undone, no trigger may fire whose doings stand in undo data themselves. What a trigger did to a
/// virtual table does not: only the trigger, fired again, can take that back.
struct SQLiteIndexTriggers {
    private let connection: SQLiteConnection
    private var others: [(name: String, sql: String)] = []
    private var keepsIndexes = false

    /// - Parameter tables: the names of those whose rows are going to be changed.
    init(of tables: [String], in connection: SQLiteConnection) throws {
        self.connection = connection
        let virtual = Set(
            try connection.query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'") {
                SQLiteIdentifier.folded($0.text(0))
            })
        if virtual.isEmpty { return }
        for name in tables {
            guard let table = try SQLiteTable.find(name, in: connection), !table.triggers.isEmpty else { continue }
            let writes = try connection.tablesWrittenByTriggers(of: table)
            let triggers = try connection.query(
                "SELECT name, sql FROM main.sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1)",
                [.text(name)]
            ) { (name: $0.text(0), sql: $0.text(1)) }
            for trigger in triggers {
                let written = writes.filter { SQLiteIdentifier.isSame($0.trigger, trigger.name) }
                    .map { SQLiteIdentifier.folded($0.table) }
                if !written.isEmpty && written.allSatisfy(virtual.contains) {
                    keepsIndexes = true
                } else {
                    others.append(trigger)
                }
            }
        }
    }

    /// Runs `body` in a transaction in which no trigger fires but those that keep indexes.
    func transaction<T>(_ body: () throws -> T) throws -> T {
        guard keepsIndexes else { return try connection.withoutTriggers { try connection.transaction(body) } }
        return try connection.transaction {
            for other in others { try connection.execute("DROP TRIGGER main.\(SQLiteIdentifier.quoted(other.name))") }
            let result = try body()
            for other in others { try connection.execute(other.sql) }
            return result
        }
    }
}

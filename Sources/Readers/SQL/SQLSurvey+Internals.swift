extension SQLSurvey {
    /// Whose a table is that users did not make.
    package enum Internal: Sendable, Equatable {
        case sqlite
        /// It keeps what this virtual table needs besides its rows.
        case virtualTable(String)
        case waybill
        /// SQL Server's `#t` and `@t`, and temporary tables, which are there only while the script runs.
        case script
    }

    /// Whose this table is, where it holds nobody's data: a database that loads the file makes it again.
    package func `internal`(_ table: Table) -> Internal? {
        let name = table.name.lowercased()
        let last = SQLTableName.withoutSchema(name)
        if last.hasPrefix("_waybill_") || name.hasPrefix("_waybill.") { return .waybill }
        if last.hasPrefix("#") || last.hasPrefix("@") || temporaryTables.contains(table.name) { return .script }
        let isSQLite =
            ["sqlite_sequence", "sqlite_schema", "sqlite_master"].contains(last) || last.hasPrefix("sqlite_stat")
        if isSQLite { return .sqlite }
        return virtualTable(of: last).map { .virtualTable($0) }
    }

    /// The parts of a full-text index or an R*Tree. `_content` is none of them: it has the rows.
    private static let parts = [
        ["_data", "_idx", "_config", "_docsize"], ["_segments", "_segdir", "_docsize", "_stat"],
        ["_node", "_parent", "_rowid"],
    ]

    /// The R*Tree whose only rows are in this table. One that a geometry column has an index in has none of its own.
    package func rTree(of table: Table) -> String? {
        guard case .virtualTable(let name) = `internal`(table),
            SQLTableName.withoutSchema(table.name.lowercased()) == "\(name)_node"
        else { return nil }
        return name.hasPrefix("rtree_") || name.hasPrefix("idx_") ? nil : name
    }

    private func virtualTable(of table: String) -> String? {
        // Only a dump of a database with virtual tables writes into the schema.
        let writesSchema = tables.contains { ["sqlite_schema", "sqlite_master"].contains($0.name.lowercased()) }
        guard writesSchema else { return nil }
        for parts in Self.parts {
            guard let ending = parts.first(where: table.hasSuffix) else { continue }
            let owner = String(table.dropLast(ending.count))
            let needed = parts.prefix(ending == "_docsize" || parts[0] == "_segments" ? 2 : 3)
            if needed.allSatisfy({ definedTables.contains(owner + $0) }) { return owner }
        }
        return nil
    }
}

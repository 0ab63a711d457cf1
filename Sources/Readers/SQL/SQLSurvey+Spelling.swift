extension SQLSurvey {
    /// The name of a table as the first rows that go into the same table have it.
    package func spelling(of table: Table) -> String { firstSpellings[table.name] ?? table.name }

    /// Names that differ in the case of letters only are of two tables where the file makes both, or makes none and is of a
    /// database that may have both; otherwise someone wrote one name in two ways.
    static func firstSpellings(of inventory: SQLInventory, _ dialect: SQLDialect) -> [String: String] {
        let alike = Dictionary(grouping: inventory.tables.map(\.name)) { $0.lowercased() }.values.filter {
            $0.count > 1
        }
        if alike.isEmpty { return [:] }
        let defined = Set(inventory.definitions.keys.map { SQLTableName.withoutSchema($0) })
        var spellings: [String: String] = [:]
        for names in alike {
            let made = Set(names.map { SQLTableName.withoutSchema($0) }).intersection(defined)
            if made.count > 1 || made.isEmpty && dialect != .standard { continue }
            for name in names.dropFirst() { spellings[name] = names[0] }
        }
        return spellings
    }
}

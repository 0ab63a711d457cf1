/// Which columns rows have that name none: those of the definition in force where they stand.
extension SQLInventory {
    /// The definition in force of a table of this name; one of the two may leave out where the table is.
    func definition(of name: String, _ parts: [String]) -> SQLTableDefinition? {
        if let exact = definitions[name] { return exact }
        let similar = (definedByLastName[parts.last ?? ""] ?? []).filter {
            SQLTableName.canBeSame(SQLTableName.parts($0), parts)
        }
        let same = similar.filter { SQLColumns.isSame($0, name) }
        let only = same.count == 1 ? same : similar
        return only.count == 1 ? definitions[only[0]] : nil
    }

    mutating func define(_ made: SQLTableDefinition, at line: UInt64) {
        let parts = SQLTableName.parts(made.table)
        let scope = scope(partCount: parts.count)
        if made.isForMissing && definitions[made.table] != nil && scopesOfDefinitions[made.table] == scope { return }
        scopesOfDefinitions[made.table] = scope
        if made.isTemporary { temporary.insert(made.table) } else { temporary.remove(made.table) }
        let parents = made.parents.compactMap { definition(of: $0, SQLTableName.parts($0)) }
        let table = parents.isEmpty ? made : made.inheriting(parents)
        if definitions.updateValue(table, forKey: table.table) == nil {
            definedByLastName[parts.last ?? "", default: []].append(table.table)
        }
        redefine(parts, at: line)
    }

    /// Looks whether rows without a column list have the columns that are in force from here on.
    mutating func redefine(_ parts: [String], at line: UInt64) {
        for index in indices(of: parts) where tables[index].hasUnlisted {
            let definition = definition(of: tables[index].name, tables[index].parts)
            guard let earlier = tables[index].definition else {
                // Where no definition is before the rows, the next one is taken.
                tables[index].definition = definition
                continue
            }
            let isSame = definition.map { SQLColumns.areSame($0.columns.map(\.name), earlier.columns.map(\.name)) }
            tables[index].redefined = isSame == false ? line : nil
        }
    }

    func indices(of parts: [String]) -> [Int] {
        (indicesByLastName[parts.last ?? ""] ?? []).filter { SQLTableName.canBeSame(tables[$0].parts, parts) }
    }

    mutating func noteDefinition() {
        if tables[current].records == 0 && tables[current].definition == nil {
            tables[current].definition = definition(of: tables[current].name, tables[current].parts)
        }
        if let redefined = tables[current].redefined, tables[current].otherColumns == nil {
            tables[current].otherColumns = redefined
        }
    }

    func definition(of table: Table) -> SQLTableDefinition? {
        table.definition ?? definition(of: table.name, table.parts)
    }

    /// The line from which on some of the table's rows list their columns and some do not, and nothing tells those.
    func guessLine(of table: Table) -> UInt64? { definition(of: table) == nil ? table.partlyListed : nil }

    /// The columns of the rows of statements that list none, and which of a row's values are of computed ones that are
    /// left out: the columns of the table's `CREATE TABLE`, without those that the database makes the values of where
    /// the rows do not have them, or numbers.
    func unlistedColumns(of table: Table) -> (columns: [String], computed: [Int]) {
        let isNameless = !table.hasUnlisted && table.all.isEmpty
        guard table.hasUnlisted || isNameless else { return ([], []) }
        guard let definition = definition(of: table) else {
            if let guessed = table.guessedColumns { return (guessed, []) }
            // Of a table of nothing but expressions not even the count of columns may be known; it is told all the same.
            guard let count = table.unlistedCount ?? (table.all.isEmpty ? 1 : nil) else { return ([], []) }
            return (ColumnNames.numbered(count), [])
        }
        if table.copies == 0 && table.mostUnlisted > 0 {
            return definition.columns(
                ofFirst: table.mostUnlisted, defaults: table.unlistedDefaults, nulls: table.unlistedNulls)
        }
        return definition.columns(
            ofRowsWith: table.unlistedCount, defaults: table.unlistedDefaults, nulls: table.unlistedNulls)
    }

    /// The columns, in lower case, that the table numbers or computes although statements list them: the first row that does
    /// has DEFAULT for it, or NULL for what is numbered.
    func numberedColumns(of table: Table) -> Set<String> {
        if table.defaults.isEmpty && table.nulls.isEmpty { return [] }
        let columns = definition(of: table)?.columns ?? []
        let numbered = columns.filter { column in
            let name = column.name.lowercased()
            return !column.isOrdinary && table.defaults.contains(name)
                || column.countsNulls && table.nulls.contains(name)
        }
        return Set(numbered.map { $0.name.lowercased() })
    }
}

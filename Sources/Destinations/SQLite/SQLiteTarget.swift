internal import Records

/// A table ready to be written: what the plan asks for, matched with the table as it is.
struct SQLiteTarget {
    let table: SQLiteTable
    /// The plan with the types in force.
    let plan: TablePlan
    /// For each column of the plan, its name as the table spells it: case and composition of letters may differ.
    let storedNames: [String]
    /// One for each column of the plan.
    let rules: [SQLiteValueRule]
    /// For each column, why the type that was guessed for it stays; nil if it may be changed, or was not guessed.
    let obstacles: [TypeObstacle?]
    /// For each column, how the values that it has are spelled; nil where that was not noted.
    let spellings: [SQLiteSpelling?]
    /// The places of the plan's key columns among its columns.
    let keyColumns: [Int]
    /// The index that tells which row has a record's key; nil for the one on exactly the key's columns.
    let keyIndex: UniqueIndex?
    /// For `upsert`: the columns that new rows need a value for, and records have none.
    let lacking: [String]
    /// The place of the column that SQLite would give a number of its own where a record has none, which nobody asked for.
    let numbered: Int?
    /// What takes the place of an empty value, as SQL, by the places of the plan's columns; nil where SQLite numbers the rows.
    let defaults: [Int: String?]
    /// The state of the database's schema that this was read from.
    let schemaVersion: Int64

    /// Throws if the table is missing or does not fit the plan.
    ///
    /// - Parameter refusals: why the type of a column cannot be changed, by the column's folded name.
    init(_ plan: TablePlan, refusals: [String: String] = [:], in connection: SQLiteConnection) throws {
        guard let table = try SQLiteTable.find(plan.table, in: connection) else {
            throw DataError(
                .destination, "table \(plan.table) is no longer in \(connection.path)",
                remedy: "It was dropped or renamed. Restore it, then resume.")
        }
        try table.check(plan, path: connection.path)
        let guesses = try SQLiteInferredColumns(connection: connection).guesses(of: table.name, by: plan.logID)
        let key = Set(plan.key.map(SQLiteIdentifier.folded))
        var inForce = plan
        var storedNames = plan.columns.map(\.name)
        var rules: [SQLiteValueRule] = []
        var obstacles: [TypeObstacle?] = []
        var spellings: [SQLiteSpelling?] = []
        let storedColumns = table.columnsByName
        for (index, column) in plan.columns.enumerated() {
            let name = SQLiteIdentifier.folded(column.name)
            guard let stored = storedColumns[name] else { continue }
            storedNames[index] = stored.name
            let guess = guesses[name]
            let isGuess = try guess != nil && stored.mayBeGuess && table.declaresAsCreated(stored)
            rules.append(SQLiteValueRule(column, stored: stored, isGuess: isGuess, isKey: key.contains(name)))
            spellings.append(guess?.spelling)
            obstacles.append(
                plan.keepsTypes
                    ? .unwanted : guess?.isOurs == false ? .ofOtherLog : refusals[name].map(TypeObstacle.refused))
            inForce.columns[index].type = stored.nominalType ?? stored.type
            inForce.columns[index].isInferred = rules[index].isGuess && obstacles[index] == nil
        }
        keyIndex = table.uniqueIndexes.first { index in
            plan.keyIndex.map { !index.isPlain && SQLiteIdentifier.isSame(index.name, $0) } ?? false
        }
        lacking = plan.mode == .upsert ? table.columnsLacking(plan) : []
        if let note = plan.note(lacking: lacking) { inForce.notes.append(note) }
        self.table = table
        self.plan = inForce
        self.storedNames = storedNames
        self.rules = rules
        self.obstacles = obstacles
        self.spellings = spellings
        keyColumns = plan.key.compactMap { key in
            plan.columns.firstIndex { SQLiteIdentifier.folded($0.name) == SQLiteIdentifier.folded(key) }
        }
        let defaults = try table.defaults(of: plan, in: connection)
        self.defaults = defaults
        numbered =
            plan.mode == .delete
            ? nil
            : plan.columns.indices.first { place in
                let name = plan.columns[place].name
                return table.rowIDAlias.map { SQLiteIdentifier.isSame($0, name) } == true && defaults[place] == nil
                    && !key.contains(SQLiteIdentifier.folded(name))
            }
        schemaVersion = try connection.schemaVersion()
    }

    /// Whether a value can be in a column as it is; where not, no row has it there.
    func canBeStored(_ value: UnsafeRawBufferPointer, in column: Int) -> Bool {
        switch rules[column] {
        case .guessed(let type), .guessedKey(let type):
            SQLiteValueRule.bound(value, guess: type, isKey: true) != nil
        case .guessedNominal(let type): isOf(type, value, column)
        case .stored(let number): number.bound(value) != nil
        case .text, .given: true
        }
    }

    private func isOf(_ type: ColumnType, _ value: UnsafeRawBufferPointer, _ column: Int) -> Bool {
        var spelling = spellings[column]?.booleans ?? ValueSpelling()
        return SQLiteNominalType.take(value, as: type, into: &spelling)
    }
}

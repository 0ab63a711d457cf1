internal import Records

/// A table ready to be written: what the plan asks for, matched with the table as it is.
struct SQLiteTarget {
    let table: SQLiteTable
    /// The plan with the types in force.
    let plan: TablePlan
    /// One for each column of the plan.
    let rules: [SQLiteValueRule]
    /// The places of the plan's key columns among its columns.
    let keyColumns: [Int]
    /// The state of the database's schema that this was read from.
    let schemaVersion: Int64

    /// Throws where the table is missing or does not fit the plan.
    init(_ plan: TablePlan, in connection: SQLiteConnection) throws {
        guard let table = try SQLiteTable.find(plan.table, in: connection) else {
            throw DataError(
                .destination, "table \(plan.table) is not in \(connection.path) any more",
                remedy: "Somebody dropped or renamed it; restore it, and resume.")
        }
        try table.check(plan, path: connection.path)
        let guesses = try SQLiteInferredColumns(connection: connection).names(of: table.name)
        let key = Set(plan.key.map(SQLiteIdentifier.folded))
        var inForce = plan
        var rules: [SQLiteValueRule] = []
        let storedColumns = table.columnsByName
        for (index, column) in plan.columns.enumerated() {
            let name = SQLiteIdentifier.folded(column.name)
            guard let stored = storedColumns[name] else { continue }
            let isGuess = guesses.contains(name) && stored.mayBeGuess
            rules.append(SQLiteValueRule(column, stored: stored, isGuess: isGuess, isKey: key.contains(name)))
            inForce.columns[index].type = stored.type
            inForce.columns[index].isInferred = rules[index].isGuess
        }
        self.table = table
        self.plan = inForce
        self.rules = rules
        keyColumns = plan.key.compactMap { key in
            plan.columns.firstIndex { SQLiteIdentifier.isSame($0.name, key) }
        }
        schemaVersion = try connection.schemaVersion()
    }

    /// Whether a value can stand in a column as it is; where not, no row has it there.
    func canBeStored(_ value: UnsafeRawBufferPointer, in column: Int) -> Bool {
        switch rules[column] {
        case .guessed(let type), .guessedKey(let type):
            SQLiteValueRule.bound(value, guess: type, isKey: true) != nil
        case .text, .given: true
        }
    }

    /// The guessed columns, as places in the plan, that have a value in this chunk which the guess would change.
    func wrongGuesses(in chunk: Chunk) -> [Int] {
        // A deletion stores nothing.
        if plan.mode == .delete { return [] }
        return chunk.withValues { values in
            rules.indices.filter { column in
                let (type, isKey): (ColumnType, Bool)
                switch rules[column] {
                case .guessed(let guess): (type, isKey) = (guess, false)
                case .guessedKey(let guess): (type, isKey) = (guess, true)
                case .text, .given: return false
                }
                return chunk.records.indices.contains { record in
                    guard let value = values.value(record: record, column: column) else { return false }
                    return SQLiteValueRule.bound(value, guess: type, isKey: isKey) == nil
                }
            }
        }
    }
}

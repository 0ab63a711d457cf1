internal import Records

/// A table ready to be written: what the plan asks for, matched with the table as it is.
struct PostgreSQLTarget {
    let table: PostgreSQLTable
    /// The plan with the types in force.
    let plan: TablePlan
    /// The table's columns for those of the plan, in its order.
    let columns: [PostgreSQLTable.Column]
    let rules: [PostgreSQLValueRule]
    /// For each column, why the type that was guessed for it stays; nil where it may be changed, or was not guessed.
    let obstacles: [TypeObstacle?]
    /// The sequences that number rows which are not given a number.
    let sequences: [PostgreSQLSequence]
    /// The places of the plan's key columns among its columns.
    let keyPlaces: [Int]
    /// The places of the columns whose values the server is sent: a deletion reads only the key.
    let sentPlaces: [Int]
    /// The columns whose types tell the texts of JSON from its other values.
    let jsonSpellings: [(place: Int, spelling: JSONSpelling)]

    /// - Parameter refusals: what the server said when the type of a column was to be changed, by the column's name.
    init(_ plan: TablePlan, refusals: [String: String] = [:], in connection: PostgreSQLConnection) throws {
        guard let table = try PostgreSQLTable.find(plan.table, in: connection) else {
            throw DataError(
                .destination, "table \(plan.table) is no longer in the database",
                remedy: "Somebody dropped or renamed it. Put it back, and resume.")
        }
        try table.check(plan)
        let guesses = try PostgreSQLHouse(connection).guesses(of: table, by: plan.logID)
        let written = plan.mode == .delete ? plan.key : plan.columns.map(\.name)
        var inForce = plan
        var columns: [PostgreSQLTable.Column] = []
        var rules: [PostgreSQLValueRule] = []
        var obstacles: [TypeObstacle?] = []
        for (index, wanted) in plan.columns.enumerated() {
            let isKey = plan.key.contains {
                PostgreSQLIdentifier.folded($0) == PostgreSQLIdentifier.folded(wanted.name)
            }
            guard let stored = table.column(wanted.name), isKey || plan.mode != .delete else {
                precondition(isKey || !written.contains(wanted.name), "checked before")
                // A deletion's other columns need not be in the table, and their values are not looked at.
                columns.append(
                    .init(name: wanted.name, type: "text", isNotNull: false, hasDefault: false, isGenerated: false))
                rules.append(.text)
                obstacles.append(nil)
                continue
            }
            let type = ColumnType(postgreSQL: stored.type)
            let guess = guesses[stored.name]
            let isGuess = guess != nil && ["bigint", "double precision", "numeric"].contains(stored.type)
            columns.append(stored)
            obstacles.append(
                plan.keepsTypes
                    ? .unwanted : guess?.isOurs == false ? .ofOtherLog : refusals[stored.name].map(TypeObstacle.refused)
            )
            if isGuess && (wanted.isInferred || wanted.type == .text) {
                let isUnique = isKey || table.uniqueKeys.contains { $0.contains(stored.name) }
                rules.append(guess?.isOld == true ? .oldGuess(type, isKey: isUnique) : .guessed(type, isKey: isUnique))
            } else {
                rules.append(wanted.isInferred || wanted.type == .text ? .text : .given(wanted.type))
            }
            inForce.columns[index].type = type
            inForce.columns[index].isInferred = rules[index].guess != nil && obstacles[index] == nil
        }
        sequences = try PostgreSQLSequence.all(of: table, columns, mode: plan.mode, in: connection)
        inForce.notes = sequences.compactMap { $0.note(of: table) }
        self.table = table
        self.plan = inForce
        self.columns = columns
        jsonSpellings = columns.enumerated().compactMap { place, column in
            JSONSpelling(of: column.baseType ?? column.type).map { (place, $0) }
        }
        self.rules = rules
        self.obstacles = obstacles
        let keyPlaces = plan.key.compactMap { key in
            plan.columns.firstIndex { PostgreSQLIdentifier.folded($0.name) == PostgreSQLIdentifier.folded(key) }
        }
        self.keyPlaces = keyPlaces
        sentPlaces = plan.mode == .delete ? keyPlaces.sorted() : Array(plan.columns.indices)
    }

    /// What an INSERT says before its values: that they hold for columns, too, which the server numbers itself, as in COPY.
    var overriding: String { columns.contains(where: \.isFixedIdentity) ? "OVERRIDING SYSTEM VALUE" : "" }

    /// The values of the chunk that the types would change which were guessed for their columns, where these may be changed.
    func misfits(in chunk: Chunk) -> [Misfit] {
        // A deletion stores nothing.
        if plan.mode == .delete { return [] }
        return chunk.withValues { values in
            rules.indices.compactMap { column in
                guard let isKey = rules[column].guess?.isKey, obstacles[column] == nil else { return nil }
                let wide = PostgreSQLValueRule.guessed(.numeric, isKey: isKey)
                var misfit = Misfit(column: column, records: [], type: .numeric)
                for record in chunk.records.indices {
                    guard let value = values.value(record: record, column: column), !rules[column].keeps(value) else {
                        continue
                    }
                    misfit.records.append(record)
                    if !wide.keeps(value) { misfit.type = .text }
                }
                return misfit.records.isEmpty ? nil : misfit
            }
        }
    }

    /// The names of the plan's columns in a staging table.
    static func staged(_ place: Int) -> String { "c\(place + 1)" }
}

extension ColumnType {
    init(postgreSQL type: String) {
        let base = type.prefix { $0 != "(" }
        switch base {
        case "smallint", "integer", "bigint": self = .integer
        case "real", "double precision": self = .real
        case "numeric": self = .numeric
        default: self = .text
        }
    }

    var postgreSQL: String {
        switch self {
        case .text: "text"
        case .integer: "bigint"
        case .real: "double precision"
        case .numeric: "numeric"
        }
    }
}

internal import Records

/// A table ready to be written: what the plan asks for, matched with the table as it is.
struct PostgreSQLTarget {
    let table: PostgreSQLTable
    /// The plan with the types in force.
    let plan: TablePlan
    /// The table's columns for those of the plan, in its order.
    let columns: [PostgreSQLTable.Column]
    let rules: [PostgreSQLValueRule]
    /// The places of the plan's key columns among its columns.
    let keyPlaces: [Int]
    /// The places of the columns whose values the server is sent: a deletion reads only the key.
    let sentPlaces: [Int]

    init(_ plan: TablePlan, in connection: PostgreSQLConnection) throws {
        guard let table = try PostgreSQLTable.find(plan.table, in: connection) else {
            throw DataError(
                .destination, "table \(plan.table) is not in the database any more",
                remedy: "Somebody dropped or renamed it; restore it, and resume.")
        }
        try table.check(plan)
        let guesses = try PostgreSQLHouse(connection).inferredColumns(of: table)
        let written = plan.mode == .delete ? plan.key : plan.columns.map(\.name)
        var inForce = plan
        var columns: [PostgreSQLTable.Column] = []
        var rules: [PostgreSQLValueRule] = []
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
                continue
            }
            let type = ColumnType(postgreSQL: stored.type)
            let isGuess =
                guesses.contains(stored.name) && ["bigint", "double precision", "numeric"].contains(stored.type)
            columns.append(stored)
            if isGuess && (wanted.isInferred || wanted.type == .text) {
                rules.append(.guessed(type, isKey: isKey))
            } else {
                rules.append(wanted.isInferred || wanted.type == .text ? .text : .given(wanted.type))
            }
            inForce.columns[index].type = type
            if case .guessed = rules[index] {
                inForce.columns[index].isInferred = true
            } else {
                inForce.columns[index].isInferred = false
            }
        }
        self.table = table
        self.plan = inForce
        self.columns = columns
        self.rules = rules
        let keyPlaces = plan.key.compactMap { key in
            plan.columns.firstIndex { PostgreSQLIdentifier.folded($0.name) == PostgreSQLIdentifier.folded(key) }
        }
        self.keyPlaces = keyPlaces
        sentPlaces = plan.mode == .delete ? keyPlaces.sorted() : Array(plan.columns.indices)
    }

    /// The guessed columns, as places in the plan, that have a value in this chunk which the guess would change.
    func wrongGuesses(in chunk: Chunk) -> [Int] {
        // A deletion stores nothing.
        if plan.mode == .delete { return [] }
        return chunk.withValues { values in
            rules.indices.filter { column in
                guard case .guessed = rules[column] else { return false }
                return chunk.records.indices.contains { record in
                    values.value(record: record, column: column).map { !rules[column].keeps($0) } ?? false
                }
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

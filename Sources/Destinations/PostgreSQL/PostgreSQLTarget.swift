internal import Records

/// A table ready to be written: what the plan asks for, matched with the table as it is.
struct PostgreSQLTarget {
    let table: PostgreSQLTable
    /// The plan with the types in force.
    let plan: TablePlan
    /// The table's columns for those of the plan, in its order.
    let columns: [PostgreSQLTable.Column]
    let rules: [PostgreSQLValueRule]
    /// For each column, why the type that was guessed for it stays; nil if it may be changed, or was not guessed.
    let obstacles: [TypeObstacle?]
    /// Whether there is a place to note how the values of guessed columns are spelled.
    private let notesSpellings: Bool
    /// The sequences that number rows which are not given a number.
    let sequences: [PostgreSQLSequence]
    /// What takes the place of empty values.
    let defaults: [PostgreSQLDefault]
    /// The places of the plan's key columns among its columns.
    let keyPlaces: [Int]
    /// The places of the columns whose values the server is sent: a deletion reads only the key.
    let sentPlaces: [Int]
    /// The index that tells which row has a record's key; nil for the one on exactly the key's columns.
    let keyIndex: UniqueIndex?
    /// Whether it is found out first whether a row has a record's key: ON CONFLICT skips nothing but what is refused otherwise,
    /// and takes no key that is judged later.
    let looksFirst: Bool
    /// For `upsert`: the columns that new rows need a value for, and records have none.
    let lacking: [String]
    /// The columns whose types tell the texts of JSON from its other values.
    let jsonSpellings: [(place: Int, spelling: JSONSpelling)]

    /// - Parameter refusals: what the server said when a column's type should have changed, by the column's name.
    init(_ plan: TablePlan, refusals: [String: String] = [:], in connection: PostgreSQLConnection) throws {
        guard let table = try PostgreSQLTable.find(plan.table, exactly: plan.namesCase, in: connection) else {
            throw DataError(
                .destination, "table \(plan.table) is no longer in the database",
                remedy: "It was dropped or renamed. Restore it, then resume.")
        }
        try table.check(plan)
        let schema = PostgreSQLSchema(connection)
        let guesses = try schema.guesses(of: table, by: plan.logID)
        notesSpellings = try guesses.isEmpty || schema.knowsSpellings()
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
            let isGuess =
                guess != nil
                && (["bigint", "double precision", "numeric"].contains(stored.type) || type.isNominal)
            columns.append(stored)
            let lost = isGuess && type.isNominal ? notesSpellings || type == .date ? nil : Self.isNotNoted : nil
            obstacles.append(
                plan.keepsTypes
                    ? .unwanted
                    : guess?.isOurs == false ? .ofOtherLog : (refusals[stored.name] ?? lost).map(TypeObstacle.refused))
            if isGuess && (wanted.isInferred || wanted.type == .text) {
                let isUnique = isKey || table.uniqueKeys.contains { $0.contains(stored.name) }
                rules.append(guess?.isOld == true ? .oldGuess(type, isKey: isUnique) : .guessed(type, isKey: isUnique))
            } else {
                // What a type of the server's own takes, the server says.
                let isJudged =
                    !wanted.isInferred && (wanted.type.isNumber || wanted.type.isNominal && type != wanted.type)
                let times: [ColumnType] = [.date, .timestamp, .timestamptz]
                let isTime =
                    times.contains(type) || stored.type.hasPrefix("timestamp(")
                    || !wanted.isInferred && times.contains(wanted.type)
                rules.append(isJudged ? .given(wanted.type) : isTime ? .givenTime : .text)
            }
            inForce.columns[index].type = type
            inForce.columns[index].isInferred = rules[index].guess != nil && obstacles[index] == nil
        }
        sequences = try PostgreSQLSequence.all(of: table, columns, mode: plan.mode, in: connection)
        defaults = try PostgreSQLDefault.all(of: table, columns, plan, in: connection)
        inForce.notes = sequences.compactMap { $0.note(of: table) }
        lacking = plan.mode == .upsert ? table.columnsLacking(plan) : []
        if let note = plan.note(lacking: lacking) { inForce.notes.append(note) }
        keyIndex = try table.keyIndex(of: plan, in: connection)
        looksFirst =
            plan.mode == .update || plan.skipsDuplicates || plan.keepsNonNull || !lacking.isEmpty || keyIndex != nil
            || plan.mode == .upsert && !table.isArbiter(plan.key)
        self.table = table
        self.plan = inForce
        self.columns = columns
        jsonSpellings = columns.enumerated().compactMap { place, column in
            JSONSpelling(of: column.baseType ?? column.type).map { (place, $0) }
        }
        self.rules = rules
        self.obstacles = obstacles
        let keyPlaces = plan.key.compactMap { key in
            plan.columns.firstIndex { $0.name == key }
                ?? plan.columns.firstIndex {
                    PostgreSQLIdentifier.folded($0.name) == PostgreSQLIdentifier.folded(key)
                }
        }
        self.keyPlaces = keyPlaces
        sentPlaces = plan.mode == .delete ? keyPlaces.sorted() : Array(plan.columns.indices)
    }

    /// Whether a record that finds no row is rejected.
    var requiresRows: Bool { plan.mode == .update || !lacking.isEmpty }

    /// What an INSERT says before its values: that they hold for columns, too, which the server numbers itself, as in COPY.
    var overriding: String { columns.contains(where: \.isFixedIdentity) ? "OVERRIDING SYSTEM VALUE" : "" }

    private static let isNotNoted =
        "_waybill.inferred is an older program's, and does not say how the values were written"

    /// What a chunk's values mean for the types that were guessed.
    struct Findings {
        /// The values that the types would change, where these may be changed.
        var misfits: [Misfit] = []
        /// How values are spelled after the chunk, where that is new: places in the plan.
        var spellings: [Int: ValueSpelling] = [:]

        var isEmpty: Bool { misfits.isEmpty && spellings.isEmpty }
    }

    /// Looks through the values of guessed columns, before any is written.
    func findings(in chunk: Chunk) -> Findings {
        var findings = Findings()
        // A deletion stores nothing.
        if plan.mode == .delete || !rules.contains(where: { $0.guess != nil }) { return findings }
        spelt(chunk).withValues { values in
            for column in rules.indices {
                guard let (type, isKey) = rules[column].guess else { continue }
                guard type.isNominal || obstacles[column] == nil else { continue }
                let wide = PostgreSQLValueRule.guessed(.numeric, isKey: isKey)
                var misfit = Misfit(column: column, records: [], type: type.isNominal ? .text : .numeric)
                var spelling = columns[column].spelling ?? ValueSpelling()
                for record in chunk.records.indices {
                    guard let value = values.value(record: record, column: column) else { continue }
                    let fits =
                        type.isNominal ? spelling.take(value, as: type, isKey: isKey) : rules[column].keeps(value)
                    if fits { continue }
                    misfit.records.append(record)
                    if !type.isNominal, !wide.keeps(value) { misfit.type = .text }
                }
                if !misfit.records.isEmpty, obstacles[column] == nil { findings.misfits.append(misfit) }
                if notesSpellings, spelling != columns[column].spelling ?? ValueSpelling() {
                    findings.spellings[column] = spelling
                }
            }
        }
        return findings
    }

    /// Whether the type that was guessed for a column keeps a value as it was written, once it is known how values are.
    func keeps(_ value: UnsafeRawBufferPointer, in column: Int) -> Bool {
        guard let (type, isKey) = rules[column].guess, type.isNominal else { return rules[column].keeps(value) }
        var spelling = columns[column].spelling ?? ValueSpelling()
        return spelling.take(value, as: type, isKey: isKey)
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
        default: self = Self.nominal.first { $0.value == type }?.key ?? .text
        }
    }

    private static let nominal: [ColumnType: String] = [
        .boolean: "boolean", .date: "date", .timestamp: "timestamp without time zone",
        .timestamptz: "timestamp with time zone", .jsonb: "jsonb", .uuid: "uuid",
    ]

    var postgreSQL: String {
        switch self {
        case .text: "text"
        case .integer: "bigint"
        case .real: "double precision"
        case .numeric: "numeric"
        case .boolean, .date, .timestamp, .timestamptz, .jsonb, .uuid: Self.nominal[self] ?? "text"
        }
    }
}

internal import Records

/// Gives rows back what they were.
extension PostgreSQLReversal {
    func restore(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let (table, rows, work) = (format.table.quotedName, format.table.ownRows, work)
        let sameKey = format.hasKey("t", "r.key")
        // What stands where a row of a table without a key stood may be another one.
        let isAsLeft =
            try !overwritesEdited
            ? isAsLeft(format)
            : format.key.isEmpty ? "\(format.fingerprint("t")) = r.after_print" : "true"
        try pairMoved(format, these, isAsLeft)
        try keepReferred(format, these)
        let rights = try PostgreSQLReversalRights(format, in: connection)
        try rights.judge(work, these, connection)
        let names = PostgreSQLIdentifier.list(format.columns.map(\.name))
        let values = format.typed("r.before").joined(separator: ", ")
        let add = "INSERT INTO \(table) (\(names)) OVERRIDING SYSTEM VALUE SELECT \(values) FROM \(work) r"
        let isThere = "EXISTS (SELECT 1 FROM \(rows) t WHERE \(sameKey))"
        // A row without a key stands elsewhere once it is updated.
        let (place, move) = format.key.isEmpty ? (", ARRAY[t.ctid::text] AS place", ", key = done.place") : ("", "")
        func done(_ change: String, _ move: String = "") -> String {
            "WITH done AS (\(change)) UPDATE \(work) r SET state = 'r'\(move) FROM done WHERE done.n = r.n"
        }

        let mayChangeOthers = format.table.dependents.contains(where: \.isToItself)
        let isChanged = """
            SELECT FROM \(work) r WHERE \(these) AND r.kind = 'i' AND r.was_left AND EXISTS (
                SELECT FROM \(rows) t WHERE \(sameKey) AND NOT (\(isAsLeft))) LIMIT 1
            """
        try inPieces("\(these) AND r.kind = 'i'", of: format.table, unless: mayChangeOthers ? isChanged : nil) {
            done("DELETE FROM \(rows) t USING \(work) r WHERE \($0) AND \(sameKey) AND \(isAsLeft) RETURNING r.n")
        }
        if format.key.isEmpty {
            try deleteByContent(format, these)
            try follow(format, these)
        }
        // Someone deleted it already.
        try connection.execute(
            "UPDATE \(work) r SET state = 'n' WHERE \(these) AND r.kind = 'i' AND NOT \(format.key.isEmpty ? "true" : isThere)"
        )
        try keepOthersCurrent(format, these)

        try keepFollowed(format, these)
        // An identity that takes no value keeps the one that it has.
        let former = Array(zip(format.columns, format.typed("r.before")))
        let sets = former.filter { !$0.0.isFixedIdentity && rights.mayUpdate($0.0.name) }
            .map { "\(PostgreSQLIdentifier.quoted($0.name)) = \($1)" }.joined(separator: ", ")
        let maySet = "(\(isAsLeft) OR r.was_left AND r.n > \(PostgreSQLFollowers.firstNumber))"
        let exchange =
            format.key.isEmpty
            ? nil
            : PostgreSQLExchange(
                format: format, rights: rights, work: work, values: former.map { ($0.0, $0.1) }, isAsLeft: maySet,
                sets: sets, connection: connection)
        try inPieces("\(these) AND r.kind = 'u'", of: format.table, exchange: exchange) {
            done(
                "UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey) AND \(maySet) RETURNING r.n\(place)",
                move)
        }
        try settlePairs(format)
        if format.key.isEmpty {
            try updateByContent(format, these, sets)
        } else {
            // Someone, a foreign key or a trigger made it what it was already.
            try connection.execute(
                """
                UPDATE \(work) r SET state = 'r' WHERE \(these) AND r.kind = 'u' AND EXISTS (
                    SELECT 1 FROM \(rows) t WHERE \(sameKey) AND \(format.fingerprint("t")) = r.before_print)
                """)
        }
        let mayAdd =
            format.key.isEmpty ? "r.kind = 'd'" : "NOT \(isThere) AND r.kind IN ('d'\(overwritesEdited ? ", 'u'" : ""))"
        try inPieces("\(these) AND \(mayAdd)", of: format.table, rivals: exchange) { "\(add) WHERE \($0)" }
        if overwritesEdited && !format.key.isEmpty {
            try inPieces("\(these) AND r.kind = 'd'", of: format.table) {
                done("UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey) RETURNING r.n")
            }
        }
    }

    /// What is done with changes, and what else where the database refuses it.
    private struct Trial {
        var table: PostgreSQLTable
        /// Finds what the statement must not have done; then it is taken for refused.
        var other: String?
        /// Takes a condition on the changes under `r`.
        var statement: (String) -> String
        var exchange: PostgreSQLExchange?
    }

    /// Runs a statement for all changes that fit; where the database refuses, for halves of them, down to the guilty ones.
    ///
    /// - Parameters:
    ///   - other: finds what the statement must not have done; then it is taken for refused.
    ///   - exchange: what changes rows together that stand in each other's way.
    ///   - rivals: what knows the rows that stand in the way of these; `exchange` if there is one.
    ///   - statement: takes a condition on the changes under `r`.
    func inPieces(
        _ condition: String, of table: PostgreSQLTable, unless other: String? = nil,
        exchange: PostgreSQLExchange? = nil,
        rivals: PostgreSQLExchange? = nil, _ statement: @escaping (String) -> String
    ) throws {
        let numbers = try connection.query("SELECT r.n FROM \(work) r WHERE \(condition) ORDER BY r.n DESC")
            .compactMap { $0[0].flatMap { Int($0) } }
        let trial = Trial(table: table, other: other, statement: statement, exchange: exchange)
        var refused: [(n: Int, words: String)] = []
        try inPieces(numbers[...], trial, &refused)
        // What stood against a row may be gone with the others.
        var count = 0
        while !refused.isEmpty && refused.count != count {
            count = refused.count
            let again = refused.map(\.n)
            refused = []
            for number in again { try inPieces([number], trial, &refused) }
        }
        if refused.isEmpty { return }
        for circle in try exchange?.circles(of: refused.map(\.n)) ?? []
        where try attempt(circle[...], trial, exchanging: true) == nil {
            refused.removeAll { circle.contains($0.n) }
        }
        if let rivals = exchange ?? rivals { try handOver(refused.map(\.n), toRivals: rivals) }
        for (number, words) in refused {
            try connection.query(
                "UPDATE \(work) SET state = 'f', message = $1 WHERE n = \(number) AND state IS NULL", [words])
        }
    }

    private func inPieces(
        _ numbers: ArraySlice<Int>, _ trial: Trial, _ refused: inout [(n: Int, words: String)]
    ) throws {
        guard let last = numbers.last, let error = try attempt(numbers, trial, exchanging: false) else { return }
        if numbers.count == 1 { return refused.append((last, error.words)) }
        if error.isOfUniqueness, trial.exchange != nil, try attempt(numbers, trial, exchanging: true) == nil { return }
        let middle = numbers.startIndex + numbers.count / 2
        try inPieces(numbers[..<middle], trial, &refused)
        try inPieces(numbers[middle...], trial, &refused)
    }

    /// A condition on the changes under `r`. Those between that do not fit have a state, or are found not to fit by the
    /// statement itself.
    static func list(_ numbers: ArraySlice<Int>) -> String {
        numbers.count == 1
            ? "r.n = \(numbers[numbers.startIndex])"
            : "r.n = ANY ('{\(numbers.map(String.init).joined(separator: ","))}')"
    }

    /// Runs a statement for changes, all or none, and returns what the database has against it.
    private func attempt(_ numbers: ArraySlice<Int>, _ trial: Trial, exchanging: Bool) throws -> PostgreSQLError? {
        if numbers.isEmpty { return nil }
        let list = Self.list(numbers)
        let counted = try PostgreSQLWatch.count(of: trial.table, connection) ?? 0
        do {
            try connection.savepoint {
                let count: Int
                if exchanging, let exchange = trial.exchange {
                    count = try exchange.run(list)
                } else {
                    let sql = trial.statement(list)
                    count = try connection.execute(sql)
                    if sql.hasPrefix("INSERT") {
                        if count != numbers.count { throw PostgreSQLWriter.keptOut }
                        try connection.execute("UPDATE \(work) r SET state = 'r' WHERE \(list)")
                    }
                }
                // A deferred constraint is judged now, so that it is known which row stands against it.
                try connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
                if let other = trial.other, try !connection.query(other).isEmpty { throw Self.wouldChangeOthers }
                changedCounts[trial.table.oid, default: 0] += count
            }
            return nil
        } catch let error as PostgreSQLError where connection.blamesRows(error, without: trial.statement("false")) {
            changedCounts[trial.table.oid, default: 0] +=
                try (PostgreSQLWatch.count(of: trial.table, connection) ?? 0) - counted
            return error
        }
    }

    private static let wouldChangeOthers = PostgreSQLError(
        state: "23000", message: "other rows of the table refer to it and would change with it")

    /// Where a row cannot have its unique value back because another import gave it to a row that has it, it gets it back with
    /// that import: a later one, or else an earlier one whose change stands, if none of the row itself came between.
    private func handOver(_ numbers: [Int], toRivals exchange: PostgreSQLExchange) throws {
        if numbers.isEmpty || exchange.format.table.namedUniqueIndexes.isEmpty { return }
        let siblings = try undo.siblings(exchange.format.tableID)
        try takeOver(
            heirs: """
                SELECT DISTINCT ON (x.n) x.n, u.chunk_id, u.record AS new_record
                FROM (\(exchange.rivals(of: Self.list(numbers[...])))) x JOIN \(work) own ON own.n = x.n
                JOIN _waybill.undo_rows u ON u.key = x.key AND u.table_id IN \(siblings) AND u.kind <> 'w'
                JOIN _waybill.undo_chunks c ON c.id = u.chunk_id AND c.chunk < \(LedgerKey.closingChunk)
                JOIN _waybill.undo_chunks m ON m.id = \(chunkID) AND (m.log_id, m.import) <> (c.log_id, c.import)
                WHERE u.chunk_id > \(chunkID) OR u.chunk_id < \(chunkID) AND NOT EXISTS (
                    SELECT FROM _waybill.undo_rows o WHERE o.key = own.key AND o.table_id IN \(siblings)
                        AND o.chunk_id >= u.chunk_id AND o.chunk_id < \(chunkID))
                ORDER BY x.n, u.chunk_id < \(chunkID), abs(u.chunk_id - \(chunkID)), u.n
                """, where: "h.n = r.n AND r.partner IS NULL")
    }
}

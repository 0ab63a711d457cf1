internal import Records

/// Gives rows back what they were.
extension PostgreSQLReversal {
    func restore(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let (table, rows) = (format.table.quotedName, format.table.ownRows)
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
        let sets = zip(format.columns, format.typed("r.before")).filter {
            !$0.0.isFixedIdentity && rights.mayUpdate($0.0.name)
        }.map {
            "\(PostgreSQLIdentifier.quoted($0.name)) = \($1)"
        }.joined(separator: ", ")
        try inPieces("\(these) AND r.kind = 'u'", of: format.table) {
            done(
                """
                UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey)
                    AND (\(isAsLeft) OR r.was_left AND r.n > \(PostgreSQLFollowers.firstNumber)) RETURNING r.n\(place)
                """,
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
        try inPieces("\(these) AND \(mayAdd)", of: format.table) { "\(add) WHERE \($0)" }
        if overwritesEdited && !format.key.isEmpty {
            try inPieces("\(these) AND r.kind = 'd'", of: format.table) {
                done("UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey) RETURNING r.n")
            }
        }
    }

    /// Runs a statement for all changes that fit; where the database refuses, for halves of them, down to the guilty ones.
    ///
    /// - Parameters:
    ///   - other: finds what the statement must not have done; then it is taken for refused.
    ///   - statement: takes a condition on the changes under `r`.
    func inPieces(
        _ condition: String, of table: PostgreSQLTable, unless other: String? = nil, _ statement: (String) -> String
    ) throws {
        let numbers = try connection.query("SELECT r.n FROM \(work) r WHERE \(condition) ORDER BY r.n DESC")
            .compactMap { $0[0].flatMap { Int($0) } }
        var refused: [(Int, String)] = []
        try inPieces(numbers[...], of: table, unless: other, statement, &refused)
        // What stood against a row may be gone with the others.
        var count = 0
        while !refused.isEmpty && refused.count != count {
            count = refused.count
            let again = refused.map(\.0)
            refused = []
            for number in again { try inPieces([number], of: table, unless: other, statement, &refused) }
        }
        for (number, words) in refused {
            try connection.query("UPDATE \(work) SET state = 'f', message = $1 WHERE n = \(number)", [words])
        }
    }

    private func inPieces(
        _ numbers: ArraySlice<Int>, of table: PostgreSQLTable, unless other: String?, _ statement: (String) -> String,
        _ refused: inout [(Int, String)]
    ) throws {
        guard let first = numbers.first, let last = numbers.last else { return }
        // Those between that do not fit have a state, or are found not to fit by the statement itself.
        let list =
            numbers.count == 1 ? "r.n = \(first)" : "r.n = ANY ('{\(numbers.map(String.init).joined(separator: ","))}')"
        let counted = try PostgreSQLWatch.count(of: table, connection) ?? 0
        do {
            try connection.savepoint {
                let sql = statement(list)
                let count = try connection.execute(sql)
                if sql.hasPrefix("INSERT") {
                    if count != numbers.count { throw PostgreSQLWriter.keptOut }
                    try connection.execute("UPDATE \(work) r SET state = 'r' WHERE \(list)")
                }
                // A deferred constraint is judged now, so that it is known which row stands against it.
                try connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
                if let other, try !connection.query(other).isEmpty { throw Self.wouldChangeOthers }
                changedCounts[table.oid, default: 0] += count
            }
        } catch let error as PostgreSQLError where connection.blamesRows(error, without: statement("false")) {
            changedCounts[table.oid, default: 0] += try (PostgreSQLWatch.count(of: table, connection) ?? 0) - counted
            if numbers.count == 1 { return refused.append((last, error.words)) }
            let middle = numbers.startIndex + numbers.count / 2
            try inPieces(numbers[..<middle], of: table, unless: other, statement, &refused)
            try inPieces(numbers[middle...], of: table, unless: other, statement, &refused)
        }
    }

    private static let wouldChangeOthers = PostgreSQLError(
        state: "23000", message: "other rows of the table refer to it and would change with it")
}

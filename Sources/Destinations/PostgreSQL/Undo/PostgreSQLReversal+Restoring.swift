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
        for dependent in format.table.dependents {
            let (isReferredTo, message) =
                dependent.isHidden
                ? (
                    "true",
                    "row level security hides rows of \(dependent.table) from this role, which may refer to it and would "
                        + "change with it"
                )
                : (
                    "EXISTS (SELECT 1 FROM \(dependent.table) d WHERE \(dependent.refers))",
                    "rows of \(dependent.table) refer to it and would change with it"
                )
            try connection.execute(
                """
                UPDATE \(work) r SET state = 'f', message = \(PostgreSQLIdentifier.literal(message))
                FROM \(rows) t WHERE \(these) AND r.kind = 'i' AND \(sameKey) AND \(isReferredTo)
                """)
        }
        let rights = try PostgreSQLReversalRights(format, in: connection)
        try rights.judge(work, these, connection)
        let names = PostgreSQLIdentifier.list(format.columns.map(\.name))
        let values = format.typed("r.before").joined(separator: ", ")
        let add = "INSERT INTO \(table) (\(names)) OVERRIDING SYSTEM VALUE SELECT \(values) FROM \(work) r"
        let isThere = "EXISTS (SELECT 1 FROM \(rows) t WHERE \(sameKey))"
        func done(_ change: String) -> String {
            "WITH done AS (\(change)) UPDATE \(work) r SET state = 'r' FROM done WHERE done.n = r.n"
        }

        try inPieces("\(these) AND r.kind = 'i'") {
            done("DELETE FROM \(rows) t USING \(work) r WHERE \($0) AND \(sameKey) AND \(isAsLeft) RETURNING r.n")
        }
        if format.key.isEmpty {
            try deleteByContent(format, these)
            try follow(format, these)
        }
        // Somebody deleted it already.
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
        try inPieces("\(these) AND r.kind = 'u'") {
            done(
                "UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey) AND \(isAsLeft) RETURNING r.n")
        }
        if format.key.isEmpty {
            try updateByContent(format, these, sets)
        } else {
            // Somebody, a foreign key or a trigger made it what it was already.
            try connection.execute(
                """
                UPDATE \(work) r SET state = 'r' WHERE \(these) AND r.kind = 'u' AND EXISTS (
                    SELECT 1 FROM \(rows) t WHERE \(sameKey) AND \(format.fingerprint("t")) = r.before_print)
                """)
        }
        let mayAdd =
            format.key.isEmpty ? "r.kind = 'd'" : "NOT \(isThere) AND r.kind IN ('d'\(overwritesEdited ? ", 'u'" : ""))"
        try inPieces("\(these) AND \(mayAdd)") { "\(add) WHERE \($0)" }
        if overwritesEdited && !format.key.isEmpty {
            try inPieces("\(these) AND r.kind = 'd'") {
                done("UPDATE \(rows) t SET \(sets) FROM \(work) r WHERE \($0) AND \(sameKey) RETURNING r.n")
            }
        }
    }

    /// Runs a statement for all changes that fit; where the database refuses, for halves of them, down to the guilty ones.
    ///
    /// - Parameter statement: takes a condition on the changes under `r`.
    func inPieces(_ condition: String, _ statement: (String) -> String) throws {
        let numbers = try connection.query("SELECT r.n FROM \(work) r WHERE \(condition) ORDER BY r.n DESC")
            .compactMap { $0[0].flatMap { Int($0) } }
        var refused: [(Int, String)] = []
        try inPieces(numbers[...], statement, &refused)
        // What stood against a row may be gone with the others.
        var count = 0
        while !refused.isEmpty && refused.count != count {
            count = refused.count
            let again = refused.map(\.0)
            refused = []
            for number in again { try inPieces([number], statement, &refused) }
        }
        for (number, words) in refused {
            try connection.query("UPDATE \(work) SET state = 'f', message = $1 WHERE n = \(number)", [words])
        }
    }

    func inPieces(
        _ numbers: ArraySlice<Int>, _ statement: (String) -> String, _ refused: inout [(Int, String)]
    ) throws {
        guard let first = numbers.first, let last = numbers.last else { return }
        // Those between that do not fit have a state, or are found not to fit by the statement itself.
        let list =
            numbers.count == 1 ? "r.n = \(first)" : "r.n = ANY ('{\(numbers.map(String.init).joined(separator: ","))}')"
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
            }
        } catch let error as PostgreSQLError where connection.blamesRows(error, without: statement("false")) {
            if numbers.count == 1 { return refused.append((last, error.words)) }
            let middle = numbers.startIndex + numbers.count / 2
            try inPieces(numbers[..<middle], statement, &refused)
            try inPieces(numbers[middle...], statement, &refused)
        }
    }
}

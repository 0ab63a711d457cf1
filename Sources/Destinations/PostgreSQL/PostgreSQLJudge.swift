internal import Records

/// Finds out which of the staged records the table refuses: each is written alone under a savepoint, in the order of the
/// file, by the server itself; and then all of it is undone. See decision 31.
struct PostgreSQLJudge {
    let connection: PostgreSQLConnection
    let staging: PostgreSQLStaging
    let steps: PostgreSQLSteps

    /// What came of a trial.
    struct Verdict {
        /// The records that the table takes, in an order in which it takes them one by one.
        var accepted: [Int] = []
        var refused: [Int: PostgreSQLError] = [:]
    }

    /// How many records one statement tries: it may take as long as any other.
    private static let mostAtOnce = 2_000
    /// From how many records on a chunk that is refused as a whole, for a reason that the server gives for statements,
    /// ends the import.
    private static let fewestForAll = 100

    /// - Throws: what stands against the table, the server or other sessions.
    func judge(_ records: [Int]) throws -> Verdict {
        var verdict = Verdict()
        try connection.trial {
            try connection.execute(
                """
                CREATE TEMP TABLE \(list) (n int, state text, message text, detail text, "column" text, "constraint" text)
                ON COMMIT DROP
                """)
            try attempt(records, &verdict)
            try attemptWaiting(&verdict)
        }
        if verdict.accepted.isEmpty, records.count >= Self.fewestForAll, let first = verdict.refused[records[0]],
            first.isOfStatement, verdict.refused.values.allSatisfy({ $0.state == first.state })
        {
            throw first
        }
        return verdict
    }

    // MARK: One by one

    /// Tries these records, in this order.
    private func attempt(_ records: [Int], _ verdict: inout Verdict) throws {
        for start in stride(from: 0, to: records.count, by: Self.mostAtOnce) {
            let some = records[start..<min(start + Self.mostAtOnce, records.count)]
            try connection.execute("DO \(PostgreSQLIdentifier.literal(try loop(some)))")
            for row in try connection.query("DELETE FROM \(list) RETURNING *") {
                guard let number = row[0].flatMap({ Int($0) }) else { continue }
                verdict.refused[number] = PostgreSQLError(
                    state: row[1] ?? "", message: row[2] ?? "", detail: row[3] ?? "", constraint: row[5] ?? "",
                    column: row[4] ?? "")
            }
            verdict.accepted += some.lazy.filter { verdict.refused[$0] == nil }
        }
    }

    private var list: String { "\(staging.name)_refused" }

    /// What other sessions are at fault for takes its time, or does not come again: what comes three times at once is the
    /// record's own. Where transactions are isolated from what others write meanwhile, it would come again all the same.
    private func loop(_ records: some Sequence<Int>) throws -> String {
        let isolated = try connection.query("SHOW transaction_isolation")[0][0] != "read committed"
        func any(_ states: [String]) -> String {
            "_state IN (\(states.map(PostgreSQLIdentifier.literal).joined(separator: ", ")))"
        }
        let isOfServer =
            "left(_state, 2) IN (\(PostgreSQLError.serverClasses.map(PostgreSQLIdentifier.literal).joined(separator: ", ")))"
            + " OR \(any(PostgreSQLError.serverStates))"
        let isOfValues = PostgreSQLError.valueClasses.map(PostgreSQLIdentifier.literal).joined(separator: ", ")
        return """
            #variable_conflict use_column
            DECLARE
                _r record; _changed int; _tries int; _began timestamptz; _is_probed boolean := false;
                _state text; _message text; _detail text; _column text; _constraint text;
                \(steps.variables)
            BEGIN
                FOR _r IN SELECT s.* FROM unnest('{\(records.map(String.init).joined(separator: ","))}'::int[]) WITH ORDINALITY o (n, i)
                    JOIN \(staging.keyed) s ON s._n = o.n ORDER BY o.i
                LOOP
                    _tries := 0;
                    LOOP
                        _tries := _tries + 1;
                        _began := clock_timestamp();
                        BEGIN
                            \(steps.one)
                            SET CONSTRAINTS ALL IMMEDIATE;
                            SET CONSTRAINTS ALL DEFERRED;
                            EXIT;
                        EXCEPTION WHEN OTHERS OR query_canceled OR assert_failure THEN
                            GET STACKED DIAGNOSTICS _state = RETURNED_SQLSTATE, _message = MESSAGE_TEXT,
                                _detail = PG_EXCEPTION_DETAIL, _column = COLUMN_NAME, _constraint = CONSTRAINT_NAME;
                            IF \(isOfServer) THEN RAISE; END IF;
                            IF left(_state, 2) = '40' OR \(any(PostgreSQLError.otherStates)) THEN
                                IF clock_timestamp() > _began + interval '0.5 seconds' OR \(isolated) THEN RAISE; END IF;
                                IF _tries < 3 THEN CONTINUE; END IF;
                            END IF;
                            IF NOT _is_probed AND left(_state, 2) NOT IN (\(isOfValues)) THEN
                                \(steps.none)
                                _is_probed := true;
                            END IF;
                            INSERT INTO \(list) VALUES (_r._n, _state, _message, _detail, _column, _constraint);
                            EXIT;
                        END;
                    END LOOP;
                END LOOP;
            END
            """
    }

    // MARK: Records that need one another

    /// Tries those again that lacked another row of the table, which may have come in since, or whose unique value another row
    /// had, which may have got another one, if that is judged later.
    private func attemptWaiting(_ verdict: inout Verdict) throws {
        let waiting = verdict.refused.filter {
            $1.state == "23503" && steps.ownForeignKeys.contains($1.constraint)
                || $1.state == "23505" && steps.deferrableKeys.contains($1.constraint)
        }.keys
        guard !waiting.isEmpty else { return }
        let numbers = waiting.sorted()
        guard let needs = steps.needs(numbers) else { return try attemptInTurns(numbers, &verdict) }
        let places = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
        let edges = try connection.query(needs).compactMap { row -> (Int, Int)? in
            guard let from = row[0].flatMap({ Int($0) }).flatMap({ places[$0] }),
                let to = row[1].flatMap({ Int($0) }).flatMap({ places[$0] })
            else { return nil }
            return (from, to)
        }
        var single: [Int] = []
        for circle in Circles.inOrder(count: numbers.count, edges: edges) {
            if circle.count == 1 {
                single.append(numbers[circle[0]])
                continue
            }
            try retry(single, &verdict)
            single = []
            try retryTogether(circle.map { numbers[$0] }, &verdict)
        }
        try retry(single, &verdict)
    }

    /// To and fro, as long as that helps; in the end all at once.
    private func attemptInTurns(_ records: [Int], _ verdict: inout Verdict) throws {
        var rest = records
        while !rest.isEmpty {
            let before = rest.count
            rest.reverse()
            try retry(rest, &verdict)
            rest.removeAll { verdict.refused[$0] == nil }
            if rest.count == before { return try retryTogether(rest.sorted(), &verdict) }
        }
    }

    private func retry(_ records: [Int], _ verdict: inout Verdict) throws {
        for record in records { verdict.refused[record] = nil }
        try attempt(records, &verdict)
    }

    /// Tries records that need one another in a circle. Those of them that have the key of another one come after it.
    private func retryTogether(_ records: [Int], _ verdict: inout Verdict) throws {
        let firsts = Set(try connection.query(steps.firsts(records)).compactMap { $0[0].flatMap { Int($0) } })
        let together = records.filter(firsts.contains)
        do {
            try connection.savepoint {
                try connection.execute(steps.several(together))
                connection.announce("SET CONSTRAINTS ALL IMMEDIATE")
                try connection.execute("SET CONSTRAINTS ALL DEFERRED")
            }
            for record in together { verdict.refused[record] = nil }
            verdict.accepted += together
        } catch let error as PostgreSQLError where error.mayBeOfRecord {}
        try retry(records.filter { !firsts.contains($0) }, &verdict)
    }
}

/// What a judge has the server do.
struct PostgreSQLSteps {
    /// Writes the staged record `_r`; statements of PL/pgSQL.
    var one: String
    /// What `one` keeps its notes in.
    var variables = ""
    /// The same with no record at all: what fails then is not due to a record.
    var none: String
    /// Writes these staged records in one statement.
    var several: ([Int]) -> String
    /// Selects of these staged records the first one of each key.
    var firsts: ([Int]) -> String
    /// The names of foreign keys that lead from the table to itself.
    var ownForeignKeys: Set<String>
    /// The names of unique constraints that are judged later, if that is asked for.
    var deferrableKeys: Set<String> = []
    /// Selects pairs of these staged records of which the first one needs the second; nil if nobody knows.
    var needs: ([Int]) -> String?
}

internal import Records

/// Statements that put rows back, and what must not come of them.
extension PostgreSQLRestoredTable {
    /// What stands against a piece of the rows although no error was reported.
    private enum Objection: Error {
        /// Rows that did not become what they were, by their numbers.
        case isOtherwise([Int])
        /// The tables of which other rows changed.
        case changesOthers([String])
        /// Triggers changed more rows of the table, and nobody saw which.
        case isUnseen
    }

    /// Runs a statement for all rows that fit; where the database refuses, for halves of them, down to the guilty ones,
    /// which are left for another try.
    ///
    /// - Parameter exchange: what changes rows together that stand in each other's way.
    func inPieces(_ condition: String, exchange: PostgreSQLExchange? = nil, _ statement: (String) -> String) throws {
        try inPieces(numbers("\(condition) ORDER BY n")[...], exchange, statement)
    }

    private func numbers(_ condition: String) throws -> [Int] {
        try connection.query("SELECT n FROM \(work) r WHERE \(condition)").compactMap { $0[0].flatMap { Int($0) } }
    }

    private func inPieces(
        _ numbers: ArraySlice<Int>, _ exchange: PostgreSQLExchange?, _ statement: (String) -> String
    ) throws {
        guard !numbers.isEmpty else { return }
        let list = PostgreSQLReversal.list(numbers)
        do {
            try attempt(list) { try connection.execute(statement(list)) }
        } catch let error as PostgreSQLError where connection.blamesRows(error, without: statement("false")) {
            if numbers.count == 1 { return try refuse(list, error.words) }
            if error.isOfUniqueness, let exchange, try isExchanged(list, exchange) { return }
            let middle = numbers.startIndex + numbers.count / 2
            try inPieces(numbers[..<middle], exchange, statement)
            try inPieces(numbers[middle...], exchange, statement)
        } catch Objection.isOtherwise(let guilty) {
            try refuse(
                PostgreSQLReversal.list(guilty[...]),
                "a trigger or a rule of the table changes it, or the role may not write all of its columns")
            let others = Set(guilty)
            try inPieces(numbers.filter { !others.contains($0) }[...], exchange, statement)
        } catch Objection.changesOthers(let tables) {
            try refuse(list, format.table.wouldChangeWords(tables))
        } catch Objection.isUnseen {
            watch = try PostgreSQLWatch(format, name: "\(work)_watch", after: 0, in: connection)
            try inPieces(numbers, exchange, statement)
        }
    }

    /// - Parameter change: gives how many rows it changed.
    private func attempt(_ list: String, _ change: () throws -> Int) throws {
        try connection.savepoint {
            try watch?.forget()
            let before = try PostgreSQLChangeCounts(besides: format.table, connection)
            let count = try change()
            if !format.key.isEmpty {
                let otherwise = try self.numbers("\(list) AND NOT \(isAsWanted)")
                if !otherwise.isEmpty { throw Objection.isOtherwise(otherwise) }
            }
            try requireNoOthers(list, count, since: before)
            try connection.execute("UPDATE \(work) r SET state = 'r', message = NULL WHERE \(list)")
        }
    }

    private func isExchanged(_ list: String, _ exchange: PostgreSQLExchange) throws -> Bool {
        do {
            try attempt(list) { try exchange.run(list) }
            return true
        } catch is Objection {
            return false
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            return false
        }
    }

    private func refuse(_ list: String, _ words: String) throws {
        try connection.query("UPDATE \(work) r SET message = $1 WHERE \(list)", [words])
    }

    /// Whether the row is what the backup has; a trigger may have made something else of it.
    private var isAsWanted: String {
        """
        (r.image IS NOT DISTINCT FROM (SELECT \(columns.image("t")) FROM \(rows) t WHERE \(sameKey)))
        """
    }

    /// Throws if rows changed that were not to be restored: those of other tables, which triggers and rules change, and
    /// those of this one that do not come back as well.
    private func requireNoOthers(_ list: String, _ count: Int, since before: PostgreSQLChangeCounts) throws {
        let now = try PostgreSQLChangeCounts(besides: format.table, connection)
        let tables = now.others.filter { $0.value > before.others[$0.key, default: 0] }.keys.sorted()
        if !tables.isEmpty { throw Objection.changesOthers(tables) }
        if now.own - before.own <= count { return }
        guard let watch else { throw Objection.isUnseen }
        let areOthers =
            try !watch.sees
            || !connection.query(
                """
                SELECT FROM (\(watch.net)) o WHERE o.is_changed AND NOT EXISTS (SELECT FROM \(work) r WHERE r.key = o.key
                    AND (r.state IS NULL OR r.state IN ('r', 's') AND \(isAsWanted))) LIMIT 1
                """
            ).isEmpty
        if areOthers { throw Objection.changesOthers([format.table.quotedName]) }
    }
}

/// How many rows this transaction inserted, updated and deleted, as the server counts them, those of attempts included.
struct PostgreSQLChangeCounts {
    /// Those of the table, its parts included.
    private(set) var own = 0
    /// Those of other tables, by their names; Waybill's own and temporary ones are left out.
    private(set) var others: [String: Int] = [:]

    init(besides table: PostgreSQLTable, _ connection: PostgreSQLConnection) throws {
        for row in try connection.query(
            """
            SELECT oid::regclass::text, count, oid = \(table.oid) OR oid IN (
                SELECT relid FROM pg_partition_tree(\(table.oid)::oid::regclass))
            FROM (SELECT oid, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                    + pg_stat_get_xact_tuples_deleted(oid) AS count FROM pg_class WHERE relkind = 'r' AND relpersistence <> 't'
                AND relnamespace NOT IN ('pg_catalog'::regnamespace, '_waybill'::regnamespace)) counted WHERE count > 0
            """)
        {
            let count = row[1].flatMap { Int($0) } ?? 0
            if row[2] == "t" { own += count } else { others[row[0] ?? "", default: 0] += count }
        }
    }
}

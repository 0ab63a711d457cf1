internal import Records

/// Gives rows together what they were, where each of them alone is refused: another one still has the unique value that it
/// had, and is given back one that a third one has. See decision 95.
///
/// It works on a temporary table of changes under `r` with a row's key, a number `n` and a `state`.
struct PostgreSQLExchange {
    let format: PostgreSQLUndoFormat
    let rights: PostgreSQLReversalRights
    let work: String
    /// The columns of a row, and as SQL over `r` what they were.
    let values: [(column: PostgreSQLTable.Column, value: String)]
    /// Whether a row under `t` is to be changed.
    let isAsLeft: String
    /// What an UPDATE sets.
    let sets: String
    let connection: PostgreSQLConnection

    private var rows: String { format.table.ownRows }
    private var sameKey: String { format.hasKey("t", "r.key") }

    /// Changes the rows of all changes that fit a condition, or none.
    ///
    /// - Returns: how many rows the server counts for it.
    func run(_ list: String) throws -> Int {
        if try mayReplace() {
            do {
                return try connection.savepoint { try 2 * connection.execute(replace(list)) }
            } catch let error as PostgreSQLError where error.mayBeOfRecord {}
        }
        return try changeParked(list)
    }

    /// Whether nobody hears of it where a row goes and comes, and nothing goes with it.
    private func mayReplace() throws -> Bool {
        let table = format.table
        return try !table.hasTriggers && !table.hasRules && !table.mayHideRows && table.dependents.isEmpty
            && rights.mayReplace && values.count == table.described.count
            && PostgreSQLFollowing.all(to: table, in: connection).isEmpty
    }

    /// A row that went in the same statement stands in no other one's way, and what refers to it is judged at its end.
    private func replace(_ list: String) -> String {
        """
        WITH gone AS MATERIALIZED (
            DELETE FROM \(rows) t USING \(work) r WHERE \(list) AND \(sameKey) AND (\(isAsLeft)) RETURNING r.n),
        back AS (INSERT INTO \(format.table.quotedName) (\(PostgreSQLIdentifier.list(values.map(\.column.name))))
            OVERRIDING SYSTEM VALUE SELECT \(values.map(\.value).joined(separator: ", "))
            FROM \(work) r JOIN (SELECT n, count(*) OVER () FROM gone) g ON g.n = r.n)
        UPDATE \(work) r SET state = 'r' FROM gone WHERE gone.n = r.n
        """
    }

    /// Gives the rows other unique values first, which no row has.
    private func changeParked(_ list: String) throws -> Int {
        let parking = try self.parking()
        guard !parking.isEmpty else { throw Self.cannotPark }
        let parked = try connection.query(
            """
            UPDATE \(rows) t SET \(parking.joined(separator: ", ")) FROM \(work) r
            WHERE \(list) AND \(sameKey) AND (\(isAsLeft)) RETURNING r.n
            """
        ).compactMap { $0[0] }
        let changed = try connection.execute(
            """
            WITH done AS (UPDATE \(rows) t SET \(sets) FROM \(work) r
                WHERE r.n = ANY ('{\(parked.joined(separator: ","))}') AND \(sameKey) RETURNING r.n)
            UPDATE \(work) r SET state = 'r' FROM done WHERE done.n = r.n
            """)
        if changed < parked.count { throw PostgreSQLWriter.keptOut }
        return 2 * changed
    }

    private static let cannotPark = PostgreSQLError(state: "23505", message: "rows have each other's unique values")

    /// What gives a row under `t` values in its unique columns that no row has.
    private func parking() throws -> [String] {
        let key = format.key.map(\.name)
        return try connection.query(
            """
            SELECT DISTINCT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum > 0
            WHERE i.indrelid = $1::oid AND (i.indisunique OR i.indisexclusion) AND (a.attnum = ANY (i.indkey::int2[])
                OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                    AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid = a.attnum))
            """, [format.table.oid]
        ).compactMap { row -> String? in
            guard let value = values.first(where: { $0.column.name == row[0] }), !key.contains(value.column.name),
                !value.column.isFixedIdentity, let unused = unused(value.column)
            else { return nil }
            return "\(PostgreSQLIdentifier.quoted(value.column.name)) = \(unused)"
        }
    }

    private func unused(_ column: PostgreSQLTable.Column) -> String? {
        if !column.isNotNull { return "NULL" }
        let name = PostgreSQLIdentifier.quoted(column.name)
        func extreme(_ function: String) -> String { "(SELECT \(function)(\(name)) FROM \(format.table.quotedName))" }
        let type = column.baseType ?? column.type
        return switch type.prefix(while: { $0 != "(" && $0 != " " }) {
        case "text", "character", "citext", "public.citext", "name":
            "('~' || r.n || '~' || md5(random()::text))::\(column.type)"
        case "smallint", "integer", "bigint", "numeric", "real", "double": "\(extreme("min")) - 1 - r.n"
        case "date": "\(extreme("max")) + 1 + r.n"
        case "timestamp", "time": "\(extreme("max")) + (1 + r.n) * interval '1 second'"
        case "uuid": "md5(r.n || random()::text)::uuid"
        default: nil
        }
    }

    // MARK: What stands in the way

    /// Selects for the changes that fit a condition, by their numbers, the keys of the rows that have one of their unique values
    /// now.
    func rivals(of list: String) -> String {
        let columns = values.map { column, value in
            "\(value)\(column.collation.map { " COLLATE \($0)" } ?? "") AS \(PostgreSQLIdentifier.quoted(column.name))"
        }.joined(separator: ", ")
        let former = "(SELECT r.n AS _waybill_n, r.key AS _waybill_key, \(columns) FROM \(work) r WHERE \(list)) b"
        return format.table.namedUniqueIndexes.map { index in
            let condition = index.predicate.map { " WHERE \($0)" } ?? ""
            let isSame = index.columnNames.map { "f.\($0) = t.\($0)" }.joined(separator: " AND ")
            return """
                SELECT f._waybill_n AS n, \(format.keyTexts("t")) AS key
                FROM (SELECT *\(index.columns) FROM \(former)\(condition)) f
                JOIN (SELECT *\(index.columns) FROM \(rows)\(condition)) t ON \(isSame)
                    AND NOT (\(format.hasKey("t", "f._waybill_key")))
                """
        }.joined(separator: " UNION ALL ")
    }

    /// Which of these changes stand in each other's way, in circles.
    func circles(of numbers: [Int]) throws -> [[Int]] {
        let all = PostgreSQLReversal.list(numbers[...])
        let places = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
        guard !format.table.namedUniqueIndexes.isEmpty else { return [] }
        let edges = try connection.query(
            "SELECT x.n, r.n FROM (\(rivals(of: all))) x JOIN \(work) r ON r.key = x.key AND \(all)"
        ).compactMap { row -> (Int, Int)? in
            guard let from = row[0].flatMap({ Int($0) }).flatMap({ places[$0] }),
                let to = row[1].flatMap({ Int($0) }).flatMap({ places[$0] })
            else { return nil }
            return (from, to)
        }
        return Circles.inOrder(count: numbers.count, edges: edges).filter { $0.count > 1 }.map { circle in
            circle.map { numbers[$0] }
        }
    }
}

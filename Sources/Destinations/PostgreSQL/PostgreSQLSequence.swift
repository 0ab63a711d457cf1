internal import Records

/// A sequence that numbers the rows of a table (`serial`, `GENERATED … AS IDENTITY`, `DEFAULT nextval(…)`), where records bring numbers of their own.
///
/// It is set past the largest of them, so that it gives none a second time to rows that are added later. It never goes back.
struct PostgreSQLSequence {
    /// The column's place in the plan.
    let place: Int
    private let column: String
    /// Quoted, with its schema.
    let name: String
    private let range: ClosedRange<Int64>
    private let mayBeSet: Bool

    static func all(
        of table: PostgreSQLTable, _ columns: [PostgreSQLTable.Column], mode: WriteMode,
        in connection: PostgreSQLConnection
    ) throws -> [PostgreSQLSequence] {
        if mode == .delete { return [] }
        return try columns.indices.compactMap { place in
            let column = columns[place]
            guard column.hasDefault, ["smallint", "integer", "bigint"].contains(column.type) else { return nil }
            let found = try connection.query(
                """
                SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), s.seqmin, s.seqmax,
                    has_sequence_privilege(c.oid, 'UPDATE') AND has_sequence_privilege(c.oid, 'SELECT')
                FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE s.seqincrement > 0 AND (c.oid = pg_get_serial_sequence($1, $2)::regclass OR c.oid IN (
                    SELECT p.refobjid FROM pg_attribute a JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                    JOIN pg_depend p ON p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid
                    WHERE a.attrelid = $3::oid AND a.attname = $2::text
                        AND pg_get_expr(d.adbin, d.adrelid) ~ '^nextval\\(''[^'']*''::regclass\\)$'))
                """, [table.quotedName, column.name, table.oid]
            ).first
            guard let found, let name = found[0], let low = found[1].flatMap({ Int64($0) }),
                let high = found[2].flatMap({ Int64($0) }), low <= high
            else { return nil }
            return PostgreSQLSequence(
                place: place, column: column.name, name: name, range: low...high, mayBeSet: found[3] == "t")
        }
    }

    /// What to tell the user where the sequence cannot be set.
    func note(of table: PostgreSQLTable) -> String? {
        if mayBeSet { return nil }
        return
            "The sequence \(name) is now lower than the values imported into \(column): the role may not set it. "
            + "Afterwards, let its owner run: SELECT setval('\(name)', (SELECT max(\(PostgreSQLIdentifier.quoted(column))) "
            + "FROM \(table.quotedName)))"
    }

    /// The statement that sets the sequence past the numbers of these records; nil if they have none for it.
    func advance(past records: some Sequence<Int>, _ values: Chunk.Values) -> String? {
        guard mayBeSet, let largest = largest(of: records, values) else { return nil }
        return advance(past: "\(largest)")
    }

    /// The largest number for the sequence that these records bring; nil if they bring none.
    func largest(of records: some Sequence<Int>, _ values: Chunk.Values) -> Int64? {
        records.lazy.compactMap { record -> Int64? in
            guard let value = values.value(record: record, column: place) else { return nil }
            if case .integer(let number) = NumberText.classify(value) { return number }
            return Int64(String(decoding: value, as: UTF8.self).filter { $0 != " " })
        }.filter(range.contains).max()
    }

    /// The statement that sets the sequence past a number, given in SQL.
    func advance(past number: String) -> String {
        """
        SELECT setval(\(PostgreSQLIdentifier.literal(name))::regclass, n.largest)
        FROM \(name), (SELECT (\(number)) AS largest) n
        WHERE last_value < n.largest OR last_value = n.largest AND NOT is_called
        """
    }

    /// In SQL, the larger one of a number and the largest in the table; NULL if there is neither.
    func floor(above largest: Int64?, in table: PostgreSQLTable) -> String {
        let stored = PostgreSQLIdentifier.quoted(column)
        return """
            SELECT greatest(\(largest.map { "\($0)" } ?? "NULL::bigint"), max(\(stored))) FROM \(table.quotedName)
            WHERE \(stored) BETWEEN \(range.lowerBound) AND \(range.upperBound)
            """
    }

    /// What a trial, which takes no numbers, keeps the floor in.
    var trialSetting: String { "waybill.numbers_\(place)" }
}

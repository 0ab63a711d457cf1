internal import Records

/// The default of a column, which takes the place of empty values.
struct PostgreSQLDefault {
    /// The column's place in the plan.
    let place: Int
    /// As SQL; for an identity, the next number of its sequence.
    let expression: String

    static func all(
        of table: PostgreSQLTable, _ columns: [PostgreSQLTable.Column], _ plan: TablePlan,
        in connection: PostgreSQLConnection
    ) throws -> [PostgreSQLDefault] {
        if plan.defaultIfEmpty.isEmpty { return [] }
        var found: [PostgreSQLDefault] = []
        for (place, column) in columns.enumerated()
        where plan.takesDefault(plan.columns[place].name) && column.hasDefault && !column.isGenerated {
            let row = try connection.query(
                """
                SELECT coalesce(pg_get_expr(d.adbin, d.adrelid), 'nextval(' || quote_literal(s) || '::regclass)',
                        (SELECT pg_get_expr(y.typdefaultbin, 0) FROM pg_type y WHERE y.oid = a.atttypid)),
                    s, has_sequence_privilege(s, 'USAGE, UPDATE'), current_user
                FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum,
                    pg_get_serial_sequence($1, a.attname) s
                WHERE a.attrelid = $2::oid AND a.attname = $3
                """, [table.quotedName, table.oid, column.name]
            ).first
            guard let row, let expression = row[0] else { continue }
            if let sequence = row[1], row[2] == "f" {
                throw DataError(
                    .destination,
                    "the role \(row[3] ?? "") lacks USAGE on \(sequence), which numbers the rows of the table \(table.name)",
                    remedy: "Have its owner run this, then try again: GRANT USAGE ON SEQUENCE \(sequence) TO "
                        + "\(PostgreSQLIdentifier.quoted(row[3] ?? ""));")
            }
            if row[1] == nil { try requireSound(expression, of: column.name, table, in: connection) }
            found.append(PostgreSQLDefault(place: place, expression: expression))
        }
        try plan.requireDefaults(in: found.map { plan.columns[$0.place].name })
        return found
    }

    /// Throws where a default fails by itself: it would for every record. Numbers of a sequence are not taken for that.
    private static func requireSound(
        _ expression: String, of column: String, _ table: PostgreSQLTable, in connection: PostgreSQLConnection
    ) throws {
        if expression.contains("nextval(") { return }
        do {
            try connection.trial { try connection.query("SELECT (\(expression))") }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            throw DataError(
                .unusableOption,
                "the default of \(column) in table \(table.name), \(expression), fails: \(error.words)",
                remedy: "Correct the default in the table, or leave \(column) out of --default-if-empty.")
        }
    }
}

extension PostgreSQLTarget {
    func hasDefault(_ place: Int) -> Bool { defaults.contains { $0.place == place } }

    /// The staging column of a default that only a new row takes, because a row that is there keeps what it has; nil where
    /// the record itself takes it.
    func stagedDefault(_ place: Int) -> String? {
        plan.keepsNonNull && hasDefault(place) && !keyPlaces.contains(place) ? "_d\(place + 1)" : nil
    }

    /// What a new row gets from a staged record.
    ///
    /// - Parameter alias: with its dot.
    func newValue(_ place: Int, from alias: String = "") -> String {
        let staged = alias + Self.staged(place)
        return stagedDefault(place).map { "coalesce(\(staged), \(alias)\($0))" } ?? staged
    }

    /// Whether one of these records is empty where there is a default.
    func needsDefaults(_ records: [Int], _ values: Chunk.Values) -> Bool {
        defaults.contains { column in
            records.contains { values.value(record: $0, column: column.place) == nil }
        }
    }
}

extension PostgreSQLStaging {
    /// Gives the records that were sent the defaults of their columns.
    ///
    /// - Parameter takesNumbers: whether sequences give their next numbers; otherwise these only look like it.
    func setDefaults(takesNumbers: Bool) throws {
        for column in target.defaults {
            let name = PostgreSQLTarget.staged(column.place)
            var value = column.expression
            if !takesNumbers, let sequence = target.sequences.first(where: { $0.place == column.place }) {
                let stored = PostgreSQLIdentifier.quoted(target.columns[column.place].name)
                value = """
                    i + greatest(pg_sequence_last_value(\(PostgreSQLIdentifier.literal(sequence.name))::regclass), 0,
                        nullif(current_setting('\(sequence.trialSetting)', true), '')::bigint,
                        (SELECT max(\(name)) FROM \(self.name)), (SELECT max(\(stored)) FROM \(target.table.quotedName)))
                    """
            }
            try connection.execute(
                """
                UPDATE \(self.name) t SET \(target.stagedDefault(column.place) ?? name) = (\(value))
                FROM (SELECT _n, row_number() OVER (ORDER BY _n) AS i FROM \(self.name) WHERE \(name) IS NULL) s
                WHERE s._n = t._n
                """)
        }
    }
}

internal import Records

extension PostgreSQLWriter {
    var table: String { target.table.quotedName }
    var rows: String { target.table.ownRows }
    var names: String { PostgreSQLIdentifier.list(target.columns.map(\.name)) }
    var stagedNames: String { target.columns.indices.map { target.newValue($0) }.joined(separator: ", ") }

    /// Whether a row has the key of a staged record, both under aliases; of `keyedRows`, and of `staging.keyed`.
    func sameKey(_ alias: String = "s", row: String = "t") -> String {
        if let index = target.keyIndex {
            return index.columnNames.map { "\(row).\($0) = \(alias).\($0)" }.joined(separator: " AND ")
        }
        return target.keyPlaces.map {
            "\(row).\(PostgreSQLIdentifier.quoted(target.columns[$0].name)) = \(alias).\(PostgreSQLTarget.staged($0))"
        }.joined(separator: " AND ")
    }

    /// Whether staged records under two aliases have the same key.
    func sameStagedKey(_ one: String, _ other: String) -> String {
        target.keyPlaces.map { "\(one).\(PostgreSQLTarget.staged($0)) = \(other).\(PostgreSQLTarget.staged($0))" }
            .joined(separator: " AND ")
    }

    var keyNames: String {
        (target.keyIndex?.columnNames ?? target.keyPlaces.map(PostgreSQLTarget.staged)).joined(separator: ", ")
    }
    var others: [Int] { target.columns.indices.filter { !target.keyPlaces.contains($0) } }

    /// The values besides the key, as one text to be compared: json has no equality.
    func content(_ alias: String, staged: Bool) -> String {
        let columns = others.map {
            "\(alias).\(staged ? PostgreSQLTarget.staged($0) : PostgreSQLIdentifier.quoted(target.columns[$0].name))"
        }
        return columns.isEmpty ? "''::text" : "ROW(\(columns.joined(separator: ", ")))::text"
    }

    func integer(_ text: String?) -> Int { text.flatMap { Int($0) } ?? 0 }

    /// A trigger kept a row out: nobody knows which one, where there are several.
    func requireAll(_ count: Int, of expected: Int) throws {
        if count != expected { throw Self.keptOut }
    }

    static let keptOut = PostgreSQLError(state: "23000", message: "a trigger of the table prevented the insert")

    /// The same of rows that are there, and that a statement was to change or to delete.
    func requireAllChanged(_ count: Int, of expected: Int) throws {
        if count != expected { throw keptAsItIs ?? Self.writtenByAnother }
    }

    /// What a row is refused for that stays as it is; nil if only another session can have been in the way.
    var keptAsItIs: PostgreSQLError? {
        target.table.keeper.map {
            switch $0 {
            case .trigger: PostgreSQLError(state: "23000", message: "a trigger of the table prevented the change")
            case .policy: PostgreSQLError(state: "23000", message: "row-level security prevented the change")
            }
        }
    }

    func insert(_ range: String, count: Int) throws -> Result {
        let insert = """
            INSERT INTO \(table) AS t (\(names)) \(target.overriding) SELECT \(stagedNames) FROM \(staging.name) WHERE \(range) ORDER BY _n
            """
        guard let undo else {
            try requireAll(connection.execute(insert), of: count)
            return Result(inserted: count)
        }
        try target.table.requireReadable(in: connection)
        // The rows come back in the order in which they went in.
        let written = try connection.query(
            """
            WITH new AS MATERIALIZED (\(insert) RETURNING \(undo.keyTexts("t")) AS k, \(undo.fingerprint("t")) AS p),
            numbered AS (SELECT k, p, row_number() OVER () AS i FROM new),
            records AS (SELECT _n, row_number() OVER (ORDER BY _n) AS i FROM \(staging.name) WHERE \(range)),
            kept AS (INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, after_print)
                SELECT \(chunkID), \(nextChange) + i, \(undo.tableID), 'i', _n, k, p FROM numbered JOIN records USING (i))
            SELECT count(*) FROM new
            """)
        try requireAll(integer(written[0][0]), of: count)
        nextChange += count
        return Result(inserted: count)
    }
}

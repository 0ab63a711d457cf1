internal import Records

/// The tables that undo data is about, and what is left to be done for columns that were widened.
struct PostgreSQLUndo {
    let connection: PostgreSQLConnection

    init(_ connection: PostgreSQLConnection) { self.connection = connection }

    /// The id of a chunk's undo data; nil if it has none.
    func chunkID(_ key: LedgerKey) throws -> String? {
        guard try PostgreSQLSchema(connection).exists() else { return nil }
        return try connection.query(
            "SELECT id FROM _waybill.undo_chunks WHERE log_id = $1 AND import = $2::bigint AND chunk = $3::bigint",
            [key.logID, "\(key.importID)", "\(key.chunk)"]
        ).first?[0]
    }

    /// The chunks of imports that have undo data, and the ids of that data, in the order in which they were written.
    func chunks(logID: String, importIDs: [UInt64]) throws -> [(id: Int, number: UInt64)] {
        guard try PostgreSQLSchema(connection).exists() else { return [] }
        return try connection.query(
            """
            SELECT id, chunk FROM _waybill.undo_chunks WHERE log_id = $1
            AND import = ANY ('{\(importIDs.map(String.init).joined(separator: ","))}'::bigint[]) ORDER BY import, chunk
            """, [logID]
        ).compactMap { row in
            guard let id = row[0].flatMap({ Int($0) }), let number = row[1].flatMap({ UInt64($0) }) else { return nil }
            return (id, number)
        }
    }

    /// The condition that undo data is of these chunks. A list, not a subquery: only then the server leaves the packs of
    /// other chunks packed.
    static func isOf(_ chunks: [(id: Int, number: UInt64)]) -> String {
        "chunk_id = ANY ('{\(chunks.map { "\($0.id)" }.joined(separator: ","))}')"
    }

    /// What a row of `_waybill.undo_tables` says.
    func description(ofTable id: String) throws -> (name: String, columns: [String], key: [String]) {
        let row = try connection.query(
            "SELECT table_name, array_to_json(columns), array_to_json(key) FROM _waybill.undo_tables WHERE id = \(id)")[
                0]
        return (row[0] ?? "", JSONTexts.list(row[1] ?? "[]"), JSONTexts.list(row[2] ?? "[]"))
    }

    /// How a row of `_waybill.undo_tables` describes its table; nil if the table is gone.
    func format(ofTable id: String) throws -> (name: String, format: PostgreSQLUndoFormat?) {
        let (name, columns, key) = try description(ofTable: id)
        guard let table = try PostgreSQLTable.find(quoted: name, in: connection) else { return (name, nil) }
        return (name, try PostgreSQLUndoFormat(table, tableID: id, columns: columns, key: key))
    }

    /// The rows of `_waybill.undo_tables` that chunks are about.
    func tables(of chunks: [(id: Int, number: UInt64)]) throws -> [String] {
        try connection.query("SELECT DISTINCT table_id FROM \(Self.changed) u WHERE \(Self.isOf(chunks)) ORDER BY 1")
            .compactMap { $0[0] }
    }

    /// The ids under which undo data knows the same rows, as a list for SQL: those of the table, and of partitioned tables that
    /// it is a part of, or of its own parts, where they tell rows apart by the same key.
    func siblings(_ tableID: String) throws -> String {
        let name = try description(ofTable: tableID).name
        let ids = try connection.query(
            """
            SELECT o.id FROM _waybill.undo_tables i JOIN _waybill.undo_tables o ON o.table_name = i.table_name
                OR o.key = i.key AND o.key <> '{}' AND o.table_name IN (\(Self.family(of: "$1"))) WHERE i.id = \(tableID)
            """, [name])
        return "(\(ids.compactMap { $0[0] }.joined(separator: ", ")))"
    }

    /// Selects the quoted names of all tables that a table is a part of, and of its own parts.
    static func family(of name: String) -> String {
        func quoted(_ name: String) -> String { "'\"' || replace(\(name), '\"', '\"\"') || '\"'" }
        return """
            SELECT \(quoted("n.nspname")) || '.' || \(quoted("c.relname")) FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid IN (
                SELECT relid FROM pg_partition_ancestors(to_regclass(\(name)))
                UNION SELECT relid FROM pg_partition_tree(to_regclass(\(name))))
            """
    }

    /// Which chunks changed which tables, as a subquery: that can be told without unpacking.
    private static let changed = """
        (SELECT chunk_id, table_id, n FROM _waybill.undo UNION ALL SELECT chunk_id, table_id, first FROM _waybill.undo_packs)
        """

    // MARK: Packs

    /// Makes ordinary undo data of the packs that fit, so that it can be changed.
    func unpack(_ condition: String) throws {
        let into =
            "INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)"
        let kinds = try connection.query(
            "SELECT DISTINCT table_id, befores IS NOT NULL FROM _waybill.undo_packs WHERE \(condition)")
        for kind in kinds {
            guard let tableID = kind[0] else { continue }
            let isUpdate = kind[1] == "t"
            let these = "(\(condition)) AND table_id = \(tableID) AND befores IS \(isUpdate ? "NOT NULL" : "NULL")"
            let (_, columns, key) = try description(ofTable: tableID)
            let rows: String
            if let packed = PostgreSQLPackedRows(keyCount: key.count, columnCount: columns.count) {
                let before = packed.before("m")
                rows = """
                    SELECT m.chunk_id, m.n, \(tableID), '\(isUpdate ? "u" : "i")'::"char", m.record, \(packed.key("m")),
                        \(isUpdate ? before : "NULL"),
                        \(isUpdate ? PostgreSQLUndoFormat.fingerprint("\(before)::text") : "NULL::bigint"), m.print
                    FROM (\(packed.select(where: these, withBefores: isUpdate))) m
                    """
            } else {
                rows = PostgreSQLSchema.unpacked("(SELECT * FROM _waybill.undo_packs WHERE \(these))")
            }
            try connection.execute(
                "WITH packs AS (DELETE FROM _waybill.undo_packs WHERE \(these)) \(into) \(rows)")
        }
    }

    // MARK: Widened columns

    /// Notes that a chunk changed the types of columns, so that they can be what they were.
    ///
    /// - Parameter former: columns as they were before.
    func note(
        _ widened: [ColumnWidening], of writer: PostgreSQLWriter, former: [PostgreSQLTable.Column]
    ) throws {
        guard let undo = writer.undo else { return }
        for (index, column) in widened.enumerated() {
            let name = writer.target.table.column(column.name)?.name ?? column.name
            try connection.query(
                """
                INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before)
                VALUES (\(writer.chunkID), \(-1 - index), \(undo.tableID), 'w', 0, ARRAY[$1], ARRAY[$2, $3, $4])
                """,
                [
                    name, column.from, writer.target.plan.logID,
                    former.first { $0.name == name }?.spelling?.text,
                ])
        }
    }

    /// Gives columns that a chunk widened their guessed types again, where no other value is in the way. A chunk
    /// with undo data that came later may need the column as it is: then it is left to that one.
    func narrow(chunkID: String) throws {
        // Newest first: a column may have been widened twice.
        for row in try connection.query(
            """
            SELECT n, table_id, key[1], before[1], before[2], before[3] FROM _waybill.undo
            WHERE chunk_id = \(chunkID) AND kind = 'w' ORDER BY n DESC
            """)
        {
            guard let n = row[0], let tableID = row[1], let column = row[2], let type = row[3] else { continue }
            let next = try connection.query(
                """
                SELECT chunk_id, least(min(n), 0) - 1 FROM \(Self.changed) u
                WHERE chunk_id > \(chunkID) AND table_id IN \(try siblings(tableID)) GROUP BY chunk_id ORDER BY 1 LIMIT 1
                """
            ).first
            if let next, let chunk = next[0], let number = next[1] {
                try connection.execute(
                    "UPDATE _waybill.undo SET chunk_id = \(chunk), n = \(number) WHERE chunk_id = \(chunkID) AND n = \(n)"
                )
                continue
            }
            try connection.execute("DELETE FROM _waybill.undo WHERE chunk_id = \(chunkID) AND n = \(n)")
            guard let table = try format(ofTable: tableID).format?.table,
                let now = table.columns.first(where: { $0.name == column })?.type, Self.isNarrower(type, than: now)
            else { continue }
            try narrow(column, of: table, to: type, by: row[4], row[5].map { ValueSpelling(text: $0) })
        }
    }

    private static func isNarrower(_ type: String, than now: String) -> Bool {
        if ColumnType(postgreSQL: type).isNominal { return now == "text" }
        let types = ["bigint", "double precision", "numeric", "text"]
        guard let place = types.firstIndex(of: type), let nowPlace = types.firstIndex(of: now) else { return false }
        return place < nowPlace && nowPlace >= 2
    }

    private func narrow(
        _ name: String, of table: PostgreSQLTable, to type: String, by logID: String?, _ spelling: ValueSpelling?
    ) throws {
        let column = PostgreSQLIdentifier.quoted(name)
        // What is none of the type's values must not be turned into one.
        let typed = PostgreSQLTable.Column(
            name: name, type: type, isNotNull: false, hasDefault: false, isGenerated: false, spelling: spelling)
        let value = "\(column)::text::\(type)"
        let back = typed.spelled("(\(value))") ?? "(\(value))::text"
        do {
            try connection.savepoint {
                // The server may look at the values in any order, and stops at one that is none of the type's.
                let fits =
                    try connection.query(
                        """
                        SELECT NOT EXISTS (SELECT 1 FROM \(table.quotedName) WHERE \(column) IS NOT NULL AND
                            CASE WHEN \(column)::text ~ '\(Self.pattern(of: type))' AND length(\(column)::text) < 300
                            THEN \(back) <> \(column)::text ELSE true END)
                        """)[0][0] == "t"
                guard fits else { return }
                try connection.execute(
                    "ALTER TABLE \(table.quotedName) ALTER COLUMN \(column) TYPE \(type) USING \(value)")
                let schema = PostgreSQLSchema(connection)
                try schema.addInferred(name, of: table, by: logID)
                if let spelling { try schema.set(spelling, of: typed.unspelled, of: table) }
            }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            // A view that came since needs the column as it is: so it stays.
        }
    }

    /// What texts look like that may be values of a type.
    private static func pattern(of type: String) -> String {
        switch ColumnType(postgreSQL: type) {
        case .integer: "^(0|-?[1-9][0-9]{0,17})$"
        case .boolean: "^(true|false|TRUE|FALSE|True|False)$"
        case .date, .timestamp, .timestamptz: "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
        case .uuid: "^[0-9A-Fa-f-]{36}$"
        case .text, .real, .numeric, .jsonb: "^-?(0|[1-9][0-9]*)([.][0-9]+)?$"
        }
    }
}

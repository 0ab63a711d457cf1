internal import Records

/// Notes what closing SQL changes in tables that imports wrote, as undo data of a chunk of its own.
///
/// The statements are somebody's, so that only triggers see what they do. They are there inside this transaction only. A table
/// without a key, or one that the role may put no trigger on, goes without.
struct PostgreSQLClosingNotes {
    private let connection: PostgreSQLConnection
    private let chunkID: String
    private var functions: [String] = []
    private static let numbers = "pg_temp._waybill_closing_n"

    /// - Parameter imports: whose tables are watched.
    init?(_ undo: ClosingUndo, _ connection: PostgreSQLConnection) throws {
        self.connection = connection
        let names = try connection.query(
            """
            SELECT DISTINCT table_name FROM _waybill.ledger WHERE log_id = $1
            AND import = ANY ('{\(undo.imports.map(String.init).joined(separator: ","))}'::bigint[]) ORDER BY 1
            """, [undo.key.logID]
        ).compactMap { $0[0] }
        let tables = try names.compactMap { try PostgreSQLTable.find($0, in: connection) }.filter { table in
            try connection.query(
                """
                SELECT FROM _waybill.undo_tables WHERE table_name = $1 AND has_table_privilege(to_regclass($1), 'TRIGGER')
                """, [table.quotedName]
            ).isEmpty == false
        }
        if tables.isEmpty { return nil }
        chunkID =
            try connection.query(
                """
                INSERT INTO _waybill.undo_chunks (log_id, import, chunk, places)
                SELECT $1, $2::bigint, greatest($3::bigint, max(chunk) + 1), '' FROM _waybill.undo_chunks
                WHERE log_id = $1 AND import = $2::bigint RETURNING id
                """, [undo.key.logID, "\(undo.key.importID)", "\(undo.key.chunk)"])[0][0] ?? ""
        try connection.execute("CREATE TEMP SEQUENCE _waybill_closing_n MINVALUE 0 START 0")
        for (index, table) in tables.enumerated() {
            let format = try PostgreSQLUndoFormat(table, key: [], in: connection)
            if format.key.isEmpty { continue }
            try watch(format, "_waybill_closing_\(index)")
        }
    }

    private mutating func watch(_ format: PostgreSQLUndoFormat, _ name: String) throws {
        func note(_ kind: String, key: String, before: String?, after: String?) -> String {
            let print = before.map { PostgreSQLUndoFormat.fingerprint("(\($0))::text") }
            return """
                INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                VALUES (\(chunkID), nextval('\(Self.numbers)'), \(format.tableID), '\(kind)', 0, \(key),
                    \(before ?? "NULL"), \(print ?? "NULL"), \(after ?? "NULL"));
                """
        }
        let (old, new) = (format.keyTexts("OLD"), format.keyTexts("NEW"))
        let (image, print) = (format.image("OLD"), format.fingerprint("NEW"))
        try connection.execute(
            """
            CREATE FUNCTION pg_temp.\(name)() RETURNS trigger LANGUAGE plpgsql AS $waybill$ BEGIN
                IF TG_OP = 'INSERT' THEN \(note("i", key: new, before: nil, after: print))
                ELSIF TG_OP = 'DELETE' THEN \(note("d", key: old, before: image, after: nil))
                ELSIF \(old) IS DISTINCT FROM \(new) THEN
                    \(note("d", key: old, before: image, after: nil)) \(note("i", key: new, before: nil, after: print))
                ELSE \(note("u", key: new, before: image, after: print)) END IF;
                RETURN NULL;
            END $waybill$;
            CREATE TRIGGER \(name) AFTER INSERT OR UPDATE OR DELETE ON \(format.table.quotedName)
            FOR EACH ROW EXECUTE FUNCTION pg_temp.\(name)()
            """)
        functions.append("pg_temp.\(name)()")
    }

    /// Takes the triggers away, also of tables that the statements renamed.
    func end() throws {
        for function in functions { try connection.execute("DROP FUNCTION \(function) CASCADE") }
        try connection.execute(
            """
            DROP SEQUENCE \(Self.numbers);
            DELETE FROM _waybill.undo_chunks c WHERE id = \(chunkID)
                AND NOT EXISTS (SELECT FROM _waybill.undo u WHERE u.chunk_id = c.id)
            """)
    }
}

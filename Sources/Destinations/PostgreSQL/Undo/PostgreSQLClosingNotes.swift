internal import Records

/// Notes what closing SQL changes, as undo data of a chunk of its own.
///
/// The statements are someone's, so that only triggers see what they do. They are there inside this transaction only.
/// Of a table without a key, or on which the role may make no trigger, it is kept that it was changed, where other
/// chunks keep the places of their records.
struct PostgreSQLClosingNotes {
    private let connection: PostgreSQLConnection
    private let chunkID: String
    /// The tables, by their numbers, that are watched.
    private(set) var tables: Set<String> = []
    private var functions: [String] = []
    /// For each table, the setting that a trigger makes where it cannot note the rows, and why it cannot.
    private var blind: [(table: String, setting: String, reason: String)] = []
    /// The tables that were changed without a trace, and why.
    private var unseen = UnseenTables()
    private static let numbers = "pg_temp._waybill_closing_n"

    /// - Parameters:
    ///   - undo: says which imports' tables are watched.
    ///   - others: the numbers of tables that are watched as well.
    init(_ undo: ClosingUndo, others: Set<String>, _ connection: PostgreSQLConnection) throws {
        self.connection = connection
        chunkID =
            try connection.query(
                """
                INSERT INTO _waybill.undo_chunks (log_id, import, chunk, places)
                SELECT $1, $2::bigint, greatest($3::bigint, max(chunk) + 1), '' FROM _waybill.undo_chunks
                WHERE log_id = $1 AND import = $2::bigint RETURNING id
                """, [undo.key.logID, "\(undo.key.importID)", "\(undo.key.chunk)"])[0][0] ?? ""
        try connection.execute("CREATE TEMP SEQUENCE _waybill_closing_n MINVALUE 0 START 0")
        let names = try connection.query(
            """
            SELECT DISTINCT table_name FROM _waybill.ledger WHERE \(PostgreSQLSchema.isOf(logID: undo.key.logID, undo.imports))
            ORDER BY 1
            """
        ).compactMap { $0[0] }
        for table in try names.compactMap({ try PostgreSQLTable.find($0, in: connection) }) {
            if tables.insert(table.oid).inserted { try watch(table, isOther: false) }
        }
        for oid in others.sorted() where !tables.contains(oid) {
            let name = try connection.query("SELECT $1::oid::regclass", [oid])[0][0] ?? ""
            guard let table = try PostgreSQLTable.find(quoted: name, in: connection) else { continue }
            tables.insert(oid)
            try watch(table, isOther: true)
        }
    }

    /// - Parameter isOther: whether no import wrote into the table. Of such a one, what triggers do to it is left alone: they
    ///   do it again when the rows are undone that made them do so.
    private mutating func watch(_ table: PostgreSQLTable, isOther: Bool) throws {
        let facts = try connection.query(
            """
            SELECT has_table_privilege($1::oid, 'TRIGGER'), EXISTS (SELECT FROM pg_constraint WHERE conrelid = $1::oid
                AND contype = 'f' AND (confdeltype IN ('c', 'n', 'd') OR confupdtype IN ('c', 'n', 'd')))
            """, [table.oid])[0]
        guard facts[0] == "t" else {
            // Where the statements change it, it comes again.
            if !isOther { tables.remove(table.oid) }
            if isOther { unseen.add(table.name, because: "the role lacks TRIGGER on the table") }
            return
        }
        let format = try PostgreSQLUndoFormat(table, key: [], in: connection)
        let name = "_waybill_closing_\(functions.count)"
        do {
            try connection.savepoint {
                try watch(format, name, goesDeep: !isOther || facts[1] == "t")
            }
        } catch let error as PostgreSQLError where isOther && error.state == "55P03" {
            return unseen.add(table.name, because: "other sessions kept the table locked")
        }
        functions.append("pg_temp.\(name)()")
        if format.key.isEmpty {
            blind.append((table.name, "waybill.\(name)", "the table has no key to find them by"))
        }
    }

    /// - Parameter goesDeep: whether what triggers and foreign keys do is noted as well.
    private func watch(_ format: PostgreSQLUndoFormat, _ name: String, goesDeep: Bool) throws {
        func note(_ kind: String, key: String, before: String?, after: String?) -> String {
            let fingerprint = before.map { PostgreSQLUndoFormat.fingerprint("(\($0))::text") }
            return """
                INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                VALUES (\(chunkID), nextval('\(Self.numbers)'), \(format.tableID), '\(kind)', 0, \(key),
                    \(before ?? "NULL"), \(fingerprint ?? "NULL"), \(after ?? "NULL"));
                """
        }
        let (old, new) = (format.keyTexts("OLD"), format.keyTexts("NEW"))
        let (image, fingerprint) = (format.image("OLD"), format.fingerprint("NEW"))
        let notes =
            format.key.isEmpty
            ? "PERFORM set_config('waybill.\(name)', 't', true);"
            : """
            IF TG_OP = 'TRUNCATE' THEN
                FOR OLD IN SELECT * FROM \(format.table.ownRows) LOOP
                    \(note("d", key: old, before: image, after: nil))
                END LOOP;
            ELSIF TG_OP = 'INSERT' THEN \(note("i", key: new, before: nil, after: fingerprint))
            ELSIF TG_OP = 'DELETE' THEN \(note("d", key: old, before: image, after: nil))
            ELSIF \(old) IS DISTINCT FROM \(new) THEN
                \(note("d", key: old, before: image, after: nil)) \(note("i", key: new, before: nil, after: fingerprint))
            ELSE \(note("u", key: new, before: image, after: fingerprint)) END IF;
            """
        let table = format.table.quotedName
        try connection.execute(
            """
            CREATE FUNCTION pg_temp.\(name)() RETURNS trigger LANGUAGE plpgsql AS $waybill$ BEGIN
                \(goesDeep ? notes : "IF pg_trigger_depth() = 1 THEN \(notes) END IF;")
                RETURN NULL;
            END $waybill$;
            CREATE TRIGGER \(name) AFTER INSERT OR UPDATE OR DELETE ON \(table)
            FOR EACH ROW EXECUTE FUNCTION pg_temp.\(name)();
            CREATE TRIGGER \(name)_t BEFORE TRUNCATE ON \(table)
            FOR EACH STATEMENT EXECUTE FUNCTION pg_temp.\(name)()
            """)
    }

    /// Notes the rows of a table that the statements made.
    mutating func noteMade(_ oid: String) throws {
        let name = try connection.query("SELECT $1::oid::regclass", [oid])[0][0] ?? ""
        guard let table = try PostgreSQLTable.find(quoted: name, in: connection) else { return }
        let format = try PostgreSQLUndoFormat(table, key: [], in: connection)
        try connection.execute(
            """
            INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, after_print)
            SELECT \(chunkID), nextval('\(Self.numbers)'), \(format.tableID), 'i', 0, \(format.keyTexts("t")),
                \(format.fingerprint("t")) FROM \(table.ownRows) t
            """)
    }

    mutating func noteDropped(_ name: String) { unseen.addDropped(name) }

    /// Takes the triggers away, also of tables that the statements renamed, and keeps which tables they could not watch.
    func end() throws {
        for function in functions { try connection.execute("DROP FUNCTION \(function) CASCADE") }
        // What was dropped cannot be found any more.
        try connection.execute(
            """
            DELETE FROM _waybill.undo WHERE chunk_id = \(chunkID) AND table_id IN (
                SELECT id FROM _waybill.undo_tables WHERE to_regclass(table_name) IS NULL)
            """)
        var unseen = unseen
        for table in blind
        where try connection.query("SELECT current_setting('\(table.setting)', true)")[0][0] == "t" {
            unseen.add(table.table, because: table.reason)
        }
        try connection.execute(
            """
            DROP SEQUENCE \(Self.numbers);
            UPDATE _waybill.undo_chunks SET places = \(PostgreSQLSchema.literal(unseen.bytes))::bytea
            WHERE id = \(chunkID);
            DELETE FROM _waybill.undo_chunks c WHERE id = \(chunkID) AND places = ''
                AND NOT EXISTS (SELECT FROM _waybill.undo u WHERE u.chunk_id = c.id)
            """)
    }

    /// What stays of a chunk's changes, because they could not be noted. None of a chunk that is not closing SQL's.
    static func unseen(_ chunkID: String, _ connection: PostgreSQLConnection) throws -> [UnreversedRow] {
        let places = try connection.query(
            "SELECT places FROM _waybill.undo_chunks WHERE id = $1::bigint AND chunk >= \(LedgerKey.closingChunk)",
            [chunkID]
        ).first?[0].map(PostgreSQLSchema.bytes)
        return UnseenTables(bytes: places ?? []).kept
    }
}

internal import Records

/// Waybill's own tables, in the schema `_waybill`.
struct PostgreSQLSchema {
    let connection: PostgreSQLConnection

    init(_ connection: PostgreSQLConnection) { self.connection = connection }

    /// Whether the tables are there; where not, nothing was ever written.
    ///
    /// - Throws: `DataError.destination` if they are, and the role may not read them.
    func exists() throws -> Bool {
        let found = try connection.query(
            """
            SELECT c.oid IS NOT NULL, has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
            FROM pg_namespace n LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'ledger'
            WHERE n.nspname = '_waybill'
            """
        ).first
        guard let found, found[0] == "t" else { return false }
        if found[1] != "t" { try PostgreSQLSchemaRights(connection).check() }
        return true
    }

    /// Makes what is missing of the tables.
    ///
    /// - Throws: `DataError.destination` if the role may not, with the statements that help.
    func create() throws {
        let rights = try PostgreSQLSchemaRights(connection)
        try rights.check()
        let mayCreate = !rights.hasSchema || rights.mayCreateInSchema
        if PostgreSQLSchemaParts.areComplete(rights.relations, mayCreate: mayCreate) && rights.mending.isEmpty {
            return
        }
        // Of two that come at once, one would fail.
        try connection.execute("SELECT pg_advisory_xact_lock(7820513645309)")
        let now = try PostgreSQLSchemaRights(connection)
        if !now.hasSchema { try connection.execute("CREATE SCHEMA _waybill") }
        // Even to ask for a table that is there takes the right to make one.
        for sql in PostgreSQLSchemaParts.missing(in: now.relations, mayCreate: mayCreate) {
            try connection.execute(sql)
        }
        for sql in now.mending { try connection.execute(sql) }
    }

    /// The rows of `_waybill.undo` that packs stand for. A pack's keys and what rows were are arrays of arrays, as texts.
    static func unpacked(_ packs: String) -> String {
        // OFFSET keeps the server from reading the text again for each element.
        func arrays(_ text: String) -> String {
            """
            LATERAL (SELECT (i - 1) / width + 1 AS n, array_agg(value ORDER BY i) AS texts
                FROM (SELECT a, array_length(a, 2) AS width FROM (SELECT \(text)::text[] AS a OFFSET 0) read OFFSET 0) read,
                unnest(a) WITH ORDINALITY e (value, i) GROUP BY 1)
            """
        }
        return """
            SELECT p.chunk_id, (p.first + x.n - 1)::int AS n, p.table_id, CASE WHEN p.befores IS NULL THEN 'i' ELSE 'u' END::"char" AS kind,
                coalesce(x.record, p.first + x.n - 2)::int AS record, k.texts AS key, b.texts AS before,
                \(PostgreSQLUndoFormat.fingerprint("b.texts::text")) AS before_print, x.print AS after_print
            FROM \(packs) p CROSS JOIN LATERAL unnest(p.prints, p.records) WITH ORDINALITY x (print, record, n)
            JOIN \(arrays("p.keys")) k ON k.n = x.n LEFT JOIN \(arrays("p.befores")) b ON b.n = x.n
            """
    }

    // MARK: Guessed columns

    struct Guess {
        /// Whether it was this log that guessed.
        var isOurs: Bool
        /// Whether an older program guessed, which did not note which log it was.
        var isOld: Bool
    }

    /// The columns whose types were guessed. An old guess is that of the only log that has written to the table.
    ///
    /// - Parameter logID: nil if it is not known which log it is, and each one is.
    func guesses(of table: PostgreSQLTable, by logID: String?) throws -> [String: Guess] {
        guard try exists() else { return [:] }
        let rows = try connection.query(
            """
            SELECT column_name, to_jsonb(i) ->> 'log_id' IS NULL,
                CASE WHEN to_jsonb(i) ->> 'log_id' IS NOT NULL THEN to_jsonb(i) ->> 'log_id' = $2
                ELSE NOT EXISTS (SELECT 1 FROM _waybill.ledger WHERE lower(table_name) IN (lower($3), lower($4))
                    AND log_id <> $2) END
            FROM _waybill.inferred i WHERE table_id = $1::oid
            """, [table.oid, logID ?? "", table.name, "\(table.schema).\(table.name)"])
        return Dictionary(
            rows.map { ($0[0] ?? "", Guess(isOurs: logID == nil || $0[2] == "t", isOld: $0[1] == "t")) }
        ) { $1 }
    }

    func setInferred(_ columns: [String], of table: PostgreSQLTable, by logID: String?) throws {
        try connection.query("DELETE FROM _waybill.inferred WHERE table_id = $1::oid", [table.oid])
        for column in columns { try addInferred(column, of: table, by: logID) }
    }

    func addInferred(_ column: String, of table: PostgreSQLTable, by logID: String?) throws {
        let sql = "INSERT INTO _waybill.inferred (table_id, column_name"
        // Only the owner of a table that an older program made can add the column to it.
        let knowsLogs = try !connection.query(
            """
            SELECT 1 FROM pg_attribute
            WHERE attrelid = '_waybill.inferred'::regclass AND attname = 'log_id' AND NOT attisdropped
            """
        ).isEmpty
        guard knowsLogs else {
            try connection.query("\(sql)) VALUES ($1::oid, $2) ON CONFLICT DO NOTHING", [table.oid, column])
            return
        }
        try connection.query(
            "\(sql), log_id) VALUES ($1::oid, $2, $3) ON CONFLICT DO NOTHING", [table.oid, column, logID ?? ""])
    }

    func removeInferred(_ column: String, of table: PostgreSQLTable) throws {
        try connection.query(
            "DELETE FROM _waybill.inferred WHERE table_id = $1::oid AND column_name = $2", [table.oid, column])
    }

    // MARK: The ledger, and the receipts of what was undone

    /// The condition that a receipt is of these imports.
    static func isOf(logID: String, _ importIDs: [UInt64]) -> String {
        "log_id = \(PostgreSQLIdentifier.literal(logID)) AND import = ANY ('{\(importIDs.map(String.init).joined(separator: ","))}'::bigint[])"
    }

    enum Book: String {
        case ledger, reversals
    }

    /// Adds a receipt, together with the transaction's COMMIT.
    ///
    /// - Parameter table: must still be the one of its name; otherwise the server says that something was divided by zero.
    func add(_ receipt: Receipt, to book: Book, of table: PostgreSQLTable? = nil) {
        let replace =
            book == .ledger
            ? "" : "ON CONFLICT (log_id, import, chunk) DO UPDATE SET entry = excluded.entry, committed_at = now()"
        let key = receipt.key
        let logID = PostgreSQLIdentifier.literal(key.logID)
        connection.announce(
            """
            INSERT INTO _waybill.\(book.rawValue)
            SELECT \(logID), \(key.importID), \(key.chunk), \(PostgreSQLIdentifier.literal(receipt.table)),
                \(Self.literal(receipt.entry))::bytea
            FROM (SELECT \(Self.turn(logID: logID, importID: key.importID))) AS turn
            \(table.map { "WHERE 1 / (\($0.isStillOfItsName))::int = 1" } ?? "") \(replace)
            """)
    }

    /// Whether an error says that a receipt is in the ledger already.
    static func isAboutLedger(_ error: PostgreSQLError) -> Bool {
        error.state == "23505" && error.constraint == "ledger_pkey"
    }

    /// Takes the turn to write receipts of an import, until the transaction's end.
    ///
    /// - Parameter logID: as a literal.
    private static func turn(logID: String, importID: UInt64) -> String {
        "pg_advisory_xact_lock(hashtextextended('waybill ' || \(logID) || ' \(importID)', 0))"
    }

    /// Waits until no session is about to commit a receipt of this import.
    ///
    /// A client that was killed may have sent its COMMIT, and its session be at it still: who reads the books too early
    /// would miss that chunk.
    private func waitForTurn(logID: String, importID: UInt64) throws {
        try connection.query("SELECT \(Self.turn(logID: PostgreSQLIdentifier.literal(logID), importID: importID))")
    }

    static func isThereAlready(_ key: LedgerKey) -> DataError {
        DataError(
            .conflict, "chunk \(key.chunk) of import \(key.importID) is already in the ledger",
            remedy: "Resume the import, which compares the ledger with the log; this chunk was not written again.")
    }

    func forEach(in book: Book, logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws {
        guard try exists() else { return }
        try waitForTurn(logID: logID, importID: importID)
        try connection.forEachRow(
            """
            SELECT log_id, import, chunk, table_name, entry FROM _waybill.\(book.rawValue)
            WHERE log_id = $1 AND import = $2::bigint ORDER BY chunk
            """, [logID, "\(importID)"]
        ) { try body(Self.receipt($0)) }
    }

    func hasReceipts(logID: String, importID: UInt64) throws -> Bool {
        guard try exists() else { return false }
        try waitForTurn(logID: logID, importID: importID)
        return try !connection.query(
            "SELECT 1 FROM _waybill.ledger WHERE log_id = $1 AND import = $2::bigint LIMIT 1", [logID, "\(importID)"]
        ).isEmpty
    }

    func has(_ key: LedgerKey, in book: Book) throws -> Bool {
        guard try exists() else { return false }
        return try !connection.query(
            """
            SELECT 1 FROM _waybill.\(book.rawValue) WHERE log_id = $1 AND import = $2::bigint AND chunk = $3::bigint
            """, [key.logID, "\(key.importID)", "\(key.chunk)"]
        ).isEmpty
    }

    /// The server's own number and that of the database in it; nil if the role may not ask.
    func databaseIdentity() throws -> String? {
        let mayAsk = try connection.query("SELECT has_function_privilege('pg_control_system()', 'EXECUTE')")[0][0]
        guard mayAsk == "t" else { return nil }
        let row = try connection.query(
            """
            SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database())
            FROM pg_control_system()
            """)[0]
        guard let system = row[0], let database = row[1] else { return nil }
        return "postgresql:\(system)/\(database)"
    }

    func receipt(_ key: LedgerKey) throws -> Receipt? {
        try waitForTurn(logID: key.logID, importID: key.importID)
        return try connection.query(
            """
            SELECT log_id, import, chunk, table_name, entry FROM _waybill.ledger
            WHERE log_id = $1 AND import = $2::bigint AND chunk = $3::bigint
            """, [key.logID, "\(key.importID)", "\(key.chunk)"]
        ).first.map(Self.receipt)
    }

    /// The first chunk of each import into a table.
    ///
    /// - Parameter isStanding: whether imports of which a chunk was undone are left out.
    func firstChunks(of table: String, isStanding: Bool) throws -> [LedgerKey] {
        guard try exists() else { return [] }
        return try connection.query(
            """
            SELECT log_id, import, min(chunk) FROM _waybill.ledger l WHERE lower(table_name) = lower($1)
            AND NOT (\(isStanding) AND EXISTS (SELECT 1 FROM _waybill.reversals r
                WHERE r.log_id = l.log_id AND r.import = l.import))
            GROUP BY log_id, import ORDER BY log_id, import
            """, [table]
        ).map(Self.key)
    }

    private static func key(_ row: [String?]) -> LedgerKey {
        LedgerKey(logID: row[0] ?? "", importID: UInt64(row[1] ?? "") ?? 0, chunk: UInt64(row[2] ?? "") ?? 0)
    }

    private static func receipt(_ row: [String?]) -> Receipt {
        Receipt(key: key(row), table: row[3] ?? "", entry: bytes(row[4] ?? ""))
    }

    // MARK: Bytes as the server writes them

    /// Bytes as a literal, whatever the server takes a backslash for.
    static func literal(_ bytes: [UInt8]) -> String { "E'\\\(hex(bytes))'" }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = [UInt8(ascii: "\\"), UInt8(ascii: "x")]
        text.reserveCapacity(bytes.count * 2 + 2)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func bytes(_ hex: String) -> [UInt8] {
        func value(_ digit: UInt8) -> UInt8 { digit < 58 ? digit &- 48 : (digit | 32) &- 87 }
        let digits = Array(hex.utf8.dropFirst(2))
        return stride(from: 0, to: digits.count - 1, by: 2).map { value(digits[$0]) << 4 | value(digits[$0 + 1]) }
    }
}

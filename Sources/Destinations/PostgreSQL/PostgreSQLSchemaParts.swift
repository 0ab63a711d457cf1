/// What is in the schema `_waybill`, each with the statement that makes it.
enum PostgreSQLSchemaParts {
    /// In this order.
    private static let parts: [(name: String, sql: String)] = [
        (
            "ledger",
            """
            CREATE TABLE _waybill.ledger (
                log_id text NOT NULL, import bigint NOT NULL, chunk bigint NOT NULL, table_name text NOT NULL,
                entry bytea NOT NULL, committed_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (log_id, import, chunk))
            """
        ),
        ("reversals", "CREATE TABLE _waybill.reversals (LIKE _waybill.ledger INCLUDING ALL)"),
        (
            "inferred",
            """
            CREATE TABLE _waybill.inferred (
                table_id oid NOT NULL, column_name text NOT NULL, log_id text, spelling text,
                PRIMARY KEY (table_id, column_name))
            """
        ),
        (
            "created_tables",
            """
            CREATE TABLE _waybill.created_tables (
                table_name text PRIMARY KEY, table_id oid NOT NULL, log_id text NOT NULL, definition text NOT NULL,
                state text NOT NULL)
            """
        ),
        (
            "undo_chunks",
            """
            CREATE TABLE _waybill.undo_chunks (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, log_id text NOT NULL, import bigint NOT NULL,
                chunk bigint NOT NULL, places bytea NOT NULL, UNIQUE (log_id, import, chunk));
            ALTER TABLE _waybill.undo_chunks ALTER places SET STORAGE EXTERNAL
            """
        ),
        (
            "undo_tables",
            """
            CREATE TABLE _waybill.undo_tables (
                id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, table_name text NOT NULL, columns text[] NOT NULL,
                key text[] NOT NULL);
            \(onceOnly)
            """
        ),
        (
            "undo",
            """
            CREATE TABLE _waybill.undo (
                chunk_id bigint NOT NULL, n int NOT NULL, table_id int NOT NULL, kind "char" NOT NULL, record int NOT NULL,
                key text[], before text[], before_print bigint, after_print bigint, PRIMARY KEY (chunk_id, n))
            """
        ),
        ("undo_change", "CREATE INDEX undo_change ON _waybill.undo (table_id, key) WHERE kind <> 'i'"),
        (
            "undo_packs",
            """
            CREATE TABLE _waybill.undo_packs (
                chunk_id bigint NOT NULL, first int NOT NULL, table_id int NOT NULL, keys text NOT NULL,
                prints bigint[] NOT NULL, records int[], befores text, PRIMARY KEY (chunk_id, first))
                WITH (toast_tuple_target = 8160);
            ALTER TABLE _waybill.undo_packs ALTER keys SET STORAGE EXTERNAL, ALTER prints SET STORAGE EXTERNAL,
                ALTER records SET STORAGE EXTERNAL, ALTER befores SET STORAGE EXTERNAL
            """
        ),
        (
            "undo_rows",
            """
            CREATE VIEW _waybill.undo_rows AS
                SELECT chunk_id, n, table_id, kind, record, key, before, before_print, after_print FROM _waybill.undo
                UNION ALL \(PostgreSQLSchema.unpacked("_waybill.undo_packs"))
            """
        ),
        (
            "undo_unchanged",
            """
            CREATE TABLE _waybill.undo_unchanged (
                chunk_id bigint NOT NULL, table_id int NOT NULL, first int NOT NULL, keys bigint[] NOT NULL, records int[])
                WITH (toast_tuple_target = 8160);
            ALTER TABLE _waybill.undo_unchanged ALTER keys SET STORAGE EXTERNAL, ALTER records SET STORAGE EXTERNAL;
            CREATE INDEX undo_unchanged_chunk ON _waybill.undo_unchanged (chunk_id)
            """
        ),
        (
            "finalized",
            "CREATE TABLE _waybill.finalized (name text PRIMARY KEY, committed_at timestamptz NOT NULL DEFAULT now())"
        ),
    ]

    /// Over hashes: the names of a wide table's columns are longer than an entry of an index may be.
    private static let onceOnly = """
        CREATE UNIQUE INDEX undo_tables_once ON _waybill.undo_tables
            (table_name, hash_array_extended(columns, 0), hash_array_extended(key, 0))
        """

    /// The index that `onceOnly` takes the place of.
    static let formerIndex = "undo_tables_table_name_columns_key_key"

    static let mendingOfIndex = "ALTER TABLE _waybill.undo_tables DROP CONSTRAINT \(formerIndex); \(onceOnly)"

    static let mendingOfGuesses =
        "ALTER TABLE _waybill.inferred ADD COLUMN IF NOT EXISTS log_id text, ADD COLUMN IF NOT EXISTS spelling text"

    /// What imports can do without, where an administrator created the others and the role may create nothing.
    private static let optional: Set = ["created_tables"]

    static func areComplete(_ relations: Set<String>, mayCreate: Bool) -> Bool {
        missing(in: relations, mayCreate: mayCreate).isEmpty
    }

    static func missing(in relations: Set<String>, mayCreate: Bool) -> [String] {
        parts.filter { !relations.contains($0.name) && (mayCreate || !optional.contains($0.name)) }.map(\.sql)
    }
}

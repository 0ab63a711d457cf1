internal import Records

/// Tells what becomes of a table's rows while a chunk is written, whoever changes them: a trigger may change other rows than
/// those of the records, and a rollback must undo that as well.
///
/// A trigger of Waybill's own sees it. That is there in this transaction only, but keeps other writers out until its end: so
/// it is used only for tables whose triggers were seen to do such a thing.
struct PostgreSQLWatch {
    private let connection: PostgreSQLConnection
    private let format: PostgreSQLUndoFormat
    private let name: String
    /// The number of the last change that was noted before.
    private let start: Int
    /// Whether it sees anything: a role without the right TRIGGER cannot watch a table, and of one without a key nobody could
    /// tell which rows they were.
    let sees: Bool

    /// What was done has to be done again under watch.
    struct IsNeeded: Error {}

    /// How many rows this transaction inserted, updated and deleted in a table with triggers, as the server counts them;
    /// nil if nobody but Waybill can have changed any.
    static func count(of table: PostgreSQLTable, _ connection: PostgreSQLConnection) throws -> Int? {
        guard table.hasTriggers else { return nil }
        let parts =
            "SELECT \(table.oid)::oid AS oid UNION SELECT relid FROM pg_partition_tree(\(table.oid)::oid::regclass)"
        let count = try connection.query(
            """
            SELECT sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
                + pg_stat_get_xact_tuples_deleted(oid)) FROM (\(parts)) parts
            """)[0][0]
        return count.flatMap { Int($0) } ?? 0
    }

    /// - Parameter start: the number of the chunk's last change so far.
    init(_ format: PostgreSQLUndoFormat, name: String, after start: Int, in connection: PostgreSQLConnection) throws {
        self.connection = connection
        self.format = format
        self.start = start
        self.name = name
        guard try Self.mayWatch(format, connection) else {
            sees = false
            return
        }
        do {
            try connection.savepoint { try Self.begin(format, name, connection) }
            sees = true
        } catch let error as PostgreSQLError where error.isOfStatement {
            sees = false
        }
    }

    static func mayWatch(_ format: PostgreSQLUndoFormat, _ connection: PostgreSQLConnection) throws -> Bool {
        let mayWatch = try connection.query("SELECT has_table_privilege(\(format.table.oid)::oid, 'TRIGGER')")[0][0]
        return mayWatch == "t" && !format.key.isEmpty
    }

    /// The function acts as the role that imports: the triggers of the table may act as another one.
    private static func begin(_ format: PostgreSQLUndoFormat, _ name: String, _ connection: PostgreSQLConnection) throws
    {
        func note(_ key: String, _ image: String, was: String, now: String) -> String {
            "INSERT INTO pg_temp.\(name) VALUES (\(key), \(image), \(was), \(now));"
        }
        let (old, new) = (format.keyTexts("OLD"), format.keyTexts("NEW"))
        let (image, was, now) = (format.image("OLD"), format.fingerprint("OLD"), format.fingerprint("NEW"))
        let (gone, came) = (note(old, image, was: was, now: "NULL"), note(new, "NULL", was: "NULL", now: now))
        try connection.execute(
            """
            DROP TABLE IF EXISTS \(name);
            CREATE TEMP TABLE \(name) (key text[], image text[], was bigint, now bigint) ON COMMIT DROP;
            CREATE FUNCTION pg_temp.\(name)() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $waybill$ BEGIN
                IF TG_OP = 'INSERT' THEN \(came)
                ELSIF TG_OP = 'DELETE' THEN \(gone)
                ELSIF \(old) IS DISTINCT FROM \(new) THEN \(gone) \(came)
                ELSE \(note(new, image, was: was, now: now)) END IF;
                RETURN NULL;
            END $waybill$;
            CREATE TRIGGER \(name) AFTER INSERT OR UPDATE OR DELETE ON \(format.table.quotedName)
            FOR EACH ROW EXECUTE FUNCTION pg_temp.\(name)()
            """)
    }

    /// Of each row that was seen, as a query: what it was first, and what it became.
    ///
    /// What a trigger does may be seen before what it was fired by, so that the order tells nothing: of what a row was and
    /// became, its first state is left one time more than reached, and its last one reached one time more than left.
    var net: String {
        """
        SELECT key, bool_or(sum <> 0) AS is_changed, max(image) FILTER (WHERE sum > 0) AS image,
            max(print) FILTER (WHERE sum > 0) AS was, max(print) FILTER (WHERE sum < 0) AS now
        FROM (SELECT key, print, sum(way) AS sum, max(image) AS image FROM (
                SELECT key, was AS print, 1 AS way, image FROM \(name)
                UNION ALL SELECT key, now, -1, NULL FROM \(name)) e GROUP BY key, print) s GROUP BY key
        """
    }

    /// Forgets what was seen so far.
    func forget() throws { if sees { try connection.execute("DELETE FROM pg_temp.\(name)") } }

    func stop() throws { try connection.execute("DROP FUNCTION pg_temp.\(name)() CASCADE") }

    /// Makes undo data of what was seen, and ends.
    func end(chunkID: String) throws {
        let net = "\(name)_net"
        let isOwn = "u.chunk_id = \(chunkID) AND u.kind <> 'w' AND u.key = net.key"
        try stop()
        try connection.execute(
            """
            DROP TABLE IF EXISTS \(net);
            CREATE TEMP TABLE \(net) ON COMMIT DROP AS \(self.net);
            DELETE FROM _waybill.undo u USING \(net) net WHERE \(isOwn) AND NOT net.is_changed AND u.n > \(start);
            UPDATE _waybill.undo u SET after_print = net.now,
                before = CASE WHEN u.n > \(start) THEN net.image ELSE u.before END,
                before_print = CASE WHEN u.n > \(start) THEN net.was ELSE u.before_print END
            FROM \(net) net WHERE \(isOwn) AND net.is_changed;
            UPDATE _waybill.undo u SET kind = CASE WHEN before IS NULL THEN 'i' WHEN after_print IS NULL THEN 'd' ELSE 'u' END::"char"
            WHERE chunk_id = \(chunkID) AND kind <> 'w';
            INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
            SELECT \(chunkID), greatest((SELECT max(n) FROM _waybill.undo WHERE chunk_id = \(chunkID)), 0)
                    + row_number() OVER (), \(format.tableID),
                CASE WHEN image IS NULL THEN 'i' WHEN now IS NULL THEN 'd' ELSE 'u' END::"char", -1, key, image, was, now
            FROM \(net) net WHERE is_changed AND NOT EXISTS (SELECT FROM _waybill.undo u WHERE \(isOwn));
            DELETE FROM _waybill.undo WHERE chunk_id = \(chunkID) AND before IS NULL AND after_print IS NULL AND kind <> 'w'
            """)
    }

    /// The number under which undo data says so.
    static let unseenNumber = -2_000_000_000

    /// Notes that triggers made so many changes that undo data does not know.
    func noteUnseen(_ count: Int, chunkID: String) throws {
        if count <= 0 { return }
        try connection.execute(
            """
            INSERT INTO _waybill.undo (chunk_id, n, table_id, kind, record, key)
            VALUES (\(chunkID), \(Self.unseenNumber), \(format.tableID), 'w', 0, ARRAY['\(count)'])
            """)
    }
}

/// The tables that are watched, for as long as a session lasts.
final class PostgreSQLWatchedTables {
    private var oids: Set<String> = []

    func has(_ table: PostgreSQLTable) -> Bool { oids.contains(table.oid) }
    func add(_ table: PostgreSQLTable) { oids.insert(table.oid) }
}

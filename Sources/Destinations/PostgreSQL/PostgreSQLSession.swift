import Records

/// A connection that is set up, and what chunks are written with on it; for one thread at a time.
///
/// `@unchecked Sendable`: a thread that hands it to another does not use it until that one is done.
final class PostgreSQLSession: @unchecked Sendable {
    let connection: PostgreSQLConnection
    /// Made when it is first needed, and again after every change of the table.
    var writer: PostgreSQLWriter?
    private var writers = 0
    private let watched = PostgreSQLWatchedTables()
    /// When the server was started, and the database: no other server has the same.
    let server: [String?]

    /// What holds in each transaction and ends with it. Nothing is set for longer: behind a pooler, the next transaction may be
    /// in another session of the server, and this one serve someone else. How long a transaction waits for a lock,
    /// works on a statement, and does nothing, is among it. Statements are too many and too short for a compiler.
    private static let setUp = """
        SELECT \(
            [
                ("client_encoding", "UTF8"), ("DateStyle", "ISO"), ("IntervalStyle", "iso_8601"),
                ("extra_float_digits", "3"), ("bytea_output", "hex"), ("standard_conforming_strings", "on"),
                ("array_nulls", "on"), ("lock_timeout", "30s"), ("statement_timeout", "10min"),
                ("idle_in_transaction_session_timeout", "1h"), ("client_min_messages", "warning"),
                ("synchronous_commit", "on"), ("jit", "off"),
            ].map { "set_config('\($0)', '\($1)', true)" }.joined(separator: ", "))
        """

    private static let setUTC = "SELECT set_config('TimeZone', 'UTC', true)"

    /// Whether it is for a trial, of which nothing may stay.
    private let isTrial: Bool

    init(url: String, isTrial: Bool = false) throws {
        self.isTrial = isTrial
        connection = try PostgreSQLConnection(url: url)
        server = try connection.query("SELECT pg_postmaster_start_time(), current_database()")[0]
    }

    /// Begins a transaction, with the next statement.
    ///
    /// - Parameters:
    ///   - readsLatest: whether each statement sees what was committed before it, whatever the database is set to.
    ///   - inUsersZone: whether times without an offset are those of the time zone that the database, the role or the URL
    ///     names, as for any other client: where records and statements of others are read. Otherwise they are UTC.
    func begin(readsLatest: Bool = false, inUsersZone: Bool = false) throws {
        // What a former failure left open.
        connection.forgetAnnounced()
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        connection.announce(readsLatest ? "BEGIN ISOLATION LEVEL READ COMMITTED" : "BEGIN")
        connection.announce(Self.setUp)
        if !inUsersZone { connection.announce(Self.setUTC) }
        connection.transaction += 1
    }

    /// Runs the rest of a transaction, and commits it or rolls it back.
    func finish<T>(_ body: () throws -> T) throws -> T {
        do {
            let result = try body()
            try connection.execute("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    func rollBack() {
        connection.forgetAnnounced()
        // A cancellation that comes late may hit the first one.
        for _ in 0..<2 where connection.isInTransaction { _ = try? connection.execute("ROLLBACK") }
        // It may have been made inside the transaction, and be gone with it.
        writer = nil
    }

    /// Runs a part of a trial's transaction, which is undone where it throws.
    func trial<T>(_ body: () throws -> T) throws -> T {
        if !connection.isInTransaction { try begin(inUsersZone: true) }
        try connection.execute("SAVEPOINT trial")
        do {
            let result = try body()
            try connection.execute("RELEASE trial")
            return result
        } catch {
            if connection.isInTransaction { _ = try? connection.execute("ROLLBACK TO trial; RELEASE trial") }
            writer = nil
            throw error
        }
    }

    func writer(for plan: TablePlan, refusals: [String: String] = [:]) throws -> PostgreSQLWriter {
        try writer ?? newWriter(for: plan, refusals: refusals)
    }

    /// - Parameter refusals: what the server said when a column's type should have changed, by the column's name.
    func newWriter(for plan: TablePlan, refusals: [String: String] = [:]) throws -> PostgreSQLWriter {
        writers += 1
        let target = try PostgreSQLTarget(plan, refusals: refusals, in: connection)
        let writer = try PostgreSQLWriter(
            target, connection, number: writers, setsSequences: !isTrial, watched: watched)
        self.writer = writer
        return writer
    }
}

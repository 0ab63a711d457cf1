import Records

/// A connection that is set up, and what chunks are written with on it; for one thread at a time.
///
/// `@unchecked Sendable`: whoever hands it to another thread does not use it until that one is done.
final class PostgreSQLSession: @unchecked Sendable {
    let connection: PostgreSQLConnection
    /// Made when it is first needed, and anew after every change of the table.
    var writer: PostgreSQLWriter?
    private var writers = 0
    /// When the server was started, and the database: no other server has the same.
    let server: [String?]

    /// How long a session waits for a lock, works on a statement, and does nothing inside a transaction. Statements are too
    /// many and too short for a compiler.
    private static let setUp = """
        SET client_encoding = 'UTF8'; SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601';
        SET extra_float_digits = 3; SET bytea_output = 'hex'; SET standard_conforming_strings = on;
        SET array_nulls = on;
        SET application_name = 'waybill'; SET lock_timeout = '30s'; SET statement_timeout = '10min';
        SET idle_in_transaction_session_timeout = '1h'; SET client_min_messages = 'warning'; SET synchronous_commit = on;
        SET jit = off
        """

    init(url: String) throws {
        connection = try PostgreSQLConnection(url: url)
        server = try connection.query("\(Self.setUp); SELECT pg_postmaster_start_time(), current_database()")[0]
    }

    /// Begins a transaction, with the next statement.
    func begin() throws {
        // What a former failure left open.
        connection.forgetAnnounced()
        if connection.isInTransaction { try connection.execute("ROLLBACK") }
        connection.announce("BEGIN")
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

    /// Runs a part of a trial's transaction, which is taken back where it throws.
    func trial<T>(_ body: () throws -> T) throws -> T {
        if !connection.isInTransaction { try connection.execute("BEGIN") }
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

    func writer(for plan: TablePlan) throws -> PostgreSQLWriter { try writer ?? newWriter(for: plan) }

    func newWriter(for plan: TablePlan) throws -> PostgreSQLWriter {
        writers += 1
        let writer = try PostgreSQLWriter(PostgreSQLTarget(plan, in: connection), connection, number: writers)
        self.writer = writer
        return writer
    }
}

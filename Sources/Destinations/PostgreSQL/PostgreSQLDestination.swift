package import Records

/// Writes chunks to a PostgreSQL database.
///
/// A chunk's rows, its undo data and its ledger row are one transaction. A connection that is lost is made anew at the
/// next call; whether a chunk whose commit was under way is there then, its ledger row says.
///
/// `@unchecked Sendable`: a destination is used by one thread at a time, as `Destination` demands; that guards the
/// connection and everything prepared on it.
package final class PostgreSQLDestination: Destination, @unchecked Sendable {
    private let url: String
    private let isTrial: Bool
    /// What messages call the database: the URL without secrets.
    let place: String
    private var opened: PostgreSQLConnection?
    private var plan: TablePlan?
    /// Made when it is first needed, and anew after every change of the table.
    private var writer: PostgreSQLWriter?
    private var writers = 0
    /// The chunk whose commit may or may not have happened.
    private var uncertain: LedgerKey?

    /// - Parameters:
    ///   - url: as libpq takes it; a password may also come from PGPASSWORD, ~/.pgpass or a service file.
    ///   - isTrial: whether nothing is to be kept; then all happens in one transaction that is never committed.
    /// - Throws: `DataError.unusableOption` where the URL cannot be read; `busy` where the server cannot be reached now.
    package init(url: String, isTrial: Bool = false) throws {
        self.url = url
        self.isTrial = isTrial
        place = try PostgreSQLAddress.withoutSecrets(url)
        try translating { _ = try connection() }
    }

    /// How long a session waits for a lock, works on a statement, and does nothing inside a transaction. Statements are too
    /// many and too short for a compiler.
    private static let setUp = """
        SET client_encoding = 'UTF8'; SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; SET IntervalStyle = 'iso_8601';
        SET extra_float_digits = 3; SET bytea_output = 'hex'; SET standard_conforming_strings = on;
        SET application_name = 'waybill'; SET lock_timeout = '30s'; SET statement_timeout = '10min';
        SET idle_in_transaction_session_timeout = '1h'; SET client_min_messages = 'warning'; SET synchronous_commit = on;
        SET jit = off
        """

    private func connection() throws -> PostgreSQLConnection {
        if let opened { return opened }
        let connection = try PostgreSQLConnection(url: url)
        try connection.execute(Self.setUp)
        opened = connection
        writer = nil
        return connection
    }

    /// Runs `body`; what the server says of a failure comes out as a `DataError`, and a lost connection is given up.
    func translating<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as PostgreSQLError {
            if error.isConnectionLost { opened = nil }
            throw error.dataError(place)
        }
    }

    /// Runs `body` on the connection.
    func using<T>(_ body: (PostgreSQLConnection) throws -> T) throws -> T {
        try translating { try body(connection()) }
    }

    /// Runs `body` in a transaction and commits; in a trial, in a part of the one transaction.
    ///
    /// - Parameter explain: makes another error of what the server says.
    func transaction<T>(
        _ body: (PostgreSQLConnection) throws -> T, explain: (PostgreSQLError) -> any Error = { $0 }
    ) throws -> T {
        try using { connection in
            if isTrial {
                if !connection.isInTransaction { try connection.execute("BEGIN") }
                return try connection.trial { try body(connection) }
            }
            // What a former failure left open.
            connection.forgetAnnounced()
            if connection.isInTransaction { try connection.execute("ROLLBACK") }
            connection.announce("BEGIN")
            do {
                let result = try body(connection)
                try connection.execute("COMMIT")
                return result
            } catch {
                connection.forgetAnnounced()
                if connection.isInTransaction { _ = try? connection.execute("ROLLBACK") }
                // Made inside the transaction, and gone with it.
                writer = nil
                throw (error as? PostgreSQLError).map(explain) ?? error
            }
        }
    }

    // MARK: Destination

    package func hasTable(_ name: String) throws -> Bool {
        try using { try PostgreSQLTable.find(name, in: $0) != nil }
    }

    package func prepare(_ plan: TablePlan) throws -> (plan: TablePlan, created: Bool) {
        try plan.checkForPostgreSQL()
        let (target, created) = try transaction { connection in
            try PostgreSQLHouse(connection).create()
            let table = try PostgreSQLTable.find(plan.table, in: connection)
            if let table {
                try table.addMarks(of: plan, in: connection)
            } else {
                try plan.requireTableToDeleteFrom(in: place)
                try PostgreSQLTable.create(plan, in: connection)
            }
            return (try PostgreSQLTarget(plan, in: connection), table == nil)
        }
        self.plan = plan
        writer = nil
        return (target.plan, created)
    }

    package func write(
        _ chunk: Chunk, key: LedgerKey, entry: (ChunkOutcome) throws -> [UInt8]
    ) throws -> Receipt {
        if uncertain == key, let receipt = try using({ try PostgreSQLHouse($0).receipt(key) }) {
            uncertain = nil
            return receipt
        }
        uncertain = nil
        guard let plan else { preconditionFailure("prepare(_:) comes before write(_:key:entry:)") }
        var isWritten = false
        do {
            return try transaction { connection in
                var writer = try self.writer ?? newWriter(plan, connection)
                precondition(
                    chunk.records.isEmpty || chunk.columnCount == writer.target.columns.count,
                    "a chunk has one field for each column of the plan")
                let wrong = writer.target.wrongGuesses(in: chunk)
                let widened = try wrong.map { try widen($0, of: writer.target, connection) }
                if !wrong.isEmpty { writer = try newWriter(plan, connection) }
                var outcome = try writer.write(chunk, key: key)
                outcome.widened = widened.map(\.name)
                try PostgreSQLUndo(connection).note(widened, of: writer)
                let receipt = Receipt(key: key, table: plan.table, entry: try entry(outcome))
                PostgreSQLHouse(connection).add(receipt, to: .ledger)
                isWritten = true
                self.writer = writer
                return receipt
            } explain: {
                PostgreSQLHouse.isAboutLedger($0) ? PostgreSQLHouse.isThereAlready(key) as any Error : $0
            }
        } catch {
            // What was made inside the transaction is gone with it.
            writer = nil
            if isWritten, (error as? DataError)?.code == .busy { uncertain = key }
            throw error
        }
    }

    private func newWriter(_ plan: TablePlan, _ connection: PostgreSQLConnection) throws -> PostgreSQLWriter {
        writers += 1
        return try PostgreSQLWriter(PostgreSQLTarget(plan, in: connection), connection, number: writers)
    }

    /// Makes a column text, whose guessed type does not hold a value of the chunk.
    private func widen(
        _ place: Int, of target: PostgreSQLTarget, _ connection: PostgreSQLConnection
    ) throws -> (name: String, type: String) {
        let column = target.columns[place]
        let name = PostgreSQLIdentifier.quoted(column.name)
        try connection.execute(
            "ALTER TABLE \(target.table.quotedName) ALTER COLUMN \(name) TYPE text USING \(name)::text")
        try PostgreSQLHouse(connection).removeInferred(column.name, of: target.table)
        return (target.plan.columns[place].name, column.type)
    }

    package func forEachReceipt(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws {
        try using { try PostgreSQLHouse($0).forEach(in: .ledger, logID: logID, importID: importID, body) }
    }

    package func foreignReceipts(table: String, otherThan logID: String) throws -> [Receipt] {
        try using { try PostgreSQLHouse($0).foreignReceipts(table: table, otherThan: logID) }
    }
}

extension PostgreSQLConnection {
    /// A part of a trial's transaction, which is taken back where `body` throws.
    fileprivate func trial<T>(_ body: () throws -> T) throws -> T {
        try execute("SAVEPOINT trial")
        do {
            let result = try body()
            try execute("RELEASE trial")
            return result
        } catch {
            if isInTransaction { _ = try? execute("ROLLBACK TO trial; RELEASE trial") }
            throw error
        }
    }
}

extension PostgreSQLTable {
    /// Adds the columns that a deletion marks rows in, where the table does not have them.
    func addMarks(of plan: TablePlan, in connection: PostgreSQLConnection) throws {
        for mark in plan.marks where plan.mode == .delete && column(mark.column) == nil {
            try PostgreSQLIdentifier.check(mark.column)
            try connection.execute(
                "ALTER TABLE \(quotedName) ADD COLUMN \(PostgreSQLIdentifier.quoted(mark.column)) \(mark.type.postgreSQL)"
            )
        }
    }

    static func create(_ plan: TablePlan, in connection: PostgreSQLConnection) throws {
        let key = Set(plan.key.map(PostgreSQLIdentifier.folded))
        var definitions = plan.columns.map { column in
            "\(PostgreSQLIdentifier.quoted(column.name)) \(column.type.postgreSQL)"
                + (key.contains(PostgreSQLIdentifier.folded(column.name)) ? " NOT NULL" : "")
        }
        let names = plan.key.map { key in
            plan.columns.first { PostgreSQLIdentifier.folded($0.name) == PostgreSQLIdentifier.folded(key) }?.name ?? key
        }
        if plan.mode == .versioned {
            let history = plan.history.names.map(PostgreSQLIdentifier.quoted)
            definitions += [
                "\(history[0]) boolean NOT NULL", "\(history[1]) bigint NOT NULL", "\(history[2]) timestamptz",
                "\(history[3]) timestamptz",
            ]
            definitions.append("PRIMARY KEY (\(PostgreSQLIdentifier.list(names)), \(history[1]))")
        } else if !names.isEmpty {
            definitions.append("PRIMARY KEY (\(PostgreSQLIdentifier.list(names)))")
        }
        let (schema, name) = try place(of: plan.table, in: connection)
        let table = (schema.map { PostgreSQLIdentifier.quoted($0) + "." } ?? "") + PostgreSQLIdentifier.quoted(name)
        try connection.execute("CREATE TABLE \(table) (\(definitions.joined(separator: ", ")))")
        guard let created = try find(plan.table, in: connection) else { return }
        let inferred = plan.columns.filter { $0.isInferred && $0.type != .text }.map(\.name)
        try PostgreSQLHouse(connection).setInferred(inferred, of: created)
    }
}

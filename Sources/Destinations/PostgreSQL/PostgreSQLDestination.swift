package import Records

/// Writes chunks to a PostgreSQL database.
///
/// A chunk's rows, its undo data and its ledger row are one transaction. A connection that is lost is made again at the
/// next call; whether a chunk whose commit was under way is there then, its ledger row says.
///
/// `@unchecked Sendable`: a destination is used by one thread at a time, as `Destination` demands; that guards the
/// connection and everything prepared on it.
package final class PostgreSQLDestination: Destination, @unchecked Sendable {
    private let url: String
    let isTrial: Bool
    /// What messages call the database: the URL without secrets.
    let place: String
    /// The session that all is done in, except for chunks that are begun beside another one.
    private var opened: PostgreSQLSession?
    private var plan: TablePlan?
    /// What was prepared.
    private(set) var target: PostgreSQLTarget?
    /// The table that was prepared. Another one may get its name meanwhile.
    private var table: PostgreSQLTable? { target?.table }
    /// Nil in a trial, which is one transaction.
    private let overlap: PostgreSQLOverlap?
    /// Which database it is, once someone asked.
    var knownIdentity: String?
    /// The receipt that was committed last, which the next connection must find.
    private var committed: (key: LedgerKey, book: PostgreSQLSchema.Book)?
    /// The chunk whose commit may or may not have happened.
    private var uncertain: LedgerKey?
    /// What the server said when a column's type should have changed, by the column's name.
    private var refusals: [String: String] = [:]
    /// The chunk that something stood against at the last attempt that may have passed since.
    private var disturbed: LedgerKey?

    /// - Parameters:
    ///   - url: as libpq takes it; a password may also come from PGPASSWORD, ~/.pgpass or a service file.
    ///   - isTrial: whether to keep nothing; then all happens in one transaction that is never committed.
    /// - Throws: `DataError.unusableOption` if the URL cannot be read; `busy` where the server cannot be reached now.
    package init(url: String, isTrial: Bool = false) throws {
        self.url = url
        self.isTrial = isTrial
        overlap = isTrial ? nil : PostgreSQLOverlap(url: url)
        place = try PostgreSQLAddress.withoutSecrets(url)
        try translating { _ = try session() }
    }

    private func session() throws -> PostgreSQLSession {
        if let opened, !opened.connection.isLost { return opened }
        let session = try PostgreSQLSession(url: url, isTrial: isTrial)
        if opened != nil { try requireNothingLost(session.connection) }
        opened = session
        return session
    }

    /// A connection that follows a lost one may lead to another of the URL's servers, or to a standby that took over
    /// without the last commits: continuing there would leave a gap.
    private func requireNothingLost(_ connection: PostgreSQLConnection) throws {
        if let knownIdentity, let identity = try PostgreSQLSchema(connection).databaseIdentity(),
            identity != knownIdentity
        {
            throw DataError(
                .conflict, "\(place): the connection was lost, and the server that answers now has another database",
                remedy: "Name in the URL only the server that has the import's rows, and resume.")
        }
        guard let (key, book) = committed, try !PostgreSQLSchema(connection).has(key, in: book) else { return }
        throw DataError(
            .conflict,
            "\(place): the connection was lost, and the server that answers now lacks chunk \(key.chunk), which was committed",
            remedy:
                "If this server took over for good, run the command again: it finds out what is missing. Otherwise name the "
                + "server that has it.")
    }

    /// Notes what was committed last.
    func noteCommitted(_ key: LedgerKey, in book: PostgreSQLSchema.Book) {
        if !isTrial { committed = (key, book) }
    }

    /// Runs `body`; what the server says of a failure comes out as a `DataError`.
    private func translating<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as PostgreSQLError {
            throw error.dataError(place)
        }
    }

    /// Runs `body`, which looks at things, when nothing else is under way. Each of its statements sees what was committed
    /// before it.
    func using<T>(_ body: (PostgreSQLConnection) throws -> T) throws -> T {
        try transaction(readsLatest: true, body)
    }

    /// Runs `body` in a transaction and commits; in a trial, in a part of the one transaction.
    func transaction<T>(
        readsLatest: Bool = false, inUsersZone: Bool = false, _ body: (PostgreSQLConnection) throws -> T
    ) throws -> T {
        try translating {
            overlap?.giveUp()
            let session = try session()
            return try transaction(in: session, readsLatest: readsLatest, inUsersZone: inUsersZone) {
                try body(session.connection)
            }
        }
    }

    private func transaction<T>(
        in session: PostgreSQLSession, readsLatest: Bool = false, inUsersZone: Bool = false, _ body: () throws -> T
    ) throws -> T {
        if isTrial { return try session.trial(body) }
        try session.begin(readsLatest: readsLatest, inUsersZone: inUsersZone)
        return try session.finish(body)
    }

    // MARK: Destination

    package func hasTable(_ name: String) throws -> Bool {
        try using { try PostgreSQLTable.find(name, in: $0) != nil }
    }

    package func prepare(_ plan: TablePlan) throws -> (plan: TablePlan, created: Bool) {
        try plan.checkForPostgreSQL()
        var added: [Column] = []
        let (target, created) = try transaction { connection in
            try PostgreSQLSchema(connection).create()
            let table = try PostgreSQLTable.find(plan.table, exactly: plan.namesCase, in: connection)
            if let table {
                try table.requireRights(for: plan, in: connection)
                added = try PostgreSQLNewColumns(connection: connection).add(plan, to: table)
            } else {
                // Where a table does not tell them apart, nobody means two columns by them.
                try plan.checkConsistency(PostgreSQLIdentifier.folded)
                try plan.requireTable(in: place)
                try PostgreSQLTable.create(plan, in: connection)
            }
            return (try PostgreSQLTarget(plan, in: connection), table == nil)
        }
        self.plan = plan
        self.target = target
        refusals = [:]
        opened?.writer = nil
        overlap?.reset()
        var inForce = target.plan
        inForce.notes += plan.addedNote(added)
        return (inForce, created)
    }

    package func write(
        _ chunk: Chunk, next: Chunk?, key: LedgerKey, entry: (ChunkOutcome) throws -> [UInt8]
    ) throws -> Receipt {
        if uncertain == key, let receipt = try using({ try PostgreSQLSchema($0).receipt(key) }) {
            uncertain = nil
            noteCommitted(key, in: .ledger)
            return receipt
        }
        uncertain = nil
        guard let plan else { preconditionFailure("prepare(_:) comes before write(_:next:key:entry:)") }
        var isWritten = false
        func add(_ outcome: ChunkOutcome, to session: PostgreSQLSession) throws -> Receipt {
            let receipt = Receipt(key: key, table: plan.table, entry: try entry(outcome))
            // Now that rows are written, nobody else can rename it before the commit.
            PostgreSQLSchema(session.connection).add(receipt, to: .ledger, of: chunk.records.isEmpty ? nil : table)
            isWritten = true
            return receipt
        }
        return try translating {
            do {
                let receipt: Receipt
                if let (session, outcome) = try begun(chunk, next: next, key: key, plan) {
                    receipt = try session.finish { try add(outcome, to: session) }
                } else {
                    let session = try session()
                    func written() throws -> Receipt {
                        try transaction(in: session, inUsersZone: true) {
                            try add(writeAlone(chunk, key: key, plan, session), to: session)
                        }
                    }
                    do {
                        receipt = try written()
                    } catch let error as PostgreSQLError where error.isOfMissingObject && !isTrial {
                        // Someone may have changed the table, which the next writer looks at again.
                        overlap?.reset()
                        receipt = try written()
                    }
                }
                noteCommitted(key, in: .ledger)
                return receipt
            } catch let error as PostgreSQLError {
                if PostgreSQLSchema.isAboutLedger(error) { throw PostgreSQLSchema.isThereAlready(key) }
                if isWritten, error.state == Self.divisionByZero { try requireSameTable() }
                if isWritten, error.mayPass { uncertain = key }
                disturbed = error.mayBeOfOthers ? key : nil
                throw error
            }
        }
    }

    private static let divisionByZero = "22012"

    private func requireSameTable() throws {
        guard let table, try using({ try $0.query("SELECT \(table.isStillOfItsName)")[0][0] }) == "f" else { return }
        throw DataError(
            .destination,
            "\(place): the table \(table.name) was renamed or dropped during the import, "
                + "and another one has its name now. This chunk was not written",
            remedy:
                "Rename the former table back, then resume. To leave its rows where they are and import into the new "
                + "table, cancel this import and run it again with --force.")
    }

    /// Begins the next chunk, where it may go beside this one, and waits until this one's rows are written, where it was begun.
    private func begun(
        _ chunk: Chunk, next: Chunk?, key: LedgerKey, _ plan: TablePlan
    ) throws -> (session: PostgreSQLSession, outcome: ChunkOutcome)? {
        guard let overlap else { return nil }
        let session = try session()
        overlap.begin(chunk, key: key, plan, first: session)
        if let next {
            let nextKey = LedgerKey(logID: key.logID, importID: key.importID, chunk: key.chunk + 1)
            overlap.begin(next, key: nextKey, plan, first: session)
        }
        return overlap.finish(chunk, key: key)
    }

    private func writeAlone(
        _ chunk: Chunk, key: LedgerKey, _ plan: TablePlan, _ session: PostgreSQLSession
    ) throws -> ChunkOutcome {
        let start = ContinuousClock.now
        var writer = try session.writer(for: plan, refusals: refusals)
        precondition(
            chunk.records.isEmpty || chunk.columnCount == writer.target.columns.count,
            "a chunk has one field for each column of the plan")
        let findings = writer.target.findings(in: chunk)
        let widened = try findings.misfits.compactMap {
            try widen($0, chunk, findings, of: writer.target, session.connection)
        }
        for (column, spelling) in findings.spellings
        where !widened.contains(where: { $0.name == writer.target.plan.columns[column].name }) {
            try PostgreSQLSchema(session.connection).set(
                spelling, of: writer.target.columns[column], of: writer.target.table)
        }
        let former = writer.target.columns
        if !findings.isEmpty { writer = try session.newWriter(for: plan, refusals: refusals) }
        var outcome = try writer.write(chunk, key: key, isRepeated: disturbed == key)
        outcome.widened = widened
        try PostgreSQLUndo(session.connection).note(widened, of: writer, former: former)
        try overlap?.noteAlone(writer, took: .now - start)
        return outcome
    }

    /// The server answers a commit when it is durable.
    package var undurableChunks: Int { 0 }

    package func makeDurable() {}

    package func forgetNext() { overlap?.giveUp() }

    /// Gives a column a type that holds a chunk's values, where the guessed one does not; nil if the server refuses
    /// that, because views, policies, foreign keys or others need the column as it is.
    private func widen(
        _ misfit: Misfit, _ chunk: Chunk, _ findings: PostgreSQLTarget.Findings, of target: PostgreSQLTarget,
        _ connection: PostgreSQLConnection
    ) throws -> ColumnWidening? {
        let column = target.columns[misfit.column]
        let type = misfit.type.postgreSQL
        let name = PostgreSQLIdentifier.quoted(column.name)
        let spelling = findings.spellings[misfit.column] ?? column.spelling ?? ValueSpelling()
        if target.plan.columns[misfit.column].type.isNominal,
            spelling.isLost(as: target.plan.columns[misfit.column].type)
        {
            refusals[column.name] = "it does not keep how its values were written"
            return nil
        }
        do {
            try connection.savepoint {
                // A number of another type would be rounded on the way.
                try connection.execute(
                    "ALTER TABLE \(target.table.quotedName) ALTER COLUMN \(name) TYPE \(type) USING (\(column.spelled(name) ?? "\(name)::text"))::\(type)"
                )
                if misfit.type == .text {
                    try PostgreSQLSchema(connection).removeInferred(column.name, of: target.table)
                }
            }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            refusals[column.name] = error.words
            return nil
        }
        return ColumnWidening(
            misfit, of: target.plan.columns[misfit.column].name, from: column.type, to: type, chunk)
    }

    package func hasReceipts(logID: String, importID: UInt64) throws -> Bool {
        try using { try PostgreSQLSchema($0).hasReceipts(logID: logID, importID: importID) }
    }

    package func forEachReceipt(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws {
        try using { try PostgreSQLSchema($0).forEach(in: .ledger, logID: logID, importID: importID, body) }
    }

    package func firstChunks(of table: String, isStanding: Bool) throws -> [LedgerKey] {
        try using { try PostgreSQLSchema($0).firstChunks(of: table, isStanding: isStanding) }
    }

    package func receipt(_ key: LedgerKey) throws -> Receipt? {
        try using { try PostgreSQLSchema($0).receipt(key) }
    }
}

extension PostgreSQLTable {
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
        try requirePlace(of: plan.table, in: connection)
        let (schema, name) = try place(of: plan.table, in: connection)
        let table = (schema.map { PostgreSQLIdentifier.quoted($0) + "." } ?? "") + PostgreSQLIdentifier.quoted(name)
        let body = "(\(definitions.joined(separator: ", ")))"
        try connection.execute("CREATE TABLE \(table) \(body)")
        guard let created = try find(plan.table, in: connection) else { return }
        try PostgreSQLCreatedTables(connection: connection).add(
            created, by: plan.logID, definition: "CREATE TABLE \(created.quotedName) \(body)")
        let inferred = plan.columns.filter { $0.isInferred && $0.type != .text }.map(\.name)
        try PostgreSQLSchema(connection).setInferred(inferred, of: created, by: plan.logID)
    }
}

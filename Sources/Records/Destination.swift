/// What became of a chunk's records in the destination's transaction, before it commits.
package struct ChunkOutcome: Sendable, Equatable {
    package var inserted = 0
    /// Rows that were changed; in the mode `delete`, records whose rows were deleted or marked.
    package var updated = 0
    /// Rows that had the record's values already; in the mode `delete`, records without a row to delete or mark.
    package var unchanged = 0
    /// Records that are left out because a row has their key.
    package var skipped = 0
    /// The sum, modulo 2⁶⁴, of the fingerprints of the row versions that the chunk left; nil without undo data.
    package var rowsDigest: UInt64?
    /// The records that the destination refused, in chunk order.
    package var rejects: [RejectedRecord] = []
    /// The columns whose guessed type was changed because of a value in this chunk.
    package var widened: [ColumnWidening] = []

    package init() {}
}

/// Names a ledger row: which chunk of which import of which log.
package struct LedgerKey: Sendable, Hashable {
    package var logID: String
    package var importID: UInt64
    package var chunk: UInt64

    /// What closing SQL changed at an import's end has undo data as a chunk of this number would.
    package static let closingChunk: UInt64 = 1 << 48
    package var isClosing: Bool { chunk >= Self.closingChunk }

    package init(logID: String, importID: UInt64, chunk: UInt64) {
        self.logID = logID
        self.importID = importID
        self.chunk = chunk
    }
}

/// What undo data of closing SQL is kept under.
package struct ClosingUndo: Sendable {
    /// A chunk's key that is none of a ledger.
    package var key: LedgerKey
    /// The imports whose rows the statements may change.
    package var imports: [UInt64]

    package init(logID: String, importID: UInt64, imports: [UInt64]) {
        key = LedgerKey(logID: logID, importID: importID, chunk: LedgerKey.closingChunk)
        self.imports = imports
    }
}

/// What a destination says of a chunk it committed.
package struct Receipt: Sendable, Equatable {
    package var key: LedgerKey
    package var table: String
    /// The bytes that were given for the ledger row, as they were committed.
    package var entry: [UInt8]

    package init(key: LedgerKey, table: String, entry: [UInt8]) {
        self.key = key
        self.table = table
        self.entry = entry
    }
}

/// A row that a rollback kept.
package struct UnreversedRow: Sendable, Equatable {
    package enum Reason: String, Sendable {
        /// Someone changed or deleted it since.
        case edited
        /// Someone changed or deleted it since, and nothing tells it from another row.
        case unclear
        /// The database refused the change.
        case refused
    }

    package var table: String
    /// The row's key, or its number where it has none, as text.
    package var key: String
    package var reason: Reason
    /// Why it was kept, in one sentence.
    package var message: String

    package init(table: String, key: String, reason: Reason, message: String) {
        self.table = table
        self.key = key
        self.reason = reason
        self.message = message
    }
}

/// Which rows are undone: those that have this value.
package struct RowCondition: Sendable, Equatable {
    package var column: String
    /// As text.
    package var value: String

    package init(column: String, value: String) {
        self.column = column
        self.value = value
    }
}

/// What became of a chunk's changes when they were undone, before that commits.
package struct ChunkReversal: Sendable, Equatable {
    /// Changes that are undone; a row that was gone already is none.
    package var reversed = 0
    /// Changes that a later import's take over: what they would restore, that one restores from now on. A row that
    /// someone deleted and a later import inserted again is that import's, too.
    package var handedOver = 0
    /// The rows that stay as they are, and why.
    package var kept: [UnreversedRow] = []

    package init() {}
}

/// One change that an import made to a row.
package struct RowChange: Sendable, Equatable {
    package enum Kind: String, Sendable { case inserted, updated, deleted }

    package var key: LedgerKey
    package var kind: Kind
    /// The record that caused it; its section is left empty.
    package var location: RecordLocation
    /// The row before the change, as column names and texts; empty for `inserted`.
    package var before: [(column: String, value: String?)]

    package init(key: LedgerKey, kind: Kind, location: RecordLocation, before: [(column: String, value: String?)]) {
        self.key = key
        self.kind = kind
        self.location = location
        self.before = before
    }

    package static func == (left: RowChange, right: RowChange) -> Bool {
        left.key == right.key && left.kind == right.kind && left.location == right.location
            && left.before.elementsEqual(right.before, by: ==)
    }
}

/// What is left of an import's rows in the destination.
package struct RowComparison: Sendable, Equatable {
    /// Rows that are as the import left them, deleted ones that are still gone included.
    package var asWritten = 0
    /// Rows that a later import of any log changed.
    package var importedSince = 0
    /// Rows that someone else changed.
    package var edited = 0
    /// Rows that are not there any longer, or there again.
    package var missing = 0
    /// Rows of which only the key can be compared, because the table lost a column.
    package var unclear = 0
    /// The columns that tables lost, as `table.column`.
    package var columnsAway: [String] = []
    /// For each chunk, the sum of the fingerprints that its undo data has, as in `ChunkOutcome.rowsDigest`.
    package var digests: [UInt64: UInt64] = [:]

    package init() {}
}

/// The rows that a query gave, as texts.
package struct QueryResult: Sendable, Equatable {
    package var columns: [String]
    package var rows: [[String?]]
    /// Whether there were more rows than were asked for.
    package var isCut: Bool

    package init(columns: [String], rows: [[String?]], isCut: Bool) {
        self.columns = columns
        self.rows = rows
        self.isCut = isCut
    }
}

/// A database that chunks are written to.
///
/// A destination is used by one thread at a time.
package protocol Destination: Sendable {
    /// What tells the database from all others, whatever address leads to it; nil if only the address does.
    func identity() throws -> String?

    /// Whether the database took the place of the one that this identity told: it is on the same server, and that one is there no
    /// more.
    func hasReplaced(_ identity: String) throws -> Bool

    /// The table that a spelling means, whether it is there or not.
    func tableName(_ spelling: String) throws -> TableName

    /// Throws if a spelling means a table in a place that is not there, such as a schema.
    func requirePlace(of spelling: String) throws

    /// Whether there is a table of this name.
    func hasTable(_ name: String) throws -> Bool

    /// Those of some columns that a table lacks; none where there is no such table.
    func missingColumns(_ names: [String], of table: String) throws -> [String]

    /// Makes the table ready: creates it where it is missing, and checks the columns and the key where it is there.
    /// Returns the plan with the types that are in force, and whether the table was created.
    func prepare(_ plan: TablePlan) throws -> (plan: TablePlan, created: Bool)

    /// Writes the chunk's usable records and its ledger row in one transaction, which is committed when this returns, and
    /// durable once `undurableChunks` no longer counts it. `entry` is called once all rows are in and before the commit;
    /// what it returns is the ledger row's content. If it throws, nothing is written.
    ///
    /// Where an earlier call for the same chunk got no answer to its commit, and the chunk is there, its receipt is
    /// returned and `entry` not called.
    ///
    /// - Parameter next: the chunk that is written after this one, where it is known: it may be begun meanwhile, and is
    ///   committed in a call of its own. Any other call takes it back.
    func write(
        _ chunk: Chunk, next: Chunk?, key: LedgerKey, entry: (ChunkOutcome) throws -> [UInt8]
    ) throws -> Receipt

    /// How many of the chunks written last a power loss could still undo, which become durable meanwhile.
    var undurableChunks: Int { get }

    /// Waits until all chunks that were written are durable.
    func makeDurable() throws

    /// Undoes what was begun of a next chunk.
    func forgetNext()

    /// Whether the ledger has any chunk of an import.
    func hasReceipts(logID: String, importID: UInt64) throws -> Bool

    /// Looks for rows that an import's first and last chunks left, a few hundred of them.
    func presence(logID: String, importID: UInt64) throws -> RowPresence

    /// Whether a table has no row.
    func isEmpty(_ table: String) throws -> Bool

    /// Gives the receipts of one import, by chunk number, one at a time.
    func forEachReceipt(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws

    /// The first chunk of each import into `table`, of any log.
    ///
    /// - Parameter isStanding: whether imports of which a chunk was undone are left out.
    func firstChunks(of table: String, isStanding: Bool) throws -> [LedgerKey]

    /// What the ledger has of a chunk; nil if it has nothing.
    func receipt(_ key: LedgerKey) throws -> Receipt?

    // MARK: Rolling imports back

    /// Finds out whether an import's undo data fits the database: all tables and columns that it describes must be there.
    ///
    /// - Throws: `DataError.conflict` if one is missing; then nothing can be said of the rows that it had.
    func requireReversible(logID: String, importID: UInt64) throws

    /// Whether a table that an import's undo data is about has a column of this name.
    func changedTables(haveColumn name: String, logID: String, importID: UInt64) throws -> Bool

    /// Undoes what a chunk changed, newest change first, in one durable transaction with a receipt of its own, which
    /// replaces an earlier one of the same chunk. `entry` is called before the commit and gives the receipt's content.
    ///
    /// A row that is not as the chunk left it stays, and what would take it back is kept; but where the change since
    /// was a later import's, that import's undo data takes over what this chunk would have restored.
    ///
    /// - Parameters:
    ///   - overwritesEdited: whether rows that someone edited since are undone anyway.
    ///   - only: leaves all rows alone that do not fit, and what would take them back; a row that is gone fits where it did.
    ///   - versioned: the tables of which no row may become current again beside another version of it.
    func reverse(
        _ key: LedgerKey, overwritesEdited: Bool, only: RowCondition?, versioned: [VersionedTable],
        entry: (ChunkReversal) throws -> [UInt8]
    ) throws -> Receipt

    /// Does what is left once all chunks of an import are reversed: columns that it widened get their guessed types back
    /// where no value needs the wider one. Doing it again changes nothing.
    func finishReversal(logID: String, importID: UInt64) throws

    /// Drops a table that the log created and that nobody has use for any more: without rows, without chunks that are not
    /// taken back, and as it was made. Doing it again changes nothing.
    ///
    /// - Parameter imports: imports of the log all of whose records were rejected, which do not count.
    /// - Returns: whether it was dropped.
    func removeCreated(_ table: String, logID: String, besides imports: [UInt64]) throws -> Bool

    /// The columns that imports of a log added to a table.
    func addedColumns(of table: String, logID: String) throws -> [String]

    /// Drops an added column that is as it was made, has no value in any row, and that nothing else in the database needs.
    ///
    /// - Returns: whether it was dropped.
    func removeAdded(_ column: String, of table: String, logID: String) throws -> Bool

    /// Gives the receipts of one import's reversed chunks, by chunk number, one at a time.
    func forEachReversal(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws

    /// The chunks of an import that have undo data, ascending.
    func chunksWithUndo(logID: String, importID: UInt64) throws -> [UInt64]

    /// Compares an import's rows with what its undo data says of them.
    ///
    /// - Parameter progress: is told how many steps are done, of how many.
    func compareRows(
        logID: String, importID: UInt64, progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> RowComparison

    /// The changes that imports made to the row with this key, oldest first, as far as undo data goes.
    func changes(table: String, key: [(column: String, value: String)]) throws -> [RowChange]

    /// Writes a copy of the rows that undoing these imports can change to a new file.
    func backUp(to path: String, logID: String, importIDs: [UInt64]) throws

    /// Puts back what a backup has, in one transaction, and says what that changed. Reversal receipts of these imports are
    /// as they were when the backup was made.
    ///
    /// Where a backup holds rows only, a row that is not as a rollback left it stays, and no row of another table changes.
    ///
    /// - Parameters:
    ///   - overwritesEdited: whether rows that someone changed since are restored anyway.
    ///   - isTrial: whether to change nothing; then the result says what would be.
    /// - Throws: `DataError.malformed` for a file that is not a backup, `conflict` for one of another database. Then
    ///   nothing is changed.
    func restore(
        from path: String, logID: String, importIDs: [UInt64], overwritesEdited: Bool, isTrial: Bool
    ) throws -> RestoreReport

    // MARK: Other people's SQL

    /// Runs one statement that only reads, and gives at most `limit` of its rows.
    ///
    /// - Throws: `DataError.busy` if it took longer than `timeout`.
    func query(_ sql: String, limit: Int, timeout: Duration) throws -> QueryResult

    /// Runs statements in one durable transaction and gives the number of rows that each changed. All or none.
    ///
    /// - Parameter name: a name that goes into the same transaction; where it is there already, nothing is run and nil
    ///   returned. Nil to run in any case.
    /// - Parameter undo: what undo data of the changes is kept under; nil to keep none.
    func run(_ statements: [String], once name: String?, undo: ClosingUndo?) throws -> [Int]?

    /// Whether statements were run under this name.
    func hasRun(_ name: String) throws -> Bool
}

extension Destination {
    package func hasReplaced(_ identity: String) -> Bool { false }

    package func requirePlace(of spelling: String) {}

    package func firstChunks(of table: String) throws -> [LedgerKey] {
        try firstChunks(of: table, isStanding: true)
    }

    /// Writes a chunk of which it is not known what comes after it.
    package func write(_ chunk: Chunk, key: LedgerKey, entry: (ChunkOutcome) throws -> [UInt8]) throws -> Receipt {
        try write(chunk, next: nil, key: key, entry: entry)
    }
}

extension Destination {
    package func run(_ statements: [String], once name: String?) throws -> [Int]? {
        try run(statements, once: name, undo: nil)
    }
}

extension Destination {
    package func compareRows(logID: String, importID: UInt64) throws -> RowComparison {
        try compareRows(logID: logID, importID: importID) { _, _ in }
    }
}

/// The table that records go into.
package struct TablePlan: Sendable, Equatable {
    package var table: String
    /// The columns written, in the order of a chunk's fields.
    package var columns: [Column]
    /// The names of the key columns; empty where rows have no key.
    package var key: [String]
    package var mode: WriteMode

    package init(table: String, columns: [Column], key: [String], mode: WriteMode) {
        self.table = table
        self.columns = columns
        self.key = key
        self.mode = mode
    }
}

/// What became of a chunk's records in the destination's transaction, before it commits.
package struct ChunkOutcome: Sendable, Equatable {
    package var inserted = 0
    package var updated = 0
    package var unchanged = 0
    /// The records that the destination refused, in chunk order.
    package var rejects: [RejectedRecord] = []
    /// The columns whose guessed type was widened to text because of a value in this chunk.
    package var widened: [String] = []

    package init() {}
}

/// Names a ledger row: which chunk of which import of which log.
package struct LedgerKey: Sendable, Hashable {
    package var logID: String
    package var importID: UInt64
    package var chunk: UInt64

    package init(logID: String, importID: UInt64, chunk: UInt64) {
        self.logID = logID
        self.importID = importID
        self.chunk = chunk
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

/// A database that chunks are written to.
///
/// A destination is used by one thread at a time.
package protocol Destination: Sendable {
    /// Whether there is a table of this name.
    func hasTable(_ name: String) throws -> Bool

    /// Makes the table ready: creates it where it is missing, and checks the columns and the key where it is there.
    /// Returns the plan with the types that are in force, and whether the table was created.
    func prepare(_ plan: TablePlan) throws -> (plan: TablePlan, created: Bool)

    /// Writes the chunk's usable records and its ledger row in one durable transaction. `entry` is called once all rows
    /// are in and before the commit; what it returns is the ledger row's content. If it throws, nothing is written.
    func write(_ chunk: Chunk, key: LedgerKey, entry: (ChunkOutcome) throws -> [UInt8]) throws -> Receipt

    /// Gives the receipts of one import, by chunk number, one at a time.
    func forEachReceipt(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws

    /// The first receipt of each import that another log than `logID` made into `table`.
    func foreignReceipts(table: String, otherThan logID: String) throws -> [Receipt]
}

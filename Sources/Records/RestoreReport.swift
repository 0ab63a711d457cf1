/// What restoring a backup changes, as a comparison row by row finds it.
package struct RestoreReport: Sendable, Equatable {
    /// A table's rows that differ from the backup's.
    package struct Difference: Sendable, Equatable {
        package var table: String
        /// Rows that come back.
        package var added = 0
        /// Rows that are removed.
        package var removed = 0
        package var changed = 0

        package init(table: String) { self.table = table }

        package var isEmpty: Bool { added + removed + changed == 0 }
    }

    /// Chunks of an import whose receipts are not in the backup.
    package struct LostChunks: Sendable, Equatable {
        package var logID: String
        package var importID: UInt64
        package var count: Int

        package init(logID: String, importID: UInt64, count: Int) {
            self.logID = logID
            self.importID = importID
            self.count = count
        }
    }

    /// Whether the whole database is replaced, and not only the rows that a rollback took.
    package var isWhole: Bool
    package var tables: [Difference] = []
    /// Rows that are as in the backup already.
    package var unchanged = 0
    /// The rows that stay as they are although the backup has them otherwise, and why.
    package var kept: [UnreversedRow] = []
    package var lostChunks: [LostChunks] = []

    package init(isWhole: Bool) { self.isWhole = isWhole }

    /// Whether nothing of the backup can be restored: each of its rows stays as it is.
    package var isFutile: Bool { !kept.isEmpty && unchanged == 0 && tables.allSatisfy(\.isEmpty) }

    /// Whether nothing is changed and nothing stays that should be.
    package var isEmpty: Bool { tables.allSatisfy(\.isEmpty) && lostChunks.isEmpty && kept.isEmpty }
}

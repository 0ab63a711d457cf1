/// What became of some of the rows that an import left.
package struct RowPresence: Sendable, Equatable {
    /// Rows that are there, and deleted ones that are gone.
    package var there = 0
    /// Rows of a table without a key in whose place others stand: edited ones, or not the same.
    package var unclear = 0
    /// Rows that are not there, or there again.
    package var missing = 0

    package init() {}

    /// Nothing where the import keeps no undo data, or changed no row.
    package var looked: Int { there + unclear + missing }
}

internal import Records

/// Which rows are undone.
extension SQLiteReversal {
    /// Whether the row of a change is undone even if it was edited since.
    func overwrites(_ change: SQLiteUndoChange, in table: SQLiteReversedTable) -> Bool {
        overwritesEdited && table.knowsEdited(change.after)
    }

    func fits(
        _ condition: RowCondition, _ change: SQLiteUndoChange, _ table: SQLiteReversedTable
    ) throws -> Bool {
        try (changes.now(change, in: table) ?? change.before).map { fits(condition, $0, table) } ?? false
    }

    func fits(_ condition: RowCondition, _ row: RowImage, _ table: SQLiteReversedTable) -> Bool {
        table.columns.firstIndex { SQLiteIdentifier.isSame($0, condition.column) }
            .map { row.values[$0].text == condition.value } ?? false
    }
}

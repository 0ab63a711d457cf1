internal import Records

extension DataError {
    /// Undo data is about a table that is not there: whether its rows are elsewhere, nobody knows.
    static func tableIsAway(_ table: String, in database: String?) -> DataError {
        DataError(
            .conflict,
            "The table \(table)\(database.map { " of \($0)" } ?? "") is missing, so its rows cannot be rolled back. "
                + "Nothing was changed.",
            remedy: "If it was renamed or moved, rename it back and run the rollback again. If it was dropped, "
                + "there is nothing to roll back.")
    }

    /// The same of a backup's rows.
    static func restoredTableIsAway(_ table: String) -> DataError {
        DataError(
            .conflict, "The table \(table) does not exist, so its rows cannot be restored. Nothing was changed.",
            remedy:
                "If it was renamed or moved, rename it back. If it was dropped, create it with its former columns and "
                + "key. Then restore again.")
    }

    static func columnIsAway(_ column: String, of table: String, in database: String?) -> DataError {
        DataError(
            .conflict,
            "The table \(table)\(database.map { " of \($0)" } ?? "") no longer has the column \(column), so its rows cannot "
                + "be compared with what was written. Nothing was changed.",
            remedy: "Give it that column back, and run the rollback again: ALTER TABLE … ADD or RENAME COLUMN.")
    }
}

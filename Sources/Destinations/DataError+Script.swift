internal import Records

extension DataError {
    /// A script would begin, end or divide the transaction that it is a part of, or ask the client for rows.
    ///
    /// - Parameter words: the database's own, where it has some.
    static func isNoPartOfTransaction(_ words: String? = nil) -> DataError {
        DataError(
            .unusableOption,
            words.map { "the statements run in one transaction, in which the server does not allow this: \($0)" }
                ?? "the statements run in one transaction, so BEGIN, COMMIT, ROLLBACK and SAVEPOINT are not allowed",
            remedy: "Remove such statements: BEGIN, COMMIT, ROLLBACK, SAVEPOINT, COPY from or to the client.")
    }
}

internal import Records

extension DataError {
    /// A script would begin, end or divide the transaction that it is a part of, or ask the client for rows.
    ///
    /// - Parameter words: the database's own, where it has some.
    static func isNoPartOfTransaction(_ words: String? = nil) -> DataError {
        DataError(
            .unusableOption,
            words.map { "the script is one transaction on the server, which cannot run this in it: \($0)" }
                ?? "the script is one transaction, so BEGIN, COMMIT, ROLLBACK and SAVEPOINT cannot be run",
            remedy: "Remove such statements: BEGIN, COMMIT, ROLLBACK, SAVEPOINT, COPY from or to the client.")
    }
}

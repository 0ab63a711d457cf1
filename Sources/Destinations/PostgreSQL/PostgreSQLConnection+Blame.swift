extension PostgreSQLConnection {
    /// Whether a statement failed because of the rows that it was about. They are not at fault where `same`, the statement
    /// about no row at all, fails as well. See decision 31.
    func blamesRows(_ error: PostgreSQLError, without same: String) -> Bool {
        guard error.mayBeOfRecord else { return false }
        return error.isOfValues || (try? savepoint { try execute(same) }) != nil
    }
}

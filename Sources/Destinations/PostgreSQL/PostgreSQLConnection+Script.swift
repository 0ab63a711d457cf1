internal import Records

extension PostgreSQLConnection {
    /// Runs a text of any number of statements inside the transaction that is open, ignoring any rows; gives how many rows
    /// the last one changed.
    ///
    /// The server itself runs them one by one inside a block: there, statements that begin, end or divide a transaction are
    /// refused.
    ///
    /// - Throws: `DataError.unusableOption` for those.
    func runScript(_ sql: String) throws -> Int {
        let block = """
            DECLARE changed bigint;
            BEGIN
                EXECUTE \(PostgreSQLIdentifier.literal(sql));
                GET DIAGNOSTICS changed = ROW_COUNT;
                PERFORM set_config('waybill.changed', changed::text, true);
            END
            """
        do {
            try execute("DO \(PostgreSQLIdentifier.literal(block))")
        } catch let error as PostgreSQLError where error.state == Self.notSupported && error.routine == Self.execute {
            throw DataError.isNoPartOfTransaction(error.words)
        }
        return Int(try query("SELECT current_setting('waybill.changed')")[0][0] ?? "") ?? 0
    }

    /// What EXECUTE says of COMMIT and its like, of SELECT INTO, and of COPY from or to the client. Others say it of what else
    /// they do not support.
    private static let notSupported = "0A000"
    private static let execute = "exec_stmt_dynexecute"
}

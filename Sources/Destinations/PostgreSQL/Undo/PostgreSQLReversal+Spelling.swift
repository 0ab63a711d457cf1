internal import Records

/// Keys that are equal and spelled otherwise.
extension PostgreSQLReversal {
    /// Types whose equal values have one text each. Of others (citext, numeric, double precision, …) and of texts whose
    /// collation takes different ones for the same, later imports may have brought a row's key in another spelling.
    private static let typesOfOneSpelling: Set<String> = [
        "smallint", "integer", "bigint", "boolean", "uuid", "date", "bytea", "text", "character varying", "character",
        "name",
        "timestamp without time zone", "timestamp with time zone", "time without time zone", "oid", "inet", "macaddr",
    ]

    /// Gives the changes that later chunks made of the same rows the keys that this one knows them by: these only find rows,
    /// whose own spelling stands in the rows.
    func findOtherSpellings() throws {
        if after != nil { return }
        let tables = try connection.query("SELECT DISTINCT table_id FROM _waybill.undo WHERE chunk_id = \(chunkID)")
        for tableID in tables.compactMap({ $0[0] }) {
            guard let format = try undo.format(ofTable: tableID).format, try mayBeSpelledOtherwise(format) else {
                continue
            }
            let key = format.key.indices
            func typed(_ texts: String) -> String {
                key.map { "(\(texts))[\($0 + 1)]::\(format.key[$0].type)\(collation(of: format.key[$0]))" }
                    .joined(separator: ", ")
            }
            let alike = try connection.query(
                """
                SELECT o.id FROM _waybill.undo_tables o JOIN _waybill.undo_tables i USING (key)
                WHERE i.id = \(tableID) AND o.id IN \(undo.siblings(tableID))
                """
            ).compactMap { $0[0] }.joined(separator: ", ")
            do {
                try connection.savepoint {
                    try connection.execute(
                        """
                        UPDATE _waybill.undo u SET key = r.key
                        FROM (SELECT DISTINCT key FROM _waybill.undo WHERE chunk_id = \(chunkID) AND table_id = \(tableID)
                            AND kind <> 'w') r
                        WHERE u.table_id IN (\(alike)) AND u.chunk_id > \(chunkID) AND u.kind <> 'w'
                            AND u.key <> r.key AND (\(typed("u.key"))) = (\(typed("r.key")))
                        """)
                }
            } catch let error as PostgreSQLError where error.isOfValues {
                // The column had another type when a row was named.
            }
        }
    }

    private func collation(of column: PostgreSQLTable.Column) -> String {
        column.collation.map { " COLLATE \($0)" } ?? ""
    }

    func mayBeSpelledOtherwise(_ format: PostgreSQLUndoFormat) throws -> Bool {
        for column in format.key {
            let base = (column.baseType ?? column.type).replacing(/\(.*?\)/, with: "")
            if !Self.typesOfOneSpelling.contains(base) { return true }
            guard let collation = column.collation else { continue }
            let isExact = try connection.query(
                "SELECT collisdeterministic FROM pg_collation WHERE oid = to_regcollation(\(PostgreSQLIdentifier.literal(collation)))"
            )
            if isExact.first?[0] != "t" { return true }
        }
        return false
    }
}

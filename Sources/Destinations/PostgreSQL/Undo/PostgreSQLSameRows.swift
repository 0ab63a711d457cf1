internal import Records

/// Whether all rows that an import wrote are as it left them, chunk by chunk. If only one is not, nothing is said: then
/// each row's history has to be looked at.
struct PostgreSQLSameRows {
    private let connection: PostgreSQLConnection
    private let format: PostgreSQLUndoFormat
    private let packed: PostgreSQLPackedRows

    /// - Returns: nil for a table that is gone, or lost columns, or has no key.
    init?(_ tableID: String, _ connection: PostgreSQLConnection) throws {
        let undo = PostgreSQLUndo(connection)
        let (name, columns, key) = try undo.description(ofTable: tableID)
        guard let table = try PostgreSQLTable.find(quoted: name, in: connection), !key.isEmpty,
            columns.allSatisfy({ name in table.columns.contains { $0.name == name } })
        else { return nil }
        format = try PostgreSQLUndoFormat(table, tableID: tableID, columns: columns, key: key)
        guard let packed = PostgreSQLPackedRows(of: format) else { return nil }
        self.packed = packed
        self.connection = connection
    }

    /// How many rows that are.
    ///
    /// - Parameters:
    ///   - chunks: the ids of the import's undo data.
    ///   - progress: is told of how many chunks it is known.
    /// - Returns: nil if they are not all the same, or others changed rows of the table since.
    func count(in chunks: [Int], progress: (Int) -> Void) throws -> Int? {
        let mine = "chunk_id = ANY ('{\(chunks.map(String.init).joined(separator: ","))}')"
        let siblings = try PostgreSQLUndo(connection).siblings(format.tableID)
        let later = """
            WHERE chunk_id > \(chunks.min() ?? 0) AND table_id IN \(siblings)
                AND (table_id <> \(format.tableID) OR NOT \(mine))
            """
        let isOne = try connection.query(
            """
            SELECT EXISTS (SELECT FROM _waybill.undo_packs \(later)) OR EXISTS (SELECT FROM _waybill.undo \(later))
                OR EXISTS (SELECT FROM _waybill.undo WHERE \(mine) AND table_id = \(format.tableID) AND kind = 'd')
            """)
        guard isOne[0][0] == "f" else { return nil }
        var count = 0
        for (index, chunk) in chunks.enumerated() {
            guard let found = try self.count(in: chunk) else { return nil }
            count += found
            progress(index + 1)
        }
        // A row that the import wrote twice counts once.
        let keys = try connection.query(
            """
            SELECT count(DISTINCT \(PostgreSQLUndoFormat.fingerprint("\(packed.key("m"))::text")))
            FROM (\(changes(mine))) m
            """)
        return Int(keys[0][0] ?? "") == count ? count : nil
    }

    /// The changes of some chunks, with their keys and fingerprints.
    private func changes(_ chunks: String) -> String {
        let these = "\(chunks) AND table_id = \(format.tableID)"
        let keys = format.key.indices.map { "key[\($0 + 1)]" }.joined(separator: ", ")
        return """
            \(packed.select(where: these, withBefores: false)) UNION ALL
            SELECT chunk_id, n, record, after_print, \(keys) FROM _waybill.undo WHERE \(these) AND kind <> 'w'
            """
    }

    /// How many rows of a chunk are as it left them; nil if one is not.
    private func count(in chunk: Int) throws -> Int? {
        // OFFSET keeps the server from reading the whole table for each chunk.
        let row = try connection.query(
            """
            SELECT count(*), count(*) FILTER (WHERE m.print = t.print) FROM (\(changes("chunk_id = \(chunk)"))) m
            LEFT JOIN LATERAL (SELECT \(format.fingerprint("t")) AS print FROM \(format.table.ownRows) t
                WHERE \(packed.hasKey("m", format)) OFFSET 0) t ON true
            """)[0]
        return row[0] == row[1] ? Int(row[0] ?? "") : nil
    }
}

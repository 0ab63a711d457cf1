internal import Records

extension PostgreSQLReversal {
    /// A row does not become the current version again beside another one. Where a later chunk began another version, what
    /// ended this one is that chunk's from now on.
    func keepOthersCurrent(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let table = try versioned.first {
            try PostgreSQLTable.find($0.table, in: connection)?.quotedName == format.table.quotedName
        }
        func place(_ name: String) -> Int? { format.columns.firstIndex { $0.name == format.table.column(name)?.name } }
        guard let table, let current = place(table.isCurrent) else { return }
        let key = table.key.compactMap(place)
        guard key.count == table.key.count else { return }
        let yes = "'1'::\(format.columns[current].type)"
        func isCurrent(_ alias: String) -> String {
            "\(alias).\(PostgreSQLIdentifier.quoted(format.columns[current].name)) = \(yes)"
        }
        func wasCurrent(_ alias: String) -> String {
            "(\(alias).before)[\(current + 1)]::\(format.columns[current].type) = \(yes)"
        }
        let rows = format.table.ownRows
        let isVersion =
            key.map {
                let column = format.columns[$0]
                return "v.\(PostgreSQLIdentifier.quoted(column.name)) = (r.before)[\($0 + 1)]::\(column.type)"
            }.joined(separator: " AND ") + " AND NOT (\(format.hasKey("v", "r.key")))"
        let becomesCurrent = """
            \(these) AND r.kind IN ('u', 'd') AND \(wasCurrent("r")) AND \(isStillLeft(format)) AND NOT EXISTS (
                SELECT FROM \(rows) t WHERE \(format.hasKey("t", "r.key")) AND \(isCurrent("t")))
            """
        if !format.key.isEmpty {
            try takeOver(
                heirs: """
                    SELECT DISTINCT ON (r.n) r.n, u.chunk_id, u.record AS new_record FROM \(work) r
                    JOIN \(rows) v ON \(isVersion) JOIN _waybill.undo u ON u.key = \(format.keyTexts("v"))
                    JOIN _waybill.undo_chunks c ON c.id = u.chunk_id AND c.chunk < \(LedgerKey.closingChunk)
                    WHERE \(becomesCurrent) AND u.chunk_id > \(chunkID) AND u.table_id IN \(try undo.siblings(format.tableID))
                        AND (u.kind = 'i' OR u.table_id = r.table_id AND u.kind = 'u' AND NOT (\(wasCurrent("u")))
                            AND \(isCurrent("v"))) ORDER BY r.n, u.chunk_id, u.n
                    """, where: "h.n = r.n")
        }
        try connection.execute(
            """
            UPDATE \(work) r SET state = 'f', message = 'another version is current'
            WHERE \(becomesCurrent) AND EXISTS (SELECT FROM \(rows) v WHERE \(isVersion) AND \(isCurrent("v")))
            """)
    }
}

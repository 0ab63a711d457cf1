package import Records

extension PostgreSQLDestination {
    /// The server's own number and that of the database in it: the same by whatever host, service or user it is reached, on a
    /// standby that took over, and after a change of its name; another for a copy.
    package func identity() throws -> String? {
        let identity = try using { try PostgreSQLSchema($0).databaseIdentity() }
        knownIdentity = knownIdentity ?? identity
        return identity
    }

    package func hasReplaced(_ identity: String) throws -> Bool {
        try using { connection in
            guard let own = try PostgreSQLSchema(connection).databaseIdentity() else { return false }
            let (then, now) = (identity.split(separator: "/"), own.split(separator: "/"))
            guard then.count == 2, now.count == 2, then[0] == now[0], then[1] != now[1] else { return false }
            return try connection.query("SELECT FROM pg_database WHERE oid = $1::oid", [String(then[1])]).isEmpty
        }
    }

    package func tableName(_ spelling: String) throws -> TableName {
        try using { connection in
            let current = try connection.query("SELECT current_schema()")[0][0]
            var (schema, table) = try PostgreSQLTable.place(of: spelling, in: connection)
            if let found = try PostgreSQLTable.find(spelling, in: connection) {
                (schema, table) = (found.schema, found.name)
            }
            return TableName(
                name: PostgreSQLIdentifier.shortest(schema == current ? nil : schema, table),
                identity: PostgreSQLIdentifier.quoted(schema ?? current ?? "") + "."
                    + PostgreSQLIdentifier.quoted(table))
        }
    }

    package func requirePlace(of spelling: String) throws {
        try using { connection in
            if try PostgreSQLTable.find(spelling, in: connection) == nil {
                try PostgreSQLTable.requireSchema(of: spelling, in: connection)
            }
        }
    }

    package func isEmpty(_ table: String) throws -> Bool {
        try using { connection in
            guard let table = try PostgreSQLTable.find(table, in: connection) else { return false }
            try table.requireRowsShow(in: connection)
            let isEmpty = try connection.query("SELECT 1 FROM \(table.ownRows) LIMIT 1").isEmpty
            if isEmpty { try table.requireNothingHidden(in: connection) }
            return isEmpty
        }
    }

    package func presence(logID: String, importID: UInt64) throws -> RowPresence {
        try using { connection in
            var presence = RowPresence()
            let undo = PostgreSQLUndo(connection)
            let chunks = try undo.chunks(logID: logID, importIDs: [importID]).filter {
                $0.number < LedgerKey.closingChunk
            }
            let ends = [chunks.first, chunks.last].compactMap(\.self)
            guard !ends.isEmpty else { return presence }
            for tableID in try undo.tables(of: ends) { try look(for: tableID, ends, connection, &presence) }
            return presence
        }
    }

    private func look(
        for tableID: String, _ chunks: [(id: Int, number: UInt64)], _ connection: PostgreSQLConnection,
        _ presence: inout RowPresence
    ) throws {
        let (_, format) = try PostgreSQLUndo(connection).format(ofTable: tableID)
        let mine = """
            WITH mine AS (SELECT DISTINCT ON (u.key) u.key, u.after_print FROM _waybill.undo_rows u
                WHERE u.table_id = \(tableID) AND u.kind <> 'w' AND u.\(PostgreSQLUndo.isOf(chunks))
                ORDER BY u.key, u.chunk_id DESC, u.n DESC LIMIT 400)
            """
        func counts(_ sql: String) throws -> [Int] {
            try connection.query("\(mine) \(sql)")[0].map { $0.flatMap { Int($0) } ?? 0 }
        }
        guard let format else {
            // What was deleted from a table that is gone is gone.
            let found = try counts("SELECT count(after_print), count(*) - count(after_print) FROM mine")
            presence.missing += found[0]
            presence.there += found[1]
            return
        }
        guard format.table.isReadable else { return }
        let rows = format.table.ownRows
        let found = try counts(
            """
            SELECT count(*), count(*) FILTER (WHERE (m.after_print IS NULL) = (t.print IS NULL)),
                count(*) FILTER (WHERE m.after_print = t.print)
            FROM mine m LEFT JOIN LATERAL (SELECT \(format.fingerprint("t")) AS print FROM \(rows) t
                WHERE \(format.hasKey("t", "m.key"))) t ON true
            """)
        if found[1] < found[0] { try format.table.requireNothingHidden(in: connection) }
        if !format.key.isEmpty || found[2] > 0 {
            presence.missing += found[0] - found[1]
            presence.there += format.key.isEmpty ? found[2] : found[1]
            presence.unclear += format.key.isEmpty ? found[1] - found[2] : 0
            return
        }
        // All of the rows may have been moved to other places.
        let moved = try counts(
            "SELECT count(*) FROM mine WHERE after_print IN (SELECT \(format.fingerprint("t")) FROM \(rows) t)")[0]
        presence.there += moved
        if moved > 0 {
            presence.missing += found[0] - moved
        } else if try format.hasStrangers(among: PostgreSQLUndo(connection).siblings(tableID), connection) {
            // All of them may have been edited.
            presence.unclear += found[0]
        } else {
            presence.missing += found[0] - found[1]
            presence.unclear += found[1]
        }
    }
}

extension PostgreSQLUndoFormat {
    /// Whether a table without a key has a row that no import left as it is.
    ///
    /// - Parameter siblings: the numbers under which undo data describes the table, in SQL.
    func hasStrangers(among siblings: String, _ connection: PostgreSQLConnection) throws -> Bool {
        try !connection.query(
            """
            SELECT FROM \(table.ownRows) t WHERE NOT EXISTS (SELECT FROM _waybill.undo_rows u
                WHERE u.table_id IN \(siblings) AND u.after_print = \(fingerprint("t"))) LIMIT 1
            """
        ).isEmpty
    }
}

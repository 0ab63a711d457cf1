package import Records

extension PostgreSQLDestination {
    package func query(_ sql: String, limit: Int, timeout: Duration) throws -> QueryResult {
        do {
            return try transaction { connection in
                try connection.execute(
                    "SET LOCAL transaction_read_only = on; SET LOCAL statement_timeout = \(max(1, Int(timeout / .milliseconds(1))))"
                )
                // With values, even none, the server takes one statement only: a second one could end the transaction.
                try connection.query("DECLARE waybill_query NO SCROLL CURSOR FOR \(sql)", [])
                let (columns, rows) = try connection.table("FETCH \(limit + 1) FROM waybill_query")
                try connection.execute("CLOSE waybill_query")
                return QueryResult(
                    columns: columns, rows: Array(rows.prefix(limit)), isCut: rows.count > limit)
            }
        } catch let error as DataError where error.code == .busy && error.message.contains("statement timeout") {
            throw DataError(
                .busy, "the query took longer than \(timeout): \(sql.prefix(200))",
                remedy: "Add an index, or allow more time.")
        }
    }

    package func run(_ statements: [String], once name: String?, undo: ClosingUndo?) throws -> [Int]? {
        try transaction(inUsersZone: true) { connection -> [Int]? in
            if let name {
                try PostgreSQLSchema(connection).create()
                let new = try connection.query(
                    "INSERT INTO _waybill.finalized (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1", [name])
                if new.isEmpty { return nil }
            }
            let isKept = try undo != nil && PostgreSQLSchema(connection).exists()
            if isKept { try PostgreSQLSchema(connection).create() }
            // If nothing of the batch can be undone, there is nothing to record.
            guard isKept, let undo, try undo.isOfAny(connection) else {
                return try statements.map { try connection.runScript($0) }
            }
            return try PostgreSQLClosing(undo, connection).run(statements)
        }
    }

    package func hasRun(_ name: String) throws -> Bool {
        try using { connection in
            guard try PostgreSQLSchema(connection).exists() else { return false }
            return try !connection.query("SELECT 1 FROM _waybill.finalized WHERE name = $1", [name]).isEmpty
        }
    }
}

extension ClosingUndo {
    /// Whether undo data is kept of any of its imports.
    fileprivate func isOfAny(_ connection: PostgreSQLConnection) throws -> Bool {
        try !connection.query(
            "SELECT FROM _waybill.undo_chunks WHERE \(PostgreSQLSchema.isOf(logID: key.logID, imports)) LIMIT 1"
        ).isEmpty
    }
}

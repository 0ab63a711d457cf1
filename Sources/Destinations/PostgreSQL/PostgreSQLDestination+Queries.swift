internal import Glibc
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
                remedy: "An index may help, or a longer limit.")
        }
    }

    package func run(_ statements: [String], once name: String?) throws -> [Int]? {
        try transaction { connection in
            if let name {
                try PostgreSQLHouse(connection).create()
                let new = try connection.query(
                    "INSERT INTO _waybill.finalized (name) VALUES ($1) ON CONFLICT DO NOTHING RETURNING 1", [name])
                if new.isEmpty { return nil }
            }
            return try statements.map { try connection.execute($0) }
        }
    }

    // MARK: Backups

    /// What a backup file has of one table, before its rows.
    private static let mark = "-- waybill rows of "

    package func backUp(to path: String, logID: String, importIDs: [UInt64]) throws {
        guard access(path, F_OK) != 0 else {
            throw DataError(.destination, "\(path) is there already", remedy: "Give the backup another name.")
        }
        guard let file = fopen(path, "w") else {
            throw DataError(.unreadable, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        func put(_ bytes: UnsafeRawBufferPointer) throws {
            guard fwrite(bytes.baseAddress, 1, bytes.count, file) == bytes.count else {
                throw DataError(
                    .noSpace, "\(path) cannot be written: \(String(cString: strerror(errno)))",
                    remedy: "Make room for the backup, or go without: --no-backup.")
            }
        }
        func put(_ text: String) throws { try Array(text.utf8).withUnsafeBytes(put) }
        try transaction { connection in
            try PostgreSQLHouse(connection).create()
            let undo = PostgreSQLUndo(connection)
            let chunks = try undo.chunks(logID: logID, importIDs: importIDs)
            for tableID in try undo.tables(of: chunks) {
                guard let format = try undo.format(ofTable: tableID).format else { continue }
                let touched = """
                    SELECT DISTINCT u.key FROM _waybill.undo_rows u
                    WHERE u.table_id = \(tableID) AND u.kind <> 'w' AND \(PostgreSQLUndo.isOf(chunks))
                    """
                try put("\(Self.mark)\(tableID)\n")
                try connection.copyOut(
                    """
                    COPY (SELECT k.key, t.image FROM (\(touched)) k LEFT JOIN LATERAL (
                        SELECT \(format.image("t")) AS image FROM \(format.table.quotedName) t
                        WHERE \(format.hasKey("t", "k.key"))) t ON true) TO STDOUT
                    """, put)
                try put("\\.\n")
                try connection.copyOut(
                    """
                    COPY (SELECT u.* FROM _waybill.undo_rows u WHERE u.table_id IN \(try undo.siblings(tableID))
                        AND (u.kind = 'w' OR u.key IN (\(touched)))) TO STDOUT
                    """, put)
                try put("\\.\n")
            }
        }
    }

    package func restore(from path: String) throws {
        guard let file = fopen(path, "r") else {
            throw DataError(
                .unreadable, "the backup \(path) cannot be read: \(String(cString: strerror(errno)))",
                remedy: "See which backups there are: waybill backup list")
        }
        defer { fclose(file) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        /// The next line with its end; nil at the end of the file.
        func next() -> UnsafeRawBufferPointer? {
            let count = getline(&line, &capacity, file)
            return count > 0 ? UnsafeRawBufferPointer(start: line, count: count) : nil
        }
        func copyLines(to send: (UnsafeRawBufferPointer) throws -> Void) throws {
            while let bytes = next() {
                if bytes.elementsEqual("\\.\n".utf8) { return }
                try send(bytes)
            }
        }
        try transaction { connection in
            try PostgreSQLHouse(connection).create()
            while let header = next() {
                let text = String(decoding: header, as: UTF8.self)
                guard text.hasPrefix(Self.mark), let tableID = Int(text.dropFirst(Self.mark.count).dropLast()) else {
                    throw DataError(.malformed, "\(path) is no backup of Waybill's, or it is damaged")
                }
                let undo = PostgreSQLUndo(connection)
                guard let format = try undo.format(ofTable: "\(tableID)").format else {
                    throw DataError(
                        .conflict, "a table of the backup \(path) is not there any more",
                        remedy: "Create it again first.")
                }
                let table = format.table.quotedName
                let siblings = try undo.siblings("\(tableID)")
                try undo.unpack("table_id IN \(siblings)")
                try connection.execute(
                    """
                    DROP TABLE IF EXISTS _waybill_restore, _waybill_restore_undo;
                    CREATE TEMP TABLE _waybill_restore (key text[], image text[]) ON COMMIT DROP;
                    CREATE TEMP TABLE _waybill_restore_undo (LIKE _waybill.undo) ON COMMIT DROP
                    """)
                try connection.copy("COPY _waybill_restore FROM STDIN", copyLines)
                try connection.copy("COPY _waybill_restore_undo FROM STDIN", copyLines)
                let names = PostgreSQLIdentifier.list(format.columns.map(\.name))
                let values = format.typed("r.image").joined(separator: ", ")
                let isThere =
                    format.key.isEmpty
                    ? "EXISTS (SELECT 1 FROM \(table) t WHERE \(format.fingerprint("t")) = \(PostgreSQLUndoFormat.fingerprint("r.image::text")))"
                    : "false"
                if !format.key.isEmpty {
                    try connection.execute(
                        "DELETE FROM \(table) t USING _waybill_restore r WHERE \(format.hasKey("t", "r.key"))")
                }
                try connection.execute(
                    """
                    INSERT INTO \(table) (\(names)) OVERRIDING SYSTEM VALUE
                    SELECT \(values) FROM _waybill_restore r WHERE r.image IS NOT NULL AND NOT \(isThere);
                    DELETE FROM _waybill.undo u WHERE u.table_id IN \(siblings)
                        AND (u.kind = 'w' OR u.key IN (SELECT key FROM _waybill_restore));
                    INSERT INTO _waybill.undo SELECT * FROM _waybill_restore_undo
                    """)
            }
        }
    }
}

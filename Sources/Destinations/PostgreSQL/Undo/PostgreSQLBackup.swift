internal import Glibc
internal import Records

/// The form of a backup file: for each table that imports touched, a head, what its touched rows were, and the undo data
/// that knew of them; then the receipts of what was undone before, and which rows the imports had found unchanged; then
/// an end mark.
///
/// Rows are those with the keys of the undo data, those that were not there included. For a table without a key, they are
/// contents with the number of rows that had them.
struct PostgreSQLBackup {
    static let mark = "-- waybill rows of "
    static let end = "-- waybill end\n"

    /// What else a backup has of imports.
    enum Part: String, CaseIterable {
        case reversals
        case unchanged = "undo_unchanged"

        var mark: String { "-- waybill \(rawValue)\n" }
        var table: String { "_waybill.\(rawValue)" }
    }

    private let connection: PostgreSQLConnection
    private var undo: PostgreSQLUndo { PostgreSQLUndo(connection) }

    init(_ connection: PostgreSQLConnection) { self.connection = connection }

    func write(
        logID: String, importIDs: [UInt64], to put: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        func putText(_ text: String) throws { try Array(text.utf8).withUnsafeBytes(put) }
        let chunks = try undo.chunks(logID: logID, importIDs: importIDs)
        let mine = PostgreSQLUndo.isOf(chunks)
        for tableID in try undo.tables(of: chunks) {
            guard let format = try undo.format(ofTable: tableID).format else { continue }
            let columns = try PostgreSQLBackupColumns(format, in: connection)
            try putText("\(Self.mark)\(tableID) \(columns.head)\n")
            let rows = "_waybill.undo_rows u WHERE u.table_id = \(tableID) AND u.kind <> 'w' AND u.\(mine)"
            let siblings = try undo.siblings(tableID)
            let own = format.table.ownRows
            if format.key.isEmpty {
                try connection.copyOut(
                    """
                    COPY (SELECT ARRAY[count(t.image)::text], p.image FROM (
                            SELECT DISTINCT before AS image FROM \(rows) AND u.kind <> 'i'
                            UNION SELECT \(columns.image("t")) FROM \(own) t WHERE \(format.fingerprint("t")) IN (
                                SELECT after_print FROM \(rows))) p
                        LEFT JOIN (SELECT \(columns.image("t")) AS image FROM \(own) t) t USING (image)
                        GROUP BY p.image) TO STDOUT
                    """, put)
                try putText("\\.\n")
                try connection.copyOut(
                    """
                    COPY (SELECT u.* FROM _waybill.undo_rows u WHERE u.table_id IN \(siblings)
                        AND (u.kind <> 'i' OR u.\(mine))) TO STDOUT
                    """, put)
            } else {
                let touched = "SELECT DISTINCT u.key FROM \(rows)"
                try connection.copyOut(
                    """
                    COPY (SELECT k.key, t.image FROM (\(touched)) k LEFT JOIN LATERAL (
                        SELECT \(columns.image("t")) AS image FROM \(own) t
                        WHERE \(format.hasKey("t", "k.key"))) t ON true) TO STDOUT
                    """, put)
                try putText("\\.\n")
                try connection.copyOut(
                    """
                    COPY (SELECT u.* FROM _waybill.undo_rows u WHERE u.table_id IN \(siblings)
                        AND (u.kind = 'w' OR u.key IN (\(touched)))) TO STDOUT
                    """, put)
            }
            try putText("\\.\n")
        }
        for part in Part.allCases {
            try putText(part.mark)
            let those = part == .unchanged ? mine : PostgreSQLSchema.isOf(logID: logID, importIDs)
            try connection.copyOut("COPY (SELECT * FROM \(part.table) WHERE \(those)) TO STDOUT", put)
            try putText("\\.\n")
        }
        try putText(Self.end)
    }
}

/// The columns that a backup has of a table: all that a row can be given, those that undo data cannot describe included.
struct PostgreSQLBackupColumns {
    struct Column {
        var name: String
        /// The type when the backup was made; nil if it is not known.
        var type: String?
        /// Whether the server lets nobody change it once the row is there.
        var isFixed: Bool
        /// The column as it is now.
        var stored: PostgreSQLTable.Column?
    }

    let table: String
    private(set) var columns: [Column]

    init(_ format: PostgreSQLUndoFormat, in connection: PostgreSQLConnection) throws {
        table = format.table.quotedName
        columns = try connection.query(
            """
            SELECT attname, format_type(atttypid, atttypmod), attidentity = 'a' FROM pg_attribute
            WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
            """, [format.table.oid]
        ).map { row in
            Column(
                name: row[0] ?? "", type: row[1], isFixed: row[2] == "t",
                stored: format.table.columns.first { $0.name == row[0] })
        }
    }

    /// The columns that the head of a backup names, or those of the undo data where it names none, as older ones do.
    ///
    /// - Throws: `DataError.conflict` if the table does not have one of them any more.
    init(head: Substring, _ format: PostgreSQLUndoFormat, in connection: PostgreSQLConnection) throws {
        let now = try PostgreSQLBackupColumns(format, in: connection)
        let texts = JSONTexts.list(String(head))
        let names: [(name: String, type: String?)] =
            texts.isEmpty
            ? format.columns.map { ($0.name, nil) }
            : stride(from: 1, to: texts.count - 1, by: 2).map { (texts[$0], texts[$0 + 1]) }
        table = texts.first ?? now.table
        guard table == now.table else {
            throw DataError(
                .conflict,
                "The backup has rows of \(table), which this database calls \(now.table). Nothing was changed.",
                remedy: "Rename the table back, then try again.")
        }
        columns = try names.map { wanted in
            guard let column = now.columns.first(where: { $0.name == wanted.name }) else {
                throw DataError.columnIsAway(wanted.name, of: now.table, in: nil)
            }
            return Column(name: wanted.name, type: wanted.type, isFixed: column.isFixed, stored: column.stored)
        }
    }

    /// Takes note of what the columns are now.
    mutating func take(_ table: PostgreSQLTable) {
        for index in columns.indices {
            columns[index].stored = table.columns.first { $0.name == columns[index].name }
        }
    }

    /// The table's name, and each column with its type, as a JSON array of texts.
    var head: String {
        let texts = [table] + columns.flatMap { [$0.name, $0.type ?? ""] }
        return "[\(texts.map(Self.json).joined(separator: ","))]"
    }

    private static func json(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\n": json += "\\n"
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }

    /// The row's values, as texts.
    func image(_ alias: String) -> String {
        let texts = columns.map { column in
            let value = "\(alias).\(PostgreSQLIdentifier.quoted(column.name))"
            return column.stored?.spelled(value) ?? "\(value)::text"
        }
        return "ARRAY[\(texts.joined(separator: ", "))]::text[]"
    }
}

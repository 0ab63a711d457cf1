package import Records

extension PostgreSQLDestination {
    package func reverse(
        _ key: LedgerKey, overwritesEdited: Bool, only: RowCondition?, versioned: [VersionedTable],
        entry: (ChunkReversal) throws -> [UInt8]
    ) throws -> Receipt {
        let receipt = try transaction { connection in
            let schema = PostgreSQLSchema(connection)
            var outcome = ChunkReversal()
            if let chunkID = try PostgreSQLUndo(connection).chunkID(key) {
                try schema.create()
                outcome = try PostgreSQLReversal(
                    connection, chunkID: chunkID, overwritesEdited: overwritesEdited, only: only, versioned: versioned
                ).run()
                if only == nil {
                    try PostgreSQLUndo(connection).narrow(chunkID: chunkID)
                    outcome.kept += try PostgreSQLClosingNotes.unseen(chunkID, connection)
                }
            }
            let table = try schema.receipt(key)?.table ?? ""
            let receipt = Receipt(key: key, table: table, entry: try entry(outcome))
            schema.add(receipt, to: .reversals)
            return receipt
        }
        noteCommitted(key, in: .reversals)
        return receipt
    }

    package func requireReversible(logID: String, importID: UInt64) throws {
        try using { connection in
            let undo = PostgreSQLUndo(connection)
            let chunks = try undo.chunks(logID: logID, importIDs: [importID])
            if chunks.isEmpty { return }
            for tableID in try undo.tables(of: chunks) {
                let (name, format) = try undo.format(ofTable: tableID)
                if format == nil { throw DataError.tableIsAway(name, in: place) }
            }
        }
    }

    package func changedTables(haveColumn name: String, logID: String, importID: UInt64) throws -> Bool {
        try using { connection in
            let undo = PostgreSQLUndo(connection)
            return try undo.tables(of: undo.chunks(logID: logID, importIDs: [importID])).contains {
                try undo.format(ofTable: $0).format?.table.column(name) != nil
            }
        }
    }

    /// The types of widened columns are given back with the chunks.
    package func finishReversal(logID _: String, importID _: UInt64) {}

    package func forEachReversal(logID: String, importID: UInt64, _ body: (Receipt) throws -> Void) throws {
        try using { try PostgreSQLSchema($0).forEach(in: .reversals, logID: logID, importID: importID, body) }
    }

    package func chunksWithUndo(logID: String, importID: UInt64) throws -> [UInt64] {
        try using { try PostgreSQLUndo($0).chunks(logID: logID, importIDs: [importID]).map(\.number) }
    }

    package func compareRows(
        logID: String, importID: UInt64, progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> RowComparison {
        try using { connection in
            guard try PostgreSQLSchema(connection).exists() else { return RowComparison() }
            try PostgreSQLSchema(connection).create()
            var comparison = RowComparison()
            let undo = PostgreSQLUndo(connection)
            let chunks = try undo.chunks(logID: logID, importIDs: [importID]).filter {
                $0.number < LedgerKey.closingChunk
            }
            guard let first = chunks.map(\.id).min() else { return comparison }
            let numbers = Dictionary(uniqueKeysWithValues: chunks.map { ($0.id, $0.number) })
            let mine = PostgreSQLUndo.isOf(chunks)
            for number in numbers.values { comparison.digests[number] = 0 }
            for row in try connection.query(
                """
                SELECT chunk_id, sum(print) FROM (
                    SELECT chunk_id, after_print AS print FROM _waybill.undo
                    WHERE \(mine) AND n < \(PostgreSQLUnchangedRows.firstTakenOver)
                    UNION ALL SELECT chunk_id, unnest(prints) FROM _waybill.undo_packs WHERE \(mine)) rows GROUP BY chunk_id
                """)
            {
                guard let number = row[0].flatMap({ Int($0) }).flatMap({ numbers[$0] }) else { continue }
                comparison.digests[number] = UInt64(wrapping: (row[1] ?? "0").utf8)
            }
            let tables = try undo.tables(of: chunks)
            for (index, tableID) in tables.enumerated() {
                let count = try PostgreSQLSameRows(tableID, connection)?.count(in: chunks.map(\.id)) { done in
                    progress(index * chunks.count + done, tables.count * chunks.count)
                }
                if let count {
                    comparison.asWritten += count
                } else {
                    try add(tableID, mine, since: first, to: &comparison, connection)
                }
            }
            return comparison
        }
    }

    /// - Parameters:
    ///   - chunks: a condition for the import's chunks.
    ///   - first: the id of the first of them.
    private func add(
        _ tableID: String, _ chunks: String, since first: Int, to comparison: inout RowComparison,
        _ connection: PostgreSQLConnection
    ) throws {
        let undo = PostgreSQLUndo(connection)
        let mine = "u.table_id = \(tableID) AND u.kind <> 'w' AND u.\(chunks)"
        if try addByKeys(tableID, mine, to: &comparison, connection) { return }
        let (_, format) = try undo.format(ofTable: tableID)
        guard let format else {
            let count = try connection.query("SELECT count(*) FROM _waybill.undo_rows u WHERE \(mine)")[0][0]
            comparison.missing += Int(count ?? "") ?? 0
            return
        }
        let rows = format.table.ownRows
        // A row that this import deleted, a later one may have inserted again.
        let deletes = try connection.query("SELECT FROM _waybill.undo u WHERE \(mine) AND after_print IS NULL LIMIT 1")
        let kinds = deletes.isEmpty ? "('i', 'w')" : "('w')"
        let later = "table_id IN \(try undo.siblings(tableID)) AND chunk_id > \(first)"
        var sql = """
            WITH last AS (SELECT DISTINCT ON (u.key) u.* FROM _waybill.undo_rows u WHERE \(mine)
                ORDER BY u.key, u.chunk_id DESC, u.n DESC),
            later AS (SELECT key, max(chunk_id) AS chunk_id FROM _waybill.undo_rows
                WHERE kind NOT IN \(kinds) AND \(later) GROUP BY key),
            judged AS (SELECT CASE WHEN o.chunk_id > l.chunk_id THEN 'later'
                WHEN t.print IS NOT DISTINCT FROM l.after_print THEN 'same'
                WHEN t.print IS NULL OR l.after_print IS NULL THEN 'missing' ELSE 'edited' END AS verdict
                FROM last l LEFT JOIN later o USING (key)
                LEFT JOIN LATERAL (SELECT \(format.fingerprint("t")) AS print FROM \(rows) t
                    WHERE \(format.hasKey("t", "l.key"))) t ON true)
            SELECT verdict, count(*) FROM judged GROUP BY verdict
            """
        if format.key.isEmpty {
            // Rows of the same content are one as good as the other.
            sql = """
                WITH mine AS (SELECT after_print AS print, count(*) AS c FROM _waybill.undo_rows u
                    WHERE \(mine) AND after_print IS NOT NULL GROUP BY 1),
                rows AS (SELECT \(format.fingerprint("t")) AS print, count(*) AS c FROM \(rows) t GROUP BY 1),
                later AS (SELECT before_print AS print, count(*) AS c FROM _waybill.undo_rows u
                    WHERE kind IN ('u', 'd') AND \(later) AND NOT u.\(chunks) GROUP BY 1),
                compared AS (SELECT mine.c AS wanted, least(mine.c, coalesce(rows.c, 0)) AS found,
                        coalesce(later.c, 0) AS later
                    FROM mine LEFT JOIN rows USING (print) LEFT JOIN later USING (print)),
                gone AS (SELECT before_print AS print, count(*) AS c FROM _waybill.undo_rows u
                    WHERE \(mine) AND after_print IS NULL AND before_print IS NOT NULL GROUP BY 1),
                new AS (SELECT after_print AS print, count(*) AS c FROM _waybill.undo_rows u
                    WHERE after_print IS NOT NULL AND \(later) AND NOT u.\(chunks) GROUP BY 1),
                deleted AS (SELECT gone.c AS wanted,
                        least(gone.c, greatest(coalesce(rows.c, 0) - coalesce(new.c, 0), 0)) AS again
                    FROM gone LEFT JOIN rows USING (print) LEFT JOIN new USING (print))
                SELECT 'same', sum(wanted - again) FROM deleted UNION ALL
                SELECT 'missing', sum(again) FROM deleted UNION ALL
                SELECT 'same', sum(found) FROM compared UNION ALL
                SELECT 'later', sum(least(wanted - found, later)) FROM compared UNION ALL
                SELECT 'edited', sum(wanted - found - least(wanted - found, later)) FROM compared
                """
        }
        for row in try connection.query(sql) {
            let count = Int(row[1] ?? "") ?? 0
            switch row[0] {
            case "same": comparison.asWritten += count
            case "later": comparison.importedSince += count
            case "missing": comparison.missing += count
            default: comparison.edited += count
            }
        }
    }

    /// Compares by their keys the rows of a table that lost a column since. Returns false if it has them all.
    private func addByKeys(
        _ tableID: String, _ mine: String, to comparison: inout RowComparison, _ connection: PostgreSQLConnection
    ) throws -> Bool {
        let (name, columns, key) = try PostgreSQLUndo(connection).description(ofTable: tableID)
        guard let table = try PostgreSQLTable.find(quoted: name, in: connection) else { return false }
        let away = columns.filter { name in !table.columns.contains { $0.name == name } }
        if away.isEmpty { return false }
        comparison.columnsAway += away.map { "\(table.name).\($0)" }.filter { !comparison.columnsAway.contains($0) }
        let format = PostgreSQLUndoFormat(table, tableID: tableID, columnsLeftOf: columns, key: key)
        let isThere =
            format.flatMap { $0.key.isEmpty ? nil : $0 }.map {
                "EXISTS (SELECT FROM \($0.table.ownRows) t WHERE \($0.hasKey("t", "l.key")))"
            } ?? "true"
        let counts = try connection.query(
            """
            SELECT count(*) FILTER (WHERE is_there), count(*) FILTER (WHERE NOT is_there) FROM (
                SELECT \(isThere) AS is_there FROM (SELECT DISTINCT ON (u.key) u.* FROM _waybill.undo_rows u WHERE \(mine)
                    ORDER BY u.key, u.chunk_id DESC, u.n DESC) l WHERE l.after_print IS NOT NULL) judged
            """)[0]
        comparison.unclear += Int(counts[0] ?? "") ?? 0
        comparison.missing += Int(counts[1] ?? "") ?? 0
        return true
    }

    package func changes(table name: String, key: [(column: String, value: String)]) throws -> [RowChange] {
        try using { connection in
            guard let table = try PostgreSQLTable.find(name, in: connection) else {
                throw DataError(
                    .unusableOption, "there is no table \(name) in \(place)",
                    remedy: "Give the table name exactly as it is in the database.")
            }
            let pairs = try key.map { column, value in
                guard let found = table.column(column) else {
                    throw DataError(
                        .unusableOption,
                        "table \(table.name) has no column \(column); its columns are "
                            + table.columns.map(\.name).joined(separator: ", "),
                        remedy: "Name the key as COLUMN=VALUE.")
                }
                return (column: found.name, value: value)
            }
            guard try PostgreSQLSchema(connection).exists() else { return [] }
            try PostgreSQLSchema(connection).create()
            return try changes(of: table, pairs, connection)
        }
    }

    private func changes(
        of table: PostgreSQLTable, _ pairs: [(column: String, value: String)], _ connection: PostgreSQLConnection
    ) throws -> [RowChange] {
        var found: [(order: (Int, Int), change: RowChange)] = []
        let name = PostgreSQLIdentifier.literal(table.quotedName)
        let tables = "table_name = \(name) OR key <> '{}' AND table_name IN (\(PostgreSQLUndo.family(of: name)))"
        let types = try typesThatCompare(pairs, of: table, connection)
        for row in try connection.query("SELECT id FROM _waybill.undo_tables WHERE \(tables)") {
            guard let tableID = row[0] else { continue }
            // The table may have lost columns since: what is known of its rows tells their names as they were.
            let (_, columns, keyColumns) = try PostgreSQLUndo(connection).description(ofTable: tableID)
            let format = PostgreSQLUndoFormat(table, tableID: tableID, columnsLeftOf: columns, key: keyColumns)
            func rows(_ types: [String: String]) throws -> [[String?]] {
                // The database says which texts are equal.
                func isSame(_ text: String, _ pair: (column: String, value: String)) -> String {
                    let value = PostgreSQLIdentifier.literal(pair.value)
                    return types[pair.column].map { "\(text)::\($0) = \(value)::\($0)" } ?? "\(text)::text = \(value)"
                }
                let there = pairs.map { isSame("t.\(PostgreSQLIdentifier.quoted($0.column))", $0) }
                let before = pairs.map { pair in
                    isSame("u.before[\(columns.firstIndex(of: pair.column).map { $0 + 1 } ?? 0)]", pair)
                }
                let named = keyColumns.enumerated().compactMap { place, column in
                    pairs.first { $0.column == column }.map { isSame("u.key[\(place + 1)]", $0) }
                }
                let now = format.map {
                    "SELECT \($0.keyTexts("t")) FROM \(table.ownRows) t WHERE \(there.joined(separator: " AND ")) UNION"
                }
                let isNamed = !named.isEmpty && named.count == keyColumns.count
                return try connection.query(
                    """
                    SELECT u.chunk_id, u.n, u.kind, u.record, array_to_json(u.before), c.log_id, c.import, c.chunk, c.places
                    FROM _waybill.undo_rows u JOIN _waybill.undo_chunks c ON c.id = u.chunk_id
                    WHERE u.table_id = \(tableID) AND u.kind <> 'w' AND (u.kind <> 'd' OR u.before IS NOT NULL) AND (u.key IN (
                        \(now ?? "") SELECT u.key FROM _waybill.undo_rows u WHERE u.table_id = \(tableID) AND u.kind <> 'w'
                            AND \(before.joined(separator: " AND ")))
                        \(isNamed ? "OR \(named.joined(separator: " AND "))" : "")) ORDER BY 1, 2
                    """)
            }
            let known: [[String?]]
            do { known = try connection.savepoint { try rows(types) } } catch let error as PostgreSQLError
                where error.mayBeOfRecord
            {
                // A column had another type once, whose texts are none of the one that it has now.
                known = try rows([:])
            }
            for row in known {
                let kind: RowChange.Kind = row[2] == "i" ? .inserted : row[2] == "d" ? .deleted : .updated
                let chunk = LedgerKey(
                    logID: row[5] ?? "", importID: UInt64(row[6] ?? "") ?? 0, chunk: UInt64(row[7] ?? "") ?? 0)
                let places = RecordPlaces(bytes: chunk.isClosing ? [] : PostgreSQLSchema.bytes(row[8] ?? ""))
                let change = RowChange(
                    key: chunk, kind: kind,
                    location: places.location(ofRecord: Int(row[3] ?? "") ?? -1) ?? RecordLocation(),
                    before: row[4].map { Array(zip(columns, JSONTexts.listWithNulls($0))) } ?? [])
                found.append(((Int(row[0] ?? "") ?? 0, Int(row[1] ?? "") ?? 0), change))
            }
        }
        return found.sorted { $0.order < $1.order }.map(\.change)
    }

    /// The types of columns that a value can be compared with as one of them; other columns are compared as texts.
    private func typesThatCompare(
        _ pairs: [(column: String, value: String)], of table: PostgreSQLTable, _ connection: PostgreSQLConnection
    ) throws -> [String: String] {
        var types: [String: String] = [:]
        for (name, value) in pairs {
            guard let type = table.column(name)?.type else { continue }
            let typed = "\(PostgreSQLIdentifier.literal(value))::\(type)"
            do {
                try connection.savepoint { try connection.execute("SELECT \(typed) = \(typed)") }
                types[name] = type
            } catch let error as PostgreSQLError where error.mayBeOfRecord {}
        }
        return types
    }
}

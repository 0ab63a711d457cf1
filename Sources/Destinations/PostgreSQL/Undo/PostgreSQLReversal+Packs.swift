internal import Records

/// What is undone of packs as they are: most rows are as the chunk left them, and nobody changed them since.
extension PostgreSQLReversal {
    /// Undoes what it can of the chunk's packs by a statement for all, and makes ordinary undo data of the others, each
    /// of which has to be looked at. Returns how many changes were undone.
    func takeBackPacks() throws -> Int {
        if after != nil || only != nil { return 0 }
        let tables = try connection.query(
            """
            SELECT DISTINCT table_id FROM _waybill.undo_packs WHERE chunk_id = \(chunkID)
                AND NOT EXISTS (SELECT FROM _waybill.undo WHERE chunk_id = \(chunkID) AND kind <> 'w')
            """
        ).compactMap { $0[0] }
        var count = 0
        for tableID in tables {
            guard let format = try undo.format(ofTable: tableID).format, let packed = PostgreSQLPackedRows(of: format),
                try isPlain(format), try !mayBeOthers(format, packed)
            else { continue }
            do {
                count += try connection.savepoint { try takeBackPacks(format, packed) }
            } catch let error as PostgreSQLError where error.mayBeOfRecord {
                // Which row it is about shows when each is undone by itself.
            }
        }
        return count
    }

    /// Whether nothing but its own rows changes when rows of a table do.
    private func isPlain(_ format: PostgreSQLUndoFormat) throws -> Bool {
        let table = format.table
        guard !format.key.isEmpty, !table.isPartitioned, !table.hasTriggers, !table.hasRules, !table.mayHideRows,
            table.dependents.isEmpty, table.described.count == format.columns.count,
            !table.columns.contains(where: \.isFixedIdentity),
            try PostgreSQLFollowing.all(to: table, in: connection).isEmpty,
            try !versioned.contains(where: {
                try PostgreSQLTable.find($0.table, in: connection)?.quotedName == table.quotedName
            })
        else { return false }
        return true
    }

    /// How many packs of later chunks are looked through. Two sessions that wrote chunks of an import side by side may have
    /// got the ids of their undo data in the other order.
    private static let mostLaterPacks = 500

    /// Whether later chunks may have undo data of the same rows.
    private func mayBeOthers(_ format: PostgreSQLUndoFormat, _ packed: PostgreSQLPackedRows) throws -> Bool {
        let later = "chunk_id > \(chunkID) AND table_id IN \(try undo.siblings(format.tableID))"
        let found = try connection.query(
            """
            SELECT EXISTS (SELECT FROM _waybill.undo WHERE \(later))
                OR EXISTS (SELECT FROM _waybill.undo_unchanged WHERE \(later))
                OR EXISTS (SELECT FROM _waybill.undo_packs WHERE \(later) AND table_id <> \(format.tableID)),
                (SELECT count(*) FROM (SELECT FROM _waybill.undo_packs WHERE \(later) LIMIT \(Self.mostLaterPacks)) few)
            """)[0]
        let count = Int(found[1] ?? "") ?? 0
        if found[0] == "t" || count == Self.mostLaterPacks { return true }
        if count == 0 { return false }
        if try mayBeSpelledOtherwise(format) { return true }
        func keys(_ chunks: String) -> String {
            let rows = packed.select(where: "\(chunks) AND table_id = \(format.tableID)", withBefores: false)
            return "SELECT \(packed.key("m")) FROM (\(rows)) m"
        }
        let isAny = "SELECT EXISTS (\(keys("chunk_id = \(chunkID)")) INTERSECT \(keys("chunk_id > \(chunkID)")))"
        return try connection.query(isAny)[0][0] == "t"
    }

    private func takeBackPacks(_ format: PostgreSQLUndoFormat, _ packed: PostgreSQLPackedRows) throws -> Int {
        let taken = try connection.lookingUp {
            // What stands against a row that changes back may be one that goes.
            let removed = try takeBack(format, packed, withBefores: false)
            return try removed + takeBack(format, packed, withBefores: true)
        }
        // A deferred constraint is judged now, so that it is known which row stands against it.
        try connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        return taken
    }

    /// - Parameter withBefores: whether those are undone that changed rows; otherwise those that inserted rows.
    private func takeBack(
        _ format: PostgreSQLUndoFormat, _ packed: PostgreSQLPackedRows, withBefores: Bool
    ) throws -> Int {
        let these = """
            chunk_id = \(chunkID) AND table_id = \(format.tableID) AND befores IS \(withBefores ? "NOT NULL" : "NULL")
            """
        let rows = format.table.ownRows
        let isSame = "\(packed.hasKey("m", format)) AND \(format.fingerprint("t")) = m.print"
        let sets = format.columns.enumerated().map {
            "\(PostgreSQLIdentifier.quoted($1.name)) = m.b\($0 + 1)::\($1.type)"
        }.joined(separator: ", ")
        let change =
            withBefores
            ? "UPDATE \(rows) t SET \(sets) FROM mine m WHERE \(isSame) RETURNING m.n"
            : "DELETE FROM \(rows) t USING mine m WHERE \(isSame) RETURNING m.n"
        let before = packed.before("m")
        let (image, print) =
            withBefores ? (before, PostgreSQLUndoFormat.fingerprint("\(before)::text")) : ("NULL", "NULL")
        let count = try connection.query(
            """
            WITH mine AS MATERIALIZED (\(packed.select(where: these, withBefores: withBefores))),
            done AS (\(change)),
            others AS (INSERT INTO _waybill.undo
                    (chunk_id, n, table_id, kind, record, key, before, before_print, after_print)
                SELECT m.chunk_id, m.n, \(format.tableID), '\(withBefores ? "u" : "i")', m.record, \(packed.key("m")),
                    \(image), \(print), m.print
                FROM mine m WHERE m.n NOT IN (SELECT n FROM done)),
            packs AS (DELETE FROM _waybill.undo_packs WHERE \(these))
            SELECT count(*) FROM done
            """)
        return Int(count[0][0] ?? "") ?? 0
    }

    /// Whether undo data has changes of the chunk.
    func isAnyLeft() throws -> Bool {
        let mine = "WHERE chunk_id = \(chunkID)"
        return try connection.query(
            """
            SELECT EXISTS (SELECT FROM _waybill.undo \(mine) AND kind <> 'w')
                OR EXISTS (SELECT FROM _waybill.undo_packs \(mine))
            """)[0][0] == "t"
    }
}

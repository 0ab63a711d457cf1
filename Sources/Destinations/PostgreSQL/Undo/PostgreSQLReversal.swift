internal import Records

/// Undoes the changes of one chunk inside a transaction that someone else began, set by set: first each row's newest
/// change, then the one before it.
///
/// The work is done on a temporary table with the chunk's changes, in which `state` says what became of each: NULL for
/// nothing yet, `r` reversed, `h` handed over, `n` nothing to reverse any more, `k` kept, `u` kept because nothing tells it from others, `f` refused, `t` changed by a
/// trigger, `s` left alone, `p` reversed together with another change.
final class PostgreSQLReversal {
    let connection: PostgreSQLConnection
    var undo: PostgreSQLUndo { PostgreSQLUndo(connection) }
    let chunkID: String
    let overwritesEdited: Bool
    let only: RowCondition?
    let versioned: [VersionedTable]
    /// Of closing SQL's changes, only those that come right after a change of this chunk.
    let after: String?
    let work: String
    var ownMarks = "'{}'"
    /// The tables that triggers were seen to change more rows of.
    var watches: [(format: PostgreSQLUndoFormat, watch: PostgreSQLWatch)] = []
    /// By the table's oid, how many rows this changed itself, those of attempts included.
    var changedCounts: [String: Int] = [:]
    /// What nobody could watch.
    var unwatched: [UnreversedRow] = []
    private var knownAdditions: [String: PostgreSQLAddedColumns] = [:]

    init(
        _ connection: PostgreSQLConnection, chunkID: String, overwritesEdited: Bool, only: RowCondition?,
        versioned: [VersionedTable], after: String? = nil
    ) {
        self.connection = connection
        self.chunkID = chunkID
        self.overwritesEdited = overwritesEdited
        self.only = only
        self.versioned = versioned
        self.after = after
        work = after == nil ? "_waybill_reversal" : "_waybill_reversal_of_closing"
    }

    func run() throws -> ChunkReversal {
        if after == nil { try letGoOfUnchanged(chunkID, only) }
        ownMarks = try marks()
        let count = try takeBackPacks()
        var outcome = ChunkReversal()
        if try count > 0 && !isAnyLeft() {
            outcome.kept = try unseen()
        } else {
            try unpack()
            try findOtherSpellings()
            try takeBackSeeingTriggers()
            outcome = try result()
        }
        outcome.reversed += count
        return outcome
    }

    /// - Parameter triggered: the tables with triggers.
    func takeBack(_ triggered: [PostgreSQLUndoFormat]) throws {
        if after == nil { try takeBackClosing() }
        try connection.execute(
            """
            DROP TABLE IF EXISTS \(work);
            CREATE TEMP TABLE \(work) ON COMMIT DROP AS
            SELECT n, table_id, kind, key, before, before_print, after_print,
                record, row_number() OVER (PARTITION BY table_id, key ORDER BY n DESC) AS wave, NULL::"char" AS state,
                NULL::text AS message, NULL::bigint AS next_chunk, NULL::int AS next_n, NULL::bigint AS next_print,
                NULL::bigint AS same_chunk, NULL::int AS same_record, NULL::boolean AS was_left, NULL::int AS partner
            FROM _waybill.undo u WHERE chunk_id = \(chunkID) AND kind <> 'w' AND \(after.map(comesAfter) ?? "true");
            CREATE UNIQUE INDEX ON \(work) (n); CREATE INDEX ON \(work) (next_chunk, next_n) WHERE next_chunk IS NOT NULL;
            ANALYZE \(work)
            """)
        try noteFollowersAsLeft()
        // What stood against a row may be gone with the others.
        var refused = Int.max
        while true {
            try goThrough()
            for format in triggered { try sayWhatTriggersChanged(format) }
            for (format, watch) in watches where watch.sees { try sayWhichOthersTriggersChanged(format, watch) }
            let now = Int(try connection.query("SELECT count(*) FROM \(work) WHERE state = 'f'")[0][0] ?? "") ?? 0
            if now == 0 || now >= refused { break }
            refused = now
            try connection.execute(
                """
                UPDATE \(work) r SET state = NULL, message = NULL, next_chunk = NULL, next_n = NULL, next_print = NULL,
                    same_chunk = NULL, kind = u.kind, before = u.before, before_print = u.before_print,
                    after_print = u.after_print
                FROM _waybill.undo u WHERE u.chunk_id = \(chunkID) AND u.n = r.n AND r.state = 'f'
                """)
        }
    }

    /// Goes through the changes of which nothing became yet: each row's newest, table by table, then the one before it. What a
    /// foreign key did to other tables was noted after its cause, and comes back after it.
    private func goThrough() throws {
        let waves = try connection.query(
            "SELECT wave, table_id FROM \(work) WHERE state IS NULL GROUP BY 1, 2 ORDER BY wave, min(n)")
        for wave in waves {
            guard let number = wave[0], let tableID = wave[1] else { continue }
            let (name, format) = try undo.format(ofTable: tableID)
            guard let format else { throw DataError.tableIsAway(name, in: nil) }
            let these = "r.wave = \(number) AND r.table_id = \(tableID) AND r.state IS NULL"
            // What brought the row was undone, so that there is nothing left of its deletion.
            try connection.execute(
                "UPDATE \(work) r SET state = 'n' WHERE \(these) AND r.kind = 'd' AND r.before IS NULL")
            try noteWhatIsAsLeft(format, these)
            if let only { try leaveAlone(only, format, these) }
            try handOver(format, these)
            try follow(format, these)
            try restore(format, these)
            try sayWhatIsKept(format, these)
            try connection.execute(
                """
                DELETE FROM _waybill.undo u USING \(work) r
                WHERE u.chunk_id = \(chunkID) AND u.n = r.n AND r.state IN ('r', 'h', 'n') AND r.wave = \(number)
                """)
        }
    }

    /// What is left now stays as it is.
    private func sayWhatIsKept(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let row = "FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key"))"
        let kept = format.table.keptWords.map { PostgreSQLIdentifier.literal($0) }
        if let words = kept ?? (format.table.hasTriggers ? format.table.changedWords() : nil) {
            // A trigger may have changed it instead, or because of others.
            let wasLeft = overwritesEdited && kept != nil ? "true" : "r.was_left"
            try connection.execute(
                """
                UPDATE \(work) r SET state = 'f', message = \(words) WHERE \(these) AND \(wasLeft) AND EXISTS (SELECT 1 \(row))
                """)
        }
        try connection.execute(
            """
            UPDATE \(work) r SET state = 'k', message = CASE WHEN after_print IS NULL THEN 'it has been inserted again'
                WHEN EXISTS (SELECT 1 \(row)) THEN 'it was changed since' ELSE 'it was deleted since' END WHERE \(these)
            """)
    }

    /// What triggers and foreign keys make of a row is not an edit of someone's.
    private func noteWhatIsAsLeft(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        let table = format.table
        guard table.hasTriggers || table.keeper != nil || table.dependents.contains(where: \.isToItself) else { return }
        try noteAsLeft(format, these)
    }

    private func noteAsLeft(_ format: PostgreSQLUndoFormat, _ these: String) throws {
        try connection.execute(
            """
            UPDATE \(work) r SET was_left = r.was_left IS TRUE OR EXISTS (SELECT 1 FROM \(format.table.ownRows) t
                WHERE \(format.hasKey("t", "r.key")) AND \(try isAsLeft(format))) WHERE \(these)
            """)
    }

    /// Rows that follow others by foreign keys change as soon as these go back, perhaps only in part: only before that can
    /// it be seen whether someone edited them.
    private func noteFollowersAsLeft() throws {
        let followers = "r.kind = 'u' AND r.n > \(PostgreSQLFollowers.firstNumber)"
        for row in try connection.query("SELECT DISTINCT table_id FROM \(work) r WHERE \(followers)") {
            guard let tableID = row[0], let format = try undo.format(ofTable: tableID).format else { continue }
            try noteAsLeft(format, "\(followers) AND r.table_id = \(tableID)")
        }
    }

    /// Whether the row under `t` is as the change under `r` left it. Into a column that was added since, someone may
    /// have written something that would go with a row that goes.
    func isAsLeft(_ format: PostgreSQLUndoFormat) throws -> String {
        let untouched = try added(to: format).areUntouched(in: "t", format)
        return "\(format.fingerprint("t")) = r.after_print" + (untouched.map { " AND (r.kind <> 'i' OR \($0))" } ?? "")
    }

    /// The columns that a table has which undo data does not know.
    func added(to format: PostgreSQLUndoFormat) throws -> PostgreSQLAddedColumns {
        if let known = knownAdditions[format.tableID] { return known }
        let added = try PostgreSQLAddedColumns(to: format, in: connection)
        knownAdditions[format.tableID] = added
        return added
    }

    /// The transactions that wrote the chunk's undo data, as a list for SQL: a row that one of them wrote last is the chunk's
    /// beyond doubt. Where all was restored from a dump, one transaction wrote everything, and the list is empty.
    private func marks() throws -> String {
        let marks = try connection.query(
            """
            SELECT DISTINCT xmin FROM (SELECT xmin FROM _waybill.undo WHERE chunk_id = \(chunkID)
                UNION ALL SELECT xmin FROM _waybill.undo_packs WHERE chunk_id = \(chunkID)) mine
            WHERE xmin::text NOT IN (SELECT xmin::text FROM _waybill.undo_chunks WHERE id > \(chunkID) ORDER BY id LIMIT 1)
            """
        ).compactMap { $0[0] }
        return "'{\(marks.joined(separator: ","))}'"
    }

    /// Unpacks what this is going to read by its keys, or to change.
    private func unpack() throws {
        try undo.unpack("chunk_id = \(chunkID)")
        // A later change of the same row takes over what this one would have restored; so does an insertion, where this one
        // deleted the row.
        for row in try connection.query(
            """
            SELECT table_id, bool_or(after_print IS NULL) FROM _waybill.undo
            WHERE chunk_id = \(chunkID) AND kind <> 'w' GROUP BY table_id
            """)
        {
            let those = try "chunk_id > \(chunkID) AND table_id IN \(undo.siblings(row[0] ?? ""))"
            try undo.unpack(row[1] == "t" ? those : "\(those) AND befores IS NOT NULL")
        }
    }

    private func result() throws -> ChunkReversal {
        var outcome = ChunkReversal()
        let counts = try connection.query(
            "SELECT count(*) FILTER (WHERE state = 'r'), count(*) FILTER (WHERE state = 'h') FROM \(work)")[0]
        outcome.reversed = Int(counts[0] ?? "") ?? 0
        outcome.handedOver = Int(counts[1] ?? "") ?? 0
        outcome.kept = try connection.query(
            """
            SELECT o.table_name, array_to_string(r.key, ','), r.state, r.message FROM \(work) r
            JOIN _waybill.undo_tables o ON o.id = r.table_id WHERE r.state IN ('k', 'u', 'f', 't') OR r.state = 'h' AND r.message IS NOT NULL
            ORDER BY r.n DESC
            """
        ).map { row in
            let name = (row[0] ?? "").split(separator: "\"").last.map(String.init) ?? ""
            let reason: UnreversedRow.Reason =
                switch row[2] {
                case "k": .edited
                case "u": .unclear
                default: .refused
                }
            return UnreversedRow(table: name, key: row[1] ?? "", reason: reason, message: row[3] ?? "")
        }
        outcome.kept += unwatched
        if only == nil && after == nil { outcome.kept += try unseen() }
        return outcome
    }

    /// What triggers did to rows that undo data does not know; it is said once.
    private func unseen() throws -> [UnreversedRow] {
        try connection.query(
            """
            WITH gone AS (DELETE FROM _waybill.undo WHERE chunk_id = \(chunkID) AND n = \(PostgreSQLWatch.unseenNumber)
                RETURNING table_id, key[1] AS count)
            SELECT o.table_name, g.count FROM gone g JOIN _waybill.undo_tables o ON o.id = g.table_id
            """
        ).map { row in
            let name = PostgreSQLIdentifier.parts(ofQuoted: row[0] ?? "")?.last ?? row[0] ?? ""
            return UnreversedRow(
                table: name, key: "other rows", reason: .refused,
                message:
                    "triggers of the table made \(row[1] ?? "some") more \(row[1] == "1" ? "change" : "changes") to its rows, which stay"
            )
        }
    }

    private func leaveAlone(_ only: RowCondition, _ format: PostgreSQLUndoFormat, _ these: String) throws {
        let value = PostgreSQLIdentifier.literal(only.value)
        guard let place = format.columns.firstIndex(where: { $0.name == format.table.column(only.column)?.name }) else {
            try connection.execute("UPDATE \(work) r SET state = 's' WHERE \(these)")
            return
        }
        let column = "t.\(PostgreSQLIdentifier.quoted(format.columns[place].name))"
        let row = "FROM \(format.table.ownRows) t WHERE \(format.hasKey("t", "r.key"))"
        let isThere = "EXISTS (SELECT 1 \(row))"
        // As the file has it, or as the server shows it.
        let fits = "(SELECT \(value) IN (\(column)::text, \(format.text(column, format.columns[place]))) \(row))"
        try connection.execute(
            """
            UPDATE \(work) r SET state = 's' WHERE \(these)
            AND CASE WHEN \(isThere) THEN \(fits) ELSE r.before[\(place + 1)] = \(value) END IS NOT TRUE
            """)
    }
}

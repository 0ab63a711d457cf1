internal import Records

/// Which of the rows that a chunk changed may have been changed again, by the chunk itself or by a later one.
///
/// A change stands in undo data together with the row before it, so that whoever looks for one of another row reads
/// kilobytes on the way: for the rows of a whole chunk that took most of a reversal's time. Here the few are found that
/// are worth it.
struct SQLiteFollowedRows {
    let chunkID: Int64
    private var tables: [String: Table] = [:]
    /// Finds a later change of a row that no rowid tells; nil if there are no later changes.
    private let single: SQLiteStatement?
    /// Rows that stand so near to each other are looked for together.
    private static let nearness: Int64 = 16

    private struct Table {
        /// The rows that the chunk changed, as runs of rowids, and those that it changed several times.
        var own: [Range<Int64>] = []
        var images: Set<[UInt8]> = []
        var repeatedImages: Set<[UInt8]> = []
        /// Rowids that another change of the chunk or a later run of changes may be about.
        var followed = RangeSet<Int64>()
    }

    init(of chunkID: Int64, in connection: SQLiteConnection) throws {
        self.chunkID = chunkID
        let chunk = SQLiteValue.integer(UInt64(bitPattern: chunkID))
        var tables: [String: Table] = [:]
        try connection.prepare(
            """
            SELECT t.table_name, u.row, u.count FROM main._waybill_undo u
            JOIN main._waybill_undo_tables t ON t.id = u.table_id WHERE u.chunk_id = ?1 AND \(SQLiteUndoChange.isOfRow)
            """
        ).run([chunk]) { found in
            switch found.rowKey(1) {
            case .rowID(let first):
                tables[found.text(0), default: Table()].own.append(Self.run(first, found.integer(2)))
            case .image(let bytes):
                if !tables[found.text(0), default: Table()].images.insert(bytes).inserted {
                    tables[found.text(0)]?.repeatedImages.insert(bytes)
                }
            }
        }
        let isLast = try connection.query("SELECT 1 FROM main._waybill_undo WHERE chunk_id > ?1 LIMIT 1", [chunk]) {
            $0.integer(0)
        }.isEmpty
        single =
            isLast
            ? nil
            : try connection.prepare(
                """
                SELECT 1 FROM main._waybill_undo
                WHERE table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1)
                AND row = ?2 AND chunk_id > ?3 LIMIT 1
                """)
        for name in tables.keys {
            guard var table = tables[name] else { continue }
            table.own.sort { $0.lowerBound < $1.lowerBound }
            var end = Int64.min
            for run in table.own {
                if run.lowerBound < end {
                    table.followed.insert(contentsOf: run.lowerBound..<min(end, run.upperBound))
                }
                end = max(end, run.upperBound)
            }
            if !isLast { try Self.addLater(than: chunk, of: name, to: &table, connection) }
            tables[name] = table
        }
        self.tables = tables
    }

    /// Adds the rows that later chunks changed again.
    private static func addLater(
        than chunk: SQLiteValue, of name: String, to table: inout Table, _ connection: SQLiteConnection
    ) throws {
        var stretches: [Range<Int64>] = []
        for run in table.own {
            guard let last = stretches.last, run.lowerBound &- last.upperBound <= nearness else {
                stretches.append(run)
                continue
            }
            stretches[stretches.count - 1] = last.lowerBound..<max(last.upperBound, run.upperBound)
        }
        guard let first = stretches.first?.lowerBound, let end = stretches.last?.upperBound else { return }
        let later = """
            FROM main._waybill_undo WHERE table_id IN (SELECT id FROM main._waybill_undo_tables WHERE table_name = ?1)
            AND chunk_id > ?2
            """
        try connection.prepare(
            """
            SELECT row, count \(later) AND row > ?3 - \(SQLiteUndoNotes.longestRun) AND row < ?4 AND count > 1
            """
        ).run([.text(name), chunk, .integer(UInt64(bitPattern: first)), .integer(UInt64(bitPattern: end))]) {
            table.followed.insert(contentsOf: run($0.integer(0), $0.integer(1)))
        }
        let starts = try connection.prepare("SELECT row \(later) AND row >= ?3 AND row < ?4")
        for stretch in stretches {
            try starts.run([
                .text(name), chunk, .integer(UInt64(bitPattern: stretch.lowerBound)),
                .integer(UInt64(bitPattern: stretch.upperBound)),
            ]) { table.followed.insert(contentsOf: run($0.integer(0), 1)) }
        }
    }

    /// A run of rowids; the highest of all is in none.
    private static func run(_ first: Int64, _ count: Int64) -> Range<Int64> {
        let (end, isTooHigh) = first.addingReportingOverflow(max(count, 1))
        return first..<(isTooHigh ? .max : end)
    }

    /// Whether undo data may have a later change of the row of a change of this chunk.
    func mayHaveNext(_ change: SQLiteUndoChange) throws -> Bool {
        guard let table = tables[change.tableName] else { return true }
        switch change.row {
        case .rowID(let number): return number == .max || table.followed.contains(number)
        case .image(let bytes):
            if table.repeatedImages.contains(bytes) || !table.images.contains(bytes) { return true }
        }
        var isFollowed = false
        try single?.run([
            .text(change.tableName), change.row.value, .integer(UInt64(bitPattern: chunkID)),
        ]) { _ in isFollowed = true }
        return isFollowed
    }

    /// The places of a run of this chunk whose rows undo data has no later change of.
    func alone(in run: SQLiteUndoChange) -> [Range<Int>] {
        guard run.chunkID == chunkID, case .rowID(let first) = run.row, let table = tables[run.tableName] else {
            return []
        }
        let rows = Self.run(first, Int64(run.count))
        let followed = table.followed.ranges
        var (low, high) = (followed.startIndex, followed.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if followed[middle].upperBound > rows.lowerBound { high = middle } else { low = middle + 1 }
        }
        var alone: [Range<Int>] = []
        var start = rows.lowerBound
        func add(upTo end: Int64) { if start < end { alone.append(Int(start - first)..<Int(end - first)) } }
        while low < followed.endIndex, followed[low].lowerBound < rows.upperBound {
            add(upTo: followed[low].lowerBound)
            start = max(start, followed[low].upperBound)
            low += 1
        }
        add(upTo: rows.upperBound)
        return alone
    }

    /// Notes that undo data has another change.
    mutating func add(_ change: SQLiteUndoChange) {
        guard change.chunkID != chunkID, case .rowID(let first) = change.row else { return }
        tables[change.tableName]?.followed.insert(contentsOf: Self.run(first, Int64(change.count)))
    }
}

internal import Records

extension SQLiteRowWriter {
    /// Tries those again that lacked a row of their own table, or that such a row still referred to: to and fro, as
    /// long as that helps. What PostgreSQL takes record by record, SQLite takes so, too; see decision 31.
    func writeEarlyOnes(of chunk: Chunk, _ values: Chunk.Values, _ outcome: inout ChunkOutcome) throws {
        while !early.isEmpty {
            let records = early.map(\.record).reversed()
            early = []
            for record in records { try writeAlone(record, of: chunk, values, &outcome) }
            if early.count == records.count { break }
        }
        outcome.rejects += early.map(\.reject)
        early = []
    }

    /// The records that refer to a row which is not there, now that all rows are in. Asked only where SQLite itself
    /// did not judge each record: for deferred foreign keys, and while they are switched off.
    func recordsWithoutParent(_ chunk: Chunk, refused: [Int: RejectedRecord]) throws -> [Int: RejectedRecord] {
        var found: [Int: RejectedRecord] = [:]
        for key in target.table.foreignKeys {
            let places = key.columns.compactMap { name in
                target.plan.columns.firstIndex { SQLiteIdentifier.isSame($0.name, name) }
            }
            // A column that the source does not have is NULL or the table's own default.
            guard places.count == key.columns.count else { continue }
            let parent = try connection.prepare(parentSQL(key))
            try chunk.withValues { values in
                defer { parent.clear() }
                for record in chunk.records.indices where found[record] == nil && refused[record] == nil {
                    // A key that is partly NULL refers to nothing.
                    if places.contains(where: { values.value(record: record, column: $0) == nil }) { continue }
                    do throws(Refusal) {
                        for (index, column) in places.enumerated() {
                            let value = values.value(record: record, column: column)
                            try bind(value, of: column, to: parent, at: Int32(index + 1))
                        }
                    } catch {
                        // Its value was refused when it was written.
                        if let failure = error.failure { throw failure }
                        continue
                    }
                    if try parent.findsRow() { continue }
                    let refusal = Refusal(
                        .constraint, "FOREIGN KEY constraint failed: no such row in \(key.parent)",
                        field: places.count == 1 ? target.plan.columns[places[0]].name : nil)
                    found[record] = reject(refusal, record, of: chunk, values)
                }
            }
        }
        return found
    }

    private func parentSQL(_ key: SQLiteTable.ForeignKey) throws -> String {
        var columns = key.parentColumns
        if columns.isEmpty { columns = try SQLiteTable.find(key.parent, in: connection)?.primaryKey ?? [] }
        let conditions = try columns.enumerated().map { "\(try SQLiteIdentifier.quoted($1)) = ?\($0 + 1)" }
        return
            "SELECT 1 FROM main.\(try SQLiteIdentifier.quoted(key.parent)) WHERE \(conditions.joined(separator: " AND "))"
    }
}

extension SQLiteTarget {
    /// Whether a record may take a value away that rows refer to: it deletes, or changes more than what the key finds.
    /// Where the table has foreign keys of its own, what a change lacks may still come.
    func takesAwayWhatOthersReferTo(in connection: SQLiteConnection) throws -> Bool {
        let deletes = plan.mode == .delete && plan.marks.isEmpty
        guard deletes || plan.updatesRows && table.foreignKeys.isEmpty else { return false }
        let changed = plan.columns.indices.filter { !keyColumns.contains($0) }.map { plan.columns[$0].name }
        return try SQLiteTable.all(in: connection).contains { other in
            other.foreignKeys.contains { key in
                SQLiteIdentifier.isSame(key.parent, table.name)
                    && (deletes
                        || (key.parentColumns.isEmpty ? table.primaryKey : key.parentColumns).contains { column in
                            changed.contains { SQLiteIdentifier.isSame($0, column) }
                        })
            }
        }
    }
}

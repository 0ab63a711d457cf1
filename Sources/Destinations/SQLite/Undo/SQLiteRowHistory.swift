internal import Records

/// What undo data knows of one row.
struct SQLiteRowHistory {
    private let table: SQLiteTable
    private let connection: SQLiteConnection

    init(_ table: SQLiteTable, _ connection: SQLiteConnection) {
        self.table = table
        self.connection = connection
    }

    /// The changes of the rows that have these values now, and of those that had them when an import changed or deleted
    /// them.
    func changes(key: [(column: String, value: String)]) throws -> [RowChange] {
        if let unknown = key.first(where: { table.column($0.column) == nil }) {
            throw DataError(
                .unusableOption,
                "table \(table.name) has no column \(unknown.column); its columns are "
                    + table.columns.map(\.name).joined(separator: ", "),
                remedy: "Name the key as COLUMN=VALUE.")
        }
        let changes = try SQLiteUndoChanges(connection)
        let there = try rowsThere(key)
        let isHidden = table.hasRowID && table.rowIDAlias == nil
        var rows = there
        for row in try changes.rowsThatHad(key, in: table.name) where !rows.contains(row) { rows.append(row) }
        var found: [SQLiteUndoChange] = []
        for row in rows {
            // A hidden rowid may have been other rows', before and after.
            let lives = try changes.lives(of: row, in: table.name)
            for (index, life) in lives.enumerated() {
                let isIt =
                    try !isHidden || index == lives.count - 1 && there.contains(row) && isStill(life, changes)
                    || life.changes.contains { try had(key, $0, changes) }
                if isIt { found += life.changes.filter { $0.kind != .absence } }
            }
        }
        found.sort { ($0.chunkID, $0.n) < ($1.chunkID, $1.n) }
        return try found.map { change in
            let (key, places) = try SQLiteUndoStore(connection: connection).origin(ofChunk: change.chunkID)
            let names = try changes.description(ofTable: change.tableID).columns
            return RowChange(
                key: key, kind: RowChange.Kind(change.kind),
                location: (key.isClosing ? nil : places.location(ofRecord: change.record)) ?? RecordLocation(),
                before: change.before.map { Array(zip(names, $0.values.map(\.text))) } ?? [])
        }
    }

    /// Whether the row under the rowid of a life is the one that it was of.
    private func isStill(_ life: SQLiteRowLife, _ changes: SQLiteUndoChanges) throws -> Bool {
        guard let last = life.changes.last, last.after != nil,
            let table = try changes.tableWithColumnsLeft(last.tableID)
        else { return true }
        return try changes.now(last, in: table) != nil
    }

    private func had(
        _ key: [(column: String, value: String)], _ change: SQLiteUndoChange, _ changes: SQLiteUndoChanges
    ) throws -> Bool {
        guard let values = change.named?.values else { return false }
        let names = try changes.description(ofTable: change.tableID).columns
        return key.allSatisfy { column, value in
            names.firstIndex { SQLiteIdentifier.isSame($0, column) }.map { values[$0].text == value } ?? false
        }
    }

    private func rowsThere(_ key: [(column: String, value: String)]) throws -> [SQLiteUndoNotes.RowKey] {
        let conditions = try key.enumerated().map { "\(try SQLiteIdentifier.quoted($1.column)) = ?\($0 + 1)" }
        let wanted =
            table.hasRowID ? SQLiteReversedTable.rowIDName(table) : try SQLiteIdentifier.list(table.primaryKey)
        var rows: [SQLiteUndoNotes.RowKey] = []
        try connection.prepare(
            "SELECT \(wanted) FROM main.\(SQLiteIdentifier.quoted(table.name)) WHERE \(conditions.joined(separator: " AND "))"
        ).run(key.map { .text($0.value) }) { found in
            if table.hasRowID { return rows.append(.rowID(found.integer(0))) }
            var image = RowImage()
            for column in 0..<found.columnCount { image.append(found.value(column)) }
            rows.append(.image(image.bytes))
        }
        return rows
    }
}

extension RowChange.Kind {
    init(_ kind: SQLiteUndoNotes.Kind) {
        self =
            switch kind {
            case .insert: .inserted
            case .delete, .absence: .deleted
            case .update, .widening: .updated
            }
    }
}

internal import Records

/// Rows that stand in each other's way.
extension SQLiteReversedTable {
    /// The rows that have one of the unique keys of this image.
    func rivals(of image: RowImage) throws -> [SQLiteUndoNotes.RowKey] {
        var rows = try table.uniqueKeys.flatMap { try self.rows(like: image, in: $0) }
        let values = parameters(image)
        for statement in try rivalsByIndex() {
            // An expression may fail for the values that a row had.
            do { try statement.run(values) { rows.append(rowKey($0)) } } catch let error as DataError
                where error.code == .destination
            {}
        }
        return rows
    }

    /// What finds rows by partial unique indexes and those on expressions.
    private func rivalsByIndex() throws -> [SQLiteStatement] {
        if let known = knownRivals { return known }
        let names = try columns.map(SQLiteIdentifier.quoted)
        let row = "(SELECT \(names.enumerated().map { "?\($0 + 1) AS \($1)" }.joined(separator: ", ")))"
        let indexes = table.uniqueIndexes.filter { !$0.isPlain }
        let statements = try indexes.map { index in
            var conditions = index.parts.map { "(\($0)) = (SELECT \($0) FROM \(row))" }
            if let predicate = index.predicate {
                conditions += ["(\(predicate))", "(SELECT \(predicate) FROM \(row))"]
            }
            return try connection.prepare(
                "SELECT \(wanted) FROM main.\(SQLiteIdentifier.quoted(name)) WHERE "
                    + conditions.joined(separator: " AND "))
        }
        knownRivals = statements
        return statements
    }

    /// Has a row let go of its unique values, which others had.
    func park(_ row: SQLiteUndoNotes.RowKey) throws {
        guard parked[row] == nil, let image = try image(of: row), let parking = try parking() else { return }
        try parking.run(values(row))
        parked[row] = image
    }

    /// Gives those that nobody gave other values those back that they had.
    func unpark() throws {
        for (row, image) in parked { try put(image, into: row) }
    }

    /// Gives a row values in its unique columns that no row has; nil where it has no such columns besides what it is found by.
    private func parking() throws -> SQLiteStatement? {
        if let known = knownParking { return known }
        let unique = Set(table.uniqueIndexes.flatMap { $0.parts.flatMap(SQLiteIndexDefinition.names) })
        let found = Set(keyColumns.map { columns[$0] } + [table.rowIDAlias].compactMap(\.self))
        let own = table.columns.filter { column in
            !column.isGenerated && columns.contains(column.name) && !found.contains(column.name)
        }
        // What others are computed from is not known.
        let isComputed = table.columns.contains { $0.isGenerated && unique.contains(SQLiteIdentifier.folded($0.name)) }
        let sets = try own.filter { isComputed || unique.contains(SQLiteIdentifier.folded($0.name)) }
            .map { "\(try SQLiteIdentifier.quoted($0.name)) = \(Self.unused($0))" }
        let place =
            try table.hasRowID
            ? [Self.rowIDName(table)] : keyColumns.map { try SQLiteIdentifier.quoted(columns[$0]) }
        let condition = place.enumerated().map { "\($1) IS ?\($0 + 1)" }.joined(separator: " AND ")
        var statement: SQLiteStatement?
        if !sets.isEmpty {
            // Its values are checked once they are what they were.
            try connection.execute("PRAGMA ignore_check_constraints = ON")
            defer { try? connection.execute("PRAGMA ignore_check_constraints = OFF") }
            statement = try connection.prepare(
                "UPDATE OR ABORT main.\(SQLiteIdentifier.quoted(name)) SET \(sets.joined(separator: ", ")) "
                    + "WHERE \(condition)")
        }
        knownParking = .some(statement)
        return statement
    }

    private static func unused(_ column: SQLiteTable.Column) -> String {
        switch column.isStrict ? column.declaredType.uppercased() : "" {
        case "INTEGER", "INT": "random()"
        case "REAL": "CAST(random() AS REAL)"
        case "BLOB": "randomblob(16)"
        default: "'waybill ' || hex(randomblob(16))"
        }
    }
}

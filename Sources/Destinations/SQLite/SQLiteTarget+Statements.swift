internal import Records

extension SQLiteTarget {
    /// The statement that writes one record, or several at once; its parameters are the plan's columns in order, record
    /// by record.
    func writeSQL(records: Int = 1) throws -> String {
        switch plan.mode {
        case .delete: try deleteSQL()
        // Nothing is inserted: it is only told whether the values can be written.
        case .update: "SELECT \(plan.columns.indices.map { "?\($0 + 1)" }.joined(separator: ", "))"
        case .insert, .upsert, .versioned: try insertSQL(records)
        }
    }

    /// Deletes or marks the rows with a key; its parameters are the key columns in the plan's order.
    private func deleteSQL() throws -> String {
        let conditions = try openConditions()
        if plan.marks.isEmpty { return "DELETE FROM \(try qualifiedName()) WHERE \(conditions)" }
        let sets = try plan.marks.map(sql).map { "\($0.column) = \($0.value)" }.joined(separator: ", ")
        return "\(verb("UPDATE")) \(try qualifiedName()) SET \(sets) WHERE \(conditions)"
    }

    /// A column of numbers, which a boolean one is, takes true and false as 1 and 0: only those are true and false in a condition.
    private func sql(_ mark: DeletionMark) throws -> (column: String, value: String) {
        let isOfNumbers = table.column(mark.column).map { $0.type != .text } ?? false
        let number = isOfNumbers ? mark.truth.map { $0 ? "1" : "0" } : nil
        return (try SQLiteIdentifier.quoted(mark.column), number ?? SQLiteIdentifier.literal(mark.value))
    }

    /// Whether a row has a key and should be deleted: one that is marked already is historical.
    private func openConditions() throws -> String {
        let isMarked = try plan.tellingMarks.map { mark in
            let (column, value) = try sql(mark)
            // A file's true and false may be there as texts.
            let words = mark.truth.map { "'\($0)'" } ?? value
            return "(\(column) IS \(value) OR \(column) IS \(words))"
        }.joined(separator: " AND ")
        return try keyConditions() + (isMarked.isEmpty ? "" : " AND NOT (\(isMarked))")
    }

    /// Finds a row that a record should have changed, and that a trigger kept as it is; its parameters are those of the
    /// statement that writes one record. Nil if no trigger does that.
    func keptSQL() throws -> String? {
        guard table.triggers.contains(where: { $0.uppercased().contains("IGNORE") }) else { return nil }
        let select = "SELECT 1 FROM \(try qualifiedName()) WHERE"
        switch plan.mode {
        case .insert, .versioned: return nil
        case .delete: return "\(select) \(try openConditions())"
        case .update, .upsert: return otherColumns.isEmpty ? nil : "\(select) \(try differingConditions())"
        }
    }

    /// The places of the columns that are no key columns.
    private var otherColumns: [Int] { plan.columns.indices.filter { !keyColumns.contains($0) } }

    /// Changes the row with a record's key, if it has other values; its parameters are those of the statement that writes one
    /// record. Nil where there is nothing to change.
    func updateSQL() throws -> String? {
        if plan.mode == .insert || otherColumns.isEmpty { return nil }
        let sets = try otherColumns.map { column in
            let name = try SQLiteIdentifier.quoted(storedNames[column])
            return "\(name) = "
                + (plan.keepsNonNull ? "coalesce(?\(column + 1), \(name))" : value(column, at: column + 1))
        }
        return
            "\(verb("UPDATE")) \(try qualifiedName()) SET \(sets.joined(separator: ", ")) WHERE \(try differingConditions())"
    }

    /// Whether a row has a record's key and other values; the parameters are those of the statement that writes one record.
    private func differingConditions() throws -> String {
        let differs = try otherColumns.map { column in
            let differs =
                "\(try SQLiteIdentifier.quoted(storedNames[column])) IS NOT \(value(column, at: column + 1)) COLLATE BINARY"
            return plan.keepsNonNull ? "?\(column + 1) IS NOT NULL AND \(differs)" : differs
        }
        return "\(try keyConditions(keyColumns.map { $0 + 1 })) AND (\(SQLiteCondition.any(differs)))"
    }

    /// Whether it is found out first whether a row has a record's key: ON CONFLICT skips nothing but what is refused otherwise.
    var looksFirst: Bool {
        plan.mode == .update || plan.skipsDuplicates || plan.keepsNonNull || !lacking.isEmpty || keyIndex != nil
    }

    /// What a column gets of a parameter.
    private func value(_ column: Int, at parameter: Int) -> String {
        guard let value = defaults[column] ?? nil else { return "?\(parameter)" }
        return "coalesce(?\(parameter), \(value))"
    }

    /// A duplicate must be reported, not replace or skip rows, whatever the table's constraints say. Elsewhere the words are
    /// left out: they would also override the OR IGNORE of a statement in a trigger.
    func verb(_ word: String) -> String { table.mayHandleConflicts ? "\(word) OR ABORT" : word }

    private func insertSQL(_ records: Int) throws -> String {
        let names = try storedNames.map(SQLiteIdentifier.quoted)
        let values = (0..<records).map { record in
            let row = names.indices.map { value($0, at: record * names.count + $0 + 1) }
            return "(\(row.joined(separator: ", ")))"
        }
        let insert =
            "\(verb("INSERT")) INTO \(try qualifiedName()) (\(names.joined(separator: ", "))) VALUES "
            + values.joined(separator: ", ")
        guard plan.mode == .upsert, !looksFirst else { return insert }
        let conflict = "\(insert) ON CONFLICT (\(try SQLiteIdentifier.list(keyColumns.map { storedNames[$0] })))"
        let others = names.indices.filter { !keyColumns.contains($0) }.map { names[$0] }
        if others.isEmpty { return "\(conflict) DO NOTHING" }
        let table = try SQLiteIdentifier.quoted(table.name)
        let changes = others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        // BINARY: a column that ignores case must still take a value that differs in case.
        let differs = SQLiteCondition.any(others.map { "\(table).\($0) IS NOT excluded.\($0) COLLATE BINARY" })
        // The first argument says whether the row is named by its key.
        let row = try rowNames().map { "\(table).\($0)" }.joined(separator: ", ")
        let counted = records > 1 ? "\(SQLiteConflicts.function)(\(self.table.hasRowID ? 0 : 1), \(row)) AND " : ""
        return "\(conflict) DO UPDATE SET \(changes) WHERE \(counted)(\(differs))"
    }

    /// Finds a row by key; its parameters are the key columns in the plan's order.
    func lookUpSQL() throws -> String {
        "SELECT 1 FROM \(try qualifiedName()) WHERE \(try keyConditions())"
    }

    /// What a row is found by: its rowid, or its primary key where it has none.
    func rowNames() throws -> [String] {
        table.hasRowID
            ? [SQLiteReversedTable.rowIDName(table)] : try table.primaryKey.map(SQLiteIdentifier.quoted)
    }

    /// Finds the rows with a key; its parameters are the key columns in the plan's order.
    func rowsSQL() throws -> String {
        "SELECT \(try rowNames().joined(separator: ", ")) FROM \(try qualifiedName()) WHERE \(try keyConditions())"
    }

    /// Whether only the row before and after an upsert tells what became of it: triggers may have changed it back.
    var tellsUpdatesByRow: Bool { plan.updatesRows && !table.triggers.isEmpty }

    /// Reads a row by key; its parameters are the key columns in the plan's order.
    func rowSQL() throws -> String { "SELECT * FROM \(try qualifiedName()) WHERE \(try keyConditions())" }

    /// Whether a row has a key.
    ///
    /// - Parameter parameters: the parameters that have the values of the plan's key columns; nil for the first ones.
    func keyConditions(_ parameters: [Int]? = nil) throws -> String {
        let columns = try keyColumns.enumerated().map {
            (try SQLiteIdentifier.quoted(storedNames[$1]), parameters?[$0] ?? $0 + 1)
        }
        guard let keyIndex else { return columns.map { "\($0) = ?\($1)" }.joined(separator: " AND ") }
        let key = columns.map { "?\($1) AS \($0)" }.joined(separator: ", ")
        let parts = keyIndex.parts.map { "\($0) = (SELECT \($0) FROM (SELECT \(key)))" }
        return (parts + (keyIndex.predicate.map { ["(\($0))"] } ?? [])).joined(separator: " AND ")
    }

    func qualifiedName() throws -> String { "main.\(try SQLiteIdentifier.quoted(table.name))" }

    /// How rows that an upsert inserted are told from those it updated.
    var tellsInsertsByLookUp: Bool { looksFirst || plan.mode == .upsert && !table.hasRowID }
}

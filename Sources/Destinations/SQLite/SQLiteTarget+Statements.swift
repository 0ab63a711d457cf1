internal import Records

extension SQLiteTarget {
    /// The statement that writes one record; its parameters are the plan's columns in order.
    func writeSQL() throws -> String {
        let names = try plan.columns.map { try SQLiteIdentifier.quoted($0.name) }
        let values = (1...names.count).map { "?\($0)" }.joined(separator: ", ")
        // A duplicate must be reported, not replace or skip rows, whatever the table's constraints say. Elsewhere the
        // words are left out: they would also override the OR IGNORE of a statement in a trigger.
        let verb = table.mayHandleConflicts ? "INSERT OR ABORT" : "INSERT"
        let insert = "\(verb) INTO \(try qualifiedName()) (\(names.joined(separator: ", "))) VALUES (\(values))"
        guard plan.mode == .upsert else { return insert }
        let conflict = "\(insert) ON CONFLICT (\(try SQLiteIdentifier.list(plan.key)))"
        let others = names.indices.filter { !keyColumns.contains($0) }.map { names[$0] }
        if others.isEmpty { return "\(conflict) DO NOTHING" }
        let table = try SQLiteIdentifier.quoted(table.name)
        let changes = others.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        // BINARY: a column that ignores case must still take a value that differs in case.
        let differs = others.map { "\(table).\($0) IS NOT excluded.\($0) COLLATE BINARY" }.joined(separator: " OR ")
        return "\(conflict) DO UPDATE SET \(changes) WHERE \(differs)"
    }

    /// Finds a row by key; its parameters are the key columns in the plan's order.
    func lookUpSQL() throws -> String {
        let conditions = try plan.key.enumerated().map { "\(try SQLiteIdentifier.quoted($1)) = ?\($0 + 1)" }
        return "SELECT 1 FROM \(try qualifiedName()) WHERE \(conditions.joined(separator: " AND "))"
    }

    private func qualifiedName() throws -> String { "main.\(try SQLiteIdentifier.quoted(table.name))" }

    /// How rows that an upsert inserted are told from those it updated.
    var tellsInsertsByLookUp: Bool { plan.mode == .upsert && !table.hasRowID }
}

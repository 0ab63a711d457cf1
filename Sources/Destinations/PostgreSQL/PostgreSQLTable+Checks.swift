internal import Records

extension PostgreSQLTable {
    /// Throws where records of this plan cannot go into the table whatever their values are.
    func check(_ plan: TablePlan) throws {
        try checkColumnsExist(plan)
        if plan.mode != .delete { try checkOtherColumnsMayBeLeftOut(plan) }
        if plan.key.isEmpty { return }
        switch plan.mode {
        case .insert, .upsert: try checkIsUnique(plan.key)
        case .versioned: if !isIndexed(plan.key) { try checkIsUnique(plan.key + [plan.history.version]) }
        case .delete: try checkIsIndexed(plan.key)
        }
    }

    private func checkColumnsExist(_ plan: TablePlan) throws {
        let missing = plan.columnsNeeded.filter { column($0) == nil }
        if !missing.isEmpty {
            let noun = missing.count == 1 ? "column" : "columns"
            throw DataError(
                .unusableOption,
                "table \(name) has no \(noun) \(missing.joined(separator: ", ")); "
                    + "its columns are \(columns.map(\.name).joined(separator: ", "))",
                remedy:
                    "Leave the \(noun) out or name them as the table does, or add them with ALTER TABLE … ADD COLUMN.")
        }
        let generated = plan.columnsNeeded.filter { column($0)?.isGenerated == true }
        if !generated.isEmpty {
            throw DataError(
                .unusableOption,
                "table \(name) computes \(generated.joined(separator: ", ")) itself (generated); no value can be written",
                remedy: "Leave it out of the columns to import.")
        }
    }

    private func checkOtherColumnsMayBeLeftOut(_ plan: TablePlan) throws {
        let written = Set(plan.columnsNeeded.compactMap { column($0)?.name })
        // A trigger may give them a value.
        let needed = columns.filter {
            $0.isNotNull && !$0.hasDefault && !$0.isGenerated && !written.contains($0.name) && !hasBeforeTriggers
        }
        guard !needed.isEmpty else { return }
        throw DataError(
            .unusableOption,
            "table \(name) needs a value for \(needed.map(\.name).joined(separator: ", ")) (NOT NULL without a default), "
                + "which the source does not have",
            remedy: "Add it to the source, or give it a default in the table.")
    }

    private func checkIsUnique(_ key: [String]) throws {
        if isUnique(key) { return }
        let index = PostgreSQLIdentifier.quoted("\(name)_\(key.joined(separator: "_"))")
        throw DataError(
            .unusableOption,
            "table \(name) has no primary key or unique index on exactly its key (\(key.joined(separator: ", ")))",
            remedy: "Run this first: CREATE UNIQUE INDEX \(index) ON \(PostgreSQLIdentifier.quoted(name)) "
                + "(\(PostgreSQLIdentifier.list(key))); or choose another key, or none.")
    }

    private func checkIsIndexed(_ key: [String]) throws {
        if isIndexed(key) { return }
        let index = PostgreSQLIdentifier.quoted("\(name)_\(key.joined(separator: "_"))")
        throw DataError(
            .unusableOption,
            "table \(name) has no index that begins with the key (\(key.joined(separator: ", "))): each chunk would have to "
                + "look through the whole table",
            remedy: "Run this first: CREATE INDEX \(index) ON \(PostgreSQLIdentifier.quoted(name)) "
                + "(\(PostgreSQLIdentifier.list(key)))")
    }
}

extension TablePlan {
    /// Throws where the plan contradicts itself.
    func checkForPostgreSQL() throws {
        try PostgreSQLIdentifier.check(table.split(separator: ".").last.map(String.init) ?? table)
        for column in columns { try PostgreSQLIdentifier.check(column.name) }
        try checkConsistency(PostgreSQLIdentifier.folded)
        let folded = PostgreSQLIdentifier.folded(table)
        if folded.hasPrefix("_waybill") || folded.hasPrefix("pg_") {
            throw DataError(
                .unusableOption, "the table name \(table) is reserved", remedy: "Choose another table.")
        }
    }
}

internal import Records

extension SQLiteTable {
    /// Throws where records of this plan cannot go into the table whatever their values are.
    func check(_ plan: TablePlan, path: String) throws {
        try checkColumnsExist(plan, path: path)
        try checkOtherColumnsMayBeLeftOut(plan)
        guard !plan.key.isEmpty, uniqueKey(on: plan.key) == nil else { return }
        let index = try SQLiteIdentifier.quoted("\(name)_\(plan.key.joined(separator: "_"))")
        let create = try "CREATE UNIQUE INDEX \(index) ON \(SQLiteIdentifier.quoted(name))"
        throw DataError(
            .unusableOption,
            "table \(name) has no primary key or unique index on exactly its key (\(plan.key.joined(separator: ", ")))",
            remedy:
                "Run this first: \(create) (\(try SQLiteIdentifier.list(plan.key))); or choose another key, or none.")
    }

    private func checkColumnsExist(_ plan: TablePlan, path: String) throws {
        let missing = plan.columns.map(\.name).filter { column($0) == nil }
        if !missing.isEmpty {
            let noun = missing.count == 1 ? "column" : "columns"
            throw DataError(
                .unusableOption,
                "table \(name) in \(path) has no \(noun) \(missing.joined(separator: ", ")); "
                    + "its columns are \(columns.map(\.name).joined(separator: ", "))",
                remedy:
                    "Leave the \(noun) out or name them as the table does, or add them with ALTER TABLE … ADD COLUMN.")
        }
        let generated = plan.columns.map(\.name).filter { column($0)?.isGenerated == true }
        if !generated.isEmpty {
            throw DataError(
                .unusableOption,
                "table \(name) computes \(generated.joined(separator: ", ")) itself (generated); no value can be written",
                remedy: "Leave it out of the columns to import.")
        }
    }

    private func checkOtherColumnsMayBeLeftOut(_ plan: TablePlan) throws {
        let written = Set(plan.columns.map { SQLiteIdentifier.folded($0.name) })
        let needed = columns.filter {
            $0.isNotNull && !$0.hasDefault && !$0.isGenerated && $0.name != rowIDAlias
                && !written.contains(SQLiteIdentifier.folded($0.name))
        }
        guard !needed.isEmpty else { return }
        throw DataError(
            .unusableOption,
            "table \(name) needs a value for \(needed.map(\.name).joined(separator: ", ")) (NOT NULL without a default), "
                + "which the source does not have",
            remedy: "Add it to the source, or give it a default in the table.")
    }
}

extension TablePlan {
    /// Throws where the plan contradicts itself.
    func checkForSQLite() throws {
        let names = columns.map { SQLiteIdentifier.folded($0.name) }
        if names.isEmpty {
            throw DataError(
                .unusableOption, "there is no column to write into table \(table)",
                remedy: "Check that the source has a header, or name its columns.")
        }
        if let twice = columns.indices.first(where: { names[..<$0].contains(names[$0]) }) {
            throw DataError(
                .unusableOption,
                "the column name \(columns[twice].name) is there twice; upper and lower case are the same",
                remedy: "Give each column a name of its own.")
        }
        if let unknown = key.first(where: { !names.contains(SQLiteIdentifier.folded($0)) }) {
            throw DataError(
                .unusableOption,
                "the key column \(unknown) is not one of the columns \(columns.map(\.name).joined(separator: ", "))",
                remedy: "Choose the key from these columns.")
        }
        if mode == .upsert && key.isEmpty {
            throw DataError(
                .unusableOption, "an upsert into table \(table) needs a key to find the rows by",
                remedy: "Name the key columns, or insert.")
        }
        if SQLiteIdentifier.folded(table).hasPrefix("_waybill_") || SQLiteIdentifier.folded(table).hasPrefix("sqlite_")
        {
            throw DataError(
                .unusableOption, "the table name \(table) is reserved", remedy: "Choose another table.")
        }
    }
}

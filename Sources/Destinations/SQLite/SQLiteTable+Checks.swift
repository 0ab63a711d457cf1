internal import Records

extension SQLiteTable {
    /// Throws if records of this plan cannot go into the table whatever their values are.
    func check(_ plan: TablePlan, path: String) throws {
        try checkColumnsExist(plan, path: path)
        if plan.keepsUndo { try checkRowIDHasAName() }
        if plan.mode == .insert || plan.mode == .versioned { try checkOtherColumnsMayBeLeftOut(plan) }
        if plan.key.isEmpty { return }
        switch plan.mode {
        case .insert, .update, .upsert: try checkIsUnique(plan.key, plan)
        case .versioned: if !isIndexed(plan.key) { try checkIsUnique(plan.key + [plan.history.version], plan) }
        case .delete: try checkIsIndexed(plan)
        }
    }

    /// Undo data finds rows by their rowids, which a statement can name in three ways.
    private func checkRowIDHasAName() throws {
        if !hasRowID || rowIDAlias != nil || rowIDName != nil { return }
        throw DataError(
            .unusableOption,
            "table \(name) has columns called rowid, _rowid_ and oid, which hide SQLite's own row numbers: its rows could "
                + "not be rolled back",
            remedy: "Rename one of the three columns, or import with --no-undo.")
    }

    private func checkIsUnique(_ key: [String], _ plan: TablePlan) throws {
        if let name = plan.keyIndex {
            let index = try uniqueIndexes.named(name, of: self.name, SQLiteIdentifier.isSame)
            let columns = Set(self.columns.map { SQLiteIdentifier.folded($0.name) })
            let needed = Set(index.parts.flatMap(SQLiteIndexDefinition.names)).intersection(columns)
            return try index.check(key: plan.key, of: self.name) {
                needed.isSubset(of: $0.map(SQLiteIdentifier.folded))
            }
        }
        if uniqueKey(on: key) != nil { return }
        let index = try SQLiteIdentifier.quoted("\(name)_\(key.joined(separator: "_"))")
        let create = try "CREATE UNIQUE INDEX \(index) ON \(SQLiteIdentifier.quoted(name))"
        throw DataError(
            .unusableOption,
            "table \(name) has no primary key or unique index on exactly its key (\(key.joined(separator: ", "))); "
                + uniqueIndexes.words,
            remedy:
                "Run this first: \(create) (\(try SQLiteIdentifier.list(key))); or choose another key\(plan.mode == .insert ? ", or none" : "")."
                + uniqueIndexes.advice)
    }

    /// Whether rows are found by these columns without reading the whole table.
    private func isIndexed(_ key: [String]) -> Bool {
        let wanted = Set(key.map(SQLiteIdentifier.folded))
        return indexes.contains { Set($0.prefix(key.count).map(SQLiteIdentifier.folded)) == wanted }
    }

    private func checkIsIndexed(_ plan: TablePlan) throws {
        if isIndexed(plan.key) { return }
        let index = try SQLiteIdentifier.quoted("\(name)_\(plan.key.joined(separator: "_"))")
        throw DataError(
            .unusableOption,
            "table \(name) has no index that begins with the key (\(plan.key.joined(separator: ", "))): each record would "
                + "have to look through the whole table",
            remedy: "Run this first: CREATE INDEX \(index) ON \(try SQLiteIdentifier.quoted(name)) "
                + "(\(try SQLiteIdentifier.list(plan.key)))")
    }

    private func checkColumnsExist(_ plan: TablePlan, path: String) throws {
        try plan.requireSureNames(among: columns.map(\.name))
        let known = columnsByName
        let missing = plan.columnsNeeded.filter { known[SQLiteIdentifier.folded($0)] == nil }
        if !missing.isEmpty {
            let noun = missing.count == 1 ? "column" : "columns"
            throw DataError(
                .unusableOption,
                "table \(name) in \(path) has no \(noun) \(missing.joined(separator: ", ")); "
                    + "its columns are \(columns.map(\.name).joined(separator: ", "))",
                remedy: plan.remedy(forMissing: missing, among: columns.map(\.name)))
        }
        try plan.requireNoneComputed { known[SQLiteIdentifier.folded($0)]?.isGenerated == true }
    }

    /// The columns that a new row needs a value for, and the plan has none.
    func columnsLacking(_ plan: TablePlan) -> [String] {
        let written = Set(plan.columnsNeeded.map(SQLiteIdentifier.folded))
        return columns.filter {
            $0.isNotNull && !$0.hasDefault && !$0.isGenerated && $0.name != rowIDAlias
                && !written.contains(SQLiteIdentifier.folded($0.name))
        }.map(\.name)
    }

    private func checkOtherColumnsMayBeLeftOut(_ plan: TablePlan) throws {
        let needed = columnsLacking(plan)
        guard !needed.isEmpty else { return }
        throw DataError(
            .unusableOption,
            "table \(name) needs a value for \(needed.joined(separator: ", ")) (NOT NULL without a default), "
                + "which the source does not have",
            remedy: "Add it to the source, set it with --set COLUMN=VALUE, or give it a default in the table.")
    }
}

extension TablePlan {
    /// Throws if the plan contradicts itself.
    func checkForSQLite() throws {
        try checkConsistency(SQLiteIdentifier.folded)
        let folded = SQLiteIdentifier.folded(table)
        if folded.hasPrefix("_waybill_") || folded.hasPrefix("sqlite_") {
            throw DataError(
                .unusableOption, "the table name \(table) is reserved", remedy: "Choose another table.")
        }
    }
}

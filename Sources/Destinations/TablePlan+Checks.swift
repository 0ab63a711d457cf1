internal import Records

extension TablePlan {
    /// The columns that a table must have.
    var columnsNeeded: [String] {
        switch mode {
        case .insert, .update, .upsert: columns.map(\.name)
        case .versioned: columns.map(\.name) + history.names
        case .delete: key + marks.map(\.column)
        }
    }

    /// The columns that are added to a table that lacks them: those that a deletion marks, and others where that is wanted; never
    /// its key, by which its rows are known.
    func columnsToAdd(to there: [String], besides isThere: (String) -> Bool) throws -> [Column] {
        if mode == .delete {
            return marks.filter { !isThere($0.column) }.map {
                Column(name: $0.column, type: $0.type, isInferred: false)
            }
        }
        guard addsColumns else { return [] }
        try requireSureNames(among: there)
        return columns.filter { column in
            !isThere(column.name) && !isKey(column.name)
        }
    }

    /// What is said of columns that were added.
    func addedNote(_ columns: [Column]) -> [String] {
        let list = columns.map { "\($0.name) (\($0.type))" }.joined(separator: ", ")
        let noun = columns.count == 1 ? "column" : "columns"
        return columns.isEmpty ? [] : ["table \(table) gets the \(noun) \(list)"]
    }

    /// Throws where a column would go into one whose name differs in case, and table or source have both names: the second
    /// of two such names got a number when a table was made or a source was read, so it is not known which is which.
    ///
    /// - Parameter there: the table's columns.
    func requireSureNames(among there: [String]) throws {
        let names = columns.map(\.name)
        for name in names where !there.contains(name) {
            guard let column = there.first(where: { $0.lowercased() == name.lowercased() }) else { continue }
            let inTable = there.first { $0.isNumbered(name) && !names.contains($0) }
            let inSource = names.first { $0.isNumbered(column) && !there.contains($0) }
            guard let other = inTable ?? inSource else { continue }
            let ways =
                ["\(name): {to: \(inTable ?? name + "_2")}"] + (inSource.map { ["\($0): {to: \(column)}"] } ?? [])
            throw DataError(
                .unusableOption,
                "column \(name) may not be \(column) of table \(table): they differ in case, and "
                    + (inTable == nil ? "the source also has \(other)" : "the table also has \(other)"),
                remedy: "Map it to a column in waybill.yaml: columns: {\(ways.joined(separator: ", "))}")
        }
    }

    private func isKey(_ name: String) -> Bool { key.contains { $0.lowercased() == name.lowercased() } }

    /// Throws where values would be written into columns that the table computes itself. Rows can be found by one.
    func requireNoneComputed(_ isComputed: (String) -> Bool) throws {
        let names = columnsNeeded.filter { name in
            isComputed(name) && (!mode.needsTable || !isKey(name))
        }
        if names.isEmpty { return }
        let hasKey = names.contains(where: isKey)
        throw DataError(
            .unusableOption,
            "table \(table) computes \(names.joined(separator: ", ")) itself (generated); no value can be written",
            remedy: hasKey
                ? "Only --mode update and --mode delete can find rows by a generated column; otherwise choose another key."
                : "Leave it out: --skip-columns \(ShellWord.quoted(names.joined(separator: ",")))")
    }

    /// What to do about columns that a table lacks.
    ///
    /// - Parameter there: the table's columns.
    func remedy(forMissing names: [String], among there: [String]) -> String {
        let own = columns.map(\.name)
        let renamed = names.compactMap { name in
            there.first { name.isNumbered($0) && !own.contains($0) }.map { "\(name): {to: \($0)}" }
        }
        if !renamed.isEmpty {
            return "Names that differ in case only are numbered. Say in waybill.yaml which column is which: columns: "
                + "{\(renamed.joined(separator: ", "))}"
        }
        let constants = names.filter(self.constants.contains)
        if !constants.isEmpty, mode != .delete {
            return "To add the column to the table: --new-columns add; or leave out "
                + constants.map { "--set \($0)=…" }.joined(separator: " ") + " (or 'constants' in waybill.yaml)."
        }
        let noun = names.count == 1 ? "column" : "columns"
        let hasKey = names.contains(where: isKey)
        if mode == .versioned, names.contains(where: { history.names.contains($0) }) {
            return
                "--mode versioned keeps the history in these columns. Add them with ALTER TABLE … ADD COLUMN, or name "
                + "existing ones with --history, such as --history \(names[0])=COLUMN."
        }
        guard mode != .delete, !hasKey else {
            return "Leave the \(noun) out or name them as the table does, or add them with ALTER TABLE … ADD COLUMN."
        }
        let list = ShellWord.quoted(names.joined(separator: ","))
        return "To add the \(noun) to the table: --new-columns add; to leave out what the table lacks: --new-columns "
            + "ignore, or --skip-columns \(list)."
    }

    /// Whether a column gets its default in place of empty values, if it has one.
    func takesDefault(_ name: String) -> Bool {
        defaultIfEmpty.contains { $0 == "*" || $0.lowercased() == name.lowercased() }
    }

    /// What is added to the reason of a record that lacks a value where the column has a default.
    func defaultHint(_ name: String) -> String {
        let isKept = updatesRows && !keepsNonNull && !isKey(name)
        let takes = mode == .insert || mode == .upsert
        return (isKept ? "; to keep what rows have: --keep-non-null" : "")
            + (takes ? "; to write the column's default there: --default-if-empty \(name)" : "")
    }

    /// The marks that tell a row which is deleted already: the first one that is not NULL, since rows that are not deleted may
    /// have the others' values, too. Where all are NULL, all of them together.
    var tellingMarks: [DeletionMark] { marks.first { $0.value != nil }.map { [$0] } ?? marks }

    /// Throws where a column that is to get its default has none, or none of all has one.
    ///
    /// - Parameter names: the columns that have one.
    func requireDefaults(in names: [String]) throws {
        if defaultIfEmpty.isEmpty { return }
        let has = Set(names.map { $0.lowercased() })
        let without = defaultIfEmpty.filter { $0 == "*" ? names.isEmpty : !has.contains($0.lowercased()) }
        if without.isEmpty { return }
        let words = without.contains("*") ? "any column to import" : without.joined(separator: ", ")
        throw DataError(
            .unusableOption, "table \(table) has no default for \(words), which --default-if-empty asks for",
            remedy: "Leave it out of --default-if-empty, or give the column a default in the table.")
    }

    /// Throws where the plan contradicts itself.
    ///
    /// - Parameters:
    ///   - folded: what two names of one column have in common.
    ///   - isCaseSensitive: whether columns whose names differ in case may be two.
    func checkConsistency(_ folded: (String) -> String, isCaseSensitive: Bool = false) throws {
        let names = columns.map { folded($0.name) }
        if names.isEmpty {
            throw DataError(
                .unusableOption, "there is no column to write into table \(table)",
                remedy: "Check that the source has a header, or name its columns.")
        }
        var seen: Set<String> = []
        if let twice = columns.indices.first(where: {
            !seen.insert(isCaseSensitive ? columns[$0].name : names[$0]).inserted
        }) {
            throw DataError(
                .unusableOption,
                "the column name \(columns[twice].name) is there twice"
                    + (isCaseSensitive ? "" : "; upper and lower case count as the same"),
                remedy: "Give each column a name of its own.")
        }
        if let unknown = key.first(where: { !names.contains(folded($0)) }) {
            throw DataError(
                .unusableOption,
                "the source has no key column \(unknown); its columns are \(columns.map(\.name).joined(separator: ", "))",
                remedy: "Correct --key (or 'key' in waybill.yaml).")
        }
        var keys: Set<String> = []
        if let twice = key.first(where: { !keys.insert(folded($0)).inserted }) {
            throw DataError(
                .unusableOption, "the key names the column \(twice) twice",
                remedy: "Name each key column once in --key.")
        }
        if mode != .insert && key.isEmpty {
            throw DataError(
                .unusableOption, "the mode \(mode.rawValue) for table \(table) needs a key to find the rows by",
                remedy: "Name the key columns with --key, or use --mode insert.")
        }
        if mode == .update, columns.count == key.count {
            throw DataError(
                .unusableOption, "the mode update for table \(table) has no column to update except the key",
                remedy: "Add a column to the source, or name fewer key columns with --key.")
        }
        if mode == .versioned, let taken = history.names.first(where: { names.contains(folded($0)) }) {
            throw DataError(
                .unusableOption,
                "the source has a column \(taken), but the table \(table) uses that name for a row's history",
                remedy: "Rename or drop the source's column, or give the history's columns other names.")
        }
    }

    /// Throws where rows of a table that is not there are to be changed or deleted.
    func requireTable(in place: String) throws {
        guard mode.needsTable || keyIndex != nil else { return }
        let use = keyIndex.map { ", which would have the index \($0)" }
        throw DataError(
            .unusableOption,
            "there is no table \(table) in \(place)\(use ?? (mode == .delete ? " to delete from" : " to update"))",
            remedy: keyIndex == nil
                ? "Correct --table, or create the table with a first import in another mode."
                : "Correct --table, or leave out --key-index.")
    }

    /// Whether a record changes the row that has its key, and nothing else of other rows.
    var updatesRows: Bool { mode == .update || mode == .upsert }

    /// What to tell the user where records can only update, since the table needs values that they do not have.
    func note(lacking columns: [String]) -> String? {
        guard mode == .upsert, !columns.isEmpty else { return nil }
        return
            "table \(table) needs a value for \(columns.joined(separator: ", ")) (NOT NULL without a default) in new "
            + "rows, which the source does not have: only rows that exist are updated, other records are rejected"
    }
}

extension DeletionMark {
    /// The type of a column that is made for it.
    var type: ColumnType {
        guard let value else { return .text }
        if truth != nil { return .boolean }
        guard case .integer = Array(value.utf8).withUnsafeBytes(NumberText.classify) else { return .text }
        return .integer
    }

    /// What `true` and `false` mean.
    var truth: Bool? { value.flatMap { Array($0.utf8).withUnsafeBytes(ValueSpelling.boolean)?.value } }
}

extension String {
    /// Whether this is a name with the number that it gets where there is another one: `a_2`.
    fileprivate func isNumbered(_ name: String) -> Bool {
        hasPrefix(name + "_") && Int(dropFirst(name.count + 1)).map { $0 > 1 } == true
    }
}

internal import Records

extension TablePlan {
    /// The columns that a table must have.
    var columnsNeeded: [String] {
        switch mode {
        case .insert, .upsert: columns.map(\.name)
        case .versioned: columns.map(\.name) + history.names
        case .delete: key + marks.map(\.column)
        }
    }

    /// Throws where the plan contradicts itself.
    ///
    /// - Parameter folded: what two names of one column have in common.
    func checkConsistency(_ folded: (String) -> String) throws {
        let names = columns.map { folded($0.name) }
        if names.isEmpty {
            throw DataError(
                .unusableOption, "there is no column to write into table \(table)",
                remedy: "Check that the source has a header, or name its columns.")
        }
        var seen: Set<String> = []
        if let twice = columns.indices.first(where: { !seen.insert(names[$0]).inserted }) {
            throw DataError(
                .unusableOption,
                "the column name \(columns[twice].name) is there twice; upper and lower case count as the same",
                remedy: "Give each column a name of its own.")
        }
        if let unknown = key.first(where: { !names.contains(folded($0)) }) {
            throw DataError(
                .unusableOption,
                "the key column \(unknown) is not one of the columns \(columns.map(\.name).joined(separator: ", "))",
                remedy: "Choose the key from these columns.")
        }
        if mode != .insert && key.isEmpty {
            throw DataError(
                .unusableOption, "the mode \(mode.rawValue) for table \(table) needs a key to find the rows by",
                remedy: "Name the key columns with --key, or use --mode insert.")
        }
        if mode == .versioned, let taken = history.names.first(where: { names.contains(folded($0)) }) {
            throw DataError(
                .unusableOption,
                "the source has a column \(taken), but the table \(table) uses that name for a row's history",
                remedy: "Rename or drop the source's column, or give the history's columns other names.")
        }
    }

    /// Throws where rows are to be deleted from a table that is not there.
    func requireTableToDeleteFrom(in place: String) throws {
        guard mode == .delete else { return }
        throw DataError(
            .unusableOption, "there is no table \(table) in \(place) to delete from",
            remedy: "Import into it first, or name the right table.")
    }
}

extension DeletionMark {
    /// The type of a column that is made for it.
    var type: ColumnType {
        guard let value, case .integer = Array(value.utf8).withUnsafeBytes(NumberText.classify) else { return .text }
        return .integer
    }
}

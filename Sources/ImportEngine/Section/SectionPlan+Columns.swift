internal import Mapping
internal import Records

extension SectionPlan {
    /// The columns of the table, with types given or guessed.
    ///
    /// - Parameter mapped: the columns that go into the table; a type that the mapping gives goes before a guess.
    /// - Parameter guess: called only where a type is to be guessed.
    func columns(_ mapped: [MappedColumn], guess: () throws -> [ColumnType]) throws -> [Column] {
        let given: [String: ColumnType]
        switch types {
        case .inferred: given = [:]
        case .text: given = Dictionary(mapped.map { ($0.name, .text) }) { $1 }
        case .given(let types): given = types
        }
        let names = mapped.map(\.name)
        let unknown = given.keys.filter { !names.contains($0) }.sorted()
        guard unknown.isEmpty else {
            throw DataError(
                .unusableOption,
                "--types names columns that the source does not have: \(unknown.joined(separator: ", ")).",
                remedy: "It has: \(names.joined(separator: ", ")).")
        }
        let known = mapped.map { given[$0.name] ?? $0.type }
        let guessed = known.contains(nil) ? try guess() : []
        return mapped.indices.map { index in
            let type = known[index] ?? (guessed.indices.contains(index) ? guessed[index] : .text)
            return Column(name: names[index], type: type, isInferred: known[index] == nil)
        }
    }

    /// How the source's columns become the table's; nil where they stay as they are, but for their names.
    func mapper(inSource: [String]) throws -> Mapper? {
        if mapping == SectionMapping() { return nil }
        guard columns == nil else {
            throw DataError(
                .unusableOption, "--columns cannot be combined with a mapping in the configuration.",
                remedy: "Name the columns in the mapping, with 'to'.")
        }
        return try Mapper(mapping, sourceColumns: inSource)
    }

    /// The source's names, or those that were given in their place.
    func names(inSource: [String]) throws -> [String] {
        guard let columns else { return inSource }
        guard columns.count == inSource.count else {
            throw DataError(
                .unusableOption,
                "--columns names \(columns.count) columns, but the source has \(inSource.count): "
                    + "\(inSource.joined(separator: ", ")).",
                remedy: "Name each column of the source once, in its order.")
        }
        return columns
    }
}

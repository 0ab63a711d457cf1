internal import Records

extension SectionPlan {
    /// The columns of the table: with the source's names or those that were given, and with types given or guessed.
    ///
    /// - Parameter guess: called only where a type is to be guessed.
    func columns(inSource: [String], guess: () throws -> [ColumnType]) throws -> [Column] {
        let names = try names(inSource: inSource)
        switch types {
        case .text:
            return names.map { Column(name: $0, type: .text, isInferred: false) }
        case .inferred:
            return try zip(names, guess()).map { Column(name: $0, type: $1, isInferred: true) }
        case .given(let given):
            let unknown = given.keys.filter { !names.contains($0) }.sorted()
            guard unknown.isEmpty else {
                throw DataError(
                    .unusableOption,
                    "--types names columns that the source does not have: \(unknown.joined(separator: ", ")).",
                    remedy: "It has: \(names.joined(separator: ", ")).")
            }
            return try zip(names, guess()).map { name, guess in
                Column(name: name, type: given[name] ?? guess, isInferred: given[name] == nil)
            }
        }
    }

    private func names(inSource: [String]) throws -> [String] {
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

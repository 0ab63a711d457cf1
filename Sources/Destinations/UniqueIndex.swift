internal import Records

/// A unique index as it stands in the database.
struct UniqueIndex {
    /// Empty where the database has no name for it that somebody would know.
    var name: String
    /// What its key is made of, as SQL: columns and expressions.
    var parts: [String]
    /// Which rows it holds, as SQL; nil for all.
    var predicate: String?
    /// Whether it is one of columns for all rows: then the key's columns tell which it is.
    var isPlain: Bool

    var words: String {
        let parts = "(\(parts.joined(separator: ", ")))" + (predicate.map { " where \($0)" } ?? "")
        return name.isEmpty ? parts : "\(name) \(parts)"
    }
}

extension [UniqueIndex] {
    /// What stands at the end of a message that says that none fits.
    var words: String {
        isEmpty ? "it has no unique index" : "its unique indexes: \(map(\.words).joined(separator: ", "))"
    }

    /// What stands at the end of a remedy, where rows can be found by an index that must be named.
    var advice: String {
        let named = filter { !$0.isPlain && !$0.name.isEmpty }
        guard let first = named.first else { return "" }
        return " To find rows by a partial index, or one on expressions, name it, as in --key-index \(first.name)."
    }

    /// The index of this name.
    ///
    /// - Parameter isSame: whether two names mean the same.
    func named(_ name: String, of table: String, _ isSame: (String, String) -> Bool) throws -> UniqueIndex {
        if let found = first(where: { !$0.name.isEmpty && isSame($0.name, name) }) { return found }
        throw DataError(
            .unusableOption, "table \(table) has no unique index \(name); \(words)",
            remedy:
                "Name one of these with --key-index, or leave it out to find rows by the index on the key's columns.")
    }
}

extension UniqueIndex {
    /// Throws where the key has not just the columns that the index is made of.
    ///
    /// - Parameter canBeMade: whether its parts can be made of these columns alone.
    func check(key: [String], of table: String, canBeMade: ([String]) throws -> Bool) throws {
        let others = try canBeMade(key) ? key.filter { column in try canBeMade(key.filter { $0 != column }) } : key
        if others.isEmpty { return }
        throw DataError(
            .unusableOption,
            "the key (\(key.joined(separator: ", "))) does not have just the columns that the unique index \(words) of "
                + "table \(table) is made of",
            remedy: "Name all of them, and no others, with --key.")
    }
}

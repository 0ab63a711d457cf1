internal import Records

/// What tells the rows of a table apart whatever becomes of their rowids: the values of a key, spelled in one way.
struct SQLiteRowIdentity {
    let table: String
    let columns: [String]
    private let collations: [String]

    /// The values of such a key in a row.
    struct Key: Hashable {
        var table: String
        var columns: [String]
        var values: [String]
    }

    init(_ table: SQLiteTable, by columns: [String], in connection: SQLiteConnection) throws {
        self.table = table.name
        self.columns = columns
        let wanted = columns.map(SQLiteIdentifier.folded)
        let indexes = try connection.query(
            "SELECT name FROM pragma_index_list(?1, 'main') WHERE \"unique\" = 1 AND partial = 0", [.text(table.name)]
        ) { $0.text(0) }
        var collations: [String: String] = [:]
        for index in indexes {
            let parts = try connection.query(
                "SELECT name, coll FROM pragma_index_xinfo(?1, 'main') WHERE key = 1 AND cid >= 0", [.text(index)]
            ) { (name: SQLiteIdentifier.folded($0.text(0)), collation: $0.text(1).uppercased()) }
            guard Set(parts.map(\.name)) == Set(wanted) else { continue }
            for part in parts { collations[part.name] = part.collation }
            break
        }
        self.collations = wanted.map { collations[$0] ?? "BINARY" }
    }

    /// By the primary key, or else by the first unique one; nil if the table has none.
    init?(of table: SQLiteTable, in connection: SQLiteConnection) throws {
        let key = table.primaryKey.isEmpty ? table.uniqueKeys.first ?? [] : table.primaryKey
        if key.isEmpty { return nil }
        try self.init(table, by: key, in: connection)
    }

    /// How a row's columns tell its key; nothing if one of the key is not among them, or someone else's collation compares it.
    func spellings(among names: [String]) -> [RowKeySpelling?] {
        var spellings: [RowKeySpelling?] = []
        for (column, collation) in zip(columns, collations) {
            guard let place = names.firstIndex(where: { SQLiteIdentifier.isSame($0, column) }),
                let spelling = RowKeySpelling(collation: collation)
            else { return [] }
            spellings += Array(repeating: nil, count: max(0, place + 1 - spellings.count))
            spellings[place] = spelling
        }
        return spellings
    }

    /// Whether two spellings of a value can be one key.
    var hasSpellings: Bool { collations.contains { $0 != "BINARY" } }

    /// The key of a row; nil if a value of it is NULL or not among the columns, so that it tells nothing.
    func key(of image: RowImage, columns names: [String]) -> Key? {
        let values = image.values
        let places = columns.compactMap { column in names.firstIndex { SQLiteIdentifier.isSame($0, column) } }
        guard places.count == columns.count, places.allSatisfy({ $0 < values.count }) else { return nil }
        return key(of: places.map { values[$0] })
    }

    /// The key of the row with these values in the key's columns.
    func key(of values: [RowImage.Value]) -> Key? {
        var key = Key(table: SQLiteIdentifier.folded(table), columns: columns, values: [])
        for (value, collation) in zip(values, collations) {
            guard let text = value.canonicalText else { return nil }
            key.values.append(RowKeySpelling(collation: collation)?.folded(text) ?? text)
        }
        return key
    }
}

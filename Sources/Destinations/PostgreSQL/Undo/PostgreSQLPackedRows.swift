internal import Records

/// What packs of one table stand for, without making ordinary undo data of them.
struct PostgreSQLPackedRows {
    private let keyCount: Int
    private let columnCount: Int

    /// - Parameters: how many columns tell the table's rows apart, and how many describe them.
    /// - Returns: nil for so many that the server takes a row apart quicker as a whole.
    init?(keyCount: Int, columnCount: Int) {
        if keyCount == 0 || columnCount > 100 { return nil }
        self.keyCount = keyCount
        self.columnCount = columnCount
    }

    init?(of format: PostgreSQLUndoFormat) {
        self.init(keyCount: format.key.count, columnCount: format.columns.count)
    }

    private static func names(_ letter: String, _ count: Int) -> [String] { (1..<count + 1).map { "\(letter)\($0)" } }

    /// The texts of a change's key under an alias, and those of the row before, as arrays.
    func key(_ alias: String) -> String { Self.array(Self.names("\(alias).k", keyCount)) }
    func before(_ alias: String) -> String { Self.array(Self.names("\(alias).b", columnCount)) }

    private static func array(_ names: [String]) -> String { "ARRAY[\(names.joined(separator: ", "))]::text[]" }

    /// Selects `chunk_id`, `n`, `record` and `print` of each change, its key as `k1`, `k2`, …, and, where rows were
    /// changed, what they were as `b1`, `b2`, …
    ///
    /// A column's values are cut out of all of a pack at once: to put each row together takes the server three times as
    /// long.
    ///
    /// - Parameter condition: on the packs, which are all of the same table.
    func select(where condition: String, withBefores: Bool) -> String {
        let (keys, befores) = (Self.names("k", keyCount), withBefores ? Self.names("b", columnCount) : [])
        let arrays =
            keys.indices.map { "p.keys[:][\($0 + 1):\($0 + 1)]" }
            + befores.indices.map { "p.befores[:][\($0 + 1):\($0 + 1)]" }
        // OFFSET keeps the server from reading the texts again for each column.
        return """
            SELECT p.chunk_id, (p.first + x.i - 1)::int AS n, coalesce(x.record, p.first + x.i - 2)::int AS record,
                x.print, \((keys + befores).map { "x.\($0)" }.joined(separator: ", "))
            FROM (SELECT chunk_id, first, prints, records, keys::text[] AS keys\(withBefores ? ", befores::text[]" : "")
                FROM _waybill.undo_packs WHERE \(condition) OFFSET 0) p
            CROSS JOIN LATERAL unnest(\(arrays.joined(separator: ", ")), p.prints, p.records) WITH ORDINALITY
                x (\((keys + befores).joined(separator: ", ")), print, record, i)
            """
    }

    /// Whether a row under `t` has the key of a change under an alias, in a way that an index can serve.
    func hasKey(_ alias: String, _ format: PostgreSQLUndoFormat) -> String {
        format.key.enumerated().map {
            "t.\(PostgreSQLIdentifier.quoted($1.name)) = \(alias).k\($0 + 1)::\($1.type)"
        }.joined(separator: " AND ")
    }
}

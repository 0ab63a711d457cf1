internal import Records

extension PostgreSQLTable {
    /// The unique index that a plan names; nil where it names none, or one on exactly the key's columns.
    func keyIndex(of plan: TablePlan, in connection: PostgreSQLConnection) throws -> UniqueIndex? {
        guard let name = plan.keyIndex else { return nil }
        let indexes = namedUniqueIndexes
        let isExact = indexes.contains { $0.name == name }
        let index = try indexes.named(name, of: self.name) {
            isExact ? $0 == $1 : PostgreSQLIdentifier.folded($0) == PostgreSQLIdentifier.folded($1)
        }
        try index.check(key: plan.key, of: self.name) { key in
            let columns = key.compactMap(column).map { "NULL::\($0.type) AS \(PostgreSQLIdentifier.quoted($0.name))" }
            let row = "(SELECT \(columns.joined(separator: ", "))) s"
            do {
                try connection.savepoint {
                    try connection.query("SELECT \(index.parts.joined(separator: ", ")) FROM \(row) LIMIT 0")
                }
                return true
            } catch let error as PostgreSQLError where error.isOfMissingObject {
                return false
            }
        }
        return index.isPlain ? nil : index
    }
}

extension UniqueIndex {
    /// Its parts as columns behind others of a list, for `PostgreSQLWriter.sameKey`.
    var columns: String { parts.enumerated().map { ", (\($1)) AS \(Self.column($0))" }.joined() }

    static func column(_ place: Int) -> String { "_k\(place + 1)" }

    var columnNames: [String] { parts.indices.map(Self.column) }
}

extension PostgreSQLStaging {
    /// The staged records, with what an index makes of their keys.
    var keyed: String {
        guard let index = target.keyIndex else { return name }
        let key = target.keyPlaces.map {
            ", \(PostgreSQLTarget.staged($0)) AS \(PostgreSQLIdentifier.quoted(target.columns[$0].name))"
        }.joined()
        return "(SELECT s.*\(index.columns) FROM (SELECT *\(key) FROM \(name)) s)"
    }
}

extension PostgreSQLWriter {
    /// The table's rows, with what an index makes of their keys: those that it holds.
    var keyedRows: String {
        guard let index = target.keyIndex else { return rows }
        let condition = index.predicate.map { " WHERE \($0)" } ?? ""
        return "(SELECT *, ctid, tableoid\(index.columns) FROM \(rows)\(condition))"
    }
}

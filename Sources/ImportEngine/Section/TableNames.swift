internal import Destinations
internal import ImportLog
internal import Records

/// The names of the tables that an import writes to.
struct TableNames {
    private let spellings: [String: Set<String>]

    init(of sections: [ImportSubmitted.Section]) {
        let names = sections.lazy.filter(\.hasRecords).map(\.table)
        spellings = Dictionary(names.map { ($0.lowercased(), [$0]) }) { $0.union($1) }
    }

    /// Whether there is another one that differs from this one in the case of letters only.
    func haveOther(than name: String) -> Bool { (spellings[name.lowercased()]?.count ?? 0) > 1 }
}

extension DestinationAddress {
    /// Throws if rows of two tables would be mixed in one, because their names differ in the case of letters only and
    /// SQLite does not tell them apart.
    func requireDistinctTables(of sections: [ImportSubmitted.Section]) throws {
        guard path != nil else { return }
        var spellings: [String: String] = [:]
        for table in sections.lazy.filter(\.hasRecords).map(\.table) {
            guard let other = spellings.updateValue(table, forKey: SQLiteIdentifier.folded(table)), other != table
            else { continue }
            throw DataError(
                .unusableOption,
                "The names of the tables \(other) and \(table) differ only in the case of letters. In SQLite they are one "
                    + "name, and the rows of both would go into one table.",
                remedy:
                    "Give one of them another name with 'table' under 'sections' in waybill.yaml, or import one section at "
                    + "a time with --section NAME --table NAME. If they are one table, give both the same name there.")
        }
    }
}

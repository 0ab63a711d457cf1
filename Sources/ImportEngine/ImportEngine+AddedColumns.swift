internal import ImportLog
internal import Records

extension ImportEngine {
    /// Drops the columns that were added to the tables of an import which is being rolled back, where no other import brings
    /// them and nobody uses them. Of those that it brought itself, it is said if they stay.
    func dropAddedColumns(of id: ImportID, _ destination: any Destination) throws -> [RollbackNews] {
        let submitted = try log.submission(of: id)
        let own = Set(submitted.sections.flatMap(\.allColumns))
        var news: [RollbackNews] = []
        for table in Set(submitted.sections.filter(\.hasRecords).map(\.table)).sorted()
        where try destination.hasTable(table) {
            let added = try destination.addedColumns(of: table, logID: log.id)
            if added.isEmpty { continue }
            let used = try columns(of: table, besides: id, submitted, destination)
            for column in added where !used.contains(column.lowercased()) {
                if try destination.removeAdded(column, of: table, logID: log.id) {
                    news.append(.droppedColumn(column, table: table))
                } else if own.contains(column.lowercased()) {
                    news.append(.keptColumn(column, table: table))
                }
            }
        }
        return news
    }

    /// The columns that other imports bring into a table, in small letters, but for those that are rolled back.
    private func columns(
        of table: String, besides id: ImportID, _ submitted: ImportSubmitted, _ destination: any Destination
    ) throws -> Set<String> {
        let identity = try destination.tableName(table).identity
        var names: Set<String> = []
        for status in try log.imports() where status.importID != id && status.state != .rolledBack {
            let other = try log.submission(of: status.importID)
            guard other.isInto(destinationOf: submitted) else { continue }
            for section in other.sections where try destination.tableName(section.table).identity == identity {
                names.formUnion(section.allColumns)
            }
        }
        return names
    }
}

extension ImportSubmitted.Section {
    /// The columns that it writes, in small letters.
    fileprivate var allColumns: [String] {
        (columns.map(\.name) + writing.marks.map(\.column)).map { $0.lowercased() }
    }
}

extension ImportSubmitted {
    /// Whether it goes into the same database as another one, as far as the log knows.
    func isInto(destinationOf other: ImportSubmitted) -> Bool {
        destinationID.isEmpty ? destination == other.destination : destinationID == other.destinationID
    }
}

internal import ImportLog
internal import Records

extension ImportEngine {
    /// Drops the columns that were added to the tables of an import which is being rolled back, where no other import brings
    /// them and nobody uses them.
    func dropAddedColumns(
        of id: ImportID, _ destination: any Destination
    ) throws -> [(column: String, table: String)] {
        let submitted = try log.submission(of: id)
        var dropped: [(column: String, table: String)] = []
        for table in Set(submitted.sections.filter(\.hasRecords).map(\.table)).sorted()
        where try destination.hasTable(table) {
            let added = try destination.addedColumns(of: table, logID: log.id)
            if added.isEmpty { continue }
            let used = try columns(of: table, besides: id, submitted, destination)
            for column in added where !used.contains(column.lowercased()) {
                if try destination.removeAdded(column, of: table, logID: log.id) { dropped.append((column, table)) }
            }
        }
        return dropped
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
                names.formUnion(section.columns.map { $0.name.lowercased() })
            }
        }
        return names
    }
}

extension ImportSubmitted {
    /// Whether it goes into the same database as another one, as far as the log knows.
    func isInto(destinationOf other: ImportSubmitted) -> Bool {
        destinationID.isEmpty ? destination == other.destination : destinationID == other.destinationID
    }
}

package import ImportLog
internal import Records

/// A change of a row, and where it came from.
package struct TracedChange: Sendable {
    package var importID: ImportID
    package var logID: String
    package var chunk: UInt64
    /// Whether it was not a record that caused it, but the closing SQL at the import's end; `chunk` and `place` say nothing then.
    package var isClosing: Bool
    /// `inserted`, `updated` or `deleted`.
    package var change: String
    /// Nil if the import is one of another log.
    package var source: String?
    package var section = ""
    /// Where the record begins that caused it.
    package var place: Span.Place
    /// When the chunk was written; nil if it is not known.
    package var at: Timestamp?
    /// The row before, as column names and texts; empty for `inserted`.
    package var before: [(column: String, value: String?)]

    fileprivate init(_ change: RowChange) {
        importID = ImportID(rawValue: change.key.importID)
        logID = change.key.logID
        chunk = change.key.chunk
        isClosing = change.key.isClosing
        self.change = change.kind.rawValue
        place = Span.Place(change.location)
        before = change.before
    }
}

extension ImportEngine {
    /// Every change that imports made to a row, oldest first, as far as undo data goes.
    ///
    /// - Parameter key: `COLUMN=VALUE[,…]`, or the values alone where an import into the table had a key.
    package func trace(_ key: String, in table: String, of address: DestinationAddress) throws -> [TracedChange] {
        let destination = try address.open(creates: false)
        let name = try destination.tableName(table)
        let pairs = try keyPairs(key, name, destination)
        return try destination.changes(table: name.name, key: pairs).map { change in
            var traced = TracedChange(change)
            guard traced.logID == log.id, let status = try? log.status(of: traced.importID) else { return traced }
            traced.source = status.source
            try log.forEachEvent(of: ImportID(rawValue: change.key.importID)) { recorded, _ in
                if case .chunkCommitted(let chunk) = recorded.event, chunk.chunk == change.key.chunk {
                    traced.section = chunk.span.section
                    traced.at = recorded.recordedAt
                }
            }
            return traced
        }
    }

    private func keyPairs(
        _ text: String, _ table: TableName, _ destination: any Destination
    ) throws -> [(column: String, value: String)] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let pairs = parts.compactMap { part -> (column: String, value: String)? in
            guard let equals = part.firstIndex(of: "="), equals > part.startIndex else { return nil }
            return (String(part[..<equals]), String(part[part.index(after: equals)...]))
        }
        if pairs.count == parts.count { return pairs }
        for status in try log.imports() {
            let sections = try log.submission(of: status.importID).sections.filter { !$0.key.isEmpty }
            let section = try sections.first { try destination.tableName($0.table).identity == table.identity }
            guard let key = section?.key,
                try destination.hasReceipts(logID: log.id, importID: status.importID.rawValue)
            else { continue }
            if key.count == 1 { return [(key[0], text)] }
            if key.count == parts.count { return zip(key, parts).map { ($0, $1) } }
        }
        throw DataError(
            .unusableOption, "--key '\(text)' must name its columns: the imports of this table had no such key.",
            remedy: "Write it as COLUMN=VALUE, such as --key sku=A1.")
    }
}

internal import ImportLog
internal import Records

/// What may have happened to a database since an import began.
extension ImportEngine {
    /// Throws if the database undid chunks of an import in a rollback that this log does not know: the log was restored from a copy
    /// that is older than the rollback.
    func requireNoOtherRollback(of status: ImportStatus, _ destination: any Destination) throws {
        let (id, isEnded) = (status.importID, status.state.isCompleted)
        var chunks: [UInt64: Int] = [:]
        try destination.forEachReversal(logID: log.id, importID: id.rawValue) { receipt in
            if let entry = try? ReversalEntry(bytes: receipt.entry) { chunks[entry.rollback, default: 0] += 1 }
        }
        if chunks.isEmpty { return }
        try log.forEachEvent(of: id) { recorded, _ in
            if case .rollbackStarted = recorded.event { chunks[recorded.position] = nil }
        }
        let undone = chunks.values.reduce(0, +)
        if undone == 0 { return }
        throw DataError(
            .conflict,
            "Import \(id) was rolled back, and this log does not know it: the database undid \(undone) "
                + "\(undone == 1 ? "chunk" : "chunks"). The log in \(log.directory) is older than the database. "
                + "Nothing was changed.",
            remedy: "If the log was restored from a copy, put the newer log back. Otherwise "
                + (isEnded ? "" : "end the import (waybill cancel \(id)) and ")
                + "import the source again, with --force.")
    }

    /// What to say where a table does not take an import's records any more: what was refused is no option of this command.
    func tableChanged(
        _ id: ImportID, _ error: DataError, _ submitted: ImportSubmitted, _ destination: any Destination
    ) throws -> DataError {
        var changed = error
        changed.code = .destination
        let away = try submitted.sections.filter { $0.hasRecords && !$0.writing.addsColumns }.flatMap { section in
            try destination.missingColumns(section.columns.map(\.name), of: section.table)
                .map { (column: $0, table: section.table) }
        }.first
        var change = "The table changed since the import began. Change it back"
        if let away {
            changed.message = "the table \(away.table) no longer has the column \(away.column)"
            change = "Give it that column back (ALTER TABLE … RENAME or ADD COLUMN)"
        }
        changed.remedy =
            "\(change), then: waybill resume \(id). To end the import and keep what it wrote: waybill cancel \(id)."
        return changed
    }
}

package import ImportLog
internal import Records

/// Which imports to roll back, as a user says it.
package enum RollbackSelection: Sendable {
    case imports([ImportID])
    /// The newest import that can be undone.
    case last
    /// Those that were submitted since a moment, in microseconds since 1970.
    case since(Timestamp)
    case between(Timestamp, Timestamp)
    /// Those that have a number between two.
    case numbers(ClosedRange<ImportID>)
    case group(String)
    /// The rows that have a value now, whichever import wrote them.
    case rows(column: String, value: String)
    case all

    /// Which rows are undone, where it is not all.
    var condition: RowCondition? {
        if case .rows(let column, let value) = self { return RowCondition(column: column, value: value) }
        return nil
    }
}

extension ImportEngine {
    /// The imports that a selection means, newest first: those that have something to be undone.
    ///
    /// Of imports that are named, those that were rolled back already are left out: a rollback of several that was
    /// interrupted continues with the same command.
    ///
    /// - Throws: `ImportLogError.notFound` for an import or a group that is not there, `invalid` where all imports that
    ///   are named were rolled back already.
    package func imports(_ selection: RollbackSelection) throws -> [ImportStatus] {
        switch selection {
        case .imports(let ids):
            let named = try Set(ids).sorted(by: >).map { try log.status(of: $0) }
            for status in named { try status.requireBegun() }
            // Where the database cannot be asked, the log's word stands.
            let left = named.filter { status in
                !status.isTakenBack
                    || (try? isBack(status, in: openDestination(of: status.importID))) == true
            }
            if left.isEmpty {
                let those =
                    named.count == 1
                    ? "Import \(named[0].importID) was"
                    : "Imports \(named.map { "\($0.importID)" }.joined(separator: ", ")) were"
                throw ImportLogError(.invalid, "\(those) already rolled back.")
            }
            return left
        case .last: return try log.imports().first { $0.state != .rolledBack && canBeTakenBack($0) }.map { [$0] } ?? []
        case .since(let start): return try log.imports().filter { $0.submittedAt >= start && canBeTakenBack($0) }
        case .between(let start, let end):
            return try log.imports().filter { (start...end).contains($0.submittedAt) && canBeTakenBack($0) }
        case .numbers(let range):
            return try log.imports().filter { range.contains($0.importID) && canBeTakenBack($0) }
        case .group(let id):
            return try log.group(id).imports.map { try log.status(of: $0) }.filter(canBeTakenBack).reversed()
        case .rows, .all: return try log.imports().filter(canBeTakenBack)
        }
    }

    /// Whether an import put rows into the destination that are not taken out yet; those that a rollback had to leave are.
    private func canBeTakenBack(_ status: ImportStatus) -> Bool {
        if status.state == .running || status.isTakenBack { return false }
        return status.chunks.committed > 0 || hasUnloggedChunks(status)
    }

    /// Whether an import's process was killed before it could log the first chunk that it had written. Where the database
    /// cannot be asked, the log's word stands.
    private func hasUnloggedChunks(_ status: ImportStatus) -> Bool {
        guard [.interrupted, .failed, .cancelled].contains(status.state),
            let destination = try? openDestination(of: status.importID),
            let ledger = try? reconcile(status, knownChunks(of: status.importID), destination)
        else { return false }
        return !ledger.recovered.isEmpty
    }
}

extension ImportStatus {
    /// Whether a rollback left rows as they were.
    package var hasKeptRows: Bool { rollback.map { $0.counts.kept + $0.counts.refused > 0 } ?? false }

    /// Whether nothing of it is left to be undone.
    package var isTakenBack: Bool { state == .rolledBack && !hasKeptRows }
}

package import ImportLog
internal import Records

/// What the cancelling of an import found.
package struct Cancellation: Sendable {
    package var status: ImportStatus
    /// Chunks that the database had and the log lacked.
    package var recovered = 0
    /// Chunks that the log had and the database lacked.
    package var lost = 0
    /// Why the database could not be asked what it has of the import; nil if it said so.
    package var unasked: String?
}

extension ImportEngine {
    /// Abandons an import. What it wrote stays.
    ///
    /// The log first notes what the database has of it, as it does before an import goes on: a process that was killed may have
    /// written more than it logged. If the database cannot be asked, the import ends anyway, and its reason says so.
    ///
    /// - Throws: `ImportLogError.invalid` if the import has ended or is being rolled back; `conflict` where someone is
    ///   at work on it or on its database.
    package func cancel(_ id: ImportID) throws -> Cancellation {
        let owner = try log.own(id)
        let status = try log.status(of: id)
        guard !status.state.isCompleted && status.state != .cancelled && status.state != .rolledBack else {
            throw ImportLogError(.invalid, "Import \(id) has ended (\(status.state.rawValue)) and cannot be cancelled.")
        }
        if status.rollback?.isFinished == false {
            throw ImportLogError(
                .invalid, "The rollback of import \(id) is not finished, so the import cannot be cancelled.",
                remedy: "Finish the rollback: waybill rollback \(id)")
        }
        var ended = Cancellation(status: status)
        var reason = "by \(CurrentUser.description)"
        do {
            let destination = try openDestination(of: id)
            let working = try DestinationLock(log, address(of: id), destination, for: .work)
            defer { working.release() }
            let ledger = try reconcile(status, knownChunks(of: id), destination)
            (ended.recovered, ended.lost) = (ledger.recovered.count, ledger.lost.count)
            if ended.recovered + ended.lost > 0 { try note(ledger, status, owner) }
        } catch let error as DataError {
            ended.unasked = error.message
            reason += "; the database could not be checked: \(error.message)"
        }
        try owner.submit([.cancelled(reason: reason)]).wait()
        owner.removeLock()
        ended.status = try log.status(of: id)
        return ended
    }
}

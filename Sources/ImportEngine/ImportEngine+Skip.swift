package import ImportLog
internal import Records

extension ImportEngine {
    /// Leaves a source alone whose bytes an earlier import put into the table.
    ///
    /// A delivery that belongs to a batch is an event all the same: its part came.
    func skip(_ submitted: ImportSubmitted, same: ImportStatus) throws -> ImportOutcome {
        guard submitted.batch != nil, submitted.resubmits == nil else { return .skipped(same: same, notedAs: nil) }
        let digest = try log.completion(of: same.importID)?.digest ?? []
        let completed = ImportCompleted(
            digest: digest, bytes: submitted.identity?.size ?? 0, counts: Counts(), passedOver: submitted.passedOver,
            sameAs: same.importID)
        // One append: half of it would be an import of its own, which is gone on with.
        let id = try log.submitAndWait(
            submitted, then: [.started(.current, tableCreated: false), .completed(completed)])
        return .skipped(same: same, notedAs: id)
    }

    /// Ends an import that is not to be gone on with. What it wrote stays.
    ///
    /// - Throws: `ImportLogError.invalid` where the import has ended; `conflict` where somebody is at work on it.
    package func cancel(_ id: ImportID) throws -> ImportStatus {
        let owner = try log.own(id)
        let status = try log.status(of: id)
        if status.rollback?.isFinished == false {
            throw ImportLogError(
                .invalid, "Import \(id) is being rolled back and cannot be cancelled.",
                remedy: "Go on with the rollback: waybill rollback \(id)")
        }
        let state = status.state
        guard !state.isCompleted && state != .cancelled && state != .rolledBack else {
            throw ImportLogError(
                .invalid,
                "Import \(id) has ended (\(state.rawValue.replacing("_", with: " "))) and cannot be cancelled.")
        }
        try owner.submit([.cancelled(reason: "by \(CurrentUser.description)")]).wait()
        owner.removeLock()
        return try log.status(of: id)
    }
}

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
        // One append: half of it would be an import of its own, which is continued.
        let id = try log.submitAndWait(
            submitted, then: [.started(.current, tableCreated: false), .completed(completed)])
        return .skipped(same: same, notedAs: id)
    }
}

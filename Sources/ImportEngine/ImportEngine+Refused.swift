package import ImportLog
internal import Records

extension ImportEngine {
    /// Notes a source that could not be begun with, as an import that failed before it was started. So the log tells it
    /// beside the others of its command or batch.
    ///
    /// - Returns: the import's number; nil where the source is not what is wrong, and another try may go well.
    package func noteRefused(_ plan: ImportPlan, because error: any Error) throws -> ImportID? {
        let codes: [DataError.Code] = [.notFound, .unreadable, .malformed, .unusableOption]
        guard let error = error as? DataError, codes.contains(error.code), let address = try? SourceAddress(plan.source)
        else { return nil }
        let submitted = ImportSubmitted(
            source: address.description, destination: plan.destination.description,
            table: plan.section.table ?? plan.sourceName ?? "", mode: plan.section.mode.rawValue, key: plan.section.key,
            batch: plan.batch, submittedBy: CurrentUser.description, program: program)
        return try log.submitAndWait(submitted, then: [.failed(error: error.message)])
    }
}

extension ImportStatus {
    /// Whether its source could not be begun with, so that nothing of it was read or written.
    package var couldNotBegin: Bool { state == .failed && startedAt == nil }

    /// - Throws: `ImportLogError.invalid` where there is nothing that a command could work on.
    func requireBegun() throws {
        guard couldNotBegin else { return }
        throw ImportLogError(
            .invalid, "Import \(importID) could not start; nothing was written: \(reason)",
            remedy: "Correct the source, then import it again.")
    }
}

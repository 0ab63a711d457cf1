package import ImportLog
internal import Records

/// What became of a batch group's closing SQL.
package enum FinalizeOutcome: Sendable {
    case done(GroupFinalized)
    /// It was run before, and no part came since.
    case wasDone
    /// Parts are missing or not finished.
    case notComplete(GroupStatus)
}

extension ImportEngine {
    /// Runs a group's closing SQL, in one transaction, where all its parts are there and it was not run for them yet.
    ///
    /// - Throws: what the database said; then nothing of it is kept, and the failure is an event of its own.
    package func finalize(
        _ batchID: String, by statements: [String], in address: DestinationAddress
    ) throws -> FinalizeOutcome {
        let group = try log.group(batchID)
        guard group.state == .complete || group.state == .partialSuccess && group.failedParts.isEmpty else {
            return .notComplete(group)
        }
        guard let last = try group.imports.last(where: { try log.status(of: $0).state.isCompleted }) else {
            return .notComplete(group)
        }
        var isDone = false
        try log.forEachEvent(of: last) { recorded, _ in
            if case .groupFinalized(let event) = recorded.event, event.error.isEmpty { isDone = true }
        }
        if isDone { return .wasDone }
        let owner = try log.own(last)
        defer { owner.removeLock() }
        do {
            let rows = try address.open().run(statements, once: "\(log.id)/\(batchID)/\(last)")
            // Its process may have died before it could say so.
            let counts = rows ?? statements.map { _ in 0 }
            let event = GroupFinalized(
                batchID: batchID,
                steps: zip(statements, counts).map { GroupFinalized.Step(sql: $0, rows: UInt64($1)) })
            try owner.submit([.groupFinalized(event)]).wait()
            return .done(event)
        } catch let error as DataError {
            let failed = GroupFinalized(batchID: batchID, steps: [], error: error.message)
            try owner.submit([.groupFinalized(failed)]).wait()
            throw DataError(
                error.code,
                "The closing SQL of the batch '\(batchID)' failed, and nothing of it was kept: \(error.message)",
                remedy: "Mend it in waybill.yaml, then run: waybill group finalize \(batchID)")
        }
    }

    /// The same, with what a configuration says of the group's source.
    package func finalize(_ batchID: String, _ configuration: Configuration?, _ sourceName: String?) throws
        -> FinalizeOutcome
    {
        let group = try log.group(batchID)
        guard let last = group.imports.last else { return .notComplete(group) }
        let submitted = try log.submission(of: last)
        let source = try configuration?.source(named: sourceName, for: submitted.source)
        guard let source, !source.finalize.isEmpty else {
            throw DataError(
                .unusableOption, "The configuration has no 'finalize' for the source of the batch '\(batchID)'.",
                remedy: "Write the SQL there, as a list, under the source in waybill.yaml.")
        }
        return try finalize(batchID, by: source.finalize, in: DestinationAddress(submitted.destination))
    }
}

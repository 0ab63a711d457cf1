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
    /// Does what is to happen once an import has ended, however it came to its end: in its first run, after a kill, or
    /// because it had been there before. Doing it again changes nothing.
    ///
    /// - Parameters:
    ///   - statements: the closing SQL that the user gives now; empty for what the log has.
    ///   - address: the destination, where it is known with its secrets.
    func conclude(
        _ outcome: ImportOutcome, by statements: [String] = [], in address: DestinationAddress? = nil
    ) throws {
        var batches: [String] = []
        switch outcome {
        case .stopped: return
        case .completed(let status): batches = [status.batch?.id].compactMap(\.self)
        case .skipped(let same, let notedAs):
            batches = [same.batch?.id].compactMap(\.self)
            if let notedAs, let other = try log.status(of: notedAs).batch?.id, other != batches.first {
                batches.append(other)
            }
        }
        for batch in batches {
            let group = try log.group(batch)
            // What another batch is closed by stands in the log only.
            let given = batch == batches.last ? statements : []
            let closing = try given.isEmpty ? group.closingStatements(in: log) : given
            guard !closing.isEmpty else { continue }
            _ = try finalize(batch, by: closing, in: address)
        }
    }

    /// Runs a group's closing SQL, in one transaction, where all its parts are there and it was not run for them yet.
    ///
    /// - Parameter address: the destination, where it is known with its secrets; nil for where the last part went.
    /// - Throws: what the database said; then nothing of it is kept, and the failure is an event of its own.
    package func finalize(
        _ batchID: String, by statements: [String], in address: DestinationAddress? = nil
    ) throws -> FinalizeOutcome {
        var group = try log.group(batchID)
        guard group.isReadyToFinalize, let last = group.changedBy else { return .notComplete(group) }
        if group.finalized == .done { return .wasDone }
        let destination = try address?.open(creates: false) ?? openDestination(holding: last)
        let working = try DestinationLock(log, address ?? self.address(of: last), destination, for: .work)
        defer { working.release() }
        let owner = try ownWaiting(for: last)
        defer { owner.removeLock() }
        // Someone else may have run it meanwhile, or another part may have begun.
        group = try log.group(batchID)
        if group.finalized == .done { return .wasDone }
        guard group.isReadyToFinalize, group.changedBy == last else { return .notComplete(group) }
        do {
            let undo = ClosingUndo(logID: log.id, importID: last.rawValue, imports: group.imports.map(\.rawValue))
            let rows = try destination.run(
                statements, once: Self.finalizeName(log, group, last), undo: undo)
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
                "The finalize SQL of batch '\(batchID)' failed and was rolled back: \(error.message)",
                remedy: "Correct it in waybill.yaml, then run: waybill group finalize \(batchID)")
        }
    }

    /// The name under which a destination remembers that closing SQL was run: once for what is there now. What it had made of
    /// rows that were rolled back is gone, so it must run again.
    static func finalizeName(_ log: ImportLog, _ group: GroupStatus, _ last: ImportID) -> String {
        "\(log.id)/\(group.batchID)/\(last)" + (group.rolledBackAt > 0 ? "/\(group.rolledBackAt)" : "")
    }

    /// Takes an import that another process may be closing at this moment.
    func ownWaiting(for id: ImportID) throws -> ImportOwner {
        var attempt = 1
        while true {
            do {
                return try log.own(id)
            } catch let error as ImportLogError where error.code == .conflict && attempt < 5 {
                attempt += 1
                RetryDelay.wait(beforeAttempt: attempt)
            }
        }
    }

    /// The same, with what a configuration says of the group's source, or else what the log says.
    package func finalize(_ batchID: String, _ configuration: Configuration?, _ sourceName: String?) throws
        -> FinalizeOutcome
    {
        let group = try log.group(batchID)
        guard let last = group.imports.last else { return .notComplete(group) }
        var submitted = try log.submission(of: last)
        // A file of mended records is of the source that they came from.
        while let mended = submitted.resubmits { submitted = try log.submission(of: mended) }
        let source = try configuration?.source(named: sourceName, for: submitted.source)
        try source?.require { $0 == "finalize" }
        let given = source?.finalize ?? []
        let statements = try given.isEmpty ? group.closingStatements(in: log) : given
        guard !statements.isEmpty else {
            throw DataError(
                .unusableOption, "Batch '\(batchID)' has no finalize SQL.",
                remedy: "Add it as a list, 'finalize', under the source in waybill.yaml.")
        }
        return try finalize(batchID, by: statements)
    }

    /// The closing SQL that was run for a batch last, which may have been corrected since its imports were submitted; nil
    /// where none was.
    func statementsRunLast(for batchID: String) throws -> [String]? {
        // The event stands with the import that was the last one then.
        for id in try log.group(batchID).imports.reversed() {
            var statements: [String]?
            try log.forEachEvent(of: id) { recorded, _ in
                if case .groupFinalized(let event) = recorded.event, event.batchID == batchID, event.error.isEmpty {
                    statements = event.steps.map(\.sql)
                }
            }
            if let statements { return statements }
        }
        return nil
    }
}

extension GroupStatus {
    /// Whether all parts are there, perhaps with rejects.
    fileprivate var isReadyToFinalize: Bool {
        hasCompleted
            && (state == .complete || state == .partialSuccess && failedParts.isEmpty && rolledBackParts.isEmpty)
    }

    /// The closing SQL that the log has.
    fileprivate func closingStatements(in log: ImportLog) throws -> [String] {
        try finalizeFrom.map { try log.submission(of: $0).finalize } ?? []
    }
}

package import ImportLog
internal import Readers
internal import Records

/// Runs imports against one log.
package struct ImportEngine: Sendable {
    package let log: ImportLog
    /// The name and version that go into the log.
    let program: String
    /// Where the database of the imports is now, where the user says so; nil for where the log says.
    package var place: DestinationAddress?

    package init(log: ImportLog, program: String) {
        self.log = log
        self.program = program
    }

    /// Looks at a source and at what it is to go into, and writes nothing.
    package func preflight(_ plan: ImportPlan) throws -> Preflight { try Preflight(plan, program: program) }

    /// Imports a source, or continues an import of the same source that did not end. A source that is split becomes
    /// several imports, one after the other.
    ///
    /// Blocks the thread until the imports end or `stop` is used. The same bytes in the same table are not imported
    /// twice unless the plan says so.
    package func start(
        _ preflight: Preflight, stop: StopSwitch = StopSwitch(),
        news: @escaping @Sendable (ImportNews) -> Void = { _ in }
    ) throws -> [ImportOutcome] {
        var outcomes: [ImportOutcome] = []
        for submitted in preflight.submissions {
            let outcome = try start(submitted, preflight, stop: stop, news: news)
            outcomes.append(outcome)
            try conclude(outcome, by: preflight.plan.finalize, in: preflight.plan.destination)
            // A part that stopped, because it was told to or ran into a limit, is continued before the next one.
            if case .stopped = outcome { break }
        }
        return outcomes
    }

    /// Whether all of a source is in the destination already, as far as the log tells. Nothing is written.
    package func isThere(_ preflight: Preflight) throws -> Bool {
        guard !preflight.plan.force, !preflight.plan.destination.isMissing else { return false }
        let destination = try preflight.plan.destination.open(creates: false)
        let earlier = SameSource(log: log, destination: destination)
        return try preflight.submissions.allSatisfy {
            try earlier.find($0.named(by: destination), preflight.source)?.state.isCompleted == true
        }
    }

    /// The import of the same source that did not end, which `start` would continue, and at which record; nil for none.
    /// Nothing is written.
    package func unfinished(_ preflight: Preflight) throws -> (importID: ImportID, record: UInt64)? {
        guard !preflight.plan.destination.isMissing else { return nil }
        let destination = try preflight.plan.destination.open(creates: false)
        for submitted in preflight.submissions {
            let earlier = SameSource(log: log, destination: destination)
            let named = try submitted.named(by: destination)
            guard let found = try earlier.find(named, preflight.source, isUnfinished: true) else { continue }
            let ledger = try reconcile(found, knownChunks(of: found.importID), destination)
            let recovered = ledger.recovered.reduce(0) { $0 + $1.chunk.counts.read }
            let lost = ledger.lost.reduce(0) { $0 + $1.event.counts.read }
            return (found.importID, found.records.read + recovered - lost + 1)
        }
        return nil
    }

    private func start(
        _ submitted: ImportSubmitted, _ preflight: Preflight, stop: StopSwitch,
        news: @escaping @Sendable (ImportNews) -> Void
    ) throws -> ImportOutcome {
        let (plan, source) = (preflight.plan, preflight.source)
        try requireOwnRejects(submitted, source)
        try requirePart(submitted.batch)
        // Nothing is refused later for what it asks of its tables: a refusal makes no database.
        let isNew = plan.destination.isMissing
        if isNew { try requireTablesFit(submitted.sections.filter(\.hasRecords), plan.destination, stop: stop) }
        let destination = try plan.destination.open()
        let working = try DestinationLock(log, plan.destination, destination, for: .work)
        defer { working.release() }
        // A name that was made of a file's or a section's may have dots of its own.
        let given = ([plan.section] + plan.rules.map(\.plan)).compactMap(\.table)
        for table in Set(given).intersection(submitted.sections.map(\.table)) {
            try destination.requirePlace(of: table)
        }
        var submitted = try submitted.named(by: destination)
        let starting = try StartLock(
            log, destination: plan.destination.place(of: destination),
            table: destination.tableName(submitted.table).identity)
        if !plan.force { try followIfBack(submitted, destination, news) }
        if let same = try sameSource(as: submitted, source, isForced: plan.force, destination),
            let outcome = try goOn(with: same, as: submitted, preflight, starting, destination, stop: stop, news: news)
        {
            return outcome
        }
        var former: ImportStatus?
        if !plan.force {
            try refuseOverlap(submitted, source, destination)
            try refuseGrown(submitted, source, destination)
            try refuseChanged(submitted, source, destination)
            former = try formerVersion(of: submitted, source, destination)
        }
        let written = submitted.sections.filter(\.hasRecords)
        if written.count > 1 && !isNew { try requireTablesFit(written, plan.destination, stop: stop) }
        if !plan.force { try refuseUnknown(submitted, source, destination) }
        try submitted.requireRoomInLog()
        let prepared = try prepare(written, of: submitted, destination, stop: stop)
        submitted = submitted.asOf(try log.nextMoment())
        let owner = try log.own(try log.submitAndWait(submitted))
        starting.release()
        try refuseUsedNumber(owner, destination)
        _ = try owner.submit([.started(.current, tableCreated: prepared.contains { $0.created })]).wait()
        news(
            .began(
                owner.importID, submitted,
                tables: zip(prepared, written).map { prepared, section in
                    PreparedTable(prepared, doubts: preflight.doubts[section.name] ?? [])
                }, leftOut: preflight.leftOut))
        if let former { news(.hasFormerVersion(former)) }
        let status = try log.status(of: owner.importID)
        let run = ImportRun(
            owner: owner, logID: log.id, destination: destination, submitted: submitted, limits: preflight.limits,
            source: source, stop: stop, news: news, nextChunk: 1, counts: Counts(), bytesDone: status.bytesDone,
            submittedAt: status.submissionRecordedAt)
        return try finish(run, from: nil)
    }

    /// An earlier import of the same source. However much is wanted, one that did not end is continued where its rows are.
    private func sameSource(
        as submitted: ImportSubmitted, _ source: OpenSource, isForced: Bool, _ destination: any Destination
    ) throws -> ImportStatus? {
        let earlier = SameSource(log: log, destination: destination)
        var same = try earlier.find(submitted, source, isUnfinished: isForced)
        if same == nil, try noteUnlogged(submitted, destination) {
            same = try earlier.find(submitted, source, isUnfinished: isForced)
        }
        guard isForced, let found = same else { return same }
        let tables = try log.submission(of: found.importID).sections.filter(\.hasRecords).map(\.table)
        let isThere = try tables.contains {
            try destination.hasTable($0) && !isGone(log.id, found.importID, from: $0, destination)
        }
        return isThere ? found : nil
    }

    /// Continues an earlier import of the same source, or finds that it is in the destination already. Nil if it
    /// ended and its rows are gone or others since: then the source must be imported again.
    private func goOn(
        with same: ImportStatus, as submitted: ImportSubmitted, _ preflight: Preflight, _ starting: StartLock,
        _ destination: any Destination, stop: StopSwitch, news: @escaping @Sendable (ImportNews) -> Void
    ) throws -> ImportOutcome? {
        let plan = preflight.plan
        let isSplit = preflight.submissions.count > 1
        let ledger = try reconcile(same, knownChunks(of: same.importID), destination)
        let isWhole = ledger.lost.isEmpty && ledger.recovered.isEmpty
        if !isWhole || !same.state.isCompleted { try requireNoCopy(of: same, submitted) }
        if same.state.isCompleted {
            if ledger.lost.isEmpty {
                switch try standing(of: same, as: submitted, preflight, destination) {
                case .there: break
                case .gone:
                    news(.rowsAreGone(same))
                    return nil
                case .changed(let later):
                    try requireSameReading(submitted, as: same)
                    news(.rowsWereChanged(same, by: later))
                    return nil
                }
            }
            if isWhole {
                try requireSameReading(submitted, as: same)
                // A source that is split says itself which parts it has; that they are there already is not a delivery.
                return isSplit ? .skipped(same: same, notedAs: nil) : try skip(submitted, same: same)
            }
        }
        try requireSameWay(submitted, as: same)
        starting.release()
        return try resume(
            same.importID, from: preflight.source, at: nil, plan.access, into: plan.destination, limits: plan.limits,
            stop: stop, news: news)
    }

    /// Continues an import that did not end, or makes sure that one that did is in the destination still.
    ///
    /// - Parameter limits: the limits that change from here on.
    /// - Throws: `ImportLogError.conflict` if someone else is at work on it, `DataError.conflict` where the source
    ///   changed or the destination and the log contradict each other. Nothing is changed then.
    package func resume(
        _ id: ImportID, from source: String? = nil, _ access: AccessOptions = AccessOptions(),
        limits: LimitSettings = LimitSettings(), stop: StopSwitch = StopSwitch(),
        news: @escaping @Sendable (ImportNews) -> Void = { _ in }
    ) throws -> ImportOutcome {
        let outcome = try resume(
            id, from: nil, at: source, access, into: nil, limits: limits, stop: stop, news: news)
        try conclude(outcome)
        return outcome
    }

    /// - Parameters:
    ///   - opened: the import's source where it is open already.
    ///   - place: where the source lies now, where that is not where it lay.
    ///   - address: the destination, where it is known with its secrets.
    private func resume(
        _ id: ImportID, from opened: OpenSource?, at place: String?, _ access: AccessOptions,
        into address: DestinationAddress?,
        limits: LimitSettings, stop: StopSwitch,
        news: @escaping @Sendable (ImportNews) -> Void
    ) throws -> ImportOutcome {
        var submitted = try log.submission(of: id)
        let limits = try Limits(limits)
        submitted.limits = try limits.applied(to: submitted.limits)
        let owner = try log.own(id)
        let status = try log.status(of: id)
        try status.requireBegun()
        guard status.state != .cancelled && status.state != .rolledBack else {
            throw ImportLogError(
                .invalid, "Import \(id) was \(status.state.rawValue.replacing("_", with: " ")) and cannot be resumed.",
                remedy: status.state == .cancelled && status.wroteRows
                    ? "Remove its rows, then import the source again: waybill rollback \(id)"
                    : "Import the source again.")
        }
        if status.rollback?.isFinished == false {
            throw ImportLogError(
                .invalid, "Import \(id) is being rolled back and cannot be resumed.",
                remedy: "Continue the rollback: waybill rollback \(id)")
        }
        if status.isWhollyRejected { return .completed(status) }
        let destination = try address?.open() ?? openDestination(of: id)
        let working = try DestinationLock(log, address ?? self.address(of: id), destination, for: .work)
        defer { working.release() }
        let known = try knownChunks(of: id)
        let ledger = try reconcile(status, known, destination)
        try requireNoOtherRollback(of: status, destination)
        try requireTables(submitted, status, holding: ledger, destination)
        if status.state.isCompleted && ledger.lost.isEmpty && ledger.recovered.isEmpty { return .completed(status) }
        let source = try opened ?? reopen(id, submitted, at: place, access)
        let standing = known.dropLast(ledger.lost.count).map(\.event) + ledger.recovered.map(\.chunk)
        let reading = try SourceCheck(importID: id, source: source, submitted: submitted, news: news)
            .reading(after: ledger.last, of: standing)
        do {
            _ = try destination.prepare(submitted.sections.filter(\.hasRecords), logID: log.id, stop: stop)
        } catch let error as DataError where error.code == .unusableOption {
            throw try tableChanged(id, error, submitted, destination)
        }
        try requireOwnRows(submitted, status, holding: ledger, destination)

        try note(ledger, status, owner)
        let now = try log.status(of: id)
        news(
            .resumes(
                now, source: source.address.description, recovered: ledger.recovered.count, lost: ledger.lost.count))
        let run = ImportRun(
            owner: owner, logID: log.id, destination: destination, submitted: submitted, limits: limits,
            source: source, stop: stop, news: news, nextChunk: (ledger.last?.chunk ?? 0) + 1, counts: now.records,
            bytesDone: now.bytesDone, submittedAt: now.submissionRecordedAt)
        return try finish(run, from: reading)
    }

    /// Runs to the end, and appends how it ended.
    private func finish(_ run: ImportRun, from first: SectionReading?) throws -> ImportOutcome {
        var run = run
        let owner = run.owner
        run.mended = try MendedRecords(in: run.submitted, by: owner.importID, log)
        let end: ImportRun.End
        do {
            end = try run.run(from: first)
            if case .completed = end { try requireUnchanged(run) }
        } catch {
            guard var failure = error as? DataError else {
                owner.noteFailure("\(error)")
                throw error
            }
            if failure.isDamage, run.counts.read > run.counts.rejected {
                // Another copy has other bytes: what is in the table already would come in twice.
                failure.remedy =
                    "First remove the rows already written: waybill rollback \(owner.importID)\n"
                    + (failure.remedy ?? "")
            }
            // It was possible when the import began, and somebody changed the table since.
            if failure.code == .unusableOption {
                failure = try tableChanged(owner.importID, failure, run.submitted, run.destination)
            }
            owner.noteFailure("\(failure)")
            throw failure
        }
        switch end {
        case .completed:
            let misread = try log.status(of: owner.importID).misreadTexts(of: run.submitted)
            let completed = run.submitted.completed(after: run, misread)
            // Before the end is noted: whoever goes on after a kill in between comes here once more.
            if run.submitted.resubmits != nil { try noteMended(by: owner.importID, run.source) }
            if run.counts.areAllRejected {
                // Nothing came into them; the next try, with other options, guesses anew.
                let dropped = try dropCreatedTables(of: owner.importID, run.destination).map(\.table)
                if !dropped.isEmpty { run.news(.dropped(tables: dropped)) }
            }
            _ = try owner.submit([.completed(completed)]).wait()
            owner.removeLock()
            return .completed(try log.status(of: owner.importID))
        case .stopped(let reason):
            _ = try owner.submit([.interrupted(reason: reason, noticedLater: false)]).wait()
            return .stopped(try log.status(of: owner.importID))
        case .failed(let reason):
            _ = try owner.submit([.failed(error: reason)]).wait()
            return .stopped(try log.status(of: owner.importID))
        }
    }
}

extension ImportSubmitted {
    /// What is noted of an import whose run came to the end.
    fileprivate func completed(after run: ImportRun, _ misread: [LeftOutPart]) -> ImportCompleted {
        let passedOver = passedOver + UInt64(misread.count)
        if digestsWholeSource {
            return ImportCompleted(
                digest: run.digest.value, bytes: run.place.byteOffset, counts: run.counts, passedOver: passedOver,
                misread: misread)
        }
        return ImportCompleted(
            digest: identity.map(\.digest) ?? run.source.streamDigest?.value ?? run.digest.value, bytes: run.bytesDone,
            counts: run.counts, passedOver: passedOver, misread: misread)
    }
}

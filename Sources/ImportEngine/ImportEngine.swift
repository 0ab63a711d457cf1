package import ImportLog
internal import Records

/// Runs imports against one log.
package struct ImportEngine: Sendable {
    package let log: ImportLog
    /// The name and version that go into the log.
    let program: String

    package init(log: ImportLog, program: String) {
        self.log = log
        self.program = program
    }

    /// Imports a source, or goes on with an import of the same source that did not end.
    ///
    /// Blocks the thread until the import ends or `stop` is used. The same bytes in the same table are not imported
    /// twice unless the plan says so.
    package func start(
        _ plan: ImportPlan, stop: StopSwitch = StopSwitch(), news: @escaping @Sendable (ImportNews) -> Void = { _ in }
    ) throws -> ImportOutcome {
        let file = SourceFile(path: AbsolutePath.of(plan.source))
        let table = plan.tableName
        let starting = try StartLock(log, destination: plan.destination.description, table: table)
        let identity = try file.identity()
        if !plan.force, let identity,
            let same = try SameSource(log: log, file: file)
                .find(identity, destination: plan.destination.description, table: table),
            let outcome = try goOn(with: same, as: plan, file, starting, stop: stop, news: news)
        {
            return outcome
        }
        let reading = try ImportReading(plan: plan, path: file.path)
        let destination = try plan.destination.open()
        if !plan.force { try refuseForeign(table, file, destination) }
        let (prepared, tableCreated) = try destination.prepare(
            TablePlan(table: table, columns: reading.columns, key: plan.key, mode: plan.mode))
        let submitted = ImportSubmitted(
            source: file.path, destination: plan.destination.description, table: table, mode: plan.mode.rawValue,
            key: plan.key,
            columns: reading.columns.map(ImportSubmitted.Column.init),
            reading: reading.recorded, limits: try plan.limits.applied(to: ImportSubmitted.Limits()), batch: plan.batch,
            identity: identity,
            submittedBy: CurrentUser.description, program: program)
        let owner = try log.own(try log.submitAndWait(submitted))
        starting.release()
        _ = try owner.submit([.started(.current, tableCreated: tableCreated)]).wait()
        news(
            .began(
                owner.importID, submitted, columns: prepared.columns.map(ImportSubmitted.Column.init),
                tableCreated: tableCreated))
        let run = ImportRun(
            owner: owner, logID: log.id, destination: destination, submitted: submitted, file: file,
            identity: identity, stop: stop, news: news, nextChunk: 1, counts: Counts(), place: reading.start,
            digest: try file.digest(upTo: reading.start.byteOffset))
        return try finish(run, reading)
    }

    /// Goes on with an earlier import of the same source, or finds that it is in the destination already. Nil where it
    /// ended and its table was dropped since: then the source must be imported anew.
    private func goOn(
        with same: ImportStatus, as plan: ImportPlan, _ file: SourceFile, _ starting: StartLock, stop: StopSwitch,
        news: @escaping @Sendable (ImportNews) -> Void
    ) throws -> ImportOutcome? {
        if same.state.isCompleted {
            let destination = try plan.destination.open()
            let ledger = try reconcile(same, knownChunks(of: same.importID), destination)
            if try ledger.lost.isEmpty && !destination.hasTable(same.table) { return nil }
            if ledger.lost.isEmpty && ledger.recovered.isEmpty { return try skip(plan, file, same: same) }
        }
        try requireSameWay(plan, file, as: same)
        starting.release()
        return try resume(same.importID, limits: plan.limits, stop: stop, news: news)
    }

    /// Goes on with an import that did not end, or makes sure that one that did is in the destination still.
    ///
    /// - Parameter limits: what is to be different from here on.
    /// - Throws: `ImportLogError.conflict` where somebody else is at work on it, `DataError.conflict` where the source
    ///   changed or the destination and the log contradict each other. Nothing is changed then.
    package func resume(
        _ id: ImportID, limits: LimitOptions = LimitOptions(), stop: StopSwitch = StopSwitch(),
        news: @escaping @Sendable (ImportNews) -> Void = { _ in }
    ) throws -> ImportOutcome {
        var submitted = try log.submission(of: id)
        submitted.limits = try limits.applied(to: submitted.limits)
        let owner = try log.own(id)
        let status = try log.status(of: id)
        guard status.state != .cancelled && status.state != .rolledBack else {
            throw ImportLogError(
                .invalid, "Import \(id) is \(status.state.rawValue) and cannot be resumed.",
                remedy: "Import the source anew, with --force where the log knows it.")
        }
        let file = SourceFile(path: submitted.source)
        let known = try knownChunks(of: id)
        let destination = try DestinationAddress(submitted.destination).open()
        let ledger = try reconcile(status, known, destination)
        try requireTable(status, holding: ledger, destination)
        if status.state.isCompleted && ledger.lost.isEmpty && ledger.recovered.isEmpty { return .completed(status) }
        let identity = try file.identity()
        let digest = try SourceCheck(importID: id, file: file, submitted: submitted)
            .digest(
                after: ledger.last, of: known.dropLast(ledger.lost.count).map(\.event) + ledger.recovered.map(\.chunk))
        let place = RecordLocation(ledger.last, or: submitted.reading)
        let reading = try ImportReading(submitted: submitted, place: place)
        _ = try destination.prepare(
            TablePlan(
                table: submitted.table, columns: reading.columns, key: submitted.key,
                mode: WriteMode(rawValue: submitted.mode) ?? .insert))

        try note(ledger, status, owner)
        let counts = try log.status(of: id).records
        news(.resumes(try log.status(of: id), recovered: ledger.recovered.count, lost: ledger.lost.count))
        let run = ImportRun(
            owner: owner, logID: log.id, destination: destination, submitted: submitted, file: file,
            identity: identity, stop: stop, news: news, nextChunk: (ledger.last?.chunk ?? 0) + 1, counts: counts,
            place: place, digest: digest)
        return try finish(run, reading)
    }

    /// Runs to the end, and appends how it ended.
    private func finish(_ run: consuming ImportRun, _ reading: ImportReading) throws -> ImportOutcome {
        let owner = run.owner
        let end: ImportRun.End
        do {
            end = try run.run(reading)
            if case .completed = end { try requireUnchanged(run) }
        } catch {
            // The log may be what failed; then the import shows as interrupted, which it is.
            _ = try? owner.submit([.failed(error: "\(error)")]).wait()
            throw error
        }
        switch end {
        case .completed:
            let completed = ImportCompleted(
                digest: run.digest.value, bytes: run.place.byteOffset, counts: run.counts)
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

internal import ImportLog
internal import Records

extension ImportEngine {
    /// The later imports of this log that changed rows of an import which had the same bytes, where its records are not what
    /// the tables have; none where another log did it, or a rollback undid some. Nil if nothing must be written again.
    ///
    /// Only what updates or deletes rows by a key is written again: what inserts them would have them twice.
    func changes(
        since same: ImportStatus, _ written: [ImportSubmitted.Section], of submitted: ImportSubmitted,
        _ preflight: Preflight, _ destination: any Destination
    ) throws -> [ImportID]? {
        guard !written.contains(where: \.addsRowsAgain) else { return nil }
        let (later, hasOthers) = try imports(since: same, written, of: submitted, preflight, destination)
        guard !later.isEmpty || hasOthers || same.wasTakenBackInPart, try differs(written, of: submitted, preflight)
        else { return nil }
        if let unfinished = later.first(where: \.isUnfinished) {
            let id = unfinished.importID
            throw DataError(
                .conflict,
                "Import \(same.importID) had the same bytes, but import \(id), which is "
                    + "\(unfinished.state.rawValue), changed rows of \(same.table) since. Nothing was written.",
                remedy: unfinished.state == .running
                    ? "Wait until it is done, then run this command again."
                    : "First continue it (waybill resume \(id)) or undo it (waybill rollback \(id)).")
        }
        return later.map(\.importID)
    }

    /// The imports of this log that may have changed rows since another one wrote them, and whether other logs' may have.
    private func imports(
        since same: ImportStatus, _ written: [ImportSubmitted.Section], of submitted: ImportSubmitted,
        _ preflight: Preflight, _ destination: any Destination
    ) throws -> (own: [ImportStatus], hasOthers: Bool) {
        let isSplit = preflight.submissions.count > 1
        // One delivery that comes twice is one.
        if !isSplit, submitted.resubmits != nil { return ([], false) }
        if !isSplit, let batch = submitted.batch, let earlier = try log.submission(of: same.importID).batch,
            (batch.id, batch.part) == (earlier.id, earlier.part)
        {
            return ([], false)
        }
        var (ids, hasOthers) = (Set<ImportID>(), false)
        for table in Set(written.map(\.table)) {
            for key in try destination.firstChunks(of: table, isStanding: false) {
                if key.logID == log.id {
                    let importID = ImportID(rawValue: key.importID)
                    if importID > same.importID { ids.insert(importID) }
                } else if !hasOthers, let entry = try destination.receipt(key) {
                    let submittedAt = try LedgerEntry(bytes: entry.entry).submittedAt
                    hasOthers = submittedAt.map { $0 > same.submittedAt } ?? true
                }
            }
        }
        // In a history, and where rows are deleted, an insertion changes something.
        let insertsCount = written.contains {
            [WriteMode.versioned, .delete].map(\.rawValue).contains($0.mode)
        }
        let later = try ids.sorted().map { try log.status(of: $0) }.filter { status in
            if status.state == .rolledBack || isSplit && status.batch?.id == submitted.batch?.id { return false }
            // What a process that was killed wrote last, the log may not know.
            return status.isUnfinished || status.records.updated > 0 || insertsCount && status.records.inserted > 0
        }
        // What the same command imports after this source, it will find or write as it should be.
        let next = Set(preflight.plan.next.compactMap { try? SourceAddress($0).description })
        if later.allSatisfy({ next.contains($0.source) }) { return ([], hasOthers) }
        return (later, hasOthers)
    }

    /// Whether the records would change the tables. Nothing is kept.
    private func differs(
        _ written: [ImportSubmitted.Section], of submitted: ImportSubmitted, _ preflight: Preflight
    ) throws -> Bool {
        let trial = try preflight.plan.destination.open(isTrial: true)
        var (chunk, number) = (Chunk(), UInt64(0))
        let names = TableNames(of: written)
        for section in written {
            _ = try trial.prepare(TablePlan(section, among: names, logID: log.id))
            var reading = try SectionReading(beginning: section, of: submitted, preflight.source, digests: false)
            let last = submitted.lastRecord(of: section)
            while reading.place.record <= last {
                let records = Int(min(10_000, last - reading.place.record + 1))
                guard try reading.fill(&chunk, limit: ChunkLimit(records: records, bytes: 1 << 20)) else { break }
                number += 1
                var isOther = false
                _ = try trial.write(chunk, key: LedgerKey(logID: "trial", importID: 0, chunk: number)) { outcome in
                    isOther = outcome.inserted + outcome.updated > 0
                    return []
                }
                if isOther { return true }
            }
        }
        return false
    }

    /// Whether the rows that an import inserted are all known to be its own, although a rollback undid some, or a
    /// restored backup did not bring all. False if none is.
    ///
    /// - Throws: `DataError.conflict` if some are and some are not.
    func isWhole(
        _ same: ImportStatus, _ written: [ImportSubmitted.Section], _ destination: any Destination
    ) throws -> Bool {
        guard written.contains(where: \.addsRowsAgain) else { return true }
        let rows = try destination.compareRows(logID: log.id, importID: same.importID.rawValue)
        let known = UInt64(rows.asWritten + rows.importedSince + rows.edited + rows.missing + rows.unclear)
        let inserted = same.records.inserted
        if known >= inserted { return true }
        if known == 0 { return false }
        throw DataError(
            .conflict,
            "Import \(same.importID) already imported the same bytes, but of the \(inserted) rows that it inserted into \(same.table), "
                + "\(inserted - known) \(inserted - known == 1 ? "was" : "were") rolled back. Nothing was written.",
            remedy: "To start over, first remove the remaining rows: waybill rollback \(same.importID). "
                + "To insert all rows in addition to them: add --force.")
    }
}

extension ImportStatus {
    /// Whether rows of it may be gone that a rollback took back, though it stands.
    package var wasTakenBackInPart: Bool { rollback != nil || wasRestored }

    fileprivate var isUnfinished: Bool {
        !state.isCompleted && !isWhollyRejected && state != .cancelled && state != .rolledBack
    }
}

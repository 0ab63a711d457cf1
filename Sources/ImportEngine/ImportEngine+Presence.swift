internal import ImportLog
internal import Records

extension ImportEngine {
    /// The import that inserted what the file held before, where its rows are there still; nil for none. A part of a batch and a
    /// stream are deliveries of their own.
    func formerVersion(
        of submitted: ImportSubmitted, _ source: OpenSource, _ destination: any Destination
    ) throws -> ImportStatus? {
        guard !source.isStream, submitted.resubmits == nil, submitted.batch == nil else { return nil }
        return try earlierImport(of: submitted, destination) { status in
            status.state.isCompleted && status.records.inserted > 0
                && status.batch == nil
        }
    }

    /// The import of what the file held before that did not end, where its rows are there still; nil for none.
    func unfinishedVersion(
        of submitted: ImportSubmitted, _ source: OpenSource, _ destination: any Destination
    ) throws -> ImportStatus? {
        guard !source.isStream, submitted.resubmits == nil else { return nil }
        return try earlierImport(of: submitted, destination) { status in
            [.interrupted, .paused, .failed].contains(status.state) && !status.couldNotBegin
                && !status.isWhollyRejected && status.records.used > 0
        }
    }

    /// The newest import of what the file held before that fits, where its rows are there still; nil for none.
    private func earlierImport(
        of submitted: ImportSubmitted, _ destination: any Destination, where fits: (ImportStatus) -> Bool
    ) throws -> ImportStatus? {
        guard let other = try SameSource(log: log, destination: destination).findEarlier(submitted, where: fits),
            try destination.hasTable(other.table), try !isGone(log.id, other.importID, from: other.table, destination)
        else { return nil }
        return other
    }

    /// Has the log follow a database that has the rows of an import of this size again, which was rolled back.
    func followIfBack(
        _ submitted: ImportSubmitted, _ destination: any Destination, _ news: (ImportNews) -> Void
    ) throws {
        guard let size = submitted.identity?.size else { return }
        for id in try log.imports(ofSize: size) {
            if let status = try followIfBack(log.status(of: id), destination) { news(.rowsAreBack(status)) }
        }
    }

    /// What became of the rows that an import left in its tables.
    enum Standing {
        case there, gone
        /// Other values are in their places since, by these later imports, or since a rollback undid some.
        case changed(by: [ImportID])
    }

    /// Whether the rows that an import left are in its tables. Some of them are looked at.
    ///
    /// - Parameters:
    ///   - submitted: what to import now, which has the same bytes.
    ///   - preflight: where it is read.
    /// - Throws: `DataError.conflict` if some are and some are not.
    func standing(
        of same: ImportStatus, as submitted: ImportSubmitted, _ preflight: Preflight, _ destination: any Destination
    ) throws -> Standing {
        let written = submitted.sections.filter(\.hasRecords)
        guard try written.allSatisfy({ try destination.hasTable($0.table) }) else { return .gone }
        if let later = try changes(since: same, written, of: submitted, preflight, destination) {
            return .changed(by: later)
        }
        if same.wasTakenBackInPart, try !isWhole(same, written, destination) { return .gone }
        return try areRowsThere(of: same, written, as: submitted, preflight, destination) ? .there : .gone
    }

    private func areRowsThere(
        of same: ImportStatus, _ written: [ImportSubmitted.Section], as submitted: ImportSubmitted,
        _ preflight: Preflight, _ destination: any Destination
    ) throws -> Bool {
        // In a history, later versions change the rows of earlier ones: only a table without any tells.
        if written.contains(where: { $0.mode == WriteMode.versioned.rawValue }) {
            return try written.contains { try !destination.isEmpty($0.table) }
        }
        var presence = try destination.presence(logID: log.id, importID: same.importID.rawValue)
        if presence.looked == 0 {
            // Without undo data, an empty table tells; deletions leave one.
            return try written.contains { try $0.mode == WriteMode.delete.rawValue || !destination.isEmpty($0.table) }
        }
        if presence.missing == presence.looked { return false }
        // Closing SQL may have changed all of them.
        let isClosed = try !log.submission(of: same.importID).finalize.isEmpty
        if presence.missing == 0, presence.there > 0 || isClosed && presence.unclear > 0 { return true }
        if presence.there == 0, presence.unclear > 0 {
            presence = try keysThere(written, of: submitted, preflight)
            if presence.looked == 0 { throw isUnknown(same) }
            if presence.missing == 0 { return true }
            if presence.there == 0 { return false }
        }
        throw DataError(
            .conflict,
            "Import \(same.importID) already imported the same bytes into \(same.table), but of \(presence.looked) rows checked, "
                + "\(presence.missing) no longer \(presence.missing == 1 ? "exists" : "exist"). Nothing was written.",
            remedy: remedy(same))
    }

    private func isUnknown(_ same: ImportStatus) -> DataError {
        DataError(
            .conflict,
            "Import \(same.importID) already imported the same bytes into \(same.table), but none of the rows checked is "
                + "unchanged. Without --key, Waybill cannot tell edited rows from other rows. Nothing was written.",
            remedy: remedy(same))
    }

    private func remedy(_ same: ImportStatus) -> String {
        "To see which rows are missing: waybill verify \(same.importID). To start over: waybill rollback "
            + "\(same.importID), then this command again. To insert all rows a second time: --force."
    }

    /// How many of each section's first records are looked for by their keys.
    private static let firstRecords = 200

    /// Whether the first records find rows by their keys, edited or not. None is looked for where there is no key.
    private func keysThere(
        _ sections: [ImportSubmitted.Section], of submitted: ImportSubmitted, _ preflight: Preflight
    ) throws -> RowPresence {
        var presence = RowPresence()
        let trial = try preflight.plan.destination.open(isTrial: true)
        for var section in sections where !section.key.isEmpty && section.mode != WriteMode.delete.rawValue {
            section.mode = WriteMode.upsert.rawValue
            _ = try trial.prepare(TablePlan(section, among: TableNames(of: sections), logID: log.id))
            var reading = try SectionReading(beginning: section, of: submitted, preflight.source, digests: false)
            let last = submitted.lastRecord(of: section)
            guard reading.place.record <= last else { continue }
            let records = Int(min(UInt64(Self.firstRecords), last - reading.place.record + 1))
            var chunk = Chunk()
            guard try reading.fill(&chunk, limit: ChunkLimit(records: records, bytes: 1 << 20)) else { continue }
            _ = try trial.write(chunk, key: LedgerKey(logID: "trial", importID: 0, chunk: 1)) { outcome in
                presence.missing += outcome.inserted
                presence.there += outcome.updated + outcome.unchanged
                return []
            }
        }
        return presence
    }
}

internal import ImportLog
internal import Records

extension ImportEngine {
    /// Throws if the source was written to while it was read: what was read may be neither the old nor the new file.
    func requireUnchanged(_ run: ImportRun) throws {
        let submitted = run.submitted
        guard let then = submitted.identity, let size = then.size, let file = run.source.address.file else { return }
        let remedy = "Import a file only once it is complete."
        let now = try file.identity()
        let isWhole = submitted.digestsWholeSource
        let done = isWhole && submitted.recordLimit == nil ? run.place.byteOffset : size
        guard now?.size == size, done == size else {
            throw DataError(
                .conflict,
                "The source \(file.path) had \(size) bytes when its import began and has \(now?.size ?? 0) now; "
                    + "\(done) were read.",
                remedy: remedy)
        }
        if run.source.identity?.isSameFile(as: now) == true { return }
        // Someone touched the file meanwhile: is it still what was read?
        let (end, digest) = isWhole ? (run.place.byteOffset, run.digest.value) : (size, then.digest)
        guard try file.digest(upTo: end).value == digest else {
            throw DataError(
                .conflict,
                "The source \(file.path) changed while it was read: its bytes are not those that were imported.",
                remedy: remedy)
        }
    }

    /// Opens an import's source again.
    func reopen(
        _ id: ImportID, _ submitted: ImportSubmitted, at place: String?, _ access: AccessOptions
    ) throws -> OpenSource {
        do {
            return try reopen(submitted, at: place, access)
        } catch var error as DataError where error.code == .notFound && place == nil {
            error.remedy = "If the source moved: waybill resume \(id) --from PATH"
            throw error
        }
    }

    private func reopen(_ submitted: ImportSubmitted, at place: String?, _ access: AccessOptions) throws -> OpenSource {
        var access = access
        if let pages = submitted.reading[setting: "pages"] {
            let records = submitted.reading[setting: "page_records"]
            access = try access.paged(pages, records: records)
        }
        let text = place ?? submitted.source
        if place == nil && text.hasSuffix("?…") {
            throw DataError(
                .unreadable, "The source \(text) has a query, which may be secret and is not in the log.",
                remedy: "Give the whole URL again: --from 'https://…'.")
        }
        return try OpenSource(SourceAddress(text), access, spools: submitted.identity != nil)
    }

    /// Throws if a plan would continue an import in another way than it began.
    func requireSameWay(_ plan: ImportSubmitted, as status: ImportStatus) throws {
        let submitted = try log.submission(of: status.importID)
        let key = submitted.key.isEmpty ? "" : " --key \(submitted.key.joined(separator: ","))"
        var difference: String?
        if submitted.sections.map(\.mode) != plan.sections.map(\.mode)
            || submitted.sections.map(\.key) != plan.sections.map(\.key)
        {
            difference = "with --mode \(submitted.mode)\(key)"
        }
        if submitted.sections.map(\.mapping) != plan.sections.map(\.mapping) { difference = "with another mapping" }
        if submitted.batch != plan.batch {
            difference = submitted.batch.map { "as a part of the batch '\($0.id)'" } ?? "as a part of no batch"
        }
        guard let difference else { return }
        throw DataError(
            .conflict,
            "Import \(status.importID) of the same bytes into the same table is \(status.state.rawValue.replacing("_", with: " ")). It was started "
                + "\(difference).",
            remedy: "To continue it: waybill resume \(status.importID). To start over, first remove "
                + "what it wrote: waybill rollback \(status.importID).")
    }

    /// Throws if an import put the same bytes into the table, but read them in another way: what is asked for now is
    /// not there.
    func requireSameReading(_ plan: ImportSubmitted, as status: ImportStatus) throws {
        let submitted = try log.submission(of: status.importID)
        let difference: String
        if submitted.sections.map(\.mapping) != plan.sections.map(\.mapping) {
            difference = "with another mapping, other constants, or other columns or values left out or trimmed"
        } else if submitted.sections.map(\.reading.way) != plan.sections.map(\.reading.way) {
            difference = "with other reading options"
        } else if let (former, _) = zip(submitted.sections.map(\.way), plan.sections.map(\.way)).first(where: {
            $0 != $1
        }) {
            difference = "with \(former)"
        } else if plan.givesOtherTypes(than: submitted) {
            difference = "with other types"
        } else {
            return
        }
        throw DataError(
            .conflict,
            "Import \(status.importID) already imported the same bytes into \(status.table), but \(difference). "
                + "Nothing was written.",
            remedy:
                "To replace its rows: waybill rollback \(status.importID), then this command again. To insert the rows a second time: add --force."
        )
    }

    /// Throws for a part that the batch, as far as its imports said how many there are, does not have.
    func requirePart(_ batch: ImportSubmitted.Batch?) throws {
        guard let batch, let part = batch.part, batch.totalParts == nil,
            let total = try? log.group(batch.id).totalParts, part > total
        else { return }
        throw ImportLogError(
            .invalid, "Part \(part) is not possible; the batch '\(batch.id)' has the parts 1 to \(total).",
            remedy: "Give another --part; or, if the batch has more parts now, say how many with --total-parts.")
    }

    /// Throws if an import inserted some of the same records, which would be in the table twice.
    func refuseOverlap(_ submitted: ImportSubmitted, _ source: OpenSource, _ destination: any Destination) throws {
        guard !source.isStream, submitted.resubmits == nil,
            let other = try SameSource(log: log, destination: destination).findOverlap(submitted, source),
            try destination.hasTable(other.table)
        else { return }
        if try isGone(log.id, other.importID, from: other.table, destination) { return }
        throw DataError(
            .conflict,
            "Import \(other.importID) has already inserted part of the same bytes (\(other.records.read) records): they would "
                + "be in the table twice. Nothing was written.",
            remedy: "Undo it first: waybill rollback \(other.importID). To insert them twice: add --force.")
    }

    /// Whether nothing of an import is in its table any more, as far as that can be told.
    func isGone(
        _ logID: String, _ importID: ImportID, from table: String, _ destination: any Destination
    ) throws -> Bool {
        let presence = try destination.presence(logID: logID, importID: importID.rawValue)
        return try presence.looked == 0 ? destination.isEmpty(table) : presence.missing == presence.looked
    }

    /// Throws if the file grew since it was imported: the records that it had then would be in the table twice.
    func refuseGrown(_ submitted: ImportSubmitted, _ source: OpenSource, _ destination: any Destination) throws {
        guard !source.isStream, submitted.resubmits == nil,
            let other = try SameSource(log: log, destination: destination).findBeginning(submitted, source),
            try destination.hasTable(other.table)
        else { return }
        if try isGone(log.id, other.importID, from: other.table, destination) { return }
        let count = other.records.read == 1 ? "record is" : "\(other.records.read.grouped) records are"
        if other.state == .cancelled {
            throw DataError(
                .conflict,
                "\(source.address.name): the first \(count) already in \(other.table), because import \(other.importID) was "
                    + "cancelled and its rows were kept. Nothing was written.",
                remedy: "Remove those rows first: waybill rollback \(other.importID). To insert them twice: --force.")
        }
        throw DataError(
            .conflict,
            "\(source.address.name) has grown since import \(other.importID): its first \(count) already in \(other.table). "
                + "Nothing was written.",
            remedy:
                "To replace the old rows: waybill rollback \(other.importID), then this command again. To update existing "
                + "rows: --mode upsert --key COLUMN. To insert them twice: --force.")
    }

    /// Throws if an import of this file did not end, and the file is another one now: what it wrote would be in the table twice.
    func refuseChanged(_ submitted: ImportSubmitted, _ source: OpenSource, _ destination: any Destination) throws {
        guard let other = try unfinishedVersion(of: submitted, source, destination) else { return }
        let (id, rows) = (other.importID, other.records.used)
        throw DataError(
            .conflict,
            "\(source.address.name) changed since import \(id) (\(other.state.rawValue)), and \(rows) "
                + "\(rows == 1 ? "record" : "records") of that import would be in \(other.table) twice. Nothing was written.",
            remedy:
                "Remove those rows first: waybill rollback \(id). To continue import \(id) instead, put the former file "
                + "back: waybill resume \(id). To insert them twice: --force.")
    }

    /// Has the log note what the database has of imports of this source whose processes were killed before they could log
    /// their first chunk. False if there is none.
    func noteUnlogged(_ submitted: ImportSubmitted, _ destination: any Destination) throws -> Bool {
        var isAny = false
        let ofSize = try submitted.identity?.size.map { try log.imports(ofSize: $0) } ?? []
        for id in try Set(log.imports(ofSource: submitted.source) + ofSize) {
            let status = try log.status(of: id)
            guard [.queued, .interrupted, .failed].contains(status.state), status.chunks.committed == 0,
                try destination.hasReceipts(logID: log.id, importID: id.rawValue),
                let owner = try? log.own(id),
                let ledger = try? reconcile(status, knownChunks(of: id), destination), !ledger.recovered.isEmpty
            else { continue }
            try note(ledger, status, owner)
            _ = try owner.submit([.interrupted(reason: "its process was gone", noticedLater: false)]).wait()
            isAny = true
        }
        return isAny
    }

    /// Compares the destination's ledger with the chunks that the log has.
    func reconcile(
        _ status: ImportStatus, _ known: [KnownChunk], _ destination: any Destination
    ) throws -> Reconciliation {
        let sections = try log.submission(of: status.importID).sections
        return try Reconciliation(
            importID: status.importID, submittedAt: status.submissionRecordedAt, sections: sections, known: known
        ) { body in
            try destination.forEachReceipt(logID: log.id, importID: status.importID.rawValue, body)
        }
    }

    /// Throws if the ledger has chunks whose table is gone: a new table would lack their rows.
    func requireTables(
        _ submitted: ImportSubmitted, _ status: ImportStatus, holding ledger: Reconciliation,
        _ destination: any Destination
    ) throws {
        guard let last = ledger.last else { return }
        let begun = submitted.sections.prefix { $0.name != last.span.section }.map(\.table)
        let current = submitted.sections.first { $0.name == last.span.section }?.table ?? status.table
        guard let gone = try (begun + [current]).first(where: { try !destination.hasTable($0) }) else { return }
        let place = gone == current ? " before line \(last.span.end.line)" : ""
        throw DataError(
            .conflict,
            "Import \(status.importID) cannot continue: \(status.destination) no longer has the table \(gone), which "
                + "received the records\(place). Nothing was changed.",
            remedy: "It was dropped or renamed. Restore it and resume, or end the import (waybill cancel "
                + "\(status.importID)) and import the source again with --force.")
    }

    /// Throws if none of the rows that an import wrote is in its tables: the rest would come into another table, or
    /// into one that someone emptied.
    func requireOwnRows(
        _ submitted: ImportSubmitted, _ status: ImportStatus, holding ledger: Reconciliation,
        _ destination: any Destination
    ) throws {
        guard ledger.last != nil else { return }
        let presence: RowPresence
        do {
            presence = try destination.presence(logID: log.id, importID: status.importID.rawValue)
        } catch let error as DataError where error.code == .conflict {
            // Rows may be hidden: nobody can tell.
            return
        }
        guard presence.looked > 0, presence.missing == presence.looked else { return }
        throw DataError(
            .conflict,
            "Import \(status.importID) cannot continue: the rows that it wrote are no longer in \(submitted.table). Nothing was "
                + "changed.",
            remedy:
                "The table was emptied, or replaced by another of its name. Restore the rows or the former table "
                + "and resume, or import the source again with --force.")
    }

    /// Throws if an import that the log does not know put the same bytes into the table: this log may be a new one in
    /// the place of another, or was restored from a copy that is older than the database.
    func refuseUnknown(_ submitted: ImportSubmitted, _ source: OpenSource, _ destination: any Destination) throws {
        guard submitted.digestsWholeSource, let file = source.address.file else { return }
        let table = submitted.table
        guard try destination.hasTable(table) else { return }
        for key in try destination.firstChunks(of: table) {
            if key.logID == log.id, let status = try? log.status(of: ImportID(rawValue: key.importID)),
                status.chunks.committed > 0
            {
                continue
            }
            guard let receipt = try destination.receipt(key), let entry = try? LedgerEntry(bytes: receipt.entry),
                try !isOwn(key, entry),
                try file.digest(upTo: entry.chunk.span.end.byteOffset).value == entry.chunk.digest
            else { continue }
            if try isGone(key.logID, ImportID(rawValue: key.importID), from: table, destination) { continue }
            throw isThere(key, entry, table)
        }
    }

    /// Whether this log knows the import of a chunk. One that it forgot may have its number.
    private func isOwn(_ key: LedgerKey, _ entry: LedgerEntry) throws -> Bool {
        guard key.logID == log.id, let status = try? log.status(of: ImportID(rawValue: key.importID)) else {
            return false
        }
        return entry.submittedAt.map { $0 == status.submissionRecordedAt } ?? true
    }

    private func isThere(_ key: LedgerKey, _ entry: LedgerEntry, _ table: String) -> DataError {
        let there = "This source was already imported into table \(table) by import \(key.importID) of "
        if key.logID == log.id {
            return DataError(
                .conflict,
                there + "this log, which does not know it: the log in \(log.directory) is older than the database. "
                    + "Nothing was written.",
                remedy:
                    "If the log was restored from a copy, put the newer log back. To import anyway, add --force.")
        }
        let other = entry.logPlace.isEmpty ? key.logID : "\(key.logID), in \(entry.logPlace)"
        return DataError(
            .conflict,
            there + "another log (\(other)). This log, \(log.id) in \(log.directory), does not know the import. "
                + "Nothing was changed.",
            remedy: "Use that log (--log-dir DIR), or restore it from a backup. To import anyway, add --force.")
    }

    /// Throws where one of several sections does not fit its table, before any table is made.
    func requireTablesFit(
        _ sections: [ImportSubmitted.Section], _ address: DestinationAddress, stop: StopSwitch
    ) throws {
        let trial = try address.open(isTrial: true)
        let names = TableNames(of: sections)
        let last = sections.filter(\.needsTable)
        for section in sections.filter({ !$0.needsTable }) + last where stop.reason == nil {
            do {
                _ = try trial.prepare(TablePlan(section, among: names, logID: log.id))
            } catch var error as DataError where error.code == .unusableOption {
                if let path = address.path, address.isMissing, section.needsTable {
                    error.remedy = "There is no database \(path) yet: check the path. \(error.remedy ?? "")"
                }
                if sections.count == 1 { throw error }
                error.message = "Section \(section.name): \(error.message)"
                let others = sections.filter { $0.table == section.table && $0.name != section.name }
                let shared = others.first.map { "Section \($0.name) also goes into the table \(section.table). " } ?? ""
                error.remedy = [
                    error.remedy,
                    shared
                        + "Give the section a table of its own with 'table' under 'sections' in waybill.yaml, or import "
                        + "one section at a time with --section NAME --table NAME.",
                ].compactMap(\.self).joined(separator: " ")
                throw error
            }
        }
    }

    /// Throws if the destination's ledger has chunks of a new import already: the log was restored from a copy that is
    /// older than the destination, and gives the numbers it forgot a second time.
    func refuseUsedNumber(_ owner: ImportOwner, _ destination: any Destination) throws {
        var chunks = 0
        try destination.forEachReceipt(logID: log.id, importID: owner.importID.rawValue) { _ in chunks += 1 }
        guard chunks > 0 else { return }
        let error = DataError(
            .conflict,
            "Import \(owner.importID) is new to this log, but the destination's ledger has \(chunks) of its chunks: the log "
                + "in \(log.directory) is older than the destination. Nothing was written.",
            remedy:
                "If the log was restored from a copy, put the newer log back. Otherwise, and only if none of the "
                + "missing imports read this source: run the command again until its number is free; each try takes the next."
        )
        _ = try owner.submit([.started(.current, tableCreated: false), .failed(error: error.message)]).wait()
        try owner.submit([.cancelled(reason: "its number was used before")]).wait()
        throw error
    }

    /// The chunks that the log has and did not lose, in order.
    func knownChunks(of id: ImportID) throws -> [KnownChunk] {
        var known: [KnownChunk] = []
        try log.forEachEvent(of: id) { recorded, payload in
            switch recorded.event {
            case .chunkCommitted(let chunk): known.append(KnownChunk(event: chunk, payload: payload))
            case .chunkLost(let lost): known.removeAll { $0.event.chunk == lost.chunk }
            default: break
            }
        }
        return known
    }

    /// Appends what became clear when the ledger and the log were compared.
    func note(_ ledger: Reconciliation, _ status: ImportStatus, _ owner: ImportOwner) throws {
        if status.state == .running || status.state == .interrupted && status.reason == "its process is gone" {
            _ = try owner.submit([.interrupted(reason: "its process was gone", noticedLater: true)])
        }
        var last = try owner.submit([
            status.startedAt == nil ? .started(.current, tableCreated: false) : .resumed(.current)
        ])
        for entry in ledger.recovered { last = try owner.submit(recovered: entry) }
        for chunk in ledger.lost {
            let lost = ChunkLost(chunk: chunk.event.chunk, span: chunk.event.span, counts: chunk.event.counts)
            last = try owner.submit([.chunkLost(lost)])
        }
        _ = try last.wait()
    }
}

extension ImportSubmitted.Reading {
    /// What users choose of how a source is read. What a survey finds out besides may be recorded differently by another
    /// version.
    fileprivate var way: [String?] {
        [format, delimiter, String(hasHeader), encoding, self[setting: "flatten"], self[setting: "records"]]
            + Self.chosenSettings.map { self[setting: $0] } + nullSpellings
    }
}

extension ImportSubmitted {
    /// Whether a type that was asked for is not the one that the column had in another import.
    fileprivate func givesOtherTypes(than other: ImportSubmitted) -> Bool {
        zip(sections, other.sections).contains { section, other in
            section.columns.contains { column in
                !column.isInferred && other.columns.contains { $0.name == column.name && $0.type != column.type }
            }
        }
    }
}

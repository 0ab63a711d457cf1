internal import ImportLog
internal import Records

/// The records of a file of rejects that an earlier resubmission brought into the destination: sent once more with those that
/// were fixed since, they must not come in again.
struct MendedRecords: Sendable {
    /// The import that is resubmitted: records that name none are its own.
    private let resubmitted: ImportID
    /// What records may name: the import, and those that its rejects go back to or went into.
    private let family: Set<ImportID>
    private let mended: [ImportID: RecordNumbers]
    private let importColumn: Int?
    private let recordColumn: Int

    /// Nil if the import resubmits nothing, or the file does not number its records.
    ///
    /// - Parameter id: the import that brings the records; nil if it has no number yet. What it fixed itself is no earlier one's.
    init?(in submitted: ImportSubmitted, by id: ImportID?, _ log: ImportLog) throws {
        guard let resubmitted = submitted.resubmits, let section = submitted.sections.first,
            let recordColumn = section.reading.sourceColumns.firstIndex(of: RejectFile.columns[1])
        else { return nil }
        self.resubmitted = resubmitted
        self.recordColumn = recordColumn
        importColumn = section.reading.sourceColumns.firstIndex(of: RejectFile.columns[0])
        family = try log.family(of: resubmitted)
        let name = try log.nameOfSection(into: section.table, of: resubmitted)
        var mended: [ImportID: RecordNumbers] = [:]
        for member in family {
            var numbers = RecordNumbers()
            try log.forEachMended(of: member) { record, by in
                if record.section == name && by.by != id { numbers.insert(record.record) }
            }
            mended[member] = numbers
        }
        self.mended = mended
    }

    /// Takes the records out of a chunk that is not mapped yet.
    ///
    /// - Throws: `DataError.unusableOption` for a record that another import rejected.
    func takeOut(of chunk: inout Chunk) throws {
        var skipped: Set<Int> = []
        try chunk.withValues { values in
            for index in chunk.records.indices {
                let named = importColumn.flatMap { values.text(record: index, column: $0) }.flatMap { ImportID($0) }
                let id = named ?? resubmitted
                guard family.contains(id) else { throw foreign(id, chunk.location(ofRecord: index)) }
                let record = values.text(record: index, column: recordColumn).flatMap { UInt64($0) }
                if let record, mended[id]?.contains(record) == true { skipped.insert(index) }
            }
        }
        chunk.skip(skipped)
    }

    private func foreign(_ id: ImportID, _ place: RecordLocation) -> DataError {
        DataError(
            .unusableOption,
            "The record in line \(place.line) was rejected by import \(id), not by import \(resubmitted). Nothing was written.",
            remedy: "If all the file's records are of import \(id): waybill resubmit \(id) FILE")
    }
}

extension ImportLog {
    /// The import, those whose rejected records it resubmits, and all other resubmissions of theirs.
    func family(of id: ImportID) throws -> Set<ImportID> {
        var first = id
        while let earlier = try submission(of: first).resubmits { first = earlier }
        var family: Set = [first]
        for status in try imports().reversed() {
            if let resubmits = status.resubmits, family.contains(resubmits) { family.insert(status.importID) }
        }
        return family
    }

    /// The section of an import that went into a table.
    func nameOfSection(into table: String, of id: ImportID) throws -> String {
        try submission(of: id).sections.first { $0.table == table }?.name ?? ""
    }
}

extension ImportEngine {
    /// Throws, before anything is written, where a file has rejected records of another import.
    func requireOwnRejects(_ submitted: ImportSubmitted, _ source: OpenSource) throws {
        guard !source.isStream, let section = submitted.sections.first,
            let mended = try MendedRecords(in: submitted, by: nil, log)
        else { return }
        var reader = try source.reader(of: section.reading)
        var chunk = Chunk()
        while try reader.fill(&chunk, limit: ChunkLimit(records: 10_000, bytes: 1 << 20)) {
            do {
                try mended.takeOut(of: &chunk)
            } catch var error as DataError {
                error.remedy = error.remedy?.replacing(
                    " FILE", with: " " + ShellWord.quoted(source.address.description))
                throw error
            }
        }
    }
}

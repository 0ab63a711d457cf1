internal import ImportLog
internal import Readers
internal import Records

/// Finds the sections in an archive's entries.
///
/// An entry that may be data becomes a section, or is noted as one that may be data, or stops the import by its name. Each
/// entry is opened once, in archive order.
struct ArchiveSurvey {
    let source: OpenSource
    let archive: Archive
    let options: ReadingOptions
    let naming: SectionNaming

    func survey() throws -> SourceSurvey {
        var result = SourceSurvey(sections: [])
        if let damage = archive.damage {
            guard options.takesDamaged else {
                throw DataError(
                    .unreadable, damage.message,
                    remedy: "Fetch the archive again, or import only the readable entries with waybill import --force.")
            }
            result.warnings.append("\(damage.message): only the entries that can be read are imported")
        }
        var batches: [(entry: String, batch: ImportSubmitted.Batch)] = []
        for entry in archive.entries where entry.kind != .directory {
            switch try verdict(on: entry) {
            case .leftOut(let part): result.leftOut.append(part)
            case .sections(let inner):
                result.add(inner, of: entry)
                if let batch = inner.batch, !naming.isUnwanted(entry.name) { batches.append((entry.name, batch)) }
            }
        }
        guard !result.sections.isEmpty else { throw noData(result.leftOut) }
        result.batch = batches.first?.batch
        result.batchConflict = conflict(of: batches)
        return result
    }

    private enum Verdict {
        case sections(SourceSurvey)
        case leftOut(LeftOutPart)
    }

    /// What becomes of an entry.
    private func verdict(on entry: ArchiveEntry) throws -> Verdict {
        do {
            return try judged(entry)
        } catch let error as DataError {
            guard naming.isUnwanted(entry.name) else { throw refusal(error, of: entry) }
            return .leftOut(entry.mayBeData(error.message))
        }
    }

    private func judged(_ entry: ArchiveEntry) throws -> Verdict {
        let original = NameEnding.original(ofBackup: entry.name).map(String.init)
        let kind = EntryKind(name: original ?? entry.name)
        let naming = naming.naming(of: entry.name)
        if entry.kind != .file { return .leftOut(notFollowed(entry, kind)) }
        if entry.size == 0 { return .leftOut(entry.notData("it is empty")) }
        if naming != .literally, entry.isEncrypted || kind == .residue, let reason = kind.reason {
            return .leftOut(entry.notData(reason))
        }
        let (bytes, compression) = try open(entry)
        if case .archive = Container.detect(head: bytes.head) {
            if naming != .literally, let reason = kind.reason { return .leftOut(entry.notData(reason)) }
            return .leftOut(
                entry.mayBeData(
                    "it is an archive or a spreadsheet itself",
                    remedy: "Unpack it, and import it as a source of its own."))
        }
        if bytes.isWhole && bytes.head.isBlank { return .leftOut(entry.notData("it is empty")) }

        if options.format == nil, let foreign = ForeignFormat(head: bytes.head) ?? options.error(bytes.head, entry.name)
        {
            if naming == .literally { throw foreign.refusal(of: entry.name) }
            let reason = "it is \(foreign.name)"
            // What is named as data may be what someone waits for.
            guard kind == .data || kind == .open && foreign.mayHoldTable else { return .leftOut(entry.notData(reason)) }
            return .leftOut(entry.mayBeData(reason, remedy: foreign.refusal(of: entry.name).remedy))
        }
        let format = options.format ?? SourceFormat(head: bytes.head, name: entry.name)
        let isTaken = naming == .literally || naming == .byPattern && kind.mayBeData && original == nil
        if !isTaken, let part = doubt(of: entry, kind, format, bytes) { return .leftOut(part) }
        guard let format else {
            throw DataError(
                .malformed, "it is not text and not in a supported format.",
                remedy: "Supported are \(SourceFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        var options = options.expecting(entry.name)
        options.json.prefersLines = NameEnding.isOfLines(entry.name)
        var survey = try SourceSurvey.of(bytes, format, options)
        if format == .sql && survey.sections.isEmpty {
            if naming == .literally { throw SourceSurvey.withoutRows(survey.leftOut) }
            return .leftOut(entry.withoutRows(survey.leftOut))
        }
        for index in survey.sections.indices {
            survey.sections[index].reading.pack(in: source.container)
            survey.sections[index].reading[setting: "entry"] = entry.name
            survey.sections[index].reading[setting: "entry_compression"] = compression?.rawValue
        }
        return .sections(survey)
    }

    /// An entry's bytes, unpacked where they are compressed; what is read of the beginning is read once.
    private func open(_ entry: ArchiveEntry) throws -> (HeadedSource, Compression?) {
        let packed = try HeadedSource(archive.source(of: entry), keeping: SourceSurvey.headBytes)
        guard case .compressed(let compression) = Container.detect(head: packed.head) else { return (packed, nil) }
        let name = "\(entry.name) in \(source.address.name)"
        let bytes = CompressedSource(compression, name: name) { packed }
        return (try HeadedSource(bytes, keeping: SourceSurvey.headBytes), compression)
    }

    /// How an entry is left out that nobody named; nil if it is data.
    private func doubt(
        of entry: ArchiveEntry, _ kind: EntryKind, _ format: SourceFormat?, _ bytes: HeadedSource
    ) -> LeftOutPart? {
        let isPlainlyTable = { format == .csv && TableEvidence(bytes, options)?.isPlainlyTable == true }
        switch kind {
        case .residue, .noData:
            guard isPlainlyTable() else { return entry.notData(kind.reason ?? "") }
            return entry.mayBeData("it looks like a table, though its name does not")
        case .paper: return isPlainlyTable() ? nil : entry.notData(kind.reason ?? "")
        case .data, .open:
            if entry.isHidden { return entry.mayBeData("it is hidden (its name begins with a dot)") }
            if NameEnding.original(ofBackup: entry.name) != nil {
                return entry.mayBeData("it is a backup copy, by its name")
            }
            if kind == .data || options.format != nil { return nil }
            guard let format else { return entry.mayBeData("it is not text and not in a supported format") }
            if format != .csv || TableEvidence(bytes, options)?.isTable == true { return nil }
            return entry.mayBeData("it does not look like a table")
        }
    }

    private func notFollowed(_ entry: ArchiveEntry, _ kind: EntryKind) -> LeftOutPart {
        guard entry.kind == .link && kind.mayBeData else { return entry.notData("it is \(entry.kind.words)") }
        return entry.mayBeData("it is a link, which is not followed", remedy: "Import the file that it leads to.")
    }

    /// The error with the entry's name, and how to import the others.
    private func refusal(_ error: DataError, of entry: ArchiveEntry) -> DataError {
        var error = error
        // What is wrong with the archive itself names the entry already.
        if error.code != .unreadable { error.message = "\(entry.name) in \(source.address.name): \(error.message)" }
        let others =
            "To import the others without it, name them with --section, or leave it out with 'skip: true' in "
            + "waybill.yaml."
        error.remedy = error.remedy.map { "\($0)\n\(others)" } ?? others
        return error
    }

    /// Nil if all entries that say so belong to the same part of the same delivery.
    private func conflict(of batches: [(entry: String, batch: ImportSubmitted.Batch)]) -> DataError? {
        guard let first = batches.first, let other = batches.first(where: { $0.batch != first.batch }) else {
            return nil
        }
        let words = [first, other].map { entry, batch in
            "\(entry) says '\(batch.id)'\(batch.part.map { ", part \($0)" } ?? "")"
        }
        return DataError(
            .malformed, "\(source.address.name) holds more than one part of a batch: \(words.joined(separator: ", ")).",
            remedy: "Import each one separately with --section, or give all of them one batch with --batch-id.")
    }

    private func noData(_ leftOut: [LeftOutPart]) -> DataError {
        let found = leftOut.prefix(20).map { "\($0.name) (\($0.reason))" }.joined(separator: ", ")
        let more = leftOut.count > 20 ? " and \(leftOut.count - 20) more" : ""
        let remedies = leftOut.remedies(.mayBeData, upTo: 5)
        return DataError(
            .malformed,
            "\(source.address.name) has no entry that is data\(found.isEmpty ? "" : ": \(found)\(more)").",
            remedy: remedies.isEmpty ? "Check that it is the right archive." : remedies.joined(separator: "\n"))
    }
}

extension SourceSurvey {
    /// Adds what was found in an archive's entry.
    fileprivate mutating func add(_ inner: SourceSurvey, of entry: ArchiveEntry) {
        for var section in inner.sections {
            section.table = section.table ?? (section.name.isEmpty ? nil : section.tableName)
            section.isEntry = section.name.isEmpty
            section.name = section.name.isEmpty ? entry.name : "\(entry.name)/\(section.name)"
            for index in section.missing.indices where section.missing[index].kind == .noRecords {
                section.missing[index].name = section.name
            }
            sections.append(section)
        }
        for var part in inner.leftOut {
            part.name = part.name.isEmpty ? entry.name : "\(entry.name)/\(part.name)"
            leftOut.append(part)
        }
        warnings += inner.warnings.map { "\(entry.name): \($0)" }
    }
}

extension ArchiveEntry {
    fileprivate var isHidden: Bool { name.split(separator: "/").contains { $0.hasPrefix(".") && $0 != "." } }

    fileprivate func notData(_ reason: String) -> LeftOutPart {
        LeftOutPart(name: name, reason: reason, kind: .notData)
    }

    /// An SQL file whose statements have no rows, such as the schema beside the data.
    fileprivate func withoutRows(_ statements: [LeftOutPart]) -> LeftOutPart {
        if let part = statements.first(where: \.isDoubtful) {
            return mayBeData("\(part.name): \(part.reason)", remedy: part.remedy)
        }
        let reason = statements.map(\.reason).joined(separator: ", ")
        return LeftOutPart(name: name, reason: "it contains no rows, only \(reason)", kind: .noRecords)
    }

    fileprivate func mayBeData(_ reason: String, remedy: String? = nil) -> LeftOutPart {
        LeftOutPart(
            name: name, reason: reason, kind: .mayBeData, remedy: remedy ?? "Import it with --section '\(name)'.")
    }
}

extension [UInt8] {
    /// Whether there is nothing but a byte order mark and white space.
    fileprivate var isBlank: Bool {
        let rest = starts(with: [0xEF, 0xBB, 0xBF]) ? dropFirst(3) : self[...]
        return rest.allSatisfy { $0 == 0x20 || (9...13).contains($0) }
    }
}

internal import ImportLog
internal import Readers
internal import Records

/// Finds the sections in an archive's entries.
struct ArchiveSurvey {
    let source: OpenSource
    let archive: Archive
    let options: ReadingOptions

    func survey() throws -> SourceSurvey {
        var result = SourceSurvey(sections: [])
        if let damage = archive.damage {
            guard options.takesDamaged else {
                throw DataError(
                    .unreadable, damage.message,
                    remedy: "Fetch the archive again. To import what stands before the damage, add --force.")
            }
            result.warnings.append("\(damage.message): only what stands before that is imported")
        }
        for entry in archive.entries where entry.kind != .directory {
            guard let inner = try sections(of: entry, &result) else { continue }
            for var section in inner.sections {
                section.table = section.table ?? (section.name.isEmpty ? nil : section.tableName)
                section.name = section.name.isEmpty ? entry.name : "\(entry.name)/\(section.name)"
                result.sections.append(section)
            }
            for var part in inner.leftOut {
                part.name = "\(entry.name)/\(part.name)"
                result.leftOut.append(part)
            }
            result.warnings += inner.warnings.map { "\(entry.name): \($0)" }
            result.batch = result.batch ?? inner.batch
        }
        guard !result.sections.isEmpty else {
            let found = result.leftOut.prefix(20).map { "\($0.name) (\($0.reason))" }.joined(separator: ", ")
            throw DataError(
                .malformed, "\(source.address.name) has no entry that is data\(found.isEmpty ? "" : ": \(found)").",
                remedy: "Check whether it is the right archive.")
        }
        return result
    }

    /// Nil for an entry that is no data, which is noted in `result`.
    private func sections(of entry: ArchiveEntry, _ result: inout SourceSurvey) throws -> SourceSurvey? {
        func skip(_ reason: String, _ kind: LeftOutPart.Kind = .notData) -> SourceSurvey? {
            result.leftOut.append(LeftOutPart(name: entry.name, reason: reason, kind: kind))
            return nil
        }
        if entry.kind != .file { return skip("it is no file") }
        let lastName = entry.name.split(separator: "/").last ?? ""
        if lastName.hasPrefix(".") || entry.name.hasPrefix("__MACOSX/") { return skip("it is hidden") }
        if entry.size == 0 { return skip("it is empty") }

        let packed = try archive.source(of: entry)
        var compression: Compression?
        var head = try packed.head(upTo: SourceSurvey.headBytes)
        switch Container.detect(head: head) {
        case .plain: break
        case .compressed(let kind): compression = kind
        case .archive: return skip("it is an archive itself; unpack it first", .mayBeData)
        }
        let bytes = try source.bytes(of: entry, in: archive, compression)
        if compression != nil { head = try bytes.head(upTo: SourceSurvey.headBytes) }
        if options.format == nil, let foreign = ForeignFormat(head: head) {
            // What is named as data may be what somebody waits for.
            return skip(
                "it is \(foreign.name)",
                foreign.mayHoldTable || SourceFormat.isNamedAsData(lastName) ? .mayBeData : .notData)
        }
        guard let format = options.format ?? SourceFormat(entry: String(lastName), head: head) else {
            return skip("it does not look like data", .mayBeData)
        }
        var survey = try SourceSurvey.of(bytes, format, options)
        for index in survey.sections.indices {
            survey.sections[index].reading.pack(in: source.container)
            survey.sections[index].reading[setting: "entry"] = entry.name
            survey.sections[index].reading[setting: "entry_compression"] = compression?.rawValue
        }
        return survey
    }
}

extension SourceFormat {
    /// The format of an archive's entry. Nobody named it, so that it must look like data: by its ending, or as a text whose
    /// first lines have the same number of fields.
    fileprivate init?(entry name: String, head: [UInt8]) {
        guard let format = SourceFormat(head: head, name: name) else { return nil }
        switch NameEnding.format(of: name) {
        case _ where Self.isNamedAsData(name): break
        case "txt", "dat", nil:
            guard format != .csv || Self.hasFields(head) else { return nil }
        default: return nil
        }
        self = format
    }

    fileprivate static func isNamedAsData(_ name: some StringProtocol) -> Bool {
        let endings: Set = ["csv", "tsv", "tab", "psv", "json", "ndjson", "jsonl", "geojson", "sql"]
        return NameEnding.format(of: name).map(endings.contains) ?? false
    }

    /// Whether the first two lines have the same number of a usual delimiter.
    private static func hasFields(_ head: [UInt8]) -> Bool {
        let lines = head.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
        guard lines.count >= 2 else { return false }
        return [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")].contains { delimiter in
            let count = lines[0].count { $0 == delimiter }
            return count > 0 && count == lines[1].count { $0 == delimiter }
        }
    }
}

internal import ImportLog
internal import Readers
internal import Records

/// What a source holds.
struct SourceSurvey: Sendable {
    /// In the order of the source; at least one.
    var sections: [SurveyedSection]
    /// Parts of the source that are not sections, and why.
    var leftOut: [LeftOutPart] = []
    /// The delivery that the source says it belongs to.
    var batch: ImportSubmitted.Batch?
    /// Why that cannot be said: the source's parts say different ones.
    var batchConflict: DataError?

    /// Why the source is not imported where it is one section: not one of its records could be used.
    var refusal: DataError?
    /// What is worth knowing and stops nothing.
    var warnings: [String] = []
    /// Whether the source was seen to its end where its structure asks for that.
    var isComplete = true

    /// Whether a source that can be read only once must be kept to be read: sections may come in any order.
    var needsAllOfSource: Bool {
        sections.count { !$0.isBeside } != 1
            || sections.contains { $0.reading[setting: "records"] != nil || $0.reading[setting: "form"] == "record" }
    }

    init(sections: [SurveyedSection]) { self.sections = sections }

    /// Opens a plan's source and looks at it; what can be read only once and has sections is copied first.
    ///
    /// - Parameter check: called before the source is read.
    static func opened(
        _ plan: ImportPlan, check: (OpenSource) throws -> Void = { _ in }
    ) throws -> (OpenSource, SourceSurvey) {
        var source = try OpenSource(SourceAddress(plan.source), plan.access)
        try check(source)
        // Where the last lines begin, only the end tells.
        // Records whose empty values are numbered are read twice.
        let plans = [plan.section] + plan.rules.map(\.plan)
        let numbers = plan.destination.isServer && plans.contains { !$0.writing.defaultIfEmpty.isEmpty }
        if plan.reading.csv.footerLines > 0 || numbers { source = try source.spooled() }
        let naming = SectionNaming(plan)
        let survey = try SourceSurvey(of: source, plan.reading, naming)
        try plan.requireUse(ofFlagsFor: source, survey.sections)
        guard source.isStream && survey.needsAllOfSource else { return (source, survey) }
        let copy = try source.spooled()
        return (copy, try SourceSurvey(of: copy, plan.reading, naming))
    }

    /// Looks at the source as far as is needed to read it: at its head, or all of it where its structure says less.
    init(of source: OpenSource, _ options: ReadingOptions, _ naming: SectionNaming) throws {
        if let workbook = source.workbook {
            self = try XLSXFormat.survey(workbook, container: source.container.name, options)
            return
        }
        if let archive = source.archive {
            self = try ArchiveSurvey(source: source, archive: archive, options: options, naming: naming).survey()
            return
        }
        let bytes = try source.bytes()
        let name = source.address.name
        let isQuoted =
            try options.format == nil && options.csv.delimiter != nil
            && HeadText(bytes.head(upTo: Self.headBytes)).bytes.first == UInt8(ascii: "\"")
        // `"a":"b"` begins like JSON, but not where someone names the delimiter.
        let format =
            try options.format ?? (isQuoted ? .csv : nil)
            ?? (source.isPaged
                ? .ndjson
                : .recognised(bytes, name: name, mediaType: source.mediaType) {
                    source.isCalledLines ? nil : options.error($0, name)
                })
        var options = options.expecting(name)
        options.json.prefersLines = source.isCalledLines
        options.json.mayBeEmpty = source.isPaged
        var charset: TextEncoding?
        if options.csv.encoding == nil, let said = source.mediaType.flatMap(TextEncoding.init(mediaType:)),
            try !TextEncoding.isEvident(ofHead: bytes.head(upTo: Self.headBytes))
        {
            options.csv.encoding = said
            charset = said
        }
        self = try Self.of(bytes, format, options)
        if let charset, charset != .utf8 {
            warnings.append(
                "reading \(name) as \(charset.rawValue), because the server declares \(source.mediaType ?? "")")
        }
        if let refusal, !options.takesDamaged { throw refusal }
        if options.csv.encoding == nil, let type = source.mediaType,
            let charset = try TextEncoding.unknownCharset(of: type, head: bytes.head(upTo: Self.headBytes))
        {
            leftOut.append(
                LeftOutPart(
                    name: "", reason: "the server says charset=\(charset), which Waybill does not read", kind: .misread,
                    remedy: "Convert it first: curl URL | iconv -f \(charset) -t utf-8 | \(DataError.pipedImport)"))
        }
        for index in sections.indices { sections[index].reading.pack(in: source.container) }
        if format == .sql && sections.isEmpty { throw Self.withoutRows(leftOut) }
        if let part = nextPage(by: source.pages) { leftOut.append(part) }
    }

    /// What an answer's header says of further pages, where the document does not.
    private func nextPage(by fields: PageFields) -> LeftOutPart? {
        if leftOut.contains(where: \.isNextPage) { return nil }
        let records = sections.count == 1 ? sections[0].records : nil
        return fields.sign(after: records.map { Int(clamping: $0) } ?? .max).map {
            .nextPage($0.reason, option: $0.option)
        }
    }

    /// What is said of an SQL file that has statements and no rows.
    static func withoutRows(_ leftOut: [LeftOutPart]) -> DataError {
        let part = leftOut.first(where: \.isDoubtful)
        let found = leftOut.map { $0.isDoubtful ? "\($0.name): \($0.reason)" : $0.reason }
        return DataError(
            .malformed, "the file contains no rows, only other statements: \(found.joined(separator: "; "))",
            remedy: part?.remedy
                ?? "Check that you have the file with the data; a schema-only dump has no INSERT or COPY.")
    }

    /// Finds the sections in bytes of a known format.
    static func of(_ bytes: any ByteSource, _ format: SourceFormat, _ options: ReadingOptions) throws -> SourceSurvey {
        try TextEncoding.requireUTF16(options.csv.encoding, head: bytes.head(upTo: headBytes))
        var survey = try ofMarked(bytes, format, options)
        if let given = options.csv.encoding,
            let marked = try TextEncoding.marked(bytes.head(upTo: headBytes), otherThan: given)
        {
            survey.warnings.append(
                "it begins with a byte order mark, and is read as \(marked.rawValue), not as \(given.rawValue)")
        }
        return survey
    }

    private static func ofMarked(
        _ bytes: any ByteSource, _ format: SourceFormat, _ options: ReadingOptions
    ) throws -> SourceSurvey {
        switch format {
        case .json, .ndjson, .sql:
            let said = try options.csv.encoding ?? (format == .sql ? SQLFormat.declaredEncoding(of: bytes) : nil)
            if let encoding = try TextEncoding.otherThanUTF8(of: bytes, given: said) {
                var options = options
                options.csv.encoding = .utf8
                var survey = try of(bytes.transcoded(from: encoding), format, options)
                for index in survey.sections.indices { survey.sections[index].reading.encoding = encoding.rawValue }
                return survey
            }
        case .csv, .xlsx: break
        }
        return switch format {
        case .csv: try CSVFormat.survey(bytes, options)
        case .json, .ndjson: try JSONFormat.survey(bytes, options)
        case .sql: try SQLFormat.survey(bytes, options)
        case .xlsx:
            throw DataError(
                .malformed, "This is not a spreadsheet (.xlsx).", remedy: "Leave out --format to detect the format.")
        }
    }

    /// How much of the beginning tells the format.
    static let headBytes = 64 << 10
}

/// One readable unit of a source, and how it is read.
struct SurveyedSection: Sendable {
    /// Empty if the source is one section.
    var name = ""
    /// Whether its name is that of a file in an archive.
    var isEntry = false
    /// What it could be called by where it has no name, because it is the only one: an array's, a table's or a sheet's.
    var ownName = ""
    var reading: ImportSubmitted.Reading
    /// How many records it has, where that is known beforehand.
    var records: UInt64?
    /// The name of a table that none was given for; nil for the section's own name.
    var table: String?
    /// Its number in the source, from 1, where it is not its place among the sections.
    var number: Int?
    /// Whether it is left out unless someone names it, and why.
    var isHidden = false
    var hiddenReason = "it is hidden"
    var hiddenKind = LeftOutPart.Kind.asked
    /// What is said of a value beside the records, which is read only where someone names it outright; nil for others.
    var beside: LeftOutPart?
    var isBeside: Bool { beside != nil }
    /// What of it is not imported, though it may be data.
    var missing: [LeftOutPart] = []
    /// Whether its document is not whole, which the section tells that goes on to the document's end.
    var isOfDamagedDocument = false
}

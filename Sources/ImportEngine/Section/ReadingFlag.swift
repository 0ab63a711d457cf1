internal import ImportLog
internal import Readers
internal import Records

/// A flag that says how a source is written, of which not every format has a use.
enum ReadingFlag: String, Sendable, CaseIterable {
    case format, records, flatten, delimiter
    case noHeader = "no-header"
    case encoding
    case null
    case skipLines = "skip-lines"
    case headerRow = "header-row"
    case skipFooter = "skip-footer"
    case comment, quote, escape
    case shortRows = "short-rows"
    case skipInitialSpace = "skip-initial-space"
    case skipEmptyRows = "skip-empty-rows"

    /// Whether a section in this format is read in another way because of the flag.
    ///
    /// - Parameter named: the format that `--format` names.
    func isUsed(for format: SourceFormat, named: SourceFormat?) -> Bool {
        switch self {
        case .format: format == named || format.isJSON && named?.isJSON == true
        case .records, .flatten: format.isJSON
        case .delimiter, .comment, .quote, .escape, .shortRows, .skipInitialSpace, .skipEmptyRows: format == .csv
        case .noHeader, .null, .skipLines, .headerRow, .skipFooter: format == .csv || format == .xlsx
        case .encoding: format != .xlsx
        }
    }

    private var reason: String {
        switch self {
        case .format: "a spreadsheet or an archive is recognised by its content"
        case .records, .flatten: "it is for JSON"
        case .delimiter, .comment, .quote, .escape, .shortRows, .skipInitialSpace, .skipEmptyRows: "it is for CSV"
        case .noHeader, .null, .skipLines, .headerRow, .skipFooter: "it is for CSV and spreadsheets"
        case .encoding: "a spreadsheet declares its own encoding"
        }
    }

    static func refusal(of flags: [ReadingFlag], for name: String, readAs formats: Set<SourceFormat>) -> DataError {
        let names = flags.map { "--\($0.rawValue)" }
        var reasons: [String] = []
        for flag in flags where !reasons.contains("--\(flag.rawValue): \(flag.reason)") {
            reasons.append("--\(flag.rawValue): \(flag.reason)")
        }
        let isOne = flags.count == 1
        return DataError(
            .unusableOption,
            "\(names.joined(separator: " and ")) \(isOne ? "does" : "do") not apply to \(name), which is "
                + "\(formats.map(\.title).sorted().joined(separator: " and ")): "
                + (isOne ? flags[0].reason : reasons.joined(separator: "; ")) + ".",
            remedy: "Leave out \(names.joined(separator: " and ")).")
    }
}

extension ReadingSettings {
    var flags: [ReadingFlag] {
        var flags: [ReadingFlag] = []
        if format != nil { flags.append(.format) }
        if records != nil { flags.append(.records) }
        if flattens == true { flags.append(.flatten) }
        if delimiter != nil { flags.append(.delimiter) }
        if hasHeader == false { flags.append(.noHeader) }
        if encoding != nil { flags.append(.encoding) }
        if nullSpellings?.contains(where: { !$0.isEmpty }) == true { flags.append(.null) }
        if skipLines != nil { flags.append(.skipLines) }
        if headerRow != nil { flags.append(.headerRow) }
        if skipFooter != nil { flags.append(.skipFooter) }
        if comment != nil { flags.append(.comment) }
        if quote != nil { flags.append(.quote) }
        if escape != nil { flags.append(.escape) }
        if shortRows != nil { flags.append(.shortRows) }
        if skipsInitialSpace == true { flags.append(.skipInitialSpace) }
        if skipsEmptyRows == true { flags.append(.skipEmptyRows) }
        return flags
    }
}

extension ImportPlan {
    /// Throws `DataError.unusableOption` for flags that neither this source nor another one of the command has a use for.
    func requireUse(ofFlagsFor source: OpenSource, _ sections: [SurveyedSection]) throws {
        let formats = Set(sections.compactMap { SourceFormat(rawValue: $0.reading.format) })
        if formats.isEmpty { return }
        let unused = readingFlags.filter { flag in
            !formats.contains { flag.isUsed(for: $0, named: reading.format) }
                && !others.contains { mayUse(flag, $0) }
        }
        if !unused.isEmpty { throw ReadingFlag.refusal(of: unused, for: source.address.name, readAs: formats) }
    }

    /// Whether another source of the command may have a use for a flag; what is not a file here is not looked at.
    private func mayUse(_ flag: ReadingFlag, _ other: String) -> Bool {
        guard let address = try? SourceAddress(other), let file = address.file,
            let isFile = try? file.identity() != nil,
            isFile, let source = try? OpenSource(address), source.archive == nil || source.workbook != nil
        else { return true }
        if source.workbook != nil { return flag.isUsed(for: .xlsx, named: reading.format) }
        let format =
            try? reading.format
            ?? SourceFormat.recognised(source.bytes(), name: address.name, mediaType: source.mediaType) {
                reading.error($0, address.name)
            }
        return format.map { flag.isUsed(for: $0, named: reading.format) } ?? true
    }
}

extension SourceFormat {
    fileprivate var isJSON: Bool { self == .json || self == .ndjson }

    fileprivate var title: String {
        switch self {
        case .csv: "CSV"
        case .json, .ndjson: "JSON"
        case .xlsx: "a spreadsheet"
        case .sql: "SQL"
        }
    }
}

internal import Readers
internal import Records

/// How the user says that sources are written, checked; nil if it must be detected.
struct ReadingOptions: Sendable {
    var format: SourceFormat?
    var csv = CSVOptions()
    var json = JSONOptions()
    /// Whether an archive that is damaged is read as far as it is whole.
    var takesDamaged = false
    /// What the mapping reads as NULL later, in quotes or without.
    var nullsOfMapping: [String] = []
    /// The largest record; nil for each format's default.
    var maxRecordBytes: Int?

    init() {}

    /// - Throws: `DataError.unusableOption`, naming the option, for what is not possible.
    init(_ settings: ReadingSettings) throws {
        format = try settings.format.map(Self.format)
        csv = CSVOptions(
            delimiter: try settings.delimiter.map(Self.delimiter), hasHeader: settings.hasHeader,
            encoding: try settings.encoding.map(Self.encoding), nullSpellings: settings.nullSpellings ?? [])
        csv.syntax = try Self.syntax(settings)
        try csv.begin(settings)
        json.recordsPath = settings.records
        json.flattens = settings.flattens ?? false
    }

    /// With what the name of a file or an entry lets expect.
    func expecting(_ name: String) -> ReadingOptions {
        let delimiters = ["tsv": "\t", "tab": "\t", "psv": "|"]
        var options = self
        options.csv.expectedDelimiter = NameEnding.format(of: name).flatMap { delimiters[$0] }?.utf8.first
        return options
    }

    /// What a server says in JSON in place of a file of this name, unless someone said what to read, or it is one of
    /// lines.
    func error(_ head: [UInt8], _ name: String) -> ForeignFormat? {
        let isMeant = format != nil || json.recordsPath != nil || NameEnding.isOfLines(name)
        return isMeant ? nil : ForeignFormat(errorInJSON: head)
    }

    private static func format(_ name: String) throws -> SourceFormat {
        guard let format = SourceFormat(rawValue: name.lowercased()) else {
            throw ImportOptions.unusable(
                "--format", name, SourceFormat.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return format
    }

    private static func delimiter(_ text: String) throws -> UInt8 {
        let character = ["tab": "\t", "\\t": "\t"][text] ?? text
        guard character.utf8.count == 1, let byte = character.utf8.first else {
            throw ImportOptions.unusable("--delimiter", text, "one ASCII character, or tab")
        }
        return byte
    }

    private static func syntax(_ settings: ReadingSettings) throws -> CSVSyntax {
        var syntax = CSVSyntax()
        if let quote = settings.quote {
            syntax.isQuoteGiven = true
            syntax.quote =
                quote.lowercased() == "none" ? nil : try character(quote, "--quote", "one ASCII character, or none")
        }
        syntax.escape = try settings.escape.map { try character($0, "--escape", "one ASCII character") }
        // A quote that is escaped by itself is a doubled one.
        if syntax.escape == syntax.quote { syntax.escape = nil }
        syntax.comment = try settings.comment.map { try character($0, "--comment", "one ASCII character") }
        switch settings.shortRows ?? "reject" {
        case "reject": break
        case "null": syntax.padsShortRows = true
        case let other: throw ImportOptions.unusable("--short-rows", other, "reject or null")
        }
        syntax.skipsInitialSpace = settings.skipsInitialSpace ?? false
        syntax.skipsEmptyRows = settings.skipsEmptyRows ?? false
        return syntax
    }

    private static func character(_ text: String, _ option: String, _ taken: String) throws -> UInt8 {
        guard text.utf8.count == 1, let byte = text.utf8.first, byte > 0x20, byte < 0x80 else {
            throw ImportOptions.unusable(option, text, taken)
        }
        return byte
    }

    private static func encoding(_ name: String) throws -> TextEncoding {
        guard let encoding = TextEncoding(name: name) else {
            throw DataError(
                .unusableOption, "'\(name)' is not a valid value for --encoding.",
                remedy: NearestName.question(name, in: TextEncoding.usualNames)
                    + "Use \(TextEncoding.words). Convert a file in any other encoding with iconv.")
        }
        try encoding.requireAvailable()
        return encoding
    }
}

extension CSVOptions {
    /// Takes over where the records begin and end.
    fileprivate mutating func begin(_ settings: ReadingSettings) throws {
        if let footer = settings.skipFooter {
            guard (0...1_000_000).contains(footer) else {
                throw ImportOptions.unusable("--skip-footer", "\(footer)", "a number of lines, to 1,000,000")
            }
            footerLines = footer
        }
        if let skipped = settings.skipLines {
            guard skipped >= 0 else { throw ImportOptions.unusable("--skip-lines", "\(skipped)", "a number from 0") }
            if settings.headerRow != nil { throw Self.exclusive("--skip-lines") }
            firstLine = UInt64(skipped) + 1
        }
        if let row = settings.headerRow {
            guard row > 0 else { throw ImportOptions.unusable("--header-row", "\(row)", "a number from 1") }
            if settings.hasHeader == false { throw Self.exclusive("--no-header") }
            firstLine = UInt64(row)
            isHeaderInFirstLine = true
            hasHeader = true
        }
    }

    private static func exclusive(_ option: String) -> DataError {
        DataError(
            .unusableOption, "--header-row and \(option) cannot be combined.",
            remedy: "--header-row gives the header's line, and the records begin after it.")
    }
}

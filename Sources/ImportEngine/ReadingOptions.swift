internal import Readers
internal import Records

/// What the user said of how sources are written, checked; what is nil is found out.
struct ReadingOptions: Sendable {
    var format: SourceFormat?
    var csv = CSVOptions()
    var json = JSONOptions()
    /// Whether an archive that is damaged is read as far as it is whole.
    var takesDamaged = false
    /// The largest record; nil for each format's default.
    var maxRecordBytes: Int?

    init() {}

    /// - Throws: `DataError.unusableOption`, naming the option, for what is not possible.
    init(_ settings: ReadingSettings) throws {
        format = try settings.format.map(Self.format)
        csv = CSVOptions(
            delimiter: try settings.delimiter.map(Self.delimiter), hasHeader: settings.hasHeader,
            encoding: try settings.encoding.map(Self.encoding), nullSpellings: settings.nullSpellings ?? [])
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

    /// What a server says in JSON in place of a file of this name, unless somebody said what to read, or it is one of lines.
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

    private static func encoding(_ name: String) throws -> TextEncoding {
        guard let encoding = TextEncoding(name: name) else {
            throw ImportOptions.unusable(
                "--encoding", name, "utf-8, latin1, windows-1252, utf-16, utf-16le or utf-16be")
        }
        return encoding
    }
}

/// The settings for how a source is written, as text; nil if not set.
package struct ReadingSettings: Sendable, Equatable {
    package var format: String?
    package var delimiter: String?
    package var hasHeader: Bool?
    package var encoding: String?
    /// Unquoted values that mean NULL; nil if nothing was said.
    package var nullSpellings: [String]?
    /// The path to the array in a JSON document.
    package var records: String?
    package var flattens: Bool?
    /// How many lines, or rows of a sheet, stand above the header or the first record.
    package var skipLines: Int?
    /// The line, or the sheet's row, of the header.
    package var headerRow: Int?
    /// How many lines or rows at the end are not records.
    package var skipFooter: Int?
    /// What lines begin with that are not records.
    package var comment: String?
    /// What is around values, or `none`.
    package var quote: String?
    package var escape: String?
    /// What becomes of records with too few fields: `reject` or `null`.
    package var shortRows: String?
    package var skipsInitialSpace: Bool?
    package var skipsEmptyRows: Bool?

    package init() {}

    static let names = [
        "format", "delimiter", "header", "encoding", "records", "flatten", "skip_lines", "header_row", "skip_footer",
        "comment", "quote", "escape", "short_rows", "skip_initial_space", "skip_empty_rows",
    ]

    /// The settings as a configuration file says them, each with its value in YAML.
    var yaml: [String] {
        let text = { (name: String, value: String?) in value.map { "\(name): \(YAMLText.quoted($0))" } }
        let number = { (name: String, value: Int?) in value.map { "\(name): \($0)" } }
        let flag = { (name: String, value: Bool?) in value.map { "\(name): \($0)" } }
        let nulls = nullSpellings.map { "null: [\($0.map { YAMLText.quoted($0) }.joined(separator: ", "))]" }
        return [
            text("format", format), text("delimiter", delimiter), flag("header", hasHeader), text("encoding", encoding),
            text("records", records), flag("flatten", flattens), number("skip_lines", skipLines),
            number("header_row", headerRow), number("skip_footer", skipFooter), text("comment", comment),
            text("quote", quote), text("escape", escape), text("short_rows", shortRows),
            flag("skip_initial_space", skipsInitialSpace), flag("skip_empty_rows", skipsEmptyRows), nulls,
        ].compactMap(\.self)
    }

    /// Takes a setting from a configuration file; returns false if it is none of reading.
    mutating func set(_ name: String, _ value: YAMLValue) throws -> Bool {
        switch name {
        case "format": format = try value.text()
        case "delimiter": delimiter = try value.text()
        case "header": hasHeader = try value.flag()
        case "encoding": encoding = try value.text()
        case "records": records = try value.text()
        case "flatten": flattens = try value.flag()
        case "skip_lines": skipLines = try value.number()
        case "header_row": headerRow = try value.number()
        case "skip_footer": skipFooter = try value.number()
        case "comment": comment = try value.text()
        case "quote": quote = try value.text()
        case "escape": escape = try value.text()
        case "short_rows": shortRows = try value.text()
        case "skip_initial_space": skipsInitialSpace = try value.flag()
        case "skip_empty_rows": skipsEmptyRows = try value.flag()
        default: return false
        }
        return true
    }

    /// These settings, and the others where they say more.
    func overridden(by others: ReadingSettings) -> ReadingSettings {
        var result = self
        result.format = others.format ?? format
        result.delimiter = others.delimiter ?? delimiter
        result.hasHeader = others.hasHeader ?? hasHeader
        result.encoding = others.encoding ?? encoding
        result.nullSpellings = others.nullSpellings ?? nullSpellings
        result.records = others.records ?? records
        result.flattens = others.flattens ?? flattens
        // One of the two says where the records begin: the flag's takes the place of the file's.
        let saysBeginning = others.skipLines != nil || others.headerRow != nil || others.hasHeader != nil
        result.skipLines = others.skipLines ?? (others.headerRow == nil ? skipLines : nil)
        result.headerRow = saysBeginning ? others.headerRow : headerRow
        result.skipFooter = others.skipFooter ?? skipFooter
        result.comment = others.comment ?? comment
        result.quote = others.quote ?? quote
        result.escape = others.escape ?? escape
        result.shortRows = others.shortRows ?? shortRows
        result.skipsInitialSpace = others.skipsInitialSpace ?? skipsInitialSpace
        result.skipsEmptyRows = others.skipsEmptyRows ?? skipsEmptyRows
        return result
    }
}

/// What was said of how a source is written, as text; what is nil was not said.
package struct ReadingSettings: Sendable, Equatable {
    package var format: String?
    package var delimiter: String?
    package var hasHeader: Bool?
    package var encoding: String?
    /// Unquoted values that mean NULL; nil where nothing was said.
    package var nullSpellings: [String]?
    /// The path to the array in a JSON document.
    package var records: String?
    package var flattens: Bool?

    package init() {}

    static let names = ["format", "delimiter", "header", "encoding", "records", "flatten"]

    /// Takes a setting from a configuration file; returns false where it is none of reading.
    mutating func set(_ name: String, _ value: YAMLValue) throws -> Bool {
        switch name {
        case "format": format = try value.text()
        case "delimiter": delimiter = try value.text()
        case "header": hasHeader = try value.flag()
        case "encoding": encoding = try value.text()
        case "records": records = try value.text()
        case "flatten": flattens = try value.flag()
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
        return result
    }
}

internal import Readers
internal import Records

/// The format of a section's bytes.
package enum SourceFormat: String, Sendable, CaseIterable {
    case csv, json, ndjson, xlsx, sql

    /// The format that the bytes have, by what is at their beginning, and by the name where that leaves it open.
    ///
    /// - Parameter name: a file's or an entry's name.
    /// - Returns: nil for bytes that are not text.
    init?(head: [UInt8], name: String) {
        switch FormatEvidence(head) {
        case .json: self = Self.isTextInBrackets(head, name: name) ? .csv : .json
        case .binary: return nil
        case .sql: self = .sql
        case .text:
            switch NameEnding.format(of: name) {
            // What is named so and is something else is refused by the reader, and is not CSV.
            case "json", "geojson", "topojson", "ipynb", "har": self = .json
            case "ndjson", "jsonl", "geojsonl", "geojsons": self = .ndjson
            case "sql": self = .sql
            default: self = .csv
            }
        }
    }

    /// Whether what begins like JSON is text whose lines begin with brackets: CSV by its name and its first line, or no
    /// JSON by what is in the first bracket where the name does not say that it is JSON.
    private static func isTextInBrackets(_ head: [UInt8], name: String) -> Bool {
        let ending = NameEnding.format(of: name) ?? ""
        if ["json", "geojson", "topojson", "ipynb", "har", "ndjson", "jsonl", "geojsonl", "geojsons"].contains(ending) {
            return false
        }
        switch HeadText(head).firstValue {
        case .json: return false
        case .field: return ["csv", "tsv", "tab", "psv"].contains(ending)
        case .noNumber: return true
        }
    }

    /// The format of a source, or why it has none that is read.
    ///
    /// - Parameters:
    ///   - mediaType: what a server calls it.
    ///   - other: what else the first bytes may be that is not read.
    /// - Throws: `DataError.malformed`, which names a format that is not read.
    static func recognised(
        _ bytes: any ByteSource, name: String, mediaType: String?, or other: ([UInt8]) -> ForeignFormat?
    ) throws -> SourceFormat {
        let head = try bytes.head(upTo: SourceSurvey.headBytes)
        if let foreign = ForeignFormat(head: head, mediaType: mediaType) ?? other(head) {
            throw foreign.refusal(of: name)
        }
        if head.count < SourceSurvey.headBytes, HeadText(head).bytes.isEmpty, head.contains(UInt8(ascii: " ")) {
            throw DataError(
                .malformed, "\(name) is empty: it has only whitespace.",
                remedy: "Check that the file was written completely.")
        }
        if let ending = NameEnding.format(of: name), ["yaml", "yml", "toml"].contains(ending),
            !HeadText(head).beginsJSON
        {
            throw ForeignFormat(endingOfText: ending).refusal(of: name)
        }
        guard let format = SourceFormat(head: head, name: name) else {
            throw DataError(
                .malformed, "\(name) is not text and not in a supported format.",
                remedy:
                    "Waybill reads \(allCases.map { $0.rawValue.uppercased() }.joined(separator: ", ")), also compressed (gzip, zstd, "
                    + "bzip2, xz) or in a zip or tar archive. To read it as CSV anyway, add --format csv.")
        }
        return format
    }
}

/// What a source's first bytes say of how it is written.
enum FormatEvidence {
    case json, sql, text, binary

    init(_ head: [UInt8]) {
        if Self.isBinary(head.prefix(4096)) {
            self = .binary
            return
        }
        let text = HeadText(head)
        self = text.beginsJSON || text.beginsBrokenJSON ? .json : Self.isScript(text, head) ? .sql : .text
    }

    private static func isBinary(_ head: ArraySlice<UInt8>) -> Bool {
        if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return false }
        // A few zero bytes are damage; more of them are not text, unless it is UTF-16 without a mark: every second
        // byte.
        let zeros = head.count { $0 == 0 }
        if zeros > 16 && (zeros * 3 < head.count || zeros * 3 > 2 * head.count) { return true }
        // Characters that control a terminal; 0x01 and 0x1C to 0x1F stand between fields in some files.
        let controls = head.count { (2...8).contains($0) || (14...25).contains($0) }
        return controls > 8 && controls * 50 > head.count
    }

    /// Whether the text begins with an INSERT statement, or as scripts do.
    private static func isScript(_ text: HeadText, _ head: [UInt8]) -> Bool {
        let words = text.beginning.split(maxSplits: 2, omittingEmptySubsequences: true) { $0.isWhitespace }
        if words.count == 3, ["insert", "replace"].contains(words[0]), words[1] == "into" || words[1].hasPrefix("[") {
            return true
        }
        return SQLEvidence.isScript(text, isWhole: head.count < SourceSurvey.headBytes)
    }
}

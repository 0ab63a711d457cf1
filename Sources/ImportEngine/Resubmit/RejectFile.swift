internal import ImportLog
internal import Readers
internal import Records

/// Rejected records in the source's own format, with what was wrong in columns at the end: to be mended and sent again.
///
/// The records' bytes are exactly the source's. In the reasons, what a spreadsheet would take for a formula begins with `'`.
struct RejectFile {
    /// What the columns at the end are called, in this order.
    static let columns = [
        "_waybill_import", "_waybill_record", "_waybill_line", "_waybill_code", "_waybill_field", "_waybill_message",
    ]

    let section: ImportSubmitted.Section
    private let format: SourceFormat
    private let delimiter: String
    private let encoding: TextEncoding
    private let syntax: CSVSyntax
    /// A resubmission's records have the columns at the end already.
    private let hasReasons: Bool

    /// - Throws: `DataError.unusableOption` for a format that cannot be written.
    init(_ section: ImportSubmitted.Section, of id: ImportID) throws {
        self.section = section
        guard let format = Self.format(of: section.reading) else {
            throw DataError(
                .unusableOption,
                "Rejected records of \(section.reading.format.uppercased()) sources cannot be written to a file.",
                remedy:
                    "Correct the source, then import it again after: waybill rollback \(id). To read them as JSON: waybill rejects \(id) --json"
            )
        }
        self.format = format
        delimiter = section.reading.delimiter.isEmpty ? "," : section.reading.delimiter
        encoding = TextEncoding(name: section.reading.encoding) ?? .utf8
        syntax = section.reading.syntax
        hasReasons = section.reading.sourceColumns.contains(Self.columns[1])
    }

    /// The format of a file of rejects; nil if there is none. A sheet's rows are lines of CSV already.
    static func format(of reading: ImportSubmitted.Reading) -> SourceFormat? {
        switch SourceFormat(rawValue: reading.format) {
        case .csv, .xlsx: .csv
        case .json: .json
        case .ndjson: .ndjson
        default: nil
        }
    }

    /// What is before the records.
    var head: [UInt8] {
        switch format {
        case .csv:
            let names = section.reading.sourceColumns + (hasReasons ? [] : Self.columns)
            return encoded(names.map(quoted).joined(separator: delimiter) + "\n")
        case .json: return Array("[\n".utf8)
        default: return []
        }
    }

    var tail: [UInt8] { format == .json ? Array("\n]\n".utf8) : [] }

    /// A record with its reasons; nil for bytes that are not a JSON object, which nothing can be added to.
    ///
    /// - Parameter isFirst: whether no record is before it.
    func line(_ reject: Reject, of id: ImportID, isFirst: Bool) -> [UInt8]? {
        let reasons = [
            "\(id)", "\(reject.record)", "\(reject.line)", reject.code, reject.field ?? "",
            reject.message,
        ].map(Self.harmless)
        if format == .csv {
            let (content, end) = split(reject.raw)
            if hasReasons { return content + end }
            let missing = encoded(String(repeating: delimiter, count: missingFields(in: reject.raw)))
            return content + missing + encoded(delimiter + reasons.map(quoted).joined(separator: delimiter)) + end
        }
        var bytes = reject.raw[...]
        let isSpace = { (byte: UInt8) in [0x20, 0x09, 0x0A, 0x0D, 0x2C].contains(byte) }
        while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        guard bytes.first == UInt8(ascii: "{"), bytes.last == UInt8(ascii: "}"), bytes.count >= 2 else { return nil }
        let before = isFirst || format == .ndjson ? "" : ",\n"
        let end = format == .ndjson ? "\n" : ""
        if hasReasons { return Array(before.utf8) + bytes + Array(end.utf8) }
        let isEmpty = bytes.dropFirst().dropLast().allSatisfy(isSpace)
        let members = zip(Self.columns, reasons).map { "\(Self.json($0)): \(Self.json($1))" }.joined(separator: ", ")
        var line = Array(before.utf8)
        line += bytes.dropLast()
        line += Array((isEmpty ? members : ", " + members).utf8)
        line += Array(("}" + end).utf8)
        return line
    }

    /// A record's bytes, and its line end; one is added where there is none.
    private func split(_ raw: [UInt8]) -> (content: [UInt8], end: [UInt8]) {
        let feed = encoded("\n")
        let both = encoded("\r\n")
        if raw.suffix(both.count).elementsEqual(both) { return (Array(raw.dropLast(both.count)), both) }
        if raw.suffix(feed.count).elementsEqual(feed) { return (Array(raw.dropLast(feed.count)), feed) }
        return (raw, feed)
    }

    /// How many fields a record has too few, where that is allowed: the reasons must not take their place.
    private func missingFields(in record: [UInt8]) -> Int {
        guard syntax.padsShortRows, let separator = delimiter.utf8.first else { return 0 }
        let dialect = CSVDialect(delimiter: separator, encoding: encoding, syntax: syntax)
        let fields = dialect.fieldCount(of: record) ?? section.reading.sourceColumns.count
        return max(0, section.reading.sourceColumns.count - fields)
    }

    private func quoted(_ text: String) -> String {
        let text = syntax.escape.map(Self.string).map { text.replacing($0, with: $0 + $0) } ?? text
        let quote = syntax.quote.map(Self.string)
        let needsQuotes = text.contains { $0.isNewline || String($0) == quote || String($0) == delimiter }
        guard needsQuotes else { return text }
        guard let quote else { return String(text.map { $0.isNewline || String($0) == delimiter ? " " : $0 }) }
        return quote + text.replacing(quote, with: quote + quote) + quote
    }

    private static func string(_ byte: UInt8) -> String { String(UnicodeScalar(byte)) }

    /// A text that no spreadsheet takes for a formula.
    static func harmless(_ text: String) -> String {
        guard let first = text.first, "=+-@\t\r".contains(first) else { return text }
        return "'" + text
    }

    private func encoded(_ text: String) -> [UInt8] { encoding.bytes(of: text) }

    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

import Readers
import Records
import Testing

/// Something to read, and how to open it: what the laws of readers are checked with, whatever the format.
struct ReaderCase: Sendable, CustomTestStringConvertible {
    /// A reader, and the way to open the same section again with what was recorded of it.
    struct Opened: Sendable {
        var reader: any Reader
        var reopen: @Sendable () throws -> any Reader
    }

    var name: String
    /// The bytes that chunks have and places count. They need not be the file's: of a packed format they are what its
    /// reader gives away.
    var bytes: [UInt8]
    /// Where the section ends in `bytes`; nil for their end.
    var end: Int?
    /// How many records and rejects a survey counted; nil if nobody counts beforehand.
    var recordCount: UInt64?
    /// How many lines a part of the bytes ends; nil if places do not tell a byte's line.
    var lineEnds: (@Sendable (ArraySlice<UInt8>) -> Int)?
    /// Opens the section for the first time, over a source that gives at most `step` bytes at a time.
    var open: @Sendable (_ step: Int) throws -> Opened
    /// Opens the section over another source; nil if there is no way to do so.
    var openOver: (@Sendable (any ByteSource) throws -> Opened)?

    var testDescription: String { name }

    init(
        _ name: String, bytes: [UInt8], end: Int? = nil, lineEnds: (@Sendable (ArraySlice<UInt8>) -> Int)? = nil,
        open: @escaping @Sendable (_ step: Int) throws -> Opened
    ) {
        (self.name, self.bytes, self.end, self.lineEnds, self.open) = (name, bytes, end, lineEnds, open)
    }

    init(
        _ name: String, bytes: [UInt8], end: Int? = nil, lineEnds: (@Sendable (ArraySlice<UInt8>) -> Int)? = nil,
        over: @escaping @Sendable (any ByteSource) throws -> Opened
    ) {
        self.init(name, bytes: bytes, end: end, lineEnds: lineEnds) { try over(TrickleSource(bytes, step: $0)) }
        openOver = over
    }

    func problem(_ fact: String) -> String { "\(fact) [\(name): \"\(escaped(bytes.prefix(Mutator.longest)))\"]" }
}

extension ReaderCase {
    static func csv(_ bytes: [UInt8], options: CSVOptions = CSVOptions()) -> ReaderCase {
        ReaderCase("csv", bytes: bytes) { source in
            let reader = try CSVReader(source: source, options: options)
            return Opened(reader: reader) {
                try CSVReader(
                    source: source, dialect: reader.dialect, columns: reader.columns, dataStart: reader.dataStart)
            }
        }
    }

    static func json(_ bytes: [UInt8], options: JSONOptions = JSONOptions()) -> ReaderCase {
        json(bytes) { try JSONReader(source: $0, options: options) }
    }

    static func json(
        _ bytes: [UInt8], end: Int? = nil, open: @escaping @Sendable (any ByteSource) throws -> JSONReader
    ) -> ReaderCase {
        ReaderCase("json", bytes: bytes, end: end, lineEnds: lineFeeds) { source in
            let reader = try open(source)
            return Opened(reader: reader) {
                try JSONReader(
                    source: source, layout: reader.layout, columns: reader.columns, dataStart: reader.dataStart)
            }
        }
    }

    /// One case for each section of a document.
    static func sections(_ bytes: [UInt8], options: JSONOptions = JSONOptions()) throws -> [ReaderCase] {
        try JSONSurvey(source: TrickleSource(bytes), options: options).sections.map { section in
            var example = json(bytes, end: section.layout.sectionEnd.map { Int($0) }) {
                try JSONReader(
                    source: $0, layout: section.layout, columns: section.columns, dataStart: section.start)
            }
            example.recordCount = section.recordCount
            return example
        }
    }

    /// One case for each table of an SQL file.
    static func tables(_ bytes: [UInt8], options: SQLOptions = SQLOptions()) throws -> [ReaderCase] {
        let survey = try SQLSurvey(of: TrickleSource(bytes), options: options)
        return survey.tables.map { table in
            var example = ReaderCase("sql", bytes: bytes, end: table.layout.end.map(Int.init), lineEnds: lineFeeds) {
                source in
                let reopen: @Sendable () throws -> any Reader = {
                    try SQLReader(
                        source: source, layout: table.layout, columns: table.columns, dataStart: table.dataStart)
                }
                return Opened(reader: try reopen(), reopen: reopen)
            }
            // That a file ends too early is one more reject, which a survey tells by itself.
            example.recordCount = survey.cutOff == nil ? table.recordCount : nil
            return example
        }
    }

    /// A spreadsheet's first sheet. The bytes are those of its rendering, which one reading of all of it gives.
    static func sheet(_ file: XLSXFile, options: XLSXOptions = XLSXOptions()) throws -> ReaderCase {
        let workbook = try file.workbook()
        var reader = try XLSXReader(workbook: workbook, sheet: workbook.sheet("1"), options: options)
        var bytes = [UInt8](repeating: 0, count: Int(reader.dataStart.byteOffset))
        var chunk = Chunk()
        while try reader.fill(&chunk, limit: ChunkLimit()) { bytes += chunk.bytes }
        return ReaderCase("xlsx", bytes: bytes) { step in
            let workbook = try file.workbook(step: step)
            let sheet = try workbook.sheet("1")
            let reader = try XLSXReader(workbook: workbook, sheet: sheet, options: options)
            return Opened(reader: reader) {
                try XLSXReader(
                    workbook: workbook, sheet: sheet, options: options, columns: reader.columns,
                    dataStart: reader.dataStart)
            }
        }
    }

    static let lineFeeds: @Sendable (ArraySlice<UInt8>) -> Int = { $0.count { $0 == UInt8(ascii: "\n") } }
}

/// Bytes as a Swift literal would have them.
func escaped(_ bytes: some Sequence<UInt8>) -> String {
    bytes.reduce(into: "") { text, byte in
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\\(Character(Unicode.Scalar(byte)))"
        case 0x20..<0x7F: text += String(Character(Unicode.Scalar(byte)))
        case UInt8(ascii: "\n"): text += "\\n"
        default: text += "\\u{\(String(byte, radix: 16))}"
        }
    }
}

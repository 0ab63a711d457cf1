import Readers
import Records
import Testing

/// A spreadsheet in memory, part by part, for cases that no program writes.
struct XLSXFile {
    var parts: [String: String] = [:]

    /// A workbook with one sheet of these rows; each of `styles` is a number format code, `strings` are `si` elements.
    init(rows: String, strings: [String] = [], styles: [String] = [], workbook: String = "") {
        self.init(
            sheet: "<worksheet \(Self.namespace)><sheetData>\(rows)</sheetData></worksheet>", strings: strings,
            styles: styles, workbook: workbook)
    }

    init(sheet: String, strings: [String] = [], styles: [String] = [], workbook: String = "") {
        parts["_rels/.rels"] = Self.relationships([("r1", "officeDocument", "xl/workbook.xml")])
        parts["xl/_rels/workbook.xml.rels"] = Self.relationships([
            ("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "styles", "styles.xml"),
            ("r3", "sharedStrings", "/xl/sharedStrings.xml"),
        ])
        parts["xl/workbook.xml"] = """
            <workbook \(Self.namespace) xmlns:r="http://x">\(workbook)<sheets><sheet name="Data" sheetId="1" r:id="r1"/>
            </sheets></workbook>
            """
        parts["xl/sharedStrings.xml"] = "<sst \(Self.namespace)>\(strings.joined())</sst>"
        let formats = styles.enumerated().map { index, code in
            "<numFmt numFmtId=\"\(200 + index)\" formatCode=\"\(code.replacing("\"", with: "&quot;"))\"/>"
        }
        let cells = styles.indices.map { "<xf numFmtId=\"\(200 + $0)\"/>" }
        parts["xl/styles.xml"] = """
            <styleSheet \(Self.namespace)><numFmts>\(formats.joined())</numFmts><cellStyleXfs><xf numFmtId="14"/>
            </cellStyleXfs><cellXfs><xf numFmtId="0"/>\(cells.joined())</cellXfs></styleSheet>
            """
        parts["xl/worksheets/sheet1.xml"] = sheet
    }

    static let namespace = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""

    static func relationships(_ all: [(id: String, kind: String, target: String)]) -> String {
        let elements = all.map { id, kind, target in
            "<Relationship Id=\"\(id)\" Type=\"http://x/relationships/\(kind)\" Target=\"\(target)\"/>"
        }
        return "<?xml version=\"1.0\"?><Relationships>\(elements.joined())</Relationships>"
    }

    /// The file's workbook; `step` is how many bytes a part gives at a time.
    func workbook(step: Int = .max, sharedTextInMemory: Int = 1 << 20, maxStringBytes: Int = 1 << 20) throws
        -> XLSXWorkbook
    {
        let parts = parts
        return try XLSXWorkbook(
            open: { part in parts[part].map { TrickleSource(Array($0.utf8), step: step) } },
            sharedTextInMemory: sharedTextInMemory, maxStringBytes: maxStringBytes)
    }

    func read(
        options: XLSXOptions = XLSXOptions(), step: Int = .max, limit: ChunkLimit = ChunkLimit(),
        reopening: Reopening = .never, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Reading {
        let workbook = try workbook(step: step)
        return try readSheet(
            workbook, sheet: workbook.sheet("1"), options: options, limit: limit, reopening: reopening,
            sourceLocation: sourceLocation)
    }
}

/// Reads a whole sheet and checks that its chunks are what chunks must be.
func readSheet(
    _ workbook: XLSXWorkbook, sheet: XLSXWorkbook.Sheet, options: XLSXOptions = XLSXOptions(),
    limit: ChunkLimit = ChunkLimit(), reopening: Reopening = .never, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Reading {
    var reader = try XLSXReader(workbook: workbook, sheet: sheet, options: options)
    var reading = Reading(columns: reader.columns, end: reader.dataStart)
    var chunk = Chunk()
    func require(_ condition: Bool, _ fact: String) {
        if !condition { Issue.record("\(fact): \(chunk.start) to \(chunk.end)", sourceLocation: sourceLocation) }
    }
    while true {
        if reopening == .beforeEachChunk {
            let location = reader.location
            reader = try XLSXReader(
                workbook: workbook, sheet: sheet, options: options, columns: reader.columns,
                dataStart: reader.dataStart)
            try reader.seek(to: location)
        }
        guard try reader.fill(&chunk, limit: limit) else { break }
        require(chunk.start == reading.end, "a chunk begins where the one before it ended")
        require(chunk.end == reader.location, "a chunk ends where the reader is")
        require(chunk.end.byteOffset - chunk.start.byteOffset == UInt64(chunk.bytes.count), "a chunk has its bytes")
        require(chunk.end.record == chunk.start.record + UInt64(chunk.recordsRead), "records are numbered without gaps")
        require(chunk.recordsRead <= max(1, limit.records), "a chunk keeps to its record limit")
        require(chunk.fields.count == chunk.records.count * chunk.columnCount, "each record has a field per column")
        var spans = chunk.records.map { (Int($0.offset), Int($0.length)) }
        spans += chunk.rejects.map { (Int($0.location.byteOffset - chunk.start.byteOffset), $0.raw.count) }
        var position = 0
        for (offset, length) in spans.sorted(by: { $0 < $1 }) {
            require(offset == position && length > 0, "records stand side by side")
            position += length
        }
        require(position == chunk.bytes.count, "a chunk has no bytes but its records'")
        for reject in chunk.rejects {
            let start = Int(reject.location.byteOffset - chunk.start.byteOffset)
            require(chunk.bytes[start...].starts(with: reject.raw), "a reject keeps its own bytes")
        }
        reading.append(chunk)
    }
    require(chunk.bytes.isEmpty, "the last chunk is empty")
    return reading
}

extension Reading {
    /// Rejects as `line code field: message`.
    var flaws: [String] {
        rejects.map { "\($0.location.line) \($0.code.rawValue) \($0.field ?? "-"): \($0.message)" }
    }
}

package import Records

/// Reads one sheet of a spreadsheet, row by row.
///
/// The sheet's bytes, which chunks have and places count, are those of a rendering: each row that is not empty is a line
/// of CSV (RFC 4180, LF, UTF-8), from column A to the last one of the header, or further where the row has more. An empty
/// cell is NULL and an empty field, the empty text is `""`. `RecordLocation.line` is the row's number in the sheet.
///
/// XML that is broken, or ends early, makes one reject of the sheet's rest. Of a row over the record limit the rendering
/// has the first 64 KiB.
package struct XLSXReader: Reader {
    package let columns: [String]
    /// Where the first record begins: after the header.
    package let dataStart: RecordLocation
    package private(set) var location: RecordLocation
    /// Whether the sheet has a header and nothing below it; known where the sheet was opened for the first time.
    package internal(set) var isEmpty = false
    /// The columns at the end that the header has no name for; known in the same case.
    package internal(set) var namelessAtEnd: [String] = []

    private let workbook: XLSXWorkbook
    private let sheet: XLSXWorkbook.Sheet
    private let options: XLSXOptions
    private let builder: XLSXChunkBuilder
    private var rows: SheetRows
    /// Whether `rows` stand at `location`: not after an error.
    private var isInPlace = true

    /// Opens a sheet that was opened before; `seek(to:)` can follow.
    ///
    /// Throws `DataError`: `.unusableOption` for an impossible limit, `.unreadable` if the sheet cannot be read.
    package init(
        workbook: XLSXWorkbook, sheet: XLSXWorkbook.Sheet, options: XLSXOptions, columns: [String],
        dataStart: RecordLocation
    ) throws {
        try options.check()
        self.workbook = workbook
        self.sheet = sheet
        self.options = options
        self.columns = columns
        self.dataStart = dataStart
        rows = try SheetRows(sheet, of: workbook, maxRecordBytes: options.maxRecordBytes)
        location = dataStart
        if options.hasHeader { _ = try rows.next(from: options.firstRow) }
        builder = XLSXChunkBuilder(columns: columns, header: options.hasHeader ? rows.row : nil, options: options)
    }

    /// Goes to a place by reading all rows before it: from where the reader stands, or from the sheet's beginning.
    package mutating func seek(to target: RecordLocation) throws {
        if target.byteOffset < location.byteOffset {
            try reopen()
        }
        var passed = Chunk()
        while location.byteOffset < target.byteOffset,
            try fill(&passed, limit: ChunkLimit(endOffset: target.byteOffset))
        {}
        guard (location.byteOffset, location.record) == (target.byteOffset, target.record) else {
            throw DataError(
                .unreadable,
                "sheet `\(sheet.name)` has no record that begins at row \(target.line), where reading should continue",
                remedy: "Put the original file back, then resume.")
        }
        location = target
    }

    private mutating func reopen() throws {
        self = try XLSXReader(
            workbook: workbook, sheet: sheet, options: options, columns: columns, dataStart: dataStart)
    }

    /// Makes `rows` this reader's own, standing at its place: after it was copied, and after an error.
    private mutating func ownRows() throws {
        if isInPlace && isKnownUniquelyReferenced(&rows) { return }
        let place = location
        do {
            try reopen()
            try seek(to: place)
        } catch {
            location = place
            isInPlace = false
            throw error
        }
    }

    package mutating func fill(_ chunk: inout Chunk, limit: ChunkLimit) throws -> Bool {
        try ownRows()
        isInPlace = false
        chunk.reset(at: location, columnCount: columns.count)
        // Offsets in a chunk have 32 bits.
        let maximumBytes = min(limit.bytes, 1 << 30)
        let end = limit.endOffset.map { Int(clamping: $0 - min($0, location.byteOffset)) } ?? .max
        reading: while chunk.bytes.count < end {
            let count = chunk.recordsRead
            if count > 0
                && (count >= limit.records || chunk.bytes.count >= maximumBytes || chunk.rejects.count >= limit.rejects)
            {
                break
            }
            switch try rows.next(from: options.firstRow) {
            case .row where rows.row.number > options.lastRow ?? .max: break reading
            case .row: builder.add(rows.row, to: &chunk)
            case .broken(let problem): builder.add(rows.row, brokenBy: problem, in: sheet.name, to: &chunk)
            case .ended: break reading
            }
            location.line = max(location.line, rows.row.number + 1)
        }
        location.byteOffset += UInt64(chunk.bytes.count)
        location.record += UInt64(chunk.recordsRead)
        chunk.end = location
        isInPlace = true
        return chunk.recordsRead > 0
    }
}

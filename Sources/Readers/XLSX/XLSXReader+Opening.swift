internal import Records

extension XLSXReader {
    /// Opens a sheet and finds its columns: those of the first row that is not empty, up to its last value, and the columns
    /// after it that have values but no name.
    ///
    /// Throws `DataError`: `.malformed` if the sheet is empty or its header cannot be read, `.unusableOption` for an
    /// impossible limit, `.unreadable` if the sheet cannot be read.
    package init(
        workbook: XLSXWorkbook, sheet: XLSXWorkbook.Sheet, options: XLSXOptions = XLSXOptions()
    ) throws {
        try options.check()
        let rows = try SheetRows(sheet, of: workbook, maxRecordBytes: options.maxRecordBytes)
        let step = try rows.next(from: options.firstRow)
        let row = rows.row
        switch step {
        case .row where options.isHeaderInFirstRow && row.number != options.firstRow:
            throw DataError(
                .unusableOption,
                "--header-row \(options.firstRow) does not apply: row \(options.firstRow) of sheet `\(sheet.name)` is empty.",
                remedy: "Give the number of the row with the column names.")
        case .row: break
        case .ended where options.firstRow > 1:
            let option =
                options.isHeaderInFirstRow
                ? "--header-row \(options.firstRow)" : "--skip-lines \(options.firstRow - 1)"
            throw DataError(
                .unusableOption, "\(option) does not apply: sheet `\(sheet.name)` has no row after that.",
                remedy: "Give the number of a row that exists.")
        case .ended:
            throw DataError(
                .malformed, "sheet `\(sheet.name)` is empty: it has no \(options.hasHeader ? "header" : "rows")",
                remedy: "Name another sheet, or check that the file was written completely.")
        case .broken(let problem):
            throw DataError(
                .malformed, "sheet `\(sheet.name)` cannot be read: its XML is broken at \(problem)",
                remedy: "Open the file in a spreadsheet program and save it again.")
        }
        guard options.hasHeader else {
            let columns = ColumnNames.numbered((row.cells.last?.column ?? 0) + 1)
            try self.init(
                workbook: workbook, sheet: sheet, options: options, columns: columns, dataStart: RecordLocation())
            return
        }
        // The header is a line of the rendering like any other. An error in one of its cells is a name like any other.
        let names = row.names
        let look = try SheetLook(at: rows, behind: names)
        var nameless = look.nameless
        func header() -> (columns: [String], line: Chunk) {
            let columns = ColumnNames.from(names + Array(repeating: "", count: nameless), dropsLast: false)
            var line = Chunk()
            XLSXChunkBuilder(columns: columns, options: options).add(row, to: &line)
            return (columns, line)
        }
        var (columns, line) = header()
        // What has no name must not make the header too long.
        if nameless > 0, line.rejects.contains(where: { $0.code == .tooLarge }) {
            nameless = 0
            (columns, line) = header()
        }
        if let flaw = line.rejects.first, flaw.code != .cellError {
            throw DataError(
                .malformed, "the header of sheet `\(sheet.name)` in row \(row.number) cannot be used: \(flaw.message)",
                remedy: "Correct the header; if there is none, add --no-header.")
        }
        try self.init(
            workbook: workbook, sheet: sheet, options: options, columns: columns,
            dataStart: RecordLocation(byteOffset: UInt64(line.bytes.count), line: row.number + 1))
        isEmpty = !look.hasRecords
        namelessAtEnd = Array(columns.suffix(nameless))
    }

    /// The first rows of a sheet that are not empty.
    package static func headRows(
        of sheet: XLSXWorkbook.Sheet, in workbook: XLSXWorkbook, options: XLSXOptions
    ) throws -> [HeadRow] {
        let rows = try SheetRows(sheet, of: workbook, maxRecordBytes: options.maxRecordBytes)
        var head: [HeadRow] = []
        while head.count < 100, case .row = try rows.next() {
            head.append(HeadRow(line: rows.row.number, values: rows.row.names))
        }
        return head
    }

    /// The row before the last ones of a sheet, of those that are not empty.
    package static func lastRow(
        of sheet: XLSXWorkbook.Sheet, in workbook: XLSXWorkbook, besides footer: Int, options: XLSXOptions
    ) throws -> UInt64 {
        let rows = try SheetRows(sheet, of: workbook, maxRecordBytes: options.maxRecordBytes)
        // The last rows, and the one before them.
        var last: [UInt64] = []
        while case .row = try rows.next() {
            last.append(rows.row.number)
            if last.count > footer + 1 { last.removeFirst() }
        }
        return last.count > footer ? last[0] : 0
    }

    /// Whether a sheet that is there has no row with a value. Where its XML is broken, that cannot be said.
    package static func isEmpty(
        _ sheet: XLSXWorkbook.Sheet, of workbook: XLSXWorkbook, options: XLSXOptions
    ) throws -> Bool {
        guard !sheet.part.isEmpty, try workbook.parts.open(sheet.part) != nil else { return false }
        let step = try SheetRows(sheet, of: workbook, maxRecordBytes: options.maxRecordBytes).next()
        if case .ended = step { return true }
        return false
    }
}

/// What the rows after a sheet's header tell.
private struct SheetLook {
    private(set) var hasRecords = false
    /// How many columns there are after the last name, each of which has a value in one of the rows.
    private(set) var nameless = 0

    /// How many rows are looked at.
    private static let mostRows = 10_000

    /// Goes on through `rows`. A row above the header, such as a title, has fewer values than what comes below it: where
    /// there are as many columns without a name as the header is wide, it is none.
    init(at rows: SheetRows, behind names: [String]) throws {
        var used: Set<Int> = []
        for _ in 0..<Self.mostRows {
            guard case .row = try rows.next() else { break }
            hasRecords = true
            let row = rows.row
            guard row.flaw == nil, let last = row.cells.last, last.column >= names.count else { continue }
            used.formUnion(row.cells.lazy.map(\.column).filter { $0 >= names.count })
        }
        var count = 0
        while used.contains(names.count + count) { count += 1 }
        if names.count(where: { !$0.isEmpty }) > 1 && count < names.count { nameless = count }
    }
}

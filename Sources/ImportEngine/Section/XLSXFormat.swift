internal import ImportLog
internal import Readers
internal import Records

/// Between a spreadsheet's reader and what the log keeps of it.
enum XLSXFormat {
    /// Finds the sheets that have rows.
    static func survey(_ workbook: XLSXWorkbook, container: String, _ options: ReadingOptions) throws -> SourceSurvey {
        var result = SourceSurvey(sections: [])
        var firstError: DataError?
        for (index, (sheet, name)) in zip(workbook.sheets, workbook.distinctNames).enumerated() {
            do {
                var sheetOptions = self.options(options)
                let head = try head(of: sheet, in: workbook, options)
                let preamble = Preamble(head, width: nil)
                var beginning = options.csv
                if let preamble {
                    (beginning.firstLine, beginning.isHeaderInFirstLine) = (preamble.header.line, true)
                    sheetOptions.firstRow = preamble.header.line
                }
                if options.csv.footerLines > 0 {
                    sheetOptions.lastRow = try XLSXReader.lastRow(
                        of: sheet, in: workbook, besides: options.csv.footerLines, options: sheetOptions)
                }
                let reader = try XLSXReader(workbook: workbook, sheet: sheet, options: sheetOptions)
                var reading = reading(reader, of: sheet, sheetOptions)
                reading.note(beginning)
                reading.container = container
                let evidence = try XLSXEvidence(reader, named: name, head, options)
                if let refusal = evidence.titleAbove, !options.takesDamaged { throw refusal }
                var section = SurveyedSection(
                    name: name, ownName: sheet.name, reading: reading, number: index + 1,
                    isHidden: sheet.isHidden, hiddenKind: reader.isEmpty ? .asked : .mayBeData)
                section.missing = evidence.doubts.map {
                    LeftOutPart(name: name, reason: $0.what, kind: .misread, remedy: $0.remedy)
                }
                if reader.isEmpty {
                    var part = LeftOutPart.headerOnly
                    part.name = name
                    section.missing.append(part)
                }
                if var part = preamble?.part("row") {
                    if workbook.sheets.count > 1 { part.name = "sheet \(name): \(part.name)" }
                    result.leftOut.append(part)
                }
                if name != sheet.name {
                    section.reading[setting: "sheet_number"] = String(index + 1)
                    result.warnings.append(
                        "there is more than one sheet \(sheet.name): number \(index + 1) is called \(name) here")
                }
                result.sections.append(section)
                if let first = reader.namelessAtEnd.first {
                    let others = reader.namelessAtEnd.count - 1
                    result.warnings.append(
                        "sheet \(sheet.name): the header has no name for \(first)"
                            + (others > 0 ? " and \(others) more after it" : "")
                            + ", which has values; name it in the file, or with --columns")
                }
            } catch let error as DataError where error.code == .malformed {
                firstError = firstError ?? error
                result.leftOut.append(try part(without: sheet, named: name, of: workbook, error, options))
            }
        }
        if result.sections.isEmpty, let firstError { throw firstError }
        if workbook.sheets.count == 1, result.sections.count == 1 {
            result.sections[0].name = ""
            for index in result.sections[0].missing.indices { result.sections[0].missing[index].name = "" }
        }
        return result
    }

    /// A sheet without columns has no rows, or rows that cannot be read.
    private static func part(
        without sheet: XLSXWorkbook.Sheet, named name: String, of workbook: XLSXWorkbook, _ error: DataError,
        _ options: ReadingOptions
    ) throws -> LeftOutPart {
        let isEmpty = try XLSXReader.isEmpty(sheet, of: workbook, options: self.options(options))
        let kind: LeftOutPart.Kind = isEmpty ? .noRecords : sheet.isHidden ? .asked : .mayBeData
        return LeftOutPart(
            name: name, reason: error.message, kind: kind, remedy: isEmpty ? nil : error.remedy)
    }

    /// A sheet's first rows; none if someone said which one is the header.
    private static func head(
        of sheet: XLSXWorkbook.Sheet, in workbook: XLSXWorkbook, _ options: ReadingOptions
    ) throws -> [HeadRow] {
        guard options.csv.hasHeader == nil, options.csv.firstLine == nil else { return [] }
        return try XLSXReader.headRows(of: sheet, in: workbook, options: self.options(options))
    }

    private static func options(_ options: ReadingOptions) -> XLSXOptions {
        var result = XLSXOptions(
            hasHeader: options.csv.hasHeader ?? true, nullSpellings: options.csv.nullSpellings,
            maxRecordBytes: min(
                options.maxRecordBytes ?? XLSXOptions.defaultMaxRecordBytes, XLSXOptions.largestMaxRecordBytes))
        result.trimsNulls = options.csv.syntax.trimsNulls
        result.firstRow = options.csv.firstLine ?? 1
        result.isHeaderInFirstRow = options.csv.isHeaderInFirstLine
        return result
    }

    private static func reading(
        _ reader: XLSXReader, of sheet: XLSXWorkbook.Sheet, _ options: XLSXOptions
    ) -> ImportSubmitted.Reading {
        var recorded = ImportSubmitted.Reading()
        recorded.format = SourceFormat.xlsx.rawValue
        recorded.encoding = TextEncoding.utf8.rawValue
        recorded.hasHeader = options.hasHeader
        recorded.nullSpellings = options.nullSpellings
        recorded.dataOffset = reader.dataStart.byteOffset
        recorded.dataLine = reader.dataStart.line
        recorded.sourceColumns = reader.columns
        recorded.maxFieldBytes = UInt64(options.maxRecordBytes)
        recorded[setting: "trim_null"] = options.trimsNulls ? "true" : nil
        recorded[setting: "sheet"] = sheet.name
        recorded[setting: "last_row"] = options.lastRow.map { String($0) }
        return recorded
    }

    /// Opens a sheet again in the way it was read before.
    static func reader(of workbook: XLSXWorkbook, _ reading: ImportSubmitted.Reading) throws -> any Reader {
        var options = XLSXOptions(
            hasHeader: reading.hasHeader, nullSpellings: reading.nullSpellings,
            maxRecordBytes: Int(clamping: reading.maxFieldBytes))
        options.trimsNulls = reading[setting: "trim_null"] == "true"
        options.firstRow = reading.number("header_row") ?? reading.number("skip_lines").map { $0 + 1 } ?? 1
        options.lastRow = reading.number("last_row")
        // A name that another sheet has, too, does not say which one it is.
        let index = reading[setting: "sheet_number"].flatMap { Int($0) }.map { $0 - 1 }
        let sheet =
            try index.flatMap { workbook.sheets.indices.contains($0) ? workbook.sheets[$0] : nil }
            ?? workbook.sheet(reading[setting: "sheet"] ?? "")
        return try XLSXReader(
            workbook: workbook, sheet: sheet, options: options,
            columns: reading.sourceColumns, dataStart: reading.dataStart)
    }
}

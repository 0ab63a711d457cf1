internal import Records

/// The rows of a sheet that are not empty, one after the other.
///
/// Unchecked, because expat keeps its own state: the reader that owns the rows is used by one thread at a time.
final class SheetRows: @unchecked Sendable {
    enum Step {
        /// `row` is there.
        case row
        /// The sheet's XML is broken; `row` has what there was of the row it broke off in. The end comes next.
        case broken(XMLProblem)
        case ended
    }

    private let handler: SheetHandler
    private let stream: XMLStream
    private var isAtEnd = false

    var row: SheetRow { handler.row }

    /// Throws `DataError(.malformed)` where the sheet's part is missing.
    init(_ sheet: XLSXWorkbook.Sheet, of workbook: XLSXWorkbook, maxRecordBytes: Int) throws {
        guard !sheet.part.isEmpty, let source = try workbook.parts.open(sheet.part) else {
            let reason =
                sheet.part.isEmpty ? "the workbook does not say which part it is" : "the file has no part \(sheet.part)"
            throw DataError(
                .malformed, "the sheet `\(sheet.name)` is missing: \(reason)",
                remedy: "Check that the file was written completely.")
        }
        handler = SheetHandler(workbook.cells, maxRecordBytes: maxRecordBytes)
        stream = XMLStream(source, handler: handler)
    }

    /// The first row that is not above this one.
    func next(from first: UInt64) throws -> Step {
        while true {
            let step = try next()
            guard case .row = step, row.number < first else { return step }
        }
    }

    func next() throws -> Step {
        if isAtEnd { return .ended }
        switch try stream.advance() {
        case .paused: return .row
        case .ended:
            isAtEnd = true
            return .ended
        case .broken(let problem):
            isAtEnd = true
            handler.breakOff()
            return .broken(problem)
        }
    }
}

internal import Records

/// A file's first record, from which its columns come.
struct CSVHead {
    var columns: [String] = []
    /// Up to the record's end, empty lines before it included.
    var textBytes = 0
    var sourceBytes = 0
    var lineEnds = 0

    /// Reads the first record; nil if it needs more text. Throws `DataError(.malformed)` if there is none, or if it is a
    /// header and cannot be used.
    init?(text: SourceText, dialect: CSVDialect, start: RecordLocation) throws {
        let splitter = RecordSplitter(dialect)
        var position = 0
        var firstError: DataError?
        while true {
            guard position < text.count else {
                if !text.isFinal { return nil }
                throw firstError ?? Self.nothing(in: text, dialect)
            }
            if LineByte.isEnd(text.text[position]) || splitter.isNoRecord(text, at: position) {
                switch text.lineEnd(from: position) {
                case .at(_, let end): position = end
                case .none:
                    guard text.isFinal else { return nil }
                    position = text.count
                    continue
                }
                lineEnds += 1
                continue
            }
            switch splitter.split(text.text, from: position, isFinal: text.isFinal, into: .init(start: nil, count: 0)) {
            case .needsText:
                return nil
            case .record(let end, let fieldCount, let recordLineEnds):
                columns =
                    dialect.hasHeader
                    ? try Self.names(in: position..<end, text, fieldCount: fieldCount, splitter, start)
                    : ColumnNames.numbered(fieldCount)
                textBytes = end
                sourceBytes = text.sourceLength(0..<end)
                lineEnds += recordLineEnds
                return
            case .problem(let problem):
                let error = Self.invalid(problem, from: position, text, dialect, start)
                if dialect.hasHeader { throw error }
                // Without a header any sound record will do: the others become rejects when they are read.
                firstError = firstError ?? error
                switch text.lineEnd(from: position) {
                case .at(_, let end): position = end
                case .none: position = text.count
                }
            }
        }
    }

    /// The column names of a header that can be split.
    private static func names(
        in range: Range<Int>, _ text: SourceText, fieldCount: Int, _ splitter: RecordSplitter, _ start: RecordLocation
    ) throws -> [String] {
        if let flaw = text.flaw(in: range) { throw invalid(flaw.flaw, at: flaw.position, in: range, text, start) }
        var row = Array(repeating: SplitField(start: 0, end: 0, style: .unquoted), count: fieldCount)
        _ = row.withUnsafeMutableBufferPointer {
            splitter.split(text.text, from: range.lowerBound, isFinal: text.isFinal, into: $0)
        }
        let names = row.map { text.value(of: $0, by: splitter) }
        // One nameless column at the end is a delimiter too many, unless records have values there; several of them are
        // columns without names.
        let namelessAtEnd = row.reversed().prefix { $0.isEmptyUnquoted }.count
        let dropsLast =
            row.count > 1 && namelessAtEnd == 1
            && !hasValues(inField: row.count, text, from: range.upperBound, splitter)
        return ColumnNames.from(names, dropsLast: dropsLast)
    }

    /// Whether more of the first records have a value in a last field of this number, from 1, than have no such field:
    /// as few as can be are rejected.
    private static func hasValues(
        inField number: Int, _ text: SourceText, from start: Int, _ splitter: RecordSplitter
    ) -> Bool {
        var row = Array(repeating: SplitField(start: 0, end: 0, style: .unquoted), count: number)
        let sample = CSVSample(text, from: start)
        var (without, withValue) = (0, 0)
        sample.forEachRecord(splitter, into: &row) { record in
            guard let fieldCount = record?.fieldCount else { return }
            if fieldCount == number, !record!.row[number - 1].isEmptyUnquoted { withValue += 1 }
            if fieldCount == number - 1 { without += 1 }
        }
        return withValue > without
    }
}

extension CSVHead {
    private static func nothing(in text: SourceText, _ dialect: CSVDialect) -> DataError {
        let comments = dialect.syntax.comment == nil ? "" : " and comments"
        let what = text.count == 0 ? "the file is empty" : "the file has only empty lines\(comments)"
        return DataError(
            .malformed, dialect.hasHeader ? "\(what): it has no header" : "\(what): its columns are not known",
            remedy: "Check that the file was written completely.")
    }

    private static func invalid(
        _ problem: SplitProblem, from recordStart: Int, _ text: SourceText, _ dialect: CSVDialect,
        _ start: RecordLocation
    ) -> DataError {
        let what =
            switch problem.kind {
            case .textAfterQuote: "text follows a closing quote"
            case .unclosedQuote, .swallowsLines: "a quote is never closed"
            case .quotedTooLong: "a quote is not closed within \(dialect.maxFieldBytes) bytes"
            case .tooLong: "a field is longer than \(dialect.maxFieldBytes) bytes"
            }
        return invalid(
            what, at: problem.position, in: recordStart..<text.count, text, start,
            remedy: dialect.hasHeader
                ? "Correct the header; if there is none, add --no-header." : "Check the delimiter and the quotes.")
    }

    private static func invalid(
        _ flaw: SourceText.Flaw, at position: Int, in range: Range<Int>, _ text: SourceText, _ start: RecordLocation
    ) -> DataError {
        switch flaw {
        case .nul:
            invalid(
                "a NUL byte", at: position, in: range, text, start,
                remedy: "If the file is UTF-16, add --encoding utf-16le or utf-16be.")
        case .notText:
            invalid(
                "bytes that are not \(text.encoding == .utf8 ? "UTF-8" : text.encoding.rawValue)", at: position,
                in: range, text, start,
                remedy: TextLines(text.bytes.prefix(CSVSample.mostBytes)).remedy)
        }
    }

    private static func invalid(
        _ what: String, at position: Int, in range: Range<Int>, _ text: SourceText, _ start: RecordLocation,
        remedy: String
    ) -> DataError {
        let line = start.line + UInt64(text.countLineEnds(0..<position))
        let byte = start.byteOffset + UInt64(text.sourceLength(0..<position))
        let excerpt = Excerpt.of(text, in: range, around: position)
        return DataError(
            .malformed, "the first record cannot be used: \(what) at line \(line), byte \(byte): \(excerpt)",
            remedy: remedy)
    }
}

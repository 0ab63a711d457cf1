internal import Records

/// A file's first record, from which its columns come.
struct CSVHead {
    var columns: [String] = []
    /// Up to the record's end, empty lines in front of it included.
    var textBytes = 0
    var sourceBytes = 0
    var lineEnds = 0

    /// Reads the first record; nil if it needs more text. Throws `DataError(.malformed)` if there is none, or if it is a
    /// header and cannot be used.
    init?(text: CSVText, dialect: CSVDialect, start: RecordLocation) throws {
        let splitter = RecordSplitter(dialect)
        var position = 0
        while true {
            guard position < text.count else {
                if !text.isFinal { return nil }
                throw Self.nothing(in: text, dialect)
            }
            if CSVByte.isLineEnd(text.text[position]) {
                guard case .at(_, let end) = text.lineEnd(from: position) else { return nil }
                position = end
                lineEnds += 1
                continue
            }
            var row: [SplitField] = []
            var result = splitter.split(
                text.text, from: position, isFinal: text.isFinal, into: .init(start: nil, count: 0))
            if case .record(_, let fieldCount, _) = result {
                row = Array(repeating: SplitField(start: 0, end: 0, style: .unquoted), count: fieldCount)
                result = row.withUnsafeMutableBufferPointer {
                    splitter.split(text.text, from: position, isFinal: text.isFinal, into: $0)
                }
            }
            switch result {
            case .needsText:
                return nil
            case .record(let end, _, let recordLineEnds):
                if dialect.hasHeader {
                    if let flaw = text.flaw(in: position..<end) {
                        throw Self.invalid(flaw.flaw, at: flaw.position, in: position..<end, text, start)
                    }
                    columns = ColumnNames.from(
                        row.map { field in
                            var name: [UInt8] = []
                            text.appendValue(of: field, to: &name)
                            return String(decoding: name, as: UTF8.self)
                        }, dropsLast: row.count > 1 && row.last!.style == .unquoted && row.last!.start == row.last!.end)
                } else {
                    columns = ColumnNames.numbered(row.count)
                }
                textBytes = end
                sourceBytes = text.sourceLength(0..<end)
                lineEnds += recordLineEnds
                return
            case .problem(let problem):
                // Without a header any sound record will do: the others become rejects when they are read.
                if !dialect.hasHeader, case .at(_, let end) = text.lineEnd(from: position), end < text.count {
                    position = end
                    continue
                }
                throw Self.invalid(problem, in: position..<text.count, text, start)
            }
        }
    }
}

extension CSVHead {
    private static func nothing(in text: CSVText, _ dialect: CSVDialect) -> DataError {
        let what = text.count == 0 ? "the file is empty" : "the file has only empty lines"
        return DataError(
            .malformed, dialect.hasHeader ? "\(what): it has no header" : "\(what): its columns are not known",
            remedy: "Check whether the file was written in full.")
    }

    private static func invalid(_ problem: SplitProblem, in range: Range<Int>, _ text: CSVText, _ start: RecordLocation)
        -> DataError
    {
        let what =
            switch problem.kind {
            case .textAfterQuote: "text follows a closing quote"
            case .unclosedQuote: "a quote is never closed"
            case .quotedTooLong, .tooLong: "a field is beyond the limit"
            }
        return invalid(
            what, at: problem.position, in: range, text, start,
            remedy: "Correct the header, or say that there is none.")
    }

    private static func invalid(
        _ flaw: CSVText.Flaw, at position: Int, in range: Range<Int>, _ text: CSVText, _ start: RecordLocation
    ) -> DataError {
        switch flaw {
        case .nul:
            invalid(
                "a NUL byte stands", at: position, in: range, text, start,
                remedy: "If the file is UTF-16, give the encoding utf-16le or utf-16be.")
        case .notText:
            invalid(
                "what is not \(text.encoding.rawValue) stands", at: position, in: range, text, start,
                remedy: "Give the encoding, such as latin1, windows-1252 or utf-16le.")
        }
    }

    private static func invalid(
        _ what: String, at position: Int, in range: Range<Int>, _ text: CSVText, _ start: RecordLocation, remedy: String
    ) -> DataError {
        let line = start.line + UInt64(text.countLineEnds(0..<position))
        let byte = start.byteOffset + UInt64(text.sourceLength(0..<position))
        let excerpt = Excerpt.of(text, in: range, around: position)
        return DataError(
            .malformed, "the header is not valid: \(what) at line \(line), byte \(byte): \(excerpt)", remedy: remedy)
    }
}

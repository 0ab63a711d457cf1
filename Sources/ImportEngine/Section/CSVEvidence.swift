internal import Readers
internal import Records

/// What speaks against the way in which a CSV file is read, by its first records.
///
/// Each doubt must be right nearly always: it keeps an import from wholly succeeding. What the user said outright is not
/// doubted.
struct CSVEvidence {
    private(set) var doubts: [ReadingDoubt] = []
    /// Whether nothing is below the header.
    private(set) var isEmpty = false
    /// The refusal of a file whose records all have more fields than its first line.
    private(set) var titleAbove: DataError?

    init(_ reader: CSVReader, of bytes: any ByteSource, _ options: ReadingOptions) throws {
        var reader = reader
        var chunk = Chunk()
        // What keeps the file from being read is told when it is.
        isEmpty = (try? reader.fill(&chunk, limit: SampledRows.limit)) == false && reader.dialect.hasHeader
        let sample = SampledRows(reader.columns, chunk, in: .lines)
        let isHeaderOpen = reader.dialect.hasHeader && options.csv.hasHeader == nil
        let ruled = isHeaderOpen ? reader.shape.flatMap(RuledList.init)?.doubt : nil
        if let ruled {
            titleAbove = DataError(.malformed, "It cannot be read as it is: \(ruled.what).", remedy: ruled.remedy)
            doubts.append(ruled)
        } else if isHeaderOpen, let title = titleOfOtherShape(reader, chunk) {
            let what = chunk.records.isEmpty ? "No record fits the header" : "Most records do not fit the header"
            titleAbove = DataError(.malformed, "\(what): \(title.what).", remedy: title.remedy)
            doubts.append(title)
        }
        let farBelow = isHeaderOpen ? tableFarBelow(reader.shape) : nil
        if isHeaderOpen && ruled == nil { doubts += farBelow.map { [$0] } ?? sample.headerDoubts() }
        if options.csv.delimiter == nil && farBelow == nil {
            doubts += [
                rival(reader.shape), sample.quotedLines() ?? sample.otherMark(),
                sample.doubledDelimiter(reader.dialect.delimiter),
            ]
            .compactMap(\.self)
            if let doubt = sample.blanksBeforeQuotes() { doubts.append(doubt) }
        }
        if reader.dialect.syntax.hasStandardQuotes, let doubt = sample.otherQuotes() { doubts.append(doubt) }
        if options.csv.encoding == nil, let doubt = try otherEncoding(reader, chunk, bytes) { doubts.append(doubt) }
        if let doubt = sample.foreignNull(options) { doubts.append(doubt) }
    }

    /// A first line that has fewer fields than all records have.
    private func titleOfOtherShape(_ reader: CSVReader, _ chunk: Chunk) -> ReadingDoubt? {
        guard let shape = reader.shape, shape.fields > reader.columns.count, let below = chunk.firstBelowTitle else {
            return nil
        }
        // A title may have lines of several widths.
        let first = chunk.rejects.first { reader.dialect.fieldCount(of: $0.raw) == shape.fields } ?? below
        let columns = reader.columns.count == 1 ? "1 field" : "\(reader.columns.count) fields"
        let records = chunk.records.isEmpty ? "the records" : "most records"
        let syntax = FittingSyntax(chunk.rejects.map(\.raw), reader.columns, reader.dialect)
        let what = "the first line has \(columns), and \(records) have \(shape.fields)"
        if reader.columns.count == 1, reader.dialect.fieldCount(of: Array(reader.columns[0].utf8)) == shape.fields {
            return ReadingDoubt(
                what: "\(what): it is one value in quotes",
                remedy: "Remove them: sed '1s/\"//g' FILE | \(DataError.pipedImport)")
        }
        if let other = delimiterBesideNumbers(reader, chunk) {
            return ReadingDoubt(
                what: what,
                remedy:
                    "If the \(Self.name(shape.delimiter)) is a part of the numbers, name a delimiter that the file does "
                    + "not have: --delimiter \(Self.argument(other))")
        }
        return ReadingDoubt(
            what: what,
            remedy: syntax.map { "They fit with \($0.flag)" }
                ?? SampledRows.remedy(
                    below: reader.columns.count, of: chunk.records.count,
                    at: first.location.line, reader.dialect.values(of: first.raw), in: .lines))
    }

    /// A delimiter that the records do not have, where they are numbers with commas below one name: `1,50`.
    private func delimiterBesideNumbers(_ reader: CSVReader, _ chunk: Chunk) -> UInt8? {
        let comma = UInt8(ascii: ",")
        let texts = chunk.rejects.map { String(decoding: $0.raw.filter { $0 != 0x0D && $0 != 0x0A }, as: UTF8.self) }
        guard reader.columns.count == 1, reader.dialect.delimiter == comma, !texts.isEmpty,
            texts.allSatisfy({ !$0.hasSuffix(",") && [.decimal, .integer, .amount].contains(ValueKind($0)) })
        else { return nil }
        return ";\t|".utf8.first { mark in !chunk.rejects.contains { $0.raw.contains(mark) } }
    }

    /// A table that begins far below the first line, behind text in which nothing is a delimiter.
    private func tableFarBelow(_ shape: CSVShape?) -> ReadingDoubt? {
        guard let rows = shape?.rowsFarBelow, let first = rows.first,
            Preamble.hasFigures(Array(rows.dropFirst()), first.values.count)
        else { return nil }
        return ReadingDoubt(
            what: "it is read as one column, but from line \(first.line) on each line has \(first.fields) fields "
                + "(\(SampledRows.shown(first.values)))",
            remedy: "If a table begins there: "
                + (SampledRows.isHeaderLine(first.values)
                    ? "--header-row \(first.line)" : "--skip-lines \(first.line - 1) --no-header"))
    }

    /// Records that are not UTF-8, among others that have nothing but ASCII.
    private func otherEncoding(_ reader: CSVReader, _ chunk: Chunk, _ bytes: any ByteSource) throws -> ReadingDoubt? {
        let bad = chunk.rejects.filter { $0.code == .encoding }
        guard reader.dialect.encoding == .utf8, !bad.isEmpty else { return nil }
        let lines = TextLines(try bytes.head(upTo: SourceSurvey.headBytes) + bad.flatMap { [0x0A] + $0.raw } + [0x0A])
        if lines.areInTwoEncodings { return nil }
        let guess = lines.guess
        return ReadingDoubt(
            what:
                "\(bad.count) of the first \(chunk.recordsRead) records \(bad.count == 1 ? "is" : "are") not UTF-8; the file \(guess.words)",
            remedy: guess.flag.map { "Import it with \($0)" } ?? guess.question)
    }

    private func rival(_ shape: CSVShape?) -> ReadingDoubt? {
        guard let shape, let rival = shape.rival else { return nil }
        let (taken, other) = (Self.name(shape.delimiter), Self.name(rival))
        return ReadingDoubt(
            what: "\(taken) and \(other) both split each line into \(shape.fields) fields, and \(taken) was chosen",
            remedy:
                "Choose one: --delimiter \(Self.argument(rival)), or --delimiter \(Self.argument(shape.delimiter))"
        )
    }

    private static func name(_ delimiter: UInt8) -> String {
        delimiter == 9 ? "a tab" : "'\(Character(UnicodeScalar(delimiter)))'"
    }

    /// A delimiter as a shell takes it.
    static func argument(_ delimiter: UInt8) -> String {
        switch delimiter {
        case 9: "tab"
        case ..<0x20: "$'\\x\(delimiter < 16 ? "0" : "")\(String(delimiter, radix: 16))'"
        default: "'\(Character(UnicodeScalar(delimiter)))'"
        }
    }
}

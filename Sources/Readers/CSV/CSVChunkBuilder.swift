internal import Records

/// Turns text into a chunk's records and rejects. It reads nothing: it says when it needs more text.
struct CSVChunkBuilder: Sendable {
    let columns: [String]
    let splitter: RecordSplitter
    private let nullSpellings: NullSpellings
    /// The record in hand; one field more than there are columns, for a trailing delimiter.
    private(set) var row: [SplitField]
    /// The first byte of the header's first field; more than any byte where there is no header to be told again.
    let headByte: UInt16
    /// How many bytes that field has.
    let firstNameLength: Int
    /// No byte over this begins a line that is not a record, but a byte order mark.
    private let lastOddByte: UInt8

    /// A record that is too large keeps this many of its first bytes.
    static let keptBytesOfTooLarge = 64 << 10

    /// How much of the text has been used, counted from the chunk's start.
    struct Progress {
        var text = 0
        var source = 0
        var lines: UInt64 = 0
        /// The rest of a record that is too large is being skipped.
        var isSkipping: Bool
    }

    /// A chunk's limits, as offsets in the source from the chunk's start.
    struct Bounds {
        var records: Int
        /// No record begins at or after this.
        var bytes: Int
        /// No record follows so many rejects.
        var rejects = Int.max
        /// Nothing at all is taken from here on: the end of a span that is read again.
        var end: Int?
        /// Empty lines join the chunk before them up to here.
        var emptyLines: Int { bytes + TextInput.readBytes }
    }

    enum Step { case needsText, isFull, isAtEnd }

    init(dialect: CSVDialect, columns: [String]) {
        self.columns = columns
        splitter = RecordSplitter(dialect)
        nullSpellings = NullSpellings(dialect.nullSpellings, trims: dialect.syntax.trimsNulls)
        row = Array(repeating: SplitField(start: 0, end: 0, style: .unquoted), count: columns.count + 1)
        // A list of one column may well have its own name among its values.
        let first = columns.first ?? ""
        let hasName = first != ColumnNames.numbered(1)[0]
        let firstByte = hasName ? dialect.encoding.firstByte(of: first) : dialect.delimiter
        headByte = dialect.hasHeader && columns.count > 1 ? firstByte.map(UInt16.init) ?? .max : .max
        let oddBytes = [
            LineByte.carriageReturn, dialect.syntax.comment,
            dialect.syntax.skipsEmptyRows ? max(dialect.delimiter, CSVByte.space) : nil,
        ]
        lastOddByte = oddBytes.compactMap(\.self).max() ?? 0
        firstNameLength =
            hasName ? (dialect.encoding.isUTF16 ? first.utf8.count : dialect.encoding.bytes(of: first).count) : 0
    }

    /// Adds records until the chunk is full or the text used up.
    mutating func addRecords(
        from text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step {
        let lastByte = min(bounds.end ?? .max, bounds.emptyLines)
        while true {
            if progress.source >= lastByte { return .isFull }
            if progress.isSkipping {
                if let step = skip(text, progress: &progress, bounds: bounds) { return step }
                continue
            }
            if progress.text == text.count { return text.isFinal ? .isAtEnd : .needsText }
            if text.text[progress.text] <= lastOddByte {
                if LineByte.isEnd(text.text[progress.text]) {
                    guard case .at(_, let end) = text.lineEnd(from: progress.text) else { return .needsText }
                    advance(text, to: end, lineEnds: 1, progress: &progress)
                    continue
                }
                if splitter.isNoRecord(text, at: progress.text) {
                    // Its bytes go by like those of a record that is too large, and make no record.
                    progress.isSkipping = true
                    continue
                }
                if splitter.mayBeNoRecord(text, at: progress.text) { return .needsText }
            }
            var start = progress.text
            if text.text[start] == ByteOrderMark.utf8[0], text.encoding.isUnicode {
                switch text.mark(at: start) {
                case .absent: break
                case .needsText: return .needsText
                case .present(let end):
                    // Where files were put one after the other, their marks stand at records' beginnings.
                    if end == text.count || LineByte.isEnd(text.text[end]) {
                        if end == text.count && !text.isFinal { return .needsText }
                        advance(text, to: end, lineEnds: 0, progress: &progress)
                        continue
                    }
                    start = end
                }
            }
            let count = chunk.recordsRead
            if count > 0
                && (count >= bounds.records || progress.source >= bounds.bytes || chunk.rejects.count >= bounds.rejects)
            {
                return .isFull
            }

            let splitter = splitter
            let result = row.withUnsafeMutableBufferPointer {
                splitter.split(text.text, from: start, isFinal: text.isFinal, into: $0)
            }
            switch result {
            case .record(let end, let fieldCount, let lineEnds):
                if lineEnds > 1, let problem = strayQuote(text, fieldCount: fieldCount) {
                    if let step = reject(problem, text, progress: &progress, to: &chunk) { return step }
                    continue
                }
                let length = text.sourceLength(progress.text..<end)
                if !addRecord(text, end: end, length: length, fieldCount: fieldCount, progress: progress, to: &chunk) {
                    reject(text, end: end, length: length, fieldCount: fieldCount, progress: progress, to: &chunk)
                }
                progress.text = end
                progress.source += length
                progress.lines += UInt64(lineEnds)
            case .needsText:
                return .needsText
            case .problem(let problem):
                if let step = reject(problem, text, progress: &progress, to: &chunk) { return step }
            }
        }
    }

    /// Adds the record in hand to the chunk; false if it cannot be used.
    @inline(__always)
    private mutating func addRecord(
        _ text: SourceText, end: Int, length: Int, fieldCount: Int, progress: Progress, to chunk: inout Chunk
    ) -> Bool {
        let start = progress.text
        let isPlain = ByteWords.isPlain(text.text.baseAddress!, from: start, to: end)
        if !isPlain && text.flaw(in: start..<end) != nil { return false }
        if fieldCount != columns.count && !endsWithDelimiter(fieldCount) && !pad(from: fieldCount) { return false }
        let first = row[0].start
        if first < end, UInt16(text.text[first]) == headByte, isHeaderAgain(text, fieldCount: fieldCount) {
            return false
        }

        let standsInSource = text.encoding == .utf8 || (isPlain && !text.encoding.isUTF16)
        let isSimple = standsInSource && nullSpellings.isEmpty
        for index in 0..<columns.count {
            let field = row[index]
            if field.isEmptyUnquoted {
                chunk.fields.append(.null)
            } else if isSimple && !field.style.isRewritten {
                chunk.fields.append(.source(offset: field.start, length: field.end &- field.start))
            } else {
                addValue(of: field, text, standsInSource: standsInSource, to: &chunk)
            }
        }
        chunk.records.append(
            Chunk.Record(
                offset: UInt32(progress.source), length: UInt32(length), line: UInt32(progress.lines),
                number: UInt32(chunk.recordsRead)))
        return true
    }

    private func addValue(of field: SplitField, _ text: SourceText, standsInSource: Bool, to chunk: inout Chunk) {
        if standsInSource && !field.style.isRewritten {
            let isNull = field.style == .unquoted && nullSpellings.contains(text.text[field.start..<field.end])
            chunk.fields.append(isNull ? .null : .source(offset: field.start, length: field.end - field.start))
            return
        }
        let offset = chunk.decoded.count
        text.appendValue(of: field, by: splitter, to: &chunk.decoded)
        if field.style == .unquoted && nullSpellings.contains(chunk.decoded[offset...]) {
            chunk.decoded.removeSubrange(offset...)
            chunk.fields.append(.null)
        } else {
            chunk.fields.append(.decoded(offset: offset, length: chunk.decoded.count - offset))
        }
    }

    /// Makes the missing fields of the record in hand empty, if that is wanted.
    @inline(never)
    private mutating func pad(from fieldCount: Int) -> Bool {
        guard splitter.syntax.padsShortRows, fieldCount < columns.count else { return false }
        for index in fieldCount..<columns.count { row[index] = SplitField(start: 0, end: 0, style: .unquoted) }
        return true
    }

    /// Whether all that the record in hand has too much is a delimiter after its last value.
    func endsWithDelimiter(_ fieldCount: Int) -> Bool {
        fieldCount == columns.count + 1 && row[columns.count].isEmptyUnquoted
    }

    /// The column of the field in hand that `position` is in.
    func column(at position: Int, fieldCount: Int) -> String? {
        let index = row.prefix(min(fieldCount, columns.count)).firstIndex { $0.start <= position && position < $0.end }
        return index.map { columns[$0] }
    }

    func advance(_ text: SourceText, to end: Int, lineEnds: Int, progress: inout Progress) {
        progress.source += text.sourceLength(progress.text..<end)
        progress.text = end
        progress.lines += UInt64(lineEnds)
    }
}

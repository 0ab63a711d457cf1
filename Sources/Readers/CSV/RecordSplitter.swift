/// Where a field is in the text, without its quotes.
struct SplitField {
    var start: Int
    var end: Int
    var style: Style

    /// An empty value without quotes: NULL, or nothing at all after a trailing delimiter.
    @inline(__always)
    var isEmptyUnquoted: Bool { style == .unquoted && start == end }

    enum Style: UInt8 {
        case unquoted, quoted
        /// With quotes in it, doubled or escaped.
        case quotedWithDoubledQuotes
        /// Not quoted, with escaped characters.
        case escaped

        /// Whether the value is not in the text as it is meant.
        @inline(__always)
        var isRewritten: Bool { rawValue >= Style.quotedWithDoubledQuotes.rawValue }
    }
}

/// What the text at a record's beginning turned out to be.
enum SplitResult {
    /// A record up to `end`, its line end included, with `lineEnds` line ends in it. The row holds as many of its
    /// fields as it has room for.
    case record(end: Int, fieldCount: Int, lineEnds: Int)
    /// The text ends before the record does.
    case needsText
    case problem(SplitProblem)
}

/// Why a record cannot be split. Positions are text offsets; `field` counts from 0.
struct SplitProblem {
    var kind: Kind
    var position: Int
    var field: Int
    var fieldStart: Int
    /// How many lines a stray quote takes along.
    var lines = 0

    enum Kind {
        /// The quoted field that ended right before `position` goes on.
        case textAfterQuote
        /// The quote at `position` is still open at the end of the file.
        case unclosedQuote
        /// The quote at `position` takes `lines` into its field that are records by themselves: it is a stray one.
        case swallowsLines
        /// The quoted field at `position` goes on beyond the limit: most likely its quote is a stray one.
        case quotedTooLong
        /// The unquoted field, or the record in it, is beyond the limit at `position`.
        case tooLong
    }
}

/// Finds one record's end and its fields: the core loop, which looks at each byte of a file once.
///
/// What it finds depends on the text alone, never on how much of it there is yet, so that the same file gives the same
/// records however it is read and cut into chunks.
struct RecordSplitter {
    let delimiter: UInt8
    let maxFieldBytes: Int
    let maxRecordBytes: Int
    let syntax: CSVSyntax
    let encoding: TextEncoding
    /// Whether values are quoted as in RFC 4180, and each byte tells by itself what it is.
    let isStandard: Bool
    private let structural: StructuralBytes

    init(_ dialect: CSVDialect) {
        delimiter = dialect.delimiter
        maxFieldBytes = dialect.maxFieldBytes
        maxRecordBytes = dialect.maxRecordBytes
        syntax = dialect.syntax
        encoding = dialect.encoding
        // Below this, no byte is part of a character of several bytes.
        let isApart = !dialect.encoding.isMultiByte || dialect.delimiter < UInt8(ascii: "0")
        isStandard = dialect.syntax.hasStandardQuotes && isApart
        structural = StructuralBytes(delimiter: dialect.delimiter)
    }

    /// Splits the record that begins at `start`. `isFinal` says that no text will follow.
    @inline(__always)
    func split(
        _ text: UnsafeRawBufferPointer, from start: Int, isFinal: Bool, into row: UnsafeMutableBufferPointer<SplitField>
    ) -> SplitResult {
        isStandard
            ? splitStandard(text, from: start, isFinal: isFinal, into: row)
            : splitOther(text, from: start, isFinal: isFinal, into: row)
    }

    /// The same, where values are quoted as in RFC 4180.
    func splitStandard(
        _ text: UnsafeRawBufferPointer, from start: Int, isFinal: Bool, into row: UnsafeMutableBufferPointer<SplitField>
    ) -> SplitResult {
        guard let base = text.baseAddress else { return .needsText }
        let end = text.count
        var fieldCount = 0
        var lineEnds = 0
        var fieldStart = start
        var isQuoted = false  // the field began with a quote
        var isOpen = false  // and that quote is open
        var hasDoubledQuotes = false
        var closingQuote = start

        /// Ends the field at `position`. Nil means that all is well.
        @inline(__always)
        func endField(at position: Int) -> SplitProblem.Kind? {
            if position &- fieldStart > maxFieldBytes || position &+ 1 &- start > maxRecordBytes {
                return isQuoted ? .quotedTooLong : .tooLong
            }
            var field = SplitField(start: fieldStart, end: position, style: .unquoted)
            if isQuoted {
                guard position == closingQuote &+ 1 else { return .textAfterQuote }
                field.start = fieldStart &+ 1
                field.end = closingQuote
                field.style = hasDoubledQuotes ? .quotedWithDoubledQuotes : .quoted
                isQuoted = false
                hasDoubledQuotes = false
            }
            if fieldCount < row.count { row[fieldCount] = field }
            fieldCount &+= 1
            fieldStart = position &+ 1
            return nil
        }

        @inline(__always)
        func problem(_ kind: SplitProblem.Kind, at position: Int) -> SplitResult {
            let place =
                switch kind {
                case .textAfterQuote: closingQuote + 1
                case .unclosedQuote, .swallowsLines, .quotedTooLong: fieldStart
                case .tooLong: position
                }
            return .problem(SplitProblem(kind: kind, position: place, field: fieldCount, fieldStart: fieldStart))
        }

        var wordStart = start
        while wordStart < end {
            let isWhole = wordStart &+ 8 <= end
            let word =
                isWhole
                ? ByteWords.load(base, at: wordStart)
                : ByteWords.loadTail(base, at: wordStart, count: end &- wordStart)
            var marks = structural.marks(in: word)
            while marks != 0 {
                let position = wordStart &+ marks.trailingZeroBitCount >> 3
                marks &= marks &- 1
                let byte = UInt8(truncatingIfNeeded: word >> (8 &* UInt64(truncatingIfNeeded: position &- wordStart)))
                if byte == delimiter {
                    if isOpen { continue }
                    if let kind = endField(at: position) { return problem(kind, at: position) }
                } else if byte == CSVByte.quote {
                    if isOpen {
                        isOpen = false
                        closingQuote = position
                    } else if isQuoted {
                        if position &- fieldStart > maxFieldBytes { return problem(.quotedTooLong, at: position) }
                        if position != closingQuote &+ 1 { return problem(.textAfterQuote, at: position) }
                        hasDoubledQuotes = true
                        isOpen = true
                    } else if position == fieldStart {
                        isQuoted = true
                        isOpen = true
                    }
                } else if byte == LineByte.lineFeed || byte == LineByte.carriageReturn {
                    if isOpen {
                        let endsPair = byte == LineByte.lineFeed && text[position &- 1] == LineByte.carriageReturn
                        if !endsPair { lineEnds &+= 1 }
                        continue
                    }
                    if let kind = endField(at: position) { return problem(kind, at: position) }
                    var next = position &+ 1
                    if byte == LineByte.carriageReturn {
                        if next == end && !isFinal { return .needsText }
                        if next < end && text[next] == LineByte.lineFeed { next &+= 1 }
                    }
                    return .record(end: next, fieldCount: fieldCount, lineEnds: lineEnds &+ 1)
                }
            }
            wordStart &+= 8
        }

        if end - fieldStart > maxFieldBytes || end - start > maxRecordBytes {
            return problem(isQuoted ? .quotedTooLong : .tooLong, at: end)
        }
        if !isFinal { return .needsText }
        if isOpen { return problem(.unclosedQuote, at: end) }
        if let kind = endField(at: end) { return problem(kind, at: end) }
        return .record(end: end, fieldCount: fieldCount, lineEnds: lineEnds)
    }
}

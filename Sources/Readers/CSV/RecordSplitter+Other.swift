extension RecordSplitter {
    /// The same as `splitStandard` byte by byte, with another quote or none, with escapes, or with spaces around quotes.
    /// A test holds that the two agree where values are quoted as in RFC 4180.
    func splitOther(
        _ text: UnsafeRawBufferPointer, from start: Int, isFinal: Bool, into row: UnsafeMutableBufferPointer<SplitField>
    ) -> SplitResult {
        let end = text.count
        var (fieldCount, lineEnds, fieldStart) = (0, 0, start)
        var (isQuoted, isOpen, isRewritten) = (false, false, false)
        var closingQuote = start
        // Behind the closing quote and the spaces that do not count.
        var quotedEnd = start

        func endField(at position: Int) -> SplitProblem.Kind? {
            if position - fieldStart > maxFieldBytes || position + 1 - start > maxRecordBytes {
                return isQuoted ? .quotedTooLong : .tooLong
            }
            var field = SplitField(start: fieldStart, end: position, style: isRewritten ? .escaped : .unquoted)
            if isQuoted {
                guard position == quotedEnd else { return .textAfterQuote }
                field = SplitField(
                    start: fieldStart + 1, end: closingQuote, style: isRewritten ? .quotedWithDoubledQuotes : .quoted)
            }
            if fieldCount < row.count { row[fieldCount] = field }
            fieldCount += 1
            fieldStart = position + 1
            (isQuoted, isRewritten) = (false, false)
            return nil
        }

        func problem(_ kind: SplitProblem.Kind, at position: Int) -> SplitResult {
            let place =
                switch kind {
                case .textAfterQuote: quotedEnd
                case .unclosedQuote, .swallowsLines, .quotedTooLong: fieldStart
                case .tooLong: position
                }
            return .problem(SplitProblem(kind: kind, position: place, field: fieldCount, fieldStart: fieldStart))
        }

        var position = start
        while position < end {
            let byte = text[position]
            if byte >= 0x80 {
                position += encoding.isMultiByte ? encoding.characterLength(text, at: position) ?? 1 : 1
                continue
            }
            if byte == syntax.escape {
                position += 1
                guard position < end, isEscapable(text[position]) else { continue }
                isRewritten = true
                let escaped = text[position]
                position += 1
                if LineByte.isEnd(escaped) {
                    lineEnds += 1
                    let isPair = escaped == LineByte.carriageReturn && position < end
                    if isPair, text[position] == LineByte.lineFeed { position += 1 }
                    if position == end && escaped == LineByte.carriageReturn && !isFinal { break }
                }
                continue
            }
            if byte == delimiter {
                if !isOpen, let kind = endField(at: position) { return problem(kind, at: position) }
            } else if byte == syntax.quote {
                if isOpen {
                    isOpen = false
                    closingQuote = position
                    quotedEnd = position + 1
                } else if isQuoted {
                    if position - fieldStart > maxFieldBytes { return problem(.quotedTooLong, at: position) }
                    if position != closingQuote + 1 { return problem(.textAfterQuote, at: position) }
                    isRewritten = true
                    isOpen = true
                } else if position == fieldStart {
                    isQuoted = true
                    isOpen = true
                }
            } else if LineByte.isEnd(byte) {
                if isOpen {
                    let endsPair = byte == LineByte.lineFeed && text[position - 1] == LineByte.carriageReturn
                    if !endsPair { lineEnds += 1 }
                } else {
                    if let kind = endField(at: position) { return problem(kind, at: position) }
                    var next = position + 1
                    if byte == LineByte.carriageReturn {
                        if next == end && !isFinal { return .needsText }
                        if next < end && text[next] == LineByte.lineFeed { next += 1 }
                    }
                    return .record(end: next, fieldCount: fieldCount, lineEnds: lineEnds + 1)
                }
            } else if byte == CSVByte.space && syntax.skipsInitialSpace {
                if !isQuoted && position == fieldStart {
                    fieldStart += 1
                } else if isQuoted && !isOpen && position == quotedEnd {
                    quotedEnd += 1
                }
            }
            position += 1
        }

        if end - fieldStart > maxFieldBytes || end - start > maxRecordBytes {
            return problem(isQuoted ? .quotedTooLong : .tooLong, at: end)
        }
        if !isFinal { return .needsText }
        if isOpen { return problem(.unclosedQuote, at: end) }
        if let kind = endField(at: end) { return problem(kind, at: end) }
        return .record(end: end, fieldCount: fieldCount, lineEnds: lineEnds)
    }

    /// Whether an escape before this byte takes from it what it means.
    func isEscapable(_ byte: UInt8) -> Bool {
        byte == delimiter || byte == syntax.quote || byte == syntax.escape || LineByte.isEnd(byte)
    }
}

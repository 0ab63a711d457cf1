internal import Records

extension CSVChunkBuilder {
    /// Rejects the record in hand, which could be split but not used.
    @inline(never)
    func reject(
        _ text: SourceText, end: Int, length: Int, fieldCount: Int, progress: Progress, to chunk: inout Chunk
    ) {
        let range = progress.text..<end
        let code: RejectCode
        let message: String
        var field: String?
        if let (flaw, position) = text.flaw(in: range) {
            let place = Place(position, text, chunk: chunk, progress: progress)
            let excerpt = Excerpt.of(text, in: range, around: position)
            field = column(at: position, fieldCount: fieldCount)
            switch flaw {
            case .nul:
                code = .nulByte
                message = "NUL byte at \(place): \(excerpt)"
            case .notText:
                let unit = text.bytes[place.sourceOffset...].prefix(text.encoding.unitBytes)
                code = .encoding
                message =
                    "byte \(unit.map(hex).joined(separator: " ")) at \(place) is not \(text.encoding == .utf8 ? "UTF-8" : text.encoding.rawValue) "
                    + "(see --encoding): \(excerpt)"
            }
        } else if isHeaderAgain(text, fieldCount: fieldCount) {
            code = .repeatedHeader
            message =
                "the header is repeated among the records: \(Excerpt.of(text, in: range, around: range.lowerBound))"
        } else {
            let expected = columns.count == 1 ? "1 field" : "\(columns.count) fields"
            code = .fieldCount
            message =
                "expected \(expected), found \(fieldCount): \(Excerpt.of(text, in: range, around: range.lowerBound))"
        }
        add(code, message, field: field, rawBytes: length, text, progress: progress, to: &chunk)
    }

    /// Rejects the record that begins here and cannot be split. It ends at its first line end, whatever is quoted: a
    /// stray quote must not take the records after it along. Returns nil if the chunk may go on after it.
    @inline(never)
    func reject(
        _ problem: SplitProblem, _ text: SourceText, progress: inout Progress, to chunk: inout Chunk
    ) -> Step? {
        let start = progress.text
        if problem.kind == .tooLong {
            return rejectTooLarge(problem, skippingFrom: problem.position, text, progress: &progress, to: &chunk)
        }
        let end: Int
        let contentEnd: Int
        let hasLineEnd: Bool
        switch text.lineEnd(from: start) {
        case .at(let lineContentEnd, let lineEnd): (contentEnd, end, hasLineEnd) = (lineContentEnd, lineEnd, true)
        case .none(let searched): (contentEnd, end, hasLineEnd) = (searched, searched, false)
        }
        if contentEnd - start > splitter.maxFieldBytes {
            return rejectTooLarge(problem, skippingFrom: start, text, progress: &progress, to: &chunk)
        }
        if !hasLineEnd && !text.isFinal { return .needsText }

        let place = Place(problem.position, text, chunk: chunk, progress: progress)
        let what =
            switch problem.kind {
            case .textAfterQuote where text.isEscaped(before: problem.position, from: start):
                "text after the closing quote at \(place), which a backslash does not escape: CSV escapes quotes by doubling them"
            case .textAfterQuote: "text after the closing quote at \(place)"
            case .unclosedQuote: "the quote at \(place) is never closed"
            case .swallowsLines where problem.lines == 1:
                "the quote at \(place) is a stray quote: the next line is a record of its own"
            case .swallowsLines:
                "the quote at \(place) is a stray quote: the next \(problem.lines) lines are records of their own"
            case .quotedTooLong, .tooLong:
                "the quote at \(place) is not closed within the \(limit(crossedIn: problem, recordStart: start))"
            }
        let excerpt = Excerpt.of(text, in: start..<end, around: problem.position)
        add(
            .quoting, "\(what): \(excerpt)", field: name(ofField: problem.field),
            rawBytes: text.sourceLength(start..<end), text, progress: progress, to: &chunk)
        advance(text, to: end, lineEnds: hasLineEnd ? 1 : 0, progress: &progress)
        return nil
    }

    /// Rejects the record that begins here and is too large. One that can be kept whole is a reject like any other. A larger one
    /// is a chunk of its own, or several: the first has the reject, and the others only bytes, so that any of them can
    /// be begun with again.
    private func rejectTooLarge(
        _ problem: SplitProblem, skippingFrom position: Int, _ text: SourceText, progress: inout Progress,
        to chunk: inout Chunk
    ) -> Step? {
        let known: Int
        let isWhole: Bool
        switch text.lineEnd(from: position) {
        case .at(_, let end):
            known = text.sourceLength(progress.text..<end)
            isWhole = true
        case .none(let searched):
            known = text.sourceLength(progress.text..<searched)
            if known < Self.keptBytesOfTooLarge && !text.isFinal { return .needsText }
            isWhole = text.isFinal
        }
        let isKeptWhole = isWhole && known <= Self.keptBytesOfTooLarge
        if progress.source > 0 && !isKeptWhole { return .isFull }
        let kept = min(known, Self.keptBytesOfTooLarge)
        let keptText = progress.text..<text.advance(from: progress.text, sourceLength: kept)
        let place = Place(progress.text, text, chunk: chunk, progress: progress)
        let limit = limit(crossedIn: problem, recordStart: progress.text)
        let what =
            switch problem.kind {
            case .tooLong, .quotedTooLong: "field \(problem.field + 1) of the record at \(place) exceeds the \(limit)"
            case .textAfterQuote, .unclosedQuote, .swallowsLines:
                "the line at \(place) has a stray quote and exceeds the \(limit)"
            }
        let excerpt = Excerpt.of(text, in: keptText, around: progress.text)
        // How large a longer one is shows only after all of it has been skipped.
        let size =
            isKeptWhole ? "the record has \(known) bytes" : "only the record's first \(kept) bytes are kept"
        add(
            .tooLarge, "\(what); \(size): \(excerpt)",
            field: name(ofField: problem.field), rawBytes: kept, text, progress: progress, to: &chunk)
        advance(text, to: position, lineEnds: text.countLineEnds(progress.text..<position), progress: &progress)
        progress.isSkipping = true
        return nil
    }

    /// Takes the rest of a record that is too large into the chunk, up to the next line end. Returns nil to go on.
    func skip(_ text: SourceText, progress: inout Progress, bounds: Bounds) -> Step? {
        let target: Int
        let endsRecord: Bool
        switch text.lineEnd(from: progress.text) {
        case .at(_, let end): (target, endsRecord) = (end, true)
        case .none(let searched): (target, endsRecord) = (searched, false)
        }
        if let end = bounds.end {
            let last = text.advance(from: progress.text, sourceLength: end - progress.source)
            if last < target {
                advance(text, to: last, lineEnds: 0, progress: &progress)
                return .isFull
            }
        }
        advance(text, to: target, lineEnds: endsRecord ? 1 : 0, progress: &progress)
        if endsRecord {
            progress.isSkipping = false
            return progress.source >= bounds.bytes ? .isFull : nil
        }
        if text.isFinal { return .isAtEnd }
        return progress.source >= bounds.bytes ? .isFull : .needsText
    }

    /// The limit that comes first in the problem's field. How much of the text was there to see makes no difference.
    private func limit(crossedIn problem: SplitProblem, recordStart: Int) -> String {
        problem.fieldStart - recordStart + splitter.maxFieldBytes <= splitter.maxRecordBytes
            ? "field limit of \(splitter.maxFieldBytes) bytes" : "record limit of \(splitter.maxRecordBytes) bytes"
    }

    private func name(ofField index: Int) -> String? { index < columns.count ? columns[index] : nil }

    private func add(
        _ code: RejectCode, _ message: String, field: String?, rawBytes: Int, _ text: SourceText, progress: Progress,
        to chunk: inout Chunk
    ) {
        let location = RecordLocation(
            section: chunk.start.section, byteOffset: chunk.start.byteOffset + UInt64(progress.source),
            line: chunk.start.line + progress.lines, record: chunk.start.record + UInt64(chunk.recordsRead))
        let raw = Array(text.bytes[progress.source..<(progress.source + rawBytes)])
        chunk.rejects.append(RejectedRecord(location: location, code: code, message: message, field: field, raw: raw))
    }

    /// Where in the source a place in the text is, in words.
    private struct Place: CustomStringConvertible {
        let line: UInt64
        let column: Int
        let byte: UInt64
        /// The offset in the chunk's bytes.
        let sourceOffset: Int

        init(_ position: Int, _ text: SourceText, chunk: Chunk, progress: Progress) {
            let before = progress.text..<position
            let lineStart = before.last { LineByte.isEnd(text.text[$0]) }.map { $0 + 1 } ?? progress.text
            line = chunk.start.line + progress.lines + UInt64(text.countLineEnds(before))
            column = text.countCharacters(lineStart..<position) + 1
            sourceOffset = progress.source + text.sourceLength(before)
            byte = chunk.start.byteOffset + UInt64(sourceOffset)
        }

        var description: String { "line \(line), column \(column), byte \(byte)" }
    }
}

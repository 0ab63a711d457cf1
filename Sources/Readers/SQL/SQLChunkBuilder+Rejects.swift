internal import Records

extension SQLChunkBuilder {
    /// Passes over what begins here and cannot be used, as little as is sure to belong to it, and rejects it where it
    /// is one of the section's.
    @inline(never)
    mutating func reject(
        _ problem: SQLProblem, _ kind: SQLRest.Kind, _ text: SourceText, to chunk: inout Chunk,
        progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let start = progress.offset
        let window = start..<min(text.count, start + layout.maxRecordBytes)
        let isBeyondLimit = text.count > window.upperBound
        let seesAll = text.isFinal || isBeyondLimit
        if problem.isEnded && !seesAll { return .needsText }
        switch problem.kind {
        case .expectedRow, .expectedSeparator:
            // What stands where a row or its end should be may have anything around it.
            if statement.isRead && isFull(chunk, progress, bounds) { return .isFull }
            inventory?.noteDisorder()
        default: break
        }
        switch extent(of: kind, in: window, text, seesAll: seesAll) {
        case .needsText:
            return .needsText
        case .ends(var end, var next, let isBroken):
            if next == .separator && statement.isRead {
                do throws(SQLProblem) {
                    (end, next) = try recordEnd(scanner(text, end: window.upperBound), text, from: end)
                } catch {
                    return .needsText
                }
            }
            add(problem, isBroken: isBroken, raw: start..<end, text, progress: progress, to: &chunk)
            advance(text, to: end, progress: &progress)
            state = State(next)
        case .open(let isBroken):
            addTooLarge(problem, text, progress: progress, to: &chunk)
            state = isBroken ? .lost(SQLResync()) : .rest(SQLRest(kind))
        }
        return nil
    }

    private enum Extent {
        case needsText
        case ends(Int, SQLRest.Next, isBroken: Bool)
        /// It goes on beyond the limit.
        case open(isBroken: Bool)
    }

    private func extent(of kind: SQLRest.Kind, in window: Range<Int>, _ whole: SourceText, seesAll: Bool) -> Extent {
        let text = SourceText(
            text: .init(rebasing: whole.text[..<window.upperBound]),
            bytes: .init(rebasing: whole.bytes[..<window.upperBound]), encoding: whole.encoding, isFinal: seesAll)
        let scanner = scanner(whole, end: window.upperBound)
        var rest = SQLRest(kind)
        var position = window.lowerBound
        var isBroken = false
        while position < text.count && !isBroken {
            guard
                let (token, end) = rest.skim.next(
                    text, syntax, from: position, stop: text.count, delimiter: delimiter)
            else { return .needsText }
            let tokenStart = position
            position = end
            switch rest.take(token, at: tokenStart, scanner, isFinal: seesAll, limit: layout.maxRecordBytes) {
            case .goesOn: break
            case .ends(before: true, let next): return .ends(tokenStart, next, isBroken: false)
            case .ends(before: false, let next): return .ends(end, next, isBroken: false)
            case .broken: isBroken = true
            case .needsText: return .needsText
            }
        }
        let isBeyondLimit = whole.count > window.upperBound
        if !isBroken && !seesAll { return .needsText }
        if !isBroken && isBeyondLimit { return .open(isBroken: false) }
        var resync = SQLResync()
        if let found = resync.find(text, from: window.lowerBound, end: text.count).found {
            return .ends(found, .statement, isBroken: true)
        }
        if !seesAll { return .needsText }
        return isBeyondLimit ? .open(isBroken: true) : .ends(text.count, .statement, isBroken: true)
    }

    mutating func add(
        _ problem: SQLProblem, isBroken: Bool, raw: Range<Int>, _ text: SourceText, progress: Progress,
        to chunk: inout Chunk
    ) {
        if isSurvey, let inventory {
            let values = inventory.asksForValues && !isBroken ? values(in: raw, text) : nil
            self.inventory?.countRow(
                values: values?.count, defaults: values?.defaults ?? [], nulls: values?.nulls ?? [])
        }
        guard statement.isRead else { return }
        let position = min(problem.position, raw.upperBound)
        let line = chunk.start.line + progress.lines
        let problemLine = line + UInt64(SQLByte.countLineFeeds(text.text, raw.lowerBound..<position))
        let byte = chunk.start.byteOffset + UInt64(position)
        let isCutOff = problem.isEnded && raw.upperBound == text.count
        let note =
            isBroken && !isCutOff
            ? "; the record began at line \(line), byte \(chunk.start.byteOffset + UInt64(raw.lowerBound)), and is skipped up to the next statement"
            : ""
        let excerpt = Excerpt.of(text, in: raw, around: problem.isEnded ? raw.lowerBound : position)
        chunk.rejects.append(
            RejectedRecord(
                location: place(chunk, progress), code: isBroken && !isCutOff ? .quoting : problem.code,
                message: "\(problem.what) at line \(problemLine), byte \(byte)\(note): \(excerpt)",
                field: field(of: problem), raw: Array(text.bytes[raw])))
    }

    mutating func addTooLarge(
        _ problem: SQLProblem, _ text: SourceText, progress: Progress, to chunk: inout Chunk
    ) {
        if isSurvey { inventory?.countRow(values: nil) }
        guard statement.isRead else { return }
        let place = place(chunk, progress)
        let raw =
            progress.offset..<min(text.count, progress.offset + min(Self.keptBytesOfTooLarge, layout.maxRecordBytes))
        let excerpt = Excerpt.of(text, in: raw, around: raw.lowerBound)
        chunk.rejects.append(
            RejectedRecord(
                location: place, code: .tooLarge,
                message:
                    "the record at line \(place.line), byte \(place.byteOffset) exceeds the record limit of \(layout.maxRecordBytes) bytes; only its first \(raw.count) bytes are kept: \(excerpt)",
                field: nil, raw: Array(text.bytes[raw])))
    }

    /// Rejects what is not run and would change the rows in the end: of a pipe, nothing else can say so.
    mutating func tellNews(_ progress: Progress, _ chunk: inout Chunk) {
        guard let news = inventory?.takeNews(), !news.isEmpty else { return }
        for new in news where new.table == nil || new.table == layout.table {
            chunk.rejects.append(
                RejectedRecord(
                    location: place(chunk, progress), code: .statement, message: new.message, field: nil, raw: []))
        }
    }

    /// How many values a row has, and which are DEFAULT and NULL.
    func values(in row: Range<Int>, _ whole: SourceText) -> (count: Int, defaults: [Int], nulls: [Int])? {
        let text = SourceText(
            text: .init(rebasing: whole.text[..<row.upperBound]),
            bytes: .init(rebasing: whole.bytes[..<row.upperBound]), encoding: whole.encoding, isFinal: true)
        let scanner = scanner(whole, end: row.upperBound)
        var (skim, position, depth) = (SQLSkim(), row.lowerBound, 0)
        var (count, defaults, nulls): (Int, [Int], [Int]) = (1, [], [])
        guard text.text[position] == SQLByte.open else { return nil }
        while position < text.count,
            let (token, end) = skim.next(text, syntax, from: position, stop: text.count)
        {
            position = end
            switch token {
            case .symbol(SQLByte.open): depth += 1
            case .symbol(SQLByte.close):
                depth -= 1
                if depth == 0 { return (count, defaults, nulls) }
            case .symbol(SQLByte.comma) where depth == 1: count += 1
            case .word(let word) where depth == 1 && scanner.isWord(word, "DEFAULT"): defaults.append(count - 1)
            case .word(let word) where depth == 1 && scanner.isWord(word, "NULL"): nulls.append(count - 1)
            default: break
            }
        }
        return nil
    }

    /// The column of the value that is the problem.
    private func field(of problem: SQLProblem) -> String? {
        let index: Int?
        switch problem.kind {
        case .expression, .defaultValue, .expectedValue, .badHex, .badEscape, .nulEscape, .textAfterQuote:
            switch statement.order {
            case .asColumns(let count): index = row.count < count ? row.count : nil
            case .listed(let columns):
                index = row.count < columns.count && columns[row.count] >= 0 ? columns[row.count] : nil
            case .ignored: index = nil
            }
        case .nul, .notUTF8: index = row.column(at: problem.position)
        default: index = nil
        }
        return index.map { columns[$0] }
    }

    /// Says where the file ends if it ends too early. There may be no byte left that this could be about: it goes
    /// into the chunk of the record before, whatever that one's limit.
    mutating func rejectCutOff(_ text: SourceText, progress: Progress, to chunk: inout Chunk) {
        let what = cutOff()
        if inventory != nil, case .skipped(let skipped) = state {
            inventory?.countSkipped(skipped)
            state = .statement
            tellNews(progress, &chunk)
        }
        if progress.offset > 0 && inventory != nil {
            inventory?.tellEnd()
            tellNews(progress, &chunk)
        }
        guard progress.offset > 0, let what else { return }
        let place = place(chunk, progress)
        let message = "the file ends at line \(place.line), byte \(place.byteOffset), \(what)"
        state = .statement
        if isSurvey {
            inventory?.cutOff = message
        } else if layout.end == nil {
            chunk.rejects.append(RejectedRecord(location: place, code: .syntax, message: message, raw: []))
        }
    }

    /// What the file's end has cut off, if anything.
    private func cutOff() -> String? {
        switch state {
        case .row, .comment(_, then: .row): "before the statement's next row"
        case .comment(let skim, _) where skim.mode != .lineComment: "inside a comment"
        case .skipped(let skipped) where skipped.skim.isInside && skipped.kind == SQLSkipped.tail:
            "inside a string or comment after a row"
        case .skipped(let skipped) where skipped.skim.isInside:
            "inside a string or comment of the \(skipped.kind) statement that began at line \(skipped.line), byte \(skipped.byteOffset)"
        case .skipped(let skipped) where skipped.kind == SQLSkipped.unreadableInsert:
            "inside the INSERT statement that began at line \(skipped.line), byte \(skipped.byteOffset)"
        case .skipped(let skipped) where skipped.depth > 0 || skipped.isHalfAVerb:
            "inside the \(skipped.kind) statement that began at line \(skipped.line), byte \(skipped.byteOffset)"
        case .skipped(let skipped) where skipped.code?.mayEnd == false:
            "inside the \(skipped.kind) statement that began at line \(skipped.line), byte \(skipped.byteOffset), whose body has INSERTs; mark its end (GO, or / on a line of its own)"
        case .lines: "inside the lines of a COPY statement"
        default: nil
        }
    }
}

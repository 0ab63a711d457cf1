internal import Records

extension SQLChunkBuilder {
    /// Goes on with something that may be of any size. Returns nil when that is over.
    mutating func skip(_ text: SourceText, progress: inout Progress, bounds: Bounds) -> Step? {
        switch state {
        case .comment(var skim, let next):
            return skip(&skim, text, &progress, bounds) { skim, _ in
                skim.mode == .plain ? State(next) : nil
            } paused: {
                .comment($0, then: next)
            }
        case .tail(var skim):
            let scanner = scanner(text, end: text.count)
            return skip(&skim, text, &progress, bounds) { skim, token in
                switch token {
                case .symbol(SQLByte.semicolon), .delimiter: State.statement
                case .word(let word) where skim.isFirstOnLine && word.count == 2:
                    scanner.isWord(word, "GO") ? .statement : nil
                default: nil
                }
            } paused: {
                .tail($0)
            }
        case .skipped(let skipped):
            return skip(skipped, text, progress: &progress, bounds: bounds)
        case .rest(var rest):
            var skim = rest.skim
            return skip(&skim, text, &progress, bounds) { skim, token in
                switch rest.take(token) {
                case .goesOn: nil
                case .ends(_, let next): State(next)
                case .broken: .lost(SQLResync())
                }
            } paused: { skim in
                rest.skim = skim
                return .rest(rest)
            }
        case .copyData(let isLineStart):
            return skipCopyData(isLineStart, text, progress: &progress, bounds: bounds)
        case .line:
            let last = stop(text, progress, bounds)
            let lineFeed = SQLByte.first(SQLByte.lineFeed, in: text.text, progress.offset..<last)
            advance(text, to: lineFeed.map { $0 + 1 } ?? last, progress: &progress)
            if lineFeed != nil { state = .statement }
            return nil
        case .lost(var resync):
            let start = progress.offset
            let (found, searched) = resync.find(text, from: start, end: text.count)
            let end = min(found ?? searched, bounds.end)
            state = found == nil ? .lost(resync) : .statement
            advance(text, to: end, progress: &progress)
            return end == start && found == nil ? .needsText : nil
        case .statement, .row, .separator:
            return nil
        }
    }

    /// How far a piece of something large may go.
    private func stop(_ text: SourceText, _ progress: Progress, _ bounds: Bounds) -> Int {
        let limit = progress.offset < bounds.hard ? bounds.hard : progress.offset + 1
        return min(text.count, bounds.end, limit)
    }

    /// Takes tokens until `body` gives the state that follows.
    private mutating func skip(
        _ skim: inout SQLSkim, _ text: SourceText, _ progress: inout Progress, _ bounds: Bounds,
        _ body: (SQLSkim, SQLSkim.Token) -> State?, paused: (SQLSkim) -> State
    ) -> Step? {
        while progress.offset < min(text.count, bounds.end) {
            let last = stop(text, progress, bounds)
            guard
                let (token, end) = skim.next(
                    text, layout.dialect, from: progress.offset, stop: last, delimiter: delimiter)
            else {
                state = paused(skim)
                return .needsText
            }
            advance(text, to: end, progress: &progress)
            if let next = body(skim, token) {
                state = next
                return nil
            }
            if end >= bounds.hard { break }
        }
        state = paused(skim)
        return nil
    }

    private mutating func skip(
        _ start: SQLSkipped, _ text: SourceText, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        var skipped = start
        var skim = skipped.skim
        let scanner = scanner(text, end: text.count)
        let step = skip(&skim, text, &progress, bounds) { skim, token in
            skipped.skim = skim
            switch skipped.take(token, scanner, isFinal: text.isFinal) {
            case .goesOn: return nil
            case .ends: return .statement
            case .endsWithCopyData: return .copyData(isLineStart: false)
            }
        } paused: { skim in
            skipped.skim = skim
            return .skipped(skipped)
        }
        switch state {
        case .skipped: break
        default: census?.countSkipped(skipped.kind)
        }
        return step
    }

    private mutating func skipCopyData(
        _ isLineStart: Bool, _ text: SourceText, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let start = progress.offset
        if isLineStart && text.text[start] == SQLByte.backslash {
            if text.count - start < 3 && !text.isFinal { return .needsText }
            let line = text.text[start..<min(text.count, start + 3)]
            if line.starts(with: [SQLByte.backslash, SQLByte.dot]), line.count == 2 || line.last! &- 10 < 4 {
                state = .line
                return nil
            }
        }
        let last = max(stop(text, progress, bounds), start + 1)
        let lineFeed = SQLByte.first(SQLByte.lineFeed, in: text.text, start..<last)
        advance(text, to: lineFeed.map { $0 + 1 } ?? last, progress: &progress)
        state = .copyData(isLineStart: lineFeed != nil)
        return nil
    }
}

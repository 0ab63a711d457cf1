internal import Records

extension SQLChunkBuilder {
    /// Goes on with something that may be of any size. Returns nil when that is over.
    mutating func skip(_ text: SourceText, _ chunk: Chunk, progress: inout Progress, bounds: Bounds) -> Step? {
        switch state {
        case .comment(var skim, let next):
            return skip(&skim, text, &progress, bounds) { skim, _, _ in
                skim.mode == .plain ? .then(State(next)) : .goesOn
            } paused: {
                .comment($0, then: next)
            }
        case .skipped(let skipped):
            return skip(skipped, text, chunk, progress: &progress, bounds: bounds)
        case .rest(let rest):
            return skip(rest, text, progress: &progress, bounds: bounds)
        case .line:
            let last = stop(text, progress, bounds)
            let lineEnd = SQLByte.firstLineEnd(in: text.text, progress.offset..<last)
            advance(text, to: lineEnd.map { $0 + 1 } ?? last, progress: &progress)
            if lineEnd != nil { state = .statement }
            return nil
        case .lost(var resync):
            let start = progress.offset
            let (found, searched) = resync.find(text, from: start, end: text.count)
            let end = min(found ?? searched, bounds.end)
            state = found == nil ? .lost(resync) : .statement
            advance(text, to: end, progress: &progress)
            return end == start && found == nil ? .needsText : nil
        case .statement, .row, .separator, .lines:
            return nil
        }
    }

    /// How far a piece of something large may go.
    func stop(_ text: SourceText, _ progress: Progress, _ bounds: Bounds) -> Int {
        let limit = progress.offset < bounds.hard ? bounds.hard : progress.offset + 1
        return min(text.count, bounds.end, limit)
    }

    /// What comes of a token in something that is skipped.
    private enum Passed {
        case goesOn
        /// It is the last one, and this follows.
        case then(State)
        /// This follows already with it.
        case before(State)
        case needsText
    }

    /// Takes tokens until `body` gives the state that follows.
    private mutating func skip(
        _ skim: inout SQLSkim, _ text: SourceText, _ progress: inout Progress, _ bounds: Bounds,
        _ body: (SQLSkim, SQLSkim.Token, Range<Int>) -> Passed, paused: (SQLSkim) -> State
    ) -> Step? {
        while progress.offset < min(text.count, bounds.end) {
            let last = stop(text, progress, bounds)
            let before = skim
            guard
                let (token, end) = skim.next(
                    text, syntax, from: progress.offset, stop: last, delimiter: delimiter)
            else {
                state = paused(skim)
                return .needsText
            }
            switch body(skim, token, progress.offset..<end) {
            case .goesOn: break
            case .then(let next):
                advance(text, to: end, progress: &progress)
                state = next
                return nil
            case .before(let next):
                state = next
                return nil
            case .needsText:
                state = paused(before)
                return .needsText
            }
            advance(text, to: end, progress: &progress)
            if end >= bounds.hard { break }
        }
        state = paused(skim)
        return nil
    }

    private mutating func skip(
        _ start: SQLSkipped, _ text: SourceText, _ chunk: Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        var skipped = start
        var skim = skipped.skim
        let scanner = scanner(text, end: text.count)
        let limit = layout.maxRecordBytes
        let step = skip(&skim, text, &progress, bounds) { skim, token, place in
            let before = skipped
            skipped.skim = skim
            switch skipped.take(token, at: place, scanner, isFinal: text.isFinal, limit: limit) {
            case .goesOn: return .goesOn
            case .ends: return .then(.statement)
            case .endsBefore: return .before(.statement)
            case .needsText:
                skipped = before
                return .needsText
            }
        } paused: { skim in
            skipped.skim = skim
            return .skipped(skipped)
        }
        // What it does is noted where that is seen, and not where it ends: a chunk may end in between.
        let effects = skipped.takeEffects()
        if case .skipped = state { state = .skipped(skipped) }
        for effect in effects { inventory?.apply(effect, at: skipped.line) }
        if case .skipped = state { return step }
        inventory?.countSkipped(skipped)
        if let setting = skipped.setting { follow(setting, at: chunk.start.byteOffset + UInt64(progress.offset)) }
        return step
    }

    private mutating func skip(
        _ start: SQLRest, _ text: SourceText, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        var rest = start
        var skim = rest.skim
        let scanner = scanner(text, end: text.count)
        let limit = layout.maxRecordBytes
        return skip(&skim, text, &progress, bounds) { skim, token, place in
            let before = rest
            rest.skim = skim
            switch rest.take(token, at: place.lowerBound, scanner, isFinal: text.isFinal, limit: limit) {
            case .goesOn: return .goesOn
            case .ends(before: true, let next): return .before(State(next))
            case .ends(before: false, let next): return .then(State(next))
            case .broken: return .then(.lost(SQLResync()))
            case .needsText:
                rest = before
                return .needsText
            }
        } paused: { skim in
            rest.skim = skim
            return .rest(rest)
        }
    }
}

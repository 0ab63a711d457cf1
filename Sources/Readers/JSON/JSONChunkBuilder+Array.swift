internal import Records

/// An array's chunks end after a record's comma. Only white space without end, a record that is too large, and what
/// follows the array are cut elsewhere: see `skip`.
extension JSONChunkBuilder {
    /// Takes the next part of an array, or the only record: a bracket, a comma, or a record. Returns nil to go on.
    @inline(__always)
    mutating func addElement(
        _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        if case .record = progress.state, isFull(chunk, progress, bounds) { return .isFull }
        let scanner = JSONScanner(base: text.text.baseAddress!, end: text.count, maxDepth: layout.maxDepth)
        let start = min(skipGap(scanner, from: progress.offset), bounds.end ?? .max)
        let end = bounds.end ?? .max
        if start == text.count || start == end {
            if !text.isFinal && start < end && start - progress.offset < TextInput.readBytes { return .needsText }
            // The last byte stays: a document that ends too early is told in a chunk that has bytes.
            let isCut = !text.isFinal && start < end
            advance(text, to: isCut ? start - 1 : start, isSpace: true, progress: &progress)
            return isFlooded(progress, bounds) ? .isFull : isCut ? .needsText : nil
        }
        // The white space stays with what it is before: the place on its line can be told by that.
        if !isExpected(scanner[start], progress.state) && isFull(chunk, progress, bounds) { return .isFull }
        let before = (progress.offset, progress.lines, progress.spaceBytes)
        advance(text, to: start, isSpace: true, progress: &progress)
        let step = addElement(scanner, text, to: &chunk, progress: &progress, bounds: bounds)
        if step == .needsText && progress.offset == start {
            (progress.offset, progress.lines, progress.spaceBytes) = before
        }
        return step
    }

    @inline(__always)
    private mutating func addElement(
        _ scanner: JSONScanner, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let start = progress.offset
        let byte = scanner[start]
        switch progress.state {
        case .opening where byte != JSONByte.openBracket:
            if !text.isFinal && text.count - start <= layout.maxRecordBytes { return .needsText }
            let problem = JSONProblem(.textAfterDocument, at: start)
            return rejectRest(problem, text, to: &chunk, progress: &progress, bounds: bounds)
        case .opening:
            take(text, then: .record(isFirst: true), progress: &progress)
        case .separator where byte == JSONByte.comma:
            take(text, then: .record(isFirst: false), progress: &progress)
        case .separator where byte == JSONByte.closeBracket, .record(isFirst: true) where byte == JSONByte.closeBracket:
            take(text, then: afterArray, progress: &progress)
        case .record where layout.form == .sequence && "},]".utf8.contains(byte):
            reject(.init(.missingRecord, at: start), text, raw: start..<(start + 1), progress: progress, to: &chunk)
            take(text, then: .record(isFirst: false), progress: &progress)
        case .record where layout.form.isArray && (byte == JSONByte.comma || byte == JSONByte.closeBracket):
            reject(.init(.missingRecord, at: start), text, raw: start..<(start + 1), progress: progress, to: &chunk)
            let isComma = byte == JSONByte.comma
            take(text, then: isComma ? .record(isFirst: false) : afterArray, progress: &progress)
        case .record:
            return addRecord(text, to: &chunk, progress: &progress, bounds: bounds)
        default:
            let problem = JSONProblem(.missingComma, at: start)
            return rejectRecord(problem, text, to: &chunk, progress: &progress, bounds: bounds)
        }
        return nil
    }

    /// What follows a record.
    var afterRecord: State {
        switch layout.form {
        case .record, .member: tail
        case .sequence: .record(isFirst: false)
        case .lines, .array, .arrays: .separator
        }
    }

    /// What follows an array.
    private var afterArray: State { layout.form == .arrays ? .opening : tail }

    /// The first place that is neither white space nor a sequence's separator.
    @inline(__always)
    private func skipGap(_ scanner: JSONScanner, from start: Int) -> Int {
        var position = scanner.skipSpace(from: start)
        guard layout.form == .sequence || layout.form == .arrays else { return position }
        while position < scanner.end, scanner[position] == JSONByte.recordSeparator {
            position = scanner.skipSpace(from: position &+ 1)
        }
        return position
    }

    /// Whether a byte continues the array without a record or reject.
    private func isExpected(_ byte: UInt8, _ state: State) -> Bool {
        switch state {
        case .separator: byte == JSONByte.comma || byte == JSONByte.closeBracket
        default: true
        }
    }

    /// Uses one byte.
    @inline(__always)
    private func take(_ text: SourceText, then state: State, progress: inout Progress) {
        progress.offset += 1
        progress.spaceBytes = 0
        progress.state = state
    }

    @inline(__always)
    private mutating func addRecord(
        _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let start = progress.offset
        // Nothing beyond the limit is looked at: what is said of a record must not depend on how much of it is there.
        let end = min(text.count, start + layout.maxRecordBytes)
        let scanner = JSONScanner(base: text.text.baseAddress!, end: end, maxDepth: layout.maxDepth)
        switch add(scanner, from: start, recordStart: start, isWhole: false, progress: progress, to: &chunk) {
        case .success(let end):
            advance(text, to: end, progress: &progress)
            progress.state = afterRecord
            return nil
        case .failure(let problem):
            return rejectRecord(problem, text, to: &chunk, progress: &progress, bounds: bounds)
        }
    }

    /// Rejects the record that begins here, as much as is sure to belong to it.
    @inline(never)
    private mutating func rejectRecord(
        _ problem: JSONProblem, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let start = progress.offset
        let window = start..<min(text.count, start + layout.maxRecordBytes)
        let isBeyondLimit = text.count > window.upperBound
        let seesAll = text.isFinal || isBeyondLimit
        if problem.kind == .ended && !seesAll { return .needsText }
        if problem.kind == .ended && isBeyondLimit {
            progress.state = .restOfRecord(JSONSkim())
            return rejectTooLarge(nil, text, to: &chunk, progress: &progress, bounds: bounds)
        }
        if layout.form == .sequence, !JSONExtent.isBracket(text.text[start]) {
            guard let end = JSONExtent.end(ofOtherTextIn: window, text, seesAll: seesAll) else { return .needsText }
            return take(rejected: problem, upTo: end, text, to: &chunk, progress: &progress)
        }
        // No text of a sequence has a separator in it.
        let separator = layout.form == .sequence ? JSONExtent.separator(in: window, text) : nil
        let extent = JSONExtent(
            ofRecordIn: window.lowerBound..<(separator ?? window.upperBound), text,
            seesAll: seesAll || separator != nil,
            isSequence: layout.form == .sequence)
        switch extent {
        case .needsText:
            return .needsText
        case .balanced(let end) where end > start:
            reject(problem, text, raw: start..<end, progress: progress, to: &chunk)
            advance(text, to: end, progress: &progress)
            progress.state = afterRecord
            return nil
        case .upToNextRecord(let end) where layout.form.isArray || layout.form == .sequence:
            let problem = problem.position < end ? problem : JSONProblem(.notClosed, at: end)
            reject(problem, text, raw: start..<end, progress: progress, to: &chunk)
            advance(text, to: end, progress: &progress)
            progress.state = .record(isFirst: false)
            return nil
        case .open where separator != nil, .broken where separator != nil:
            return take(rejected: problem, upTo: separator ?? start, text, to: &chunk, progress: &progress)
        case .open where isBeyondLimit:
            progress.state = .restOfRecord(JSONSkim())
            return rejectTooLarge(problem, text, to: &chunk, progress: &progress, bounds: bounds)
        case .open, .broken, .balanced, .upToNextRecord:
            if !seesAll { return .needsText }
            return rejectRest(problem, text, to: &chunk, progress: &progress, bounds: bounds)
        }
    }

    /// Rejects a bad text of a sequence, which ends at `end`.
    private func take(
        rejected problem: JSONProblem, upTo end: Int, _ text: SourceText, to chunk: inout Chunk,
        progress: inout Progress
    ) -> Step? {
        reject(problem, text, raw: progress.offset..<end, progress: progress, to: &chunk)
        advance(text, to: end, progress: &progress)
        progress.state = .record(isFirst: false)
        return nil
    }
}

internal import Records

/// What follows the records of the last section, up to the document's end: it is checked, and what is wrong with it is
/// this section's last reject.
extension JSONChunkBuilder {
    /// Takes more of the document's rest into the chunk. Returns nil to go on.
    mutating func addTail(
        _ validator: JSONValidator, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        var target = text.count
        if !text.isFinal {
            // The last byte stays, so that an end that comes too early is told in a chunk that has bytes.
            target -= 1
            // No chunk ends after a comma, unless another comma follows: see `skip`.
            let isBehindComma = target > 0 && text.text[target - 1] == JSONByte.comma
            if isBehindComma && text.text[target] != JSONByte.comma { target -= 1 }
        }
        target = min(target, bounds.end ?? .max)
        if target <= progress.offset { return .needsText }

        var next = validator
        do throws(JSONProblem) {
            _ = try next.end(in: text.text, progress.offset..<target)
        } catch {
            if isFull(chunk, progress, bounds) { return .isFull }
            return rejectTail(error, text, to: &chunk, progress: &progress, bounds: bounds)
        }
        advance(text, to: target, progress: &progress)
        progress.state = .tail(next)
        if text.isFinal && progress.offset == text.count { return nil }
        return progress.offset >= min(bounds.bytes, bounds.end ?? .max) ? .isFull : .needsText
    }

    private mutating func rejectTail(
        _ problem: JSONProblem, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let isBeyondLimit = text.count - problem.position > layout.maxRecordBytes
        if !text.isFinal && !isBeyondLimit { return .needsText }
        advance(text, to: problem.position, progress: &progress)
        let raw = progress.offset..<(isBeyondLimit ? keptBytes(text, progress).upperBound : text.count)
        let kept = isBeyondLimit ? ", of which the first \(raw.count) bytes are kept" : ""
        add(
            .syntax,
            "\(what(problem, text)) after the last record, at \(place(progress, chunk)); the rest is not read\(kept): "
                + Excerpt.of(text, in: raw, around: raw.lowerBound),
            raw: raw, text, progress: progress, to: &chunk)
        progress.state = .rest
        return skip(text, progress: &progress, bounds: bounds)
    }

    /// Says where the document ends if it ends too early. There may be no byte left that this could be about: it
    /// goes into the chunk of the record before, whatever that one's limit.
    func rejectCutOff(_ text: SourceText, progress: inout Progress, to chunk: inout Chunk) {
        guard progress.offset > 0 else { return }
        let whole =
            switch progress.state {
            case .record where layout.form == .sequence: ""
            case .record, .separator: "array"
            case .tail(let validator) where !validator.isComplete: "document"
            default: ""
            }
        if whole.isEmpty { return }
        add(
            .syntax, "the file ends at \(place(progress, chunk)), before the end of the \(whole)",
            raw: progress.offset..<progress.offset, text, progress: progress, to: &chunk)
        progress.state = .rest
    }

    private func place(_ progress: Progress, _ chunk: Chunk) -> String {
        "line \(chunk.start.line + progress.lines), byte \(chunk.start.byteOffset + UInt64(progress.offset))"
    }
}

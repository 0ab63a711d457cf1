internal import Records

extension JSONChunkBuilder {
    /// Takes more of what is not kept into the chunk. Returns nil to go on.
    ///
    /// In an array the chunk never ends here after a comma, unless another comma follows, and in a sequence likewise after
    /// a brace: by that `JSONReader.seek` tells such a place from the beginning of a record.
    func skip(_ text: SourceText, progress: inout Progress, bounds: Bounds) -> Step? {
        var target = text.count
        if !text.isFinal && text.text[target - 1] == layout.form.boundary { target -= 1 }
        target = min(target, bounds.end ?? .max)
        if target <= progress.offset { return .needsText }

        let range = progress.offset..<target
        switch progress.state {
        case .restOfRecord(var skim):
            let end = skim.end(in: text.text, range)
            if let end {
                target = end
                // A comma at the line's end was in the open string.
                progress.state = skim.isInString && layout.form.isArray ? .record(isFirst: false) : afterRecord
            } else {
                progress.state = .restOfRecord(skim)
            }
        case .restOfLine:
            if let lineFeed = JSONByte.lineFeed(in: text.text, range) {
                target = lineFeed + 1
                progress.state = .line
            }
        default: break
        }
        advance(text, to: target, progress: &progress)
        switch progress.state {
        case .line, .separator, .record, .tail: return nil
        default:
            if progress.offset == text.count && text.isFinal { return nil }
            return progress.offset >= min(bounds.bytes, bounds.end ?? .max) ? .isFull : .needsText
        }
    }

    /// Rejects the record that begins here and is too large to be kept, and begins to skip it as the state says. The
    /// chunks that follow may have bytes and no records, up to the record's end.
    func rejectTooLarge(
        _ problem: JSONProblem?, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let raw = keptBytes(text, progress)
        let place = JSONPlace(progress.offset, in: raw, text, chunk: chunk, progress: progress, form: layout.form)
        let flaw = problem.map { "; \(what($0, text)) at byte \(chunk.start.byteOffset + UInt64($0.position))" } ?? ""
        let excerpt = Excerpt.of(text, in: raw, around: progress.offset)
        add(
            .tooLarge,
            "the record at \(place) exceeds the record limit of \(layout.maxRecordBytes) bytes\(flaw); "
                + "only its first \(raw.count) bytes are kept: \(excerpt)",
            raw: raw, text, progress: progress, to: &chunk)
        return skip(text, progress: &progress, bounds: bounds)
    }

    /// Rejects all that is left, because no record can be told in it.
    func rejectRest(
        _ problem: JSONProblem, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let isWhole = text.isFinal && text.count - progress.offset <= layout.maxRecordBytes
        let raw = isWhole ? progress.offset..<text.count : keptBytes(text, progress)
        let kept = isWhole ? "" : ", of which the first \(raw.count) bytes are kept"
        reject(
            problem, text, raw: raw,
            note: "; the file is damaged here: no record can be found in the rest of it\(kept)",
            progress: progress, to: &chunk)
        progress.state = .rest
        return skip(text, progress: &progress, bounds: bounds)
    }

    func keptBytes(_ text: SourceText, _ progress: Progress) -> Range<Int> {
        let longest = min(Self.keptBytesOfTooLarge, layout.maxRecordBytes)
        return progress.offset..<min(text.count, progress.offset + longest)
    }
}

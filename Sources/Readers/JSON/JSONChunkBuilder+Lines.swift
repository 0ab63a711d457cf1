internal import Records

extension JSONChunkBuilder {
    /// Adds the line that comes next: a record, a reject, or nothing where it is blank. Returns nil to go on.
    @inline(__always)
    mutating func addLine(
        _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let start = progress.offset
        let lineFeed = JSONByte.lineFeed(in: text.text, start..<text.count)
        let contentEnd = lineFeed ?? text.count
        let isTooLarge = contentEnd - start > layout.maxRecordBytes
        if lineFeed == nil && !text.isFinal && !isTooLarge { return .needsText }

        let end = lineFeed.map { $0 + 1 } ?? text.count
        let scanner = JSONScanner(base: text.text.baseAddress!, end: contentEnd, maxDepth: layout.maxDepth)
        let valueStart = isTooLarge ? start : scanner.skipSpace(from: start)
        if valueStart == contentEnd {
            advance(text, to: end, isSpace: true, progress: &progress)
            return isFlooded(progress, bounds) ? .isFull : nil
        }
        if isFull(chunk, progress, bounds) { return .isFull }
        if isTooLarge {
            progress.state = .restOfLine
            return rejectTooLarge(nil, text, to: &chunk, progress: &progress, bounds: bounds)
        }
        let result = add(
            scanner, from: valueStart, recordStart: start, isWhole: true, progress: progress, to: &chunk)
        switch result {
        case .success: chunk.records[chunk.records.count - 1].length = UInt32(end - start)
        case .failure(let problem): reject(problem, text, raw: start..<end, progress: progress, to: &chunk)
        }
        progress.lines += lineFeed == nil ? 0 : 1
        progress.spaceBytes = 0
        progress.offset = end
        return nil
    }

    /// Whether white space alone has filled the chunk: it belongs to what is before it, but not without limit.
    func isFlooded(_ progress: Progress, _ bounds: Bounds) -> Bool {
        progress.spaceBytes >= TextInput.readBytes && progress.offset >= bounds.bytes
    }
}

internal import Records

extension SQLChunkBuilder {
    /// Takes the lines of a COPY that come next. Returns nil to go on.
    mutating func addLines(
        _ start: SQLCopyLine, isHeader: Bool, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress,
        bounds: Bounds
    ) -> Step? {
        let copy = statement.copy ?? SQLCopy()
        var (line, isHeader) = (start, isHeader)
        while progress.offset < min(text.count, bounds.end) {
            let offset = progress.offset
            if line.isStart {
                state = .lines(line, isHeader: isHeader)
                if statement.isRead && isFull(chunk, progress, bounds) && mayEnd(text, chunk, progress) {
                    return .isFull
                }
                guard let isEnd = isEndMark(text, at: offset) else { return .needsText }
                if isEnd {
                    let place = place(chunk, progress)
                    inventory?.endLines(at: place.byteOffset)
                    state = .line
                    return nil
                }
                if !isHeader && (statement.isRead || inventory != nil) {
                    let window = min(text.count, offset + layout.maxRecordBytes)
                    var whole = line
                    if let end = whole.end(copy, text.text, from: offset, to: window) {
                        addLine(copy, offset..<end, text, to: &chunk, progress: &progress)
                        continue
                    }
                    if window < offset + layout.maxRecordBytes || window == text.count && !text.isFinal {
                        if !text.isFinal { return .needsText }
                        let raw = offset..<text.count
                        add(
                            SQLProblem(.ended, at: raw.upperBound), isBroken: false, raw: raw, text, progress: progress,
                            to: &chunk)
                        advance(text, to: text.count, progress: &progress)
                        return nil
                    }
                    addTooLarge(SQLProblem(.ended, at: window), text, progress: progress, to: &chunk)
                }
            }
            let last = max(stop(text, progress, bounds), offset + 1)
            let end = line.end(copy, text.text, from: offset, to: last)
            advance(text, to: end ?? last, progress: &progress)
            if end != nil { (line, isHeader) = (SQLCopyLine(), false) }
            if (end ?? last) >= bounds.hard { break }
        }
        state = .lines(line, isHeader: isHeader)
        return nil
    }

    /// Whether this line is `\.`; nil if that cannot be seen yet.
    private func isEndMark(_ text: SourceText, at start: Int) -> Bool? {
        guard text.text[start] == SQLByte.backslash else { return false }
        if text.count - start < 3 && !text.isFinal { return nil }
        let line = text.text[start..<min(text.count, start + 3)]
        return line.starts(with: [SQLByte.backslash, SQLByte.dot]) && (line.count == 2 || line.last! &- 10 < 4)
    }

    private mutating func addLine(
        _ copy: SQLCopy, _ line: Range<Int>, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress
    ) {
        var contentEnd = line.upperBound - 1
        if contentEnd > line.lowerBound, text.text[contentEnd - 1] == SQLByte.carriageReturn { contentEnd -= 1 }
        let scanner = scanner(text, end: contentEnd)
        guard statement.isRead else {
            let values = inventory?.asksForValues == true ? countValues(copy, scanner, line.lowerBound) : nil
            inventory?.countRow(values: values)
            advance(text, to: line.upperBound, progress: &progress)
            return
        }
        let decodedBytes = chunk.decoded.count
        do throws(SQLProblem) {
            if let problem = statement.problem { throw SQLProblem(problem, at: line.lowerBound) }
            try row.read(copy, scanner, from: line.lowerBound, order: statement.order, decoded: &chunk.decoded)
            if row.count != statement.expectedCount {
                throw SQLProblem(
                    .fieldCount(found: row.count, expected: statement.expectedCount), at: line.lowerBound)
            }
            if !ByteWords.isPlain(scanner.base, from: line.lowerBound, to: contentEnd),
                let flaw = text.flaw(in: line.lowerBound..<contentEnd)
            {
                throw SQLProblem(flaw.flaw == .nul ? .nul : .notUTF8, at: flaw.position)
            }
            chunk.fields.append(contentsOf: row.fields)
            chunk.records.append(
                Chunk.Record(
                    offset: UInt32(line.lowerBound), length: UInt32(line.count), line: UInt32(progress.lines),
                    number: UInt32(chunk.recordsRead)))
        } catch {
            chunk.decoded.removeSubrange(decodedBytes...)
            add(error, isBroken: false, raw: line, text, progress: progress, to: &chunk)
        }
        advance(text, to: line.upperBound, progress: &progress)
    }

    private func countValues(_ copy: SQLCopy, _ scanner: SQLScanner, _ start: Int) -> Int? {
        var (row, decoded) = (SQLRow(columnCount: 0), [UInt8]())
        do throws(SQLProblem) {
            try row.read(copy, scanner, from: start, order: .ignored, decoded: &decoded)
            return row.count
        } catch {
            return nil
        }
    }
}

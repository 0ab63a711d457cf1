internal import Records

/// The values of a line of COPY. The scanner ends with the line's content.
extension SQLScanner {
    /// The value that begins here, and the place of the delimiter after it, or the line's end.
    func copyValue(
        _ copy: SQLCopy, from start: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        copy.isCSV
            ? try csvValue(copy, from: start, decoded: &decoded) : try textValue(copy, from: start, decoded: &decoded)
    }

    private func textValue(
        _ copy: SQLCopy, from start: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        var position = start
        var isChanged = false
        while position < end, self[position] != copy.delimiter {
            if self[position] == SQLByte.backslash {
                isChanged = true
                position += 1
            }
            position += 1
        }
        let valueEnd = min(position, end)
        if bytes(start..<valueEnd).elementsEqual(copy.null) { return (.null, valueEnd) }
        if !isChanged { return (.source(offset: start, length: valueEnd - start), valueEnd) }
        let offset = decoded.count
        try append(SQLString(start: start, end: valueEnd, quote: 0, escapes: .copy, isChanged: true), to: &decoded)
        return (.decoded(offset: offset, length: decoded.count - offset), valueEnd)
    }

    private func csvValue(
        _ copy: SQLCopy, from start: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> (field: Chunk.Field, end: Int) {
        let offset = decoded.count
        var position = start
        var wasQuoted = false
        var isQuoted = false
        while position < end {
            let byte = self[position]
            if isQuoted {
                let next = position + 1 < end ? self[position + 1] : 0
                if byte == copy.escape && position + 1 < end && (next == copy.quote || next == copy.escape) {
                    decoded.append(next)
                    position += 1
                } else if byte == copy.quote {
                    isQuoted = false
                } else {
                    decoded.append(byte)
                }
            } else if byte == copy.delimiter {
                break
            } else if byte == copy.quote {
                wasQuoted = true
                isQuoted = true
            } else {
                decoded.append(byte)
            }
            position += 1
        }
        if isQuoted { throw SQLProblem(.textAfterQuote, at: start) }
        if !wasQuoted {
            decoded.removeSubrange(offset...)
            if bytes(start..<position).elementsEqual(copy.null) { return (.null, position) }
            return (.source(offset: start, length: position - start), position)
        }
        return (.decoded(offset: offset, length: decoded.count - offset), position)
    }
}

/// Finds where a line of COPY ends, in pieces.
struct SQLCopyLine: Sendable {
    /// Nothing of the line has gone by.
    private(set) var isStart = true
    private var isQuoted = false
    private var isEscaped = false

    /// The place after the line's end; nil if there is none up to `stop`.
    mutating func end(_ copy: SQLCopy, _ text: UnsafeRawBufferPointer, from start: Int, to stop: Int) -> Int? {
        isStart = false
        return copy.isCSV ? csvEnd(copy, text, start, stop) : textEnd(copy, text, start, stop)
    }

    private mutating func textEnd(
        _ copy: SQLCopy, _ text: UnsafeRawBufferPointer, _ start: Int, _ stop: Int
    ) -> Int? {
        var position = start
        while let lineFeed = SQLByte.first(copy.lineEnd, in: text, position..<stop) {
            // A line end after a backslash is part of the value.
            let wasEscaped = isEscapedEnd(text, position, lineFeed)
            isEscaped = false
            if !wasEscaped { return lineFeed + 1 }
            position = lineFeed + 1
        }
        isEscaped = isEscapedEnd(text, position, stop)
        return nil
    }

    /// Whether the backslashes before `end` leave one that escapes what is there.
    private func isEscapedEnd(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        var position = end
        while position > start, text[position - 1] == SQLByte.backslash { position -= 1 }
        let isOdd = (end - position) % 2 == 1
        return position == start && isEscaped ? !isOdd : isOdd
    }

    private mutating func csvEnd(
        _ copy: SQLCopy, _ text: UnsafeRawBufferPointer, _ start: Int, _ stop: Int
    ) -> Int? {
        for position in start..<stop {
            let byte = text[position]
            if isEscaped {
                isEscaped = false
            } else if isQuoted && byte == copy.escape && copy.escape != copy.quote {
                isEscaped = true
            } else if byte == copy.quote {
                isQuoted.toggle()
            } else if byte == copy.lineEnd && !isQuoted {
                return position + 1
            }
        }
        return nil
    }
}

extension JSONForm {
    /// How much of a file is looked at to find out its form and its columns.
    static let sampleBytes = 1 << 20

    /// What a file's first bytes say of its form.
    enum Evidence {
        case empty
        case lines
        case array
        /// One object, with the records inside it.
        case object
        /// One object on one line: a record, or an object with the records inside it.
        case oneLine
        case notJSON
    }

    /// Lines are told by two lines in a row that begin and end as objects do, or by a whole object on the first line and
    /// more lines after it: no other JSON has these.
    static func evidence(in text: SourceText) -> Evidence {
        guard let base = text.text.baseAddress else { return .empty }
        var objectsInARow = 0
        var lineCount = 0
        var firstIsWhole = false
        var firstByte: UInt8?
        var position = 0
        while position < text.count {
            let lineFeed = JSONByte.lineFeed(in: text.text, position..<text.count)
            let line = JSONScanner(base: base, end: lineFeed ?? text.count, maxDepth: 1)
            let first = line.skipSpace(from: position)
            position = line.end + 1
            if first == line.end { continue }
            firstByte = firstByte ?? line[first]
            lineCount += 1
            if lineCount == 2 && firstIsWhole { return .lines }
            if lineFeed == nil && !text.isFinal { break }
            var last = line.end - 1
            while JSONByte.isSpace(line[last]) { last -= 1 }
            let isObject = line[first] == JSONByte.openBrace && line[last] == JSONByte.closeBrace
            objectsInARow = isObject ? objectsInARow + 1 : 0
            if objectsInARow == 2 { return .lines }
            if lineCount == 1 {
                var skim = JSONSkim()
                firstIsWhole = isObject && skim.end(in: text.text, first..<(last + 1)) == last + 1
            }
        }
        switch firstByte {
        case nil: return .empty
        case JSONByte.openBracket: return .array
        case JSONByte.openBrace: return lineCount == 1 && objectsInARow == 1 ? .oneLine : .object
        default: return .notJSON
        }
    }
}

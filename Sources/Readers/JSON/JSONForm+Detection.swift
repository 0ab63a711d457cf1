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
        /// Objects one after the other, and not each on a line of its own.
        case sequence
        /// Arrays one after the other.
        case arrays
        /// Objects with commas between them and no brackets around them: on a line each, or not.
        case commas(areLines: Bool)
        case notJSON
    }

    /// Lines are told by two lines in a row that begin and end as objects do, or by a whole object on the first line and
    /// more lines after it: no other JSON has these.
    static func evidence(in text: SourceText) -> Evidence {
        guard let base = text.text.baseAddress else { return .empty }
        if let succession = succession(in: text) { return succession }
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

    /// What follows the first value, where that is whole and another one follows; nil otherwise, and for lines whose
    /// objects stand alone on them, which those that come after may not do.
    private static func succession(in text: SourceText) -> Evidence? {
        guard let base = text.text.baseAddress else { return nil }
        let scanner = JSONScanner(base: base, end: text.count, maxDepth: 1)
        var first = scanner.skipSpace(from: 0)
        guard first < text.count else { return nil }
        let isSeparated = scanner[first] == JSONByte.recordSeparator
        while first < text.count, scanner[first] == JSONByte.recordSeparator {
            first = scanner.skipSpace(from: first + 1)
        }
        guard first < text.count else { return nil }
        let opening = scanner[first]
        if isSeparated { return opening == JSONByte.openBracket ? .arrays : .sequence }
        guard opening == JSONByte.openBrace || opening == JSONByte.openBracket else { return nil }
        var skim = JSONSkim()
        guard let end = skim.end(in: text.text, first..<text.count) else { return nil }
        let next = scanner.skipSpace(from: end)
        guard next < text.count else { return nil }
        if opening == JSONByte.openBracket { return begins(.arrays, at: next, scanner) ? .arrays : nil }
        if scanner[next] == JSONByte.comma {
            let other = scanner.skipSpace(from: next + 1)
            guard begins(.sequence, at: other, scanner) else { return nil }
            return .commas(
                areLines: JSONByte.lineFeed(in: text.text, first..<end) == nil
                    && JSONByte.lineFeed(in: text.text, next..<other) != nil)
        }
        guard begins(.sequence, at: next, scanner) else { return nil }
        let isOnLine = JSONByte.lineFeed(in: text.text, first..<end) == nil
        let endsLine = JSONByte.lineFeed(in: text.text, end..<next) != nil
        let second = scanner.skipSpace(from: next + 1)
        let secondIsOnLine = JSONByte.lineFeed(in: text.text, next..<second) == nil
        return isOnLine && endsLine && secondIsOnLine ? nil : .sequence
    }

    /// Whether another document of the kind begins here.
    static func begins(_ form: JSONForm, at position: Int, _ text: JSONScanner) -> Bool {
        guard position < text.end else { return false }
        if text[position] == JSONByte.recordSeparator { return true }
        guard text[position] == (form == .arrays ? JSONByte.openBracket : JSONByte.openBrace) else { return false }
        let inside = text.skipSpace(from: position + 1)
        guard inside < text.end else { return false }
        return form == .arrays
            ? [JSONByte.openBrace, JSONByte.closeBracket].contains(text[inside])
            : [JSONByte.quote, JSONByte.closeBrace].contains(text[inside])
    }
}

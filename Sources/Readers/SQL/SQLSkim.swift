/// Passes over SQL of any size token by token, in little memory, and can stop anywhere.
///
/// It must tell where strings and comments end exactly as `SQLScanner` does.
struct SQLSkim: Sendable {
    enum Mode: Sendable, Equatable {
        case plain
        case quoted(closing: UInt8, hasEscapes: Bool)
        case lineComment
        case blockComment(depth: Int)
        /// Up to this text: `$tag$` of PostgreSQL, `]'` of Oracle's `q'[…]'`.
        case tagged(end: [UInt8])
        /// Inside a word that is too long to be of interest.
        case longWord
    }

    enum Token {
        case word(Range<Int>)
        case symbol(UInt8)
        /// The statement's delimiter where that is not a semicolon.
        case delimiter
        /// White space, or a piece of a string or comment.
        case other
        /// A closing quote with a word right after it.
        case textAfterQuote
    }

    private(set) var mode = Mode.plain
    /// Only white space stands between here and the line's beginning.
    private var isLineStart = false
    /// The last word is the first thing on its line.
    private(set) var isFirstOnLine = false
    /// Nothing stands on the last word's line but the word, where that is looked at: of `GO` and `/`.
    private(set) var isAlone = false

    /// Something is open that must be closed.
    var isInside: Bool { mode != .plain && mode != .lineComment && mode != .longWord }
    var isInBrackets: Bool { mode == .quoted(closing: SQLByte.closeBracket, hasEscapes: false) }
    /// A string or a dollar quote is open, and no identifier.
    var isInText: Bool {
        switch mode {
        case .quoted(let closing, _): closing == SQLByte.quote
        case .tagged: true
        default: false
        }
    }
    var isComment: Bool {
        switch mode {
        case .lineComment, .blockComment: true
        default: false
        }
    }

    private static let longestWord = 256
    static let longestTag = 64

    init(mode: Mode = .plain) { self.mode = mode }

    /// The token at `start` and its end, which for `other` is at most `stop`; nil if more text is needed to tell.
    mutating func next(
        _ text: SourceText, _ syntax: SQLSyntax, from start: Int, stop: Int, delimiter: [UInt8] = []
    ) -> (Token, end: Int)? {
        let scanner = SQLScanner(base: text.text.baseAddress!, end: text.count, syntax: syntax)
        switch mode {
        case .plain:
            let wasLineStart = isLineStart
            let token = plain(scanner, from: start, stop: stop, text.isFinal, delimiter)
            if token == nil { isLineStart = wasLineStart }
            return token
        case .quoted(let closing, let hasEscapes):
            return quoted(scanner, from: start, stop: stop, text.isFinal, closing, hasEscapes)
        case .lineComment:
            let lineEnd = SQLByte.firstLineEnd(in: text.text, start..<stop)
            if lineEnd != nil { mode = .plain }
            return (.other, lineEnd ?? stop)
        case .blockComment(let depth):
            return blockComment(scanner, from: start, stop: stop, text.isFinal, depth: depth)
        case .tagged(let end):
            return tagged(text, from: start, stop: stop, end)
        case .longWord:
            var position = start
            while position < stop, SQLByte.isWord(scanner[position]) { position += 1 }
            if position < stop { mode = .plain }
            return (.other, position)
        }
    }

    private mutating func plain(
        _ text: SQLScanner, from start: Int, stop: Int, _ isFinal: Bool, _ delimiter: [UInt8]
    ) -> (Token, end: Int)? {
        let byte = text[start]
        if SQLByte.isSpace(byte) {
            var position = start
            while position < stop, SQLByte.isSpace(text[position]) {
                if SQLByte.isLineEnd(text[position]) { isLineStart = true }
                position += 1
            }
            return (.other, position)
        }
        if byte == delimiter.first {
            if text.end - start < delimiter.count && !isFinal { return nil }
            if text.bytes(start..<min(text.end, start + delimiter.count)).elementsEqual(delimiter) {
                return (.delimiter, start + delimiter.count)
            }
        }
        defer { isLineStart = false }
        switch byte {
        case SQLByte.quote, SQLByte.doubleQuote, SQLByte.backtick:
            mode = .quoted(closing: byte, hasEscapes: text.syntax.hasBackslashes(in: byte))
            return (.other, start + 1)
        case SQLByte.openBracket where text.dialect == .standard:
            mode = .quoted(closing: SQLByte.closeBracket, hasEscapes: false)
            return (.other, start + 1)
        case SQLByte.dash, SQLByte.slash, SQLByte.hash, SQLByte.star:
            do throws(SQLProblem) {
                if let end = try text.runMarkEnd(at: start, isFinal: isFinal) { return (.other, end) }
                guard let comment = try SQLComment(at: start, in: text) else { break }
                mode = comment == .line ? .lineComment : .blockComment(depth: 1)
                return (.other, start + comment.markerLength)
            } catch {
                if !isFinal { return nil }
            }
        case SQLByte.dollar where text.dialect != .mysql:
            switch Self.dollarTag(text, from: start) {
            case .tag(let tag):
                mode = .tagged(end: tag)
                return (.other, start + tag.count)
            case .needsText where !isFinal: return nil
            default: break
            }
        default: break
        }
        isFirstOnLine = isLineStart
        if SQLByte.isWord(byte) { return word(text, from: start, isFinal, delimiter) }
        guard byte == SQLByte.slash && isFirstOnLine else { return (.symbol(byte), start + 1) }
        do throws(SQLProblem) {
            isAlone = try text.isAlone(from: start + 1, isFinal)
            return (.symbol(byte), start + 1)
        } catch {
            return nil
        }
    }

    private mutating func word(
        _ text: SQLScanner, from start: Int, _ isFinal: Bool, _ delimiter: [UInt8]
    ) -> (Token, end: Int)? {
        var position = start + 1
        while position < text.end, SQLByte.isWord(text[position]) {
            if text[position] == delimiter.first { break }
            position += 1
            if position - start > Self.longestWord {
                mode = .longWord
                return (.other, position)
            }
        }
        if position == text.end { return isFinal ? (.word(start..<position), position) : nil }
        if text[position] == SQLByte.quote && position - start < 3 {
            if position == start + 1, text[start] | 0x20 == UInt8(ascii: "e") {
                mode = .quoted(closing: SQLByte.quote, hasEscapes: true)
                return (.other, position + 1)
            }
            if text.isOracleQuote(start..<position) {
                guard position + 1 < text.end else { return isFinal ? (.word(start..<position), position) : nil }
                mode = .tagged(end: [SQLByte.closing(text[position + 1]), SQLByte.quote])
                return (.other, position + 2)
            }
        }
        if isFirstOnLine && text.isWord(start..<position, "GO") {
            do throws(SQLProblem) {
                isAlone = try text.isAlone(from: position, isFinal)
            } catch {
                return nil
            }
        }
        return (.word(start..<position), position)
    }

    private mutating func quoted(
        _ text: SQLScanner, from start: Int, stop: Int, _ isFinal: Bool, _ closing: UInt8, _ hasEscapes: Bool
    ) -> (Token, end: Int)? {
        var position = start
        while position < stop {
            let byte = text[position]
            if byte == closing {
                if position + 1 == text.end && !isFinal { return position > start ? (.other, position) : nil }
                guard position + 1 < text.end, text[position + 1] == closing else {
                    mode = .plain
                    let touches =
                        !SQLByte.closesName(closing) && position + 1 < text.end && SQLByte.isWord(text[position + 1])
                    return (touches ? .textAfterQuote : .other, position + 1)
                }
                position += 2
            } else if hasEscapes && byte == SQLByte.backslash {
                if position + 1 == text.end && !isFinal { return position > start ? (.other, position) : nil }
                position = min(position + 2, text.end)
            } else {
                position += 1
            }
        }
        return (.other, position)
    }

    private mutating func blockComment(
        _ text: SQLScanner, from start: Int, stop: Int, _ isFinal: Bool, depth: Int
    ) -> (Token, end: Int)? {
        var position = start
        var depth = depth
        defer { mode = depth == 0 ? .plain : .blockComment(depth: depth) }
        while position < stop {
            let byte = text[position]
            if byte == SQLByte.star || byte == SQLByte.slash {
                if position + 1 == text.end {
                    return isFinal ? (.other, text.end) : position > start ? (.other, position) : nil
                }
                let next = text[position + 1]
                if byte == SQLByte.star && next == SQLByte.slash {
                    depth -= 1
                    position += 1
                } else if byte == SQLByte.slash && next == SQLByte.star && text.dialect == .postgresql {
                    depth += 1
                    position += 1
                }
            }
            position += 1
            if depth == 0 { break }
        }
        return (.other, position)
    }

    private mutating func tagged(
        _ text: SourceText, from start: Int, stop: Int, _ tag: [UInt8]
    ) -> (Token, end: Int)? {
        var position = start
        while let first = SQLByte.first(tag[0], in: text.text, position..<stop) {
            if text.count - first < tag.count && !text.isFinal { return first > start ? (.other, first) : nil }
            if text.text[first..<min(text.count, first + tag.count)].elementsEqual(tag) {
                mode = .plain
                return (.other, first + tag.count)
            }
            position = first + 1
        }
        return (.other, stop)
    }

    /// The tag of the dollar quote that begins here, as far as that can be seen.
    static func dollarTag(in text: SQLScanner, from start: Int) -> [UInt8]? {
        if case .tag(let tag) = dollarTag(text, from: start) { return tag }
        return nil
    }

    /// Whether a dollar quote begins here, and no variable such as sqlcmd's `$(name)`.
    static func beginsDollarQuote(_ text: SourceText, at start: Int) -> Bool {
        let scanner = SQLScanner(base: text.text.baseAddress!, end: text.count, syntax: SQLSyntax(.postgresql))
        if case .tag = dollarTag(scanner, from: start) { return true }
        return false
    }

    private enum DollarTag {
        case tag([UInt8])
        case none
        case needsText
    }

    /// The tag that opens a dollar quote: `$$` or `$name$`.
    private static func dollarTag(_ text: SQLScanner, from start: Int) -> DollarTag {
        for position in (start + 1)..<(start + longestTag) {
            guard position < text.end else { return .needsText }
            if text[position] == SQLByte.dollar {
                return SQLByte.isDigit(text[start + 1]) ? .none : .tag(Array(text.bytes(start..<(position + 1))))
            }
            if !SQLByte.isWord(text[position]) { break }
        }
        return .none
    }
}

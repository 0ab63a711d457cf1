/// A statement's words, names and symbols, with how deep in parentheses they stand.
struct SQLWords {
    struct Token {
        /// The word in capitals, where it is not quoted.
        var word: String?
        /// A table's or column's name as `SQLScanner.qualifiedName` gives it.
        var name: String?
        /// A string's value.
        var text: String?
        var symbol: UInt8 = 0
        var depth = 0

        func isWord(_ word: String) -> Bool { self.word == word }
        func isWord(in words: Set<String>) -> Bool { word.map(words.contains) ?? false }
    }

    private(set) var tokens: [Token] = []
    private let text: SQLScanner
    private var position: Int
    private var depth = 0

    init(_ text: SQLScanner, from start: Int) {
        self.text = text
        position = start
    }

    /// Reads on to the statement's semicolon; false if the text ends before that, or cannot be read.
    mutating func read() throws(SQLProblem) -> Bool {
        do throws(SQLProblem) {
            while true {
                position = try text.skipSpace(from: position)
                let byte = try text.byte(at: position)
                if byte == SQLByte.semicolon { return true }
                try take(byte)
            }
        } catch {
            return false
        }
    }

    private mutating func take(_ byte: UInt8) throws(SQLProblem) {
        var token = Token(symbol: byte, depth: depth)
        let isText = byte == SQLByte.quote || byte == SQLByte.doubleQuote && text.dialect == .mysql
        if isText {
            let string = try text.string(from: position, escapes: text.syntax.escapes)
            token.text = String(decoding: text.bytes(string.start..<string.end), as: UTF8.self)
            token.symbol = 0
            position = string.end + 1
        } else if let name = try name(byte) {
            if name.end == position + name.word.count { token.word = name.word.uppercased() }
            token.name = name.word
            token.symbol = 0
            position = name.end
        } else {
            if byte == SQLByte.open { depth += 1 }
            if byte == SQLByte.close {
                depth -= 1
                token.depth = depth
            }
            position += 1
        }
        tokens.append(token)
    }

    private func name(_ byte: UInt8) throws(SQLProblem) -> (word: String, end: Int)? {
        guard
            SQLByte.isWord(byte) || byte == SQLByte.doubleQuote || byte == SQLByte.backtick
                || byte == SQLByte.openBracket && text.dialect == .standard
        else { return nil }
        do throws(SQLProblem) {
            return try text.qualifiedName(from: position).map { ($0.name, $0.end) }
        } catch {
            // The text may end with it.
            var end = position
            while end < text.end, SQLByte.isWord(text[end]) || text[end] == SQLByte.dot { end += 1 }
            if end == position { throw error }
            return (String(decoding: text.bytes(position..<end), as: UTF8.self), end)
        }
    }
}

extension SQLWords.Token? {
    func isWord(_ word: String) -> Bool { self?.word == word }
    func isWord(in words: Set<String>) -> Bool { self?.isWord(in: words) ?? false }
}

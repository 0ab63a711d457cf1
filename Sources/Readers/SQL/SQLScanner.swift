/// Looks at text that is there in full up to `end`; throws `.ended` where it would need what follows.
struct SQLScanner {
    let base: UnsafeRawPointer
    let end: Int
    let syntax: SQLSyntax
    /// `0x10` is 16, and no byte.
    var hexIsNumber = false
    /// What the text was turned into UTF-8 from.
    var encoding = TextEncoding.utf8
    /// How many calls around the value there are.
    var nesting = 0

    var dialect: SQLDialect { syntax.dialect }

    @inline(__always)
    subscript(_ position: Int) -> UInt8 { base.load(fromByteOffset: position, as: UInt8.self) }

    @inline(__always)
    func byte(at position: Int) throws(SQLProblem) -> UInt8 {
        guard position < end else { throw SQLProblem(.ended, at: end) }
        return self[position]
    }

    /// The first place that is neither white space nor in a comment.
    @inline(__always)
    func skipSpace(from start: Int) throws(SQLProblem) -> Int {
        var position = start
        while position < end {
            let byte = self[position]
            if SQLByte.isSpace(byte) {
                position &+= 1
            } else if byte == SQLByte.dash || byte == SQLByte.slash || byte == SQLByte.hash || byte == SQLByte.star {
                guard let after = try commentEnd(from: position) else { return position }
                position = after
            } else {
                return position
            }
        }
        return position
    }

    /// The end of the comment that begins here; nil if none does.
    @inline(never)
    private func commentEnd(from start: Int) throws(SQLProblem) -> Int? {
        if let end = try runMarkEnd(at: start, isFinal: false) { return end }
        guard let kind = try SQLComment(at: start, in: self) else { return nil }
        var position = start + kind.markerLength
        var depth = 1
        while position < end {
            let byte = self[position]
            if kind == .line {
                if SQLByte.isLineEnd(byte) { return position }
            } else if byte == SQLByte.star, position + 1 < end, self[position + 1] == SQLByte.slash {
                depth -= 1
                position += 1
                if depth == 0 { return position + 1 }
            } else if byte == SQLByte.slash, dialect == .postgresql, position + 1 < end,
                self[position + 1] == SQLByte.star
            {
                depth += 1
                position += 1
            }
            position += 1
        }
        throw SQLProblem(.ended, at: end)
    }

    /// The end of a mark around what MySQL and MariaDB run although it looks like a comment: `/*!`, `/*!50100`, `/*M!100100`
    /// and the `*/` that closes it. What is between is SQL like any other. Nil if there is none: a version that no
    /// server has makes a comment.
    func runMarkEnd(at start: Int, isFinal: Bool) throws(SQLProblem) -> Int? {
        guard dialect == .mysql else { return nil }
        func byte(_ offset: Int) throws(SQLProblem) -> UInt8 {
            if start + offset >= end && isFinal { return 0 }
            return try self.byte(at: start + offset)
        }
        if self[start] == SQLByte.star {
            // `SELECT */* all of it */ FROM t`.
            guard try byte(1) == SQLByte.slash, try byte(2) != SQLByte.star else { return nil }
            return start + 2
        }
        guard self[start] == SQLByte.slash, try byte(1) == SQLByte.star else { return nil }
        let mark = try byte(2) | 0x20 == UInt8(ascii: "m") ? 3 : 2
        guard try byte(mark) == UInt8(ascii: "!") else { return nil }
        var count = 0
        var isNines = true
        while count < 6 {
            let digit = try byte(mark + 1 + count)
            guard SQLByte.isDigit(digit) else { break }
            isNines = isNines && digit == UInt8(ascii: "9")
            count += 1
        }
        return isNines && count >= 5 ? nil : start + mark + 1 + count
    }

    /// The end of the word that begins here; `start` itself where none does.
    @inline(__always)
    func wordEnd(from start: Int) throws(SQLProblem) -> Int {
        var position = start
        while position < end {
            guard SQLByte.isWord(self[position]) else { return position }
            position &+= 1
        }
        throw SQLProblem(.ended, at: end)
    }

    /// The same where a file may end with the word.
    func wordEnd(from start: Int, isFinal: Bool) throws(SQLProblem) -> Int {
        var position = start
        while position < end, SQLByte.isWord(self[position]) { position += 1 }
        if position == end && !isFinal { throw SQLProblem(.ended, at: end) }
        return position
    }

    /// Whether a range is this word in capitals, whatever its case.
    func isWord(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<range.count where upper(self[range.lowerBound + index]) != word.utf8Start[index] {
            return false
        }
        return true
    }

    /// Whether nothing more stands on the line, except for a comment, a semicolon or a number: `GO`, `GO 5`, `/`.
    /// Throws `.ended` where that cannot be seen yet.
    func isAlone(from start: Int, _ isFinal: Bool) throws(SQLProblem) -> Bool {
        var position = start
        while position < end {
            let byte = self[position]
            if byte == SQLByte.lineFeed || byte == SQLByte.carriageReturn { return true }
            if byte == SQLByte.dash, position + 1 < end { return self[position + 1] == SQLByte.dash }
            let isNumber = SQLByte.isDigit(byte) && position > start
            guard byte == 0x20 || byte == 9 || byte == SQLByte.semicolon || isNumber || byte == SQLByte.dash,
                position - start < 256
            else { return false }
            position += 1
        }
        if isFinal { return true }
        throw SQLProblem(.ended, at: end)
    }

    /// Whether a word that begins a statement is the name of a tool, or of a kind of message, which a colon follows:
    /// `mysqldump: [Warning] …`. No statement begins so.
    func isMessage(behind word: Range<Int>) throws(SQLProblem) -> Bool {
        guard word.upperBound < end, self[word.upperBound] == SQLByte.colon else { return false }
        let next = try byte(at: word.upperBound + 1)
        return next == 0x20 || next == 9
    }

    /// The number that is here after blanks: 5 of `GO 5`.
    func number(from start: Int) -> Int? {
        let line = bytes(start..<end).prefix(32).drop { $0 == 0x20 || $0 == 9 }
        return Int(String(decoding: line.prefix(while: SQLByte.isDigit), as: UTF8.self))
    }

    /// Whether this is the word before Oracle's `q'[it's]'`.
    func isOracleQuote(_ word: Range<Int>) -> Bool {
        dialect == .standard && (isWord(word, "Q") || isWord(word, "NQ"))
    }

    func uppercased(_ range: Range<Int>) -> String {
        String(decoding: range.map { upper(self[$0]) }, as: UTF8.self)
    }

    private func upper(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "a") < 26 ? byte & 0xDF : byte }

    func bytes(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count)
    }
}

/// The two kinds of comments.
enum SQLComment: Equatable {
    case line, block

    var markerLength: Int { self == .line ? 1 : 2 }

    /// The comment that begins here, if any. MySQL wants white space after `--`.
    init?(at position: Int, in text: SQLScanner) throws(SQLProblem) {
        switch text[position] {
        case SQLByte.hash:
            guard text.dialect == .mysql else { return nil }
            self = .line
        case SQLByte.dash:
            guard try text.byte(at: position + 1) == SQLByte.dash else { return nil }
            if text.dialect == .mysql, try text.byte(at: position + 2) > 0x20 { return nil }
            self = .line
        case SQLByte.slash:
            guard try text.byte(at: position + 1) == SQLByte.star else { return nil }
            self = .block
        default:
            return nil
        }
    }
}

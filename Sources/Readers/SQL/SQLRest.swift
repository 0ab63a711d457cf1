/// Finds where something that cannot be read ends, or something too large to be kept.
struct SQLRest: Sendable {
    enum Kind: Sendable {
        /// A row, up to its closing parenthesis.
        case row
        /// What is not a row where one should be, up to a comma or semicolon.
        case noRow
        /// A statement, up to its semicolon.
        case statement
    }

    /// What comes after it.
    enum Next: Sendable { case row, separator, statement }

    enum Verdict {
        case goesOn
        case ends(before: Bool, Next)
        /// Its quotes or parentheses do not match.
        case broken
        case needsText
    }

    let kind: Kind
    var skim = SQLSkim()
    private var depth = 0
    private var isAtStart = true
    private var lastSymbol: UInt8 = 0

    init(_ kind: Kind) { self.kind = kind }

    /// - Parameters:
    ///   - start: where the token begins.
    ///   - limit: how much of an INSERT's beginning is looked at.
    mutating func take(
        _ token: SQLSkim.Token, at start: Int, _ text: SQLScanner, isFinal: Bool, limit: Int
    ) -> Verdict {
        if kind != .row && depth == 0 && !isAtStart {
            switch SQLBeginning.verdict(token, at: start, skim, after: lastSymbol, text, isFinal: isFinal, limit: limit)
            {
            case .begins: return .ends(before: true, .statement)
            case .needsText: return .needsText
            case .goesOn: break
            }
        }
        isAtStart = false
        switch token {
        case .textAfterQuote: return .broken
        case .word(let word):
            lastSymbol = 0
            let isGo = kind != .row && depth == 0 && skim.isFirstOnLine && skim.isAlone && text.isWord(word, "GO")
            if isGo { return .ends(before: true, .statement) }
        case .delimiter: return .ends(before: false, .statement)
        case .symbol(SQLByte.open): depth += 1
        case .symbol(SQLByte.close):
            depth -= 1
            if kind == .row && depth == 0 { return .ends(before: false, .separator) }
            if depth < 0 { return .broken }
        case .symbol(SQLByte.comma) where kind == .noRow && depth == 0: return .ends(before: false, .row)
        case .symbol(SQLByte.semicolon):
            return kind == .statement || depth == 0 ? .ends(before: false, .statement) : .broken
        case .symbol(let byte): lastSymbol = byte
        case .other: if skim.isInside && !skim.isComment { lastSymbol = 0 }
        }
        return .goesOn
    }
}

/// Where reading can begin again after text whose quotes do not match: after a semicolon at a line's end, or on a line
/// that begins with INSERT, REPLACE or COPY. Strings may hold anything, so this is a guess.
struct SQLResync: Sendable {
    /// The two bytes before the text that comes next.
    private var before: (UInt8, UInt8) = (0, 0)

    private static let starts = ["INSERT", "REPLACE", "COPY"].map { Array($0.utf8) }
    /// How much of a line must be seen.
    private static let lookahead = 8

    /// The place from `start` on; nil if there is none, and text before `searched` need not be looked at again.
    mutating func find(_ text: SourceText, from start: Int, end: Int) -> (found: Int?, searched: Int) {
        var position = start
        while let lineFeed = SQLByte.first(SQLByte.lineFeed, in: text.text, position..<end) {
            let last = byte(lineFeed - 1, text, start)
            let isAfterSemicolon =
                last == SQLByte.semicolon
                || (last == SQLByte.carriageReturn && byte(lineFeed - 2, text, start) == SQLByte.semicolon)
            if isAfterSemicolon { return (lineFeed + 1, lineFeed + 1) }
            if end - lineFeed - 1 < Self.lookahead && !text.isFinal {
                keep(text, start, lineFeed)
                return (nil, lineFeed)
            }
            if Self.beginsInsert(text.text[(lineFeed + 1)..<end]) { return (lineFeed + 1, lineFeed + 1) }
            position = lineFeed + 1
        }
        keep(text, start, end)
        return (nil, end)
    }

    private func byte(_ position: Int, _ text: SourceText, _ start: Int) -> UInt8 {
        position >= start ? text.text[position] : position == start - 1 ? before.1 : before.0
    }

    private mutating func keep(_ text: SourceText, _ start: Int, _ end: Int) {
        if end > start { before = (byte(end - 2, text, start), byte(end - 1, text, start)) }
    }

    private static func beginsInsert(_ line: Slice<UnsafeRawBufferPointer>) -> Bool {
        starts.contains { start in
            line.count > start.count && SQLByte.isSpace(line[line.startIndex + start.count])
                && zip(line, start).allSatisfy { $0 & 0xDF == $1 }
        }
    }
}

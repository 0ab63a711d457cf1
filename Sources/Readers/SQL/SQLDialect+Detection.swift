extension SQLDialect {
    /// How much of a file is looked at.
    static let sampleBytes = 1 << 20

    /// The dialect of a file with this beginning. The first of these decides, and standard is what is left:
    /// - MySQL: the comment that a dump begins with, `AUTO_INCREMENT`, `ENGINE=`, `sql_mode`, a comment `/*!`, a comment `#`,
    ///   an identifier in backticks, `\'` inside a string, `_utf8'…'`;
    /// - PostgreSQL: such a comment, `standard_conforming_strings`, `E'…'`, a dollar quote, `\connect` and the like,
    ///   `FROM stdin`;
    /// - standard: PRAGMA, an identifier in brackets, `GO` alone on a line, `BEGIN TRANSACTION`, a table `#name`, a command
    ///   of SQL*Plus.
    init(of sample: SourceText) {
        var skim = SQLSkim()
        var position = 0
        var isInString = false
        var before = 0..<0
        self = .standard
        while position < sample.count {
            let byte = sample.text[position]
            if skim.mode == .plain {
                if let evidence = Self.evidence(sample, at: position) {
                    self = evidence
                    return
                }
                isInString = byte == SQLByte.quote
            }
            guard let (token, end) = skim.next(sample, SQLSyntax(.standard), from: position, stop: sample.count) else {
                return
            }
            switch token {
            case .word(let range) where Self.isMessage(range, skim, sample):
                // It says nothing of SQL, whatever brackets and apostrophes it has.
                position = SQLByte.firstLineEnd(in: sample.text, end..<sample.count) ?? sample.count
                continue
            case .word(let range):
                let isFirst = skim.isFirstOnLine || range.lowerBound == 0
                if let evidence = Self.evidence(word: range, before: before, sample, isFirst: isFirst) {
                    self = evidence
                    return
                }
                before = range
            case .textAfterQuote where isInString && end >= 2 && sample.text[end - 2] == SQLByte.backslash:
                self = .mysql
                return
            case .other where byte | 0x20 == UInt8(ascii: "e") && skim.isInside:
                self = .postgresql
                return
            default: break
            }
            position = end
        }
    }

    private static func isMessage(_ word: Range<Int>, _ skim: SQLSkim, _ text: SourceText) -> Bool {
        guard skim.isFirstOnLine || word.lowerBound == 0 else { return false }
        let scanner = SQLScanner(base: text.text.baseAddress!, end: text.count, syntax: SQLSyntax(.standard))
        return (try? scanner.isMessage(behind: word)) ?? false
    }

    private static func evidence(_ text: SourceText, at position: Int) -> SQLDialect? {
        let rest = text.text[position..<min(text.count, position + 4)]
        switch rest.first {
        case SQLByte.backtick: return .mysql
        case SQLByte.dash: return comment(text.text[position..<min(text.count, position + longestComment)])
        case SQLByte.hash:
            if isLineStart(text, position) { return .mysql }
            if SQLByte.isWord(text.text[position - 1]) { return nil }
            return rest.dropFirst().first.map { SQLByte.isWord($0) || $0 == SQLByte.hash } == true ? .standard : .mysql
        case SQLByte.slash: return ["/*!", "/*M!"].contains { rest.starts(with: Array($0.utf8)) } ? .mysql : nil
        case SQLByte.dollar: return SQLSkim.beginsDollarQuote(text, at: position) ? .postgresql : nil
        case SQLByte.backslash:
            return isLineStart(text, position) ? .postgresql : nil
        case SQLByte.openBracket: return .standard
        default: return nil
        }
    }

    private static func isLineStart(_ text: SourceText, _ position: Int) -> Bool {
        position == 0 || SQLByte.isLineEnd(text.text[position - 1])
    }

    /// Whether a line of the sample has nothing but SQL Server's `GO`.
    static func hasBatches(_ sample: SourceText) -> Bool {
        guard let base = sample.text.baseAddress else { return false }
        let scanner = SQLScanner(base: base, end: sample.count, syntax: SQLSyntax(.standard))
        var start = 0
        while start < sample.count {
            let end = SQLByte.firstLineEnd(in: sample.text, start..<sample.count) ?? sample.count
            let word = start..<min(start + 2, end)
            if scanner.isWord(word, "GO"), (try? scanner.isAlone(from: word.upperBound, true)) == true { return true }
            start = end + 1
        }
        return false
    }

    private static let longestComment = 32

    private static func comment(_ comment: Slice<UnsafeRawBufferPointer>) -> SQLDialect? {
        func begins(_ text: String) -> Bool { comment.starts(with: Array(text.utf8)) }
        if begins("-- MySQL dump ") || begins("-- MariaDB dump ") { return .mysql }
        return begins("-- PostgreSQL database ") ? .postgresql : nil
    }

    private static func evidence(
        word: Range<Int>, before: Range<Int>, _ text: SourceText, isFirst: Bool
    ) -> SQLDialect? {
        let scanner = SQLScanner(base: text.text.baseAddress!, end: text.count, syntax: SQLSyntax(.standard))
        if scanner.isWord(word, "AUTO_INCREMENT") { return .mysql }
        if scanner.isWord(word, "ENGINE") || scanner.isWord(word, "CHARSET"),
            let next = try? scanner.skipSpace(from: word.upperBound), next < scanner.end,
            scanner[next] == UInt8(ascii: "=")
        {
            return .mysql
        }
        if scanner.isWord(word, "STANDARD_CONFORMING_STRINGS") { return .postgresql }
        if scanner.isWord(word, "SQL_MODE") { return .mysql }
        if scanner.isWord(word, "STDIN") && scanner.isWord(before, "FROM") { return .postgresql }
        if scanner.isWord(word, "TRANSACTION") && scanner.isWord(before, "BEGIN") { return .standard }
        if scanner[word.lowerBound] == UInt8(ascii: "_"), let quote = try? scanner.skipSpace(from: word.upperBound),
            quote < scanner.end, scanner[quote] == SQLByte.quote
        {
            return .mysql
        }
        guard isFirst else { return nil }
        let isStandard =
            scanner.isWord(word, "PRAGMA") || scanner.isWord(word, "GO") || SQLBeginning.isCommand(word, scanner)
        return isStandard ? .standard : nil
    }
}

extension SQLDialect {
    /// How much of a file is looked at.
    static let sampleBytes = 1 << 20

    /// The dialect of a file with this beginning, and whether SQLite made it or is to run it. The first of these decides, and
    /// standard is what is left:
    /// - MySQL: the comment that a dump begins with, `AUTO_INCREMENT`, `ENGINE=`, `sql_mode`, a comment `/*!`, a comment `#`,
    ///   an identifier in backticks, `\'` inside a string, `_utf8'…'`;
    /// - PostgreSQL: such a comment, `standard_conforming_strings`, `E'…'`, a dollar quote, `\connect` and the like,
    ///   `FROM stdin`; where nothing decides, a column that is `serial`;
    /// - standard: PRAGMA, an identifier in brackets, `GO` alone on a line, `BEGIN TRANSACTION`, a table `#name`, a command
    ///   of SQL*Plus.
    static func found(in sample: SourceText) -> (dialect: SQLDialect, isOfSQLite: Bool) {
        var skim = SQLSkim()
        var position = 0
        var depth = 0
        var hasSerial = false
        var isInString = false
        var before = 0..<0
        while position < sample.count {
            let byte = sample.text[position]
            if skim.mode == .plain {
                if let evidence = evidence(sample, at: position) {
                    // Many tools for SQLite write backticks.
                    return byte == SQLByte.backtick && hasAutoincrement(sample) ? (.standard, true) : (evidence, false)
                }
                isInString = byte == SQLByte.quote
            }
            guard let (token, end) = skim.next(sample, SQLSyntax(.standard), from: position, stop: sample.count) else {
                break
            }
            switch token {
            case .word(let range) where isMessage(range, skim, sample):
                // It says nothing of SQL, whatever brackets and apostrophes it has.
                position = SQLByte.firstLineEnd(in: sample.text, end..<sample.count) ?? sample.count
                continue
            case .word(let range):
                let isFirst = skim.isFirstOnLine || range.lowerBound == 0
                if let evidence = evidence(word: range, before: before, sample, isFirst: isFirst) {
                    return (evidence, evidence == .standard && isOfSQLite(range, sample))
                }
                hasSerial = hasSerial || depth > 0 && isSerial(range, sample)
                before = range
            case .symbol(SQLByte.open): depth += 1
            case .symbol(SQLByte.close): depth -= 1
            case .symbol(SQLByte.semicolon): depth = 0
            case .textAfterQuote where isInString && end >= 2 && sample.text[end - 2] == SQLByte.backslash:
                return (.mysql, false)
            case .other where byte | 0x20 == UInt8(ascii: "e") && skim.isInside:
                return (.postgresql, false)
            default: break
            }
            position = end
        }
        return (hasSerial ? .postgresql : .standard, false)
    }

    /// Words that only MySQL and MariaDB know.
    private static let wordsOfMySQL: [StaticString] = [
        "AUTO_INCREMENT", "SQL_MODE", "FOREIGN_KEY_CHECKS", "UNIQUE_CHECKS", "UTF8MB4", "UTF8MB3", "TINYTEXT",
        "MEDIUMTEXT", "LONGTEXT", "TINYBLOB", "MEDIUMBLOB", "LONGBLOB", "MEDIUMINT",
    ]

    /// Whether a word says that a script is MySQL's: by itself, or by what is before it.
    private static func isOfMySQL(_ word: Range<Int>, before: Range<Int>, _ scanner: SQLScanner) -> Bool {
        func follows(_ first: StaticString) -> Bool { scanner.isWord(before, first) }
        if wordsOfMySQL.contains(where: { scanner.isWord(word, $0) }) { return true }
        if scanner.isWord(word, "TABLES") { return follows("LOCK") || follows("UNLOCK") }
        if scanner.isWord(word, "IGNORE") { return follows("INSERT") }
        if scanner.isWord(word, "DUPLICATE") { return follows("ON") }
        guard scanner.isWord(word, "UNSIGNED") else { return false }
        // `INT(10) UNSIGNED`: the length is a word, too. SQLite has `UNSIGNED BIG INT`.
        return SQLByte.isDigit(scanner[before.lowerBound]) || scanner.isWord(before, "INT")
            || scanner.isWord(before, "BIGINT") || scanner.isWord(before, "SMALLINT")
            || scanner.isWord(before, "TINYINT")
    }

    /// Whether some table is SQLite's by the word that MySQL spells otherwise.
    private static func hasAutoincrement(_ text: SourceText) -> Bool {
        let phrase = Array("primary key autoincrement".utf8)
        var position = 0
        while let found = text.text[position...].firstIndex(where: { $0 | 0x20 == phrase[0] }) {
            let end = found + phrase.count
            if end > text.count { return false }
            if zip(text.text[found..<end], phrase).allSatisfy({ $0 | 0x20 == $1 }) { return true }
            position = found + 1
        }
        return false
    }

    private static func scanner(_ text: SourceText) -> SQLScanner {
        SQLScanner(base: text.text.baseAddress!, end: text.count, syntax: SQLSyntax(.standard))
    }

    /// Whether a word that decides for standard SQL is SQLite's: `PRAGMA`, or `BEGIN TRANSACTION` with a semicolon.
    private static func isOfSQLite(_ word: Range<Int>, _ text: SourceText) -> Bool {
        let scanner = scanner(text)
        if scanner.isWord(word, "PRAGMA") || scanner.isWord(word, "AUTOINCREMENT") { return true }
        guard scanner.isWord(word, "TRANSACTION"), let next = try? scanner.skipSpace(from: word.upperBound) else {
            return false
        }
        return next < scanner.end && scanner[next] == SQLByte.semicolon
    }

    /// Whether a word in parentheses is a column's type `serial`, and no column's name.
    private static func isSerial(_ word: Range<Int>, _ text: SourceText) -> Bool {
        let scanner = scanner(text)
        guard ["SERIAL", "BIGSERIAL", "SMALLSERIAL"].contains(where: { scanner.isWord(word, $0) }),
            let behind = try? scanner.skipSpace(from: word.upperBound), behind < scanner.end,
            let name = text.text[..<word.lowerBound].lastIndex(where: { !SQLByte.isSpace($0) }),
            SQLByte.isWord(text.text[name]) || text.text[name] == SQLByte.doubleQuote
        else { return false }
        if scanner[behind] == SQLByte.comma || scanner[behind] == SQLByte.close { return true }
        let next = behind..<((try? scanner.wordEnd(from: behind)) ?? behind)
        return ["PRIMARY", "NOT", "UNIQUE", "CONSTRAINT"].contains { scanner.isWord(next, $0) }
    }

    private static func isMessage(_ word: Range<Int>, _ skim: SQLSkim, _ text: SourceText) -> Bool {
        guard skim.isFirstOnLine || word.lowerBound == 0 else { return false }
        let scanner = scanner(text)
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
        let scanner = scanner(text)
        if isOfMySQL(word, before: before, scanner) { return .mysql }
        if scanner.isWord(word, "AUTOINCREMENT") { return .standard }
        if scanner.isWord(word, "ENGINE") || scanner.isWord(word, "CHARSET"),
            let next = try? scanner.skipSpace(from: word.upperBound), next < scanner.end,
            scanner[next] == UInt8(ascii: "=")
        {
            return .mysql
        }
        if scanner.isWord(word, "STANDARD_CONFORMING_STRINGS") { return .postgresql }
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

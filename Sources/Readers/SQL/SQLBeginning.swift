/// Tells where a statement begins although nothing ended the one before it. Scripts leave out semicolons, and what a
/// tool does with a line is not SQL at all: an INSERT, a COPY with lines and such a line begin something wherever they
/// stand.
enum SQLBeginning {
    enum Verdict { case begins, goesOn, needsText }

    /// Commands of SQL*Plus, each on a line of its own.
    private static let commands: Set = ["PROMPT", "REM", "REMARK", "HOST", "SPOOL", "PAUSE"]
    private static let longestCommand = 8

    /// Whether a word is a command of SQL*Plus, which goes on to the line's end whatever stands there.
    static func isCommand(_ word: Range<Int>, _ text: SQLScanner) -> Bool {
        text.dialect == .standard && word.count < longestCommand && commands.contains(text.uppercased(word))
    }

    /// - Parameters:
    ///   - start: where the token begins.
    ///   - lastSymbol: the symbol before the token, if there is one.
    ///   - limit: how much of an INSERT's beginning is looked at.
    static func verdict(
        _ token: SQLSkim.Token, at start: Int, _ skim: SQLSkim, after lastSymbol: UInt8, _ text: SQLScanner,
        isFinal: Bool, limit: Int
    ) -> Verdict {
        switch token {
        case .word(let range):
            return word(range, skim, lastSymbol, text, isFinal, limit)
        case .symbol(SQLByte.backslash), .symbol(SQLByte.colon), .symbol(SQLByte.at):
            do throws(SQLProblem) {
                return try text.isToolLine(at: start, isFirst: skim.isFirstOnLine, isFinal) ? .begins : .goesOn
            } catch {
                return .needsText
            }
        default: return .goesOn
        }
    }

    private static func word(
        _ range: Range<Int>, _ skim: SQLSkim, _ lastSymbol: UInt8, _ text: SQLScanner, _ isFinal: Bool, _ limit: Int
    ) -> Verdict {
        if skim.isFirstOnLine && (isCommand(range, text) || text.isWord(range, "DELIMITER")) { return .begins }
        let isCopy = text.isWord(range, "COPY") && skim.isFirstOnLine
        guard isCopy || text.isWord(range, "INSERT") || text.isWord(range, "REPLACE"), lastSymbol != SQLByte.dot else {
            return .goesOn
        }
        let window = min(text.end, range.lowerBound + limit)
        let head = SQLScanner(base: text.base, end: window, syntax: text.syntax)
        do throws(SQLProblem) {
            let begins =
                isCopy
                ? try SQLCopyHead.begins(head, at: range)
                : try SQLHead.begins(head, at: range, isFirstOnLine: skim.isFirstOnLine)
            return begins ? .begins : .goesOn
        } catch {
            if window == text.end && window < range.lowerBound + limit && !isFinal { return .needsText }
            // What it begins with cannot be told, and is not skipped for that.
            return isCopy ? .goesOn : .begins
        }
    }
}

extension SQLScanner {
    private static let commandsOfSQLCmd: Set = ["SETVAR", "R", "CONNECT", "ON", "OUT", "ERROR", "QUIT", "EXIT", "XML"]
    private static let longestToolWord = 1024

    /// Whether a line that a tool takes for itself begins here: psql's `\connect`, sqlcmd's `:setvar`, SQL*Plus's
    /// `@script.sql`. Throws `.ended` where that cannot be seen yet.
    ///
    /// - Parameter isFirst: it is the first thing on its line.
    func isToolLine(at start: Int, isFirst: Bool, _ isFinal: Bool) throws(SQLProblem) -> Bool {
        let byte = self[start]
        guard byte == SQLByte.backslash ? dialect == .postgresql : dialect == .standard && isFirst else { return false }
        var position = start + 1
        if byte == SQLByte.at && position < end && self[position] == SQLByte.at { position += 1 }
        let wordStart = position
        var isPath = false
        while position < end, position - start < Self.longestToolWord {
            let next = self[position]
            if SQLByte.isSpace(next) || next == SQLByte.semicolon { break }
            if byte == SQLByte.at {
                let isInName = SQLByte.isWord(next) || ".-/\\:'&~\"".utf8.contains(next)
                if !isInName { return false }
                if next == SQLByte.dot || next == SQLByte.slash { isPath = true }
            }
            position += 1
        }
        if position == end && !isFinal { throw SQLProblem(.ended, at: end) }
        switch byte {
        // Without a path, `@name` is a variable of SQL Server.
        case SQLByte.at: return isPath
        case SQLByte.colon: return Self.commandsOfSQLCmd.contains(uppercased(wordStart..<position))
        // `\;` is psql's semicolon inside what it sends at once.
        default: return position > wordStart
        }
    }
}

/// A statement that is not data while it is passed over: what kind it is, and where it ends.
///
/// Scripts leave out semicolons, and what a tool does with a line is no SQL at all. So a statement ends as well in front of
/// an INSERT, a COPY with lines, or a tool's command on a line of its own. Only code does not: see `SQLCode`.
struct SQLSkipped: Sendable {
    enum Verdict { case goesOn, ends, endsBefore, needsText }

    /// The kind of an INSERT of which not even the table is known.
    static let unreadableInsert = "INSERT that cannot be read"

    var skim = SQLSkim()
    /// Where the statement begins, for messages.
    let byteOffset: UInt64
    let line: UInt64
    /// The words that tell the kind: `CREATE TABLE`.
    private(set) var kind: String
    /// Set where it is code.
    private(set) var code: SQLCode?

    private var wordCount = 0
    private var isKindKnown = false
    private var lastSymbol: UInt8 = 0

    private static let qualified: Set = ["CREATE", "ALTER", "DROP", "LOCK", "UNLOCK", "LOAD", "BULK"]
    private static let modifiers: Set = [
        "OR", "REPLACE", "TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL", "UNLOGGED", "GLOBAL", "LOCAL", "MATERIALIZED",
        "FOREIGN", "CONSTRAINT", "RECURSIVE", "DEFINER", "ALTER", "EDITIONABLE", "NONEDITIONABLE", "FORCE", "AGGREGATE",
        "ALGORITHM", "SQL", "SECURITY", "INVOKER", "CLUSTERED", "NONCLUSTERED", "BITMAP",
    ]
    /// Commands of clients, each on a line of its own.
    private static let commands: Set = ["PROMPT", "REM", "REMARK", "HOST", "SPOOL", "PAUSE"]
    private static let wordsOfKind = 24

    /// Whether a word is a command of SQL*Plus, which goes on to the line's end whatever stands there.
    static func isCommand(_ word: Range<Int>, _ text: SQLScanner) -> Bool {
        text.dialect == .standard && commands.contains(text.uppercased(word.prefix(8)))
    }

    init(at byteOffset: UInt64, line: UInt64, kind: String = "") {
        self.byteOffset = byteOffset
        self.line = line
        self.kind = kind
        isKindKnown = !kind.isEmpty
    }

    /// - Parameter limit: how much of an INSERT's beginning is looked at.
    mutating func take(
        _ token: SQLSkim.Token, _ text: SQLScanner, isFinal: Bool, limit: Int
    ) -> Verdict {
        switch token {
        case .delimiter: return .ends
        case .word(let range):
            switch word(range, text, isFinal, limit) {
            case .goesOn: break
            case let verdict: return verdict
            }
        case .symbol(let byte):
            lastSymbol = byte
            if byte == SQLByte.semicolon && code == nil { return .ends }
            if byte == SQLByte.slash && skim.isFirstOnLine && skim.isAlone { return .ends }
        case .other, .textAfterQuote: break
        }
        guard code != nil else { return .goesOn }
        return switch code!.take(token, skim, text) {
        case .goesOn: .goesOn
        case .ends: .ends
        case .endsBefore: .endsBefore
        }
    }

    private mutating func word(_ range: Range<Int>, _ text: SQLScanner, _ isFinal: Bool, _ limit: Int) -> Verdict {
        wordCount += 1
        if skim.isFirstOnLine && skim.isAlone && text.isWord(range, "GO") { return .ends }
        if wordCount == 1 && !isKindKnown {
            kind = text.uppercased(range.prefix(32))
            if kind == "EXPLAIN" || kind == "PREPARE" { code = SQLCode(.rule) }
        }
        if code == nil && wordCount > 1 {
            switch begins(range, text, isFinal, limit) {
            case .goesOn: break
            case let verdict: return verdict
            }
        }
        if !isKindKnown && wordCount > 1 && wordCount <= Self.wordsOfKind { learn(text.uppercased(range.prefix(32))) }
        lastSymbol = 0
        return .goesOn
    }

    /// Whether another statement begins with this word.
    private func begins(_ range: Range<Int>, _ text: SQLScanner, _ isFinal: Bool, _ limit: Int) -> Verdict {
        if skim.isFirstOnLine {
            if Self.isCommand(range, text) || text.isWord(range, "DELIMITER") { return .endsBefore }
        }
        let isCopy = text.isWord(range, "COPY") && skim.isFirstOnLine
        guard isCopy || text.isWord(range, "INSERT") || text.isWord(range, "REPLACE"), lastSymbol != SQLByte.dot else {
            return .goesOn
        }
        let window = min(text.end, range.lowerBound + limit)
        let head = SQLScanner(base: text.base, end: window, dialect: text.dialect)
        do throws(SQLProblem) {
            let begins = isCopy ? try SQLCopyHead.begins(head, at: range) : try SQLHead.begins(head, at: range)
            return begins ? .endsBefore : .goesOn
        } catch {
            if window == text.end && window < range.lowerBound + limit && !isFinal { return .needsText }
            // What it begins with cannot be told, and is not passed over for that.
            return isCopy ? .goesOn : .endsBefore
        }
    }

    /// Learns the statement's kind from its next word.
    private mutating func learn(_ word: String) {
        // `DEFINER=name@host`
        if lastSymbol == UInt8(ascii: "=") || lastSymbol == UInt8(ascii: "@") { return }
        if kind.hasSuffix(" TYPE") {
            isKindKnown = true
            if word == "BODY" {
                kind += " BODY"
                code = SQLCode(.package)
            }
            return
        }
        guard Self.qualified.contains(kind) else {
            isKindKnown = true
            return
        }
        if Self.modifiers.contains(word) { return }
        let isMade = kind == "CREATE" || kind == "ALTER"
        kind += " \(word)"
        if isMade && word == "TYPE" { return }
        isKindKnown = true
        guard isMade else { return }
        switch word {
        case "TRIGGER": code = SQLCode(.trigger)
        case "PROCEDURE", "PROC", "FUNCTION", "EVENT", "TASK": code = SQLCode(.routine)
        case "PACKAGE": code = SQLCode(.package)
        case "RULE": code = SQLCode(.rule)
        default: break
        }
    }
}

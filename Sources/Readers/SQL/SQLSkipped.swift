/// A statement that is not data while it is passed over: what kind it is, and where it ends.
struct SQLSkipped: Sendable {
    enum Verdict { case goesOn, ends, endsWithCopyData }

    /// The kind of an INSERT of which not even the table is known.
    static let unreadableInsert = "INSERT that cannot be read"

    var skim = SQLSkim()
    /// Where the statement begins, for messages.
    let byteOffset: UInt64
    let line: UInt64
    /// The words that tell the kind: `CREATE TABLE`.
    private(set) var kind: String

    private var wordCount = 0
    private var body = Body.none
    /// BEGINs, or parentheses of a rule, that are open.
    private var depth = 0
    private var last = Last.other
    private var isCopy = false

    /// What a statement may have inside that has semicolons of its own.
    private enum Body { case none, routine, rule }
    private enum Last { case other, begin, semicolon, end, from, stdin }

    private static let qualified: Set = ["CREATE", "ALTER", "DROP", "LOCK", "UNLOCK"]
    private static let modifiers: Set = [
        "OR", "REPLACE", "TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL", "UNLOGGED", "GLOBAL", "LOCAL", "MATERIALIZED",
        "FOREIGN",
        "CONSTRAINT", "RECURSIVE", "DEFINER",
    ]
    private static let wordsOfKind = 16

    init(at byteOffset: UInt64, line: UInt64, kind: String = "") {
        self.byteOffset = byteOffset
        self.line = line
        self.kind = kind
    }

    mutating func take(_ token: SQLSkim.Token, _ text: SQLScanner, isFinal: Bool) -> Verdict {
        switch token {
        case .delimiter: return .ends
        case .symbol(SQLByte.semicolon): return semicolon()
        case .symbol(let byte):
            last = .other
            if body == .rule { depth += byte == SQLByte.open ? 1 : byte == SQLByte.close ? -1 : 0 }
        case .word(let range): return word(range, text, isFinal)
        case .other, .textAfterQuote: break
        }
        return .goesOn
    }

    private mutating func semicolon() -> Verdict {
        defer { last = .semicolon }
        if isCopy && last == .stdin { return .endsWithCopyData }
        if body == .routine && depth > 0 {
            if last == .end { depth -= 1 }
            return depth == 0 ? .ends : .goesOn
        }
        return body == .rule && depth > 0 ? .goesOn : .ends
    }

    private mutating func word(_ range: Range<Int>, _ text: SQLScanner, _ isFinal: Bool) -> Verdict {
        wordCount += 1
        if wordCount <= Self.wordsOfKind { learn(text.uppercased(range)) }
        // SQL Server's batches end with a line `GO`.
        let isAlone = range.upperBound == text.end ? isFinal : text[range.upperBound] &- 10 < 4
        if skim.isFirstOnLine && isAlone && text.isWord(range, "GO") { return .ends }
        if isCopy {
            last = text.isWord(range, "FROM") ? .from : text.isWord(range, "STDIN") || last == .stdin ? .stdin : .other
        } else if body == .routine {
            routineWord(range, text)
        }
        return .goesOn
    }

    private mutating func routineWord(_ range: Range<Int>, _ text: SQLScanner) {
        let isEndOfOther = ["IF", "LOOP", "CASE", "WHILE", "REPEAT"].contains(text.uppercased(range.prefix(8)))
        switch last {
        case .end where !isEndOfOther: break
        case .begin where text.isWord(range, "END"), .semicolon where text.isWord(range, "END"): last = .end
        default:
            let isBegin = text.isWord(range, "BEGIN")
            if isBegin { depth += 1 }
            last = isBegin ? .begin : .other
        }
    }

    private mutating func learn(_ word: String) {
        if kind.isEmpty {
            kind = word
            isCopy = word == "COPY"
        } else if Self.qualified.contains(kind), !Self.modifiers.contains(word) {
            kind += " \(word)"
        }
        guard kind.hasPrefix("CREATE") else { return }
        switch word {
        case "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT": if body == .none { body = .routine }
        case "RULE": if body == .none { body = .rule }
        default: break
        }
    }
}

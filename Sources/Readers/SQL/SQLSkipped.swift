/// A statement that is not data while it is skipped: what kind it is, and where it ends.
///
/// It ends as well where `SQLBeginning` says that another one begins. Only code does not: see `SQLCode`.
struct SQLSkipped: Sendable {
    enum Verdict { case goesOn, ends, endsBefore, needsText }

    /// What may follow an INSERT's rows: ON CONFLICT, RETURNING.
    static let tail = "INSERT's end"
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
    /// What it does to rows and names; found out for a survey only.
    private var effects: [SQLEffect] = []
    /// Set where it may say what a backslash does.
    private(set) var setting: SQLBackslashes.Statement?
    private let isCounted: Bool
    /// Followed for a survey only.
    var flow = SQLControlFlow()
    private let followsSettings: Bool
    private let hasBatches: Bool
    /// It is the beginning of a block that runs with the script, as Oracle has them.
    private(set) var opensBlock = false
    /// Whether it begins as statements do; found out for a survey only.
    private(set) var stray: SQLStray?

    /// How many parentheses are open.
    private(set) var depth = 0
    private var hasBegun = false
    private var wordCount = 0
    private var isKindKnown = false
    private var lastSymbol: UInt8 = 0

    private static let qualified: Set = ["CREATE", "ALTER", "DROP", "LOCK", "UNLOCK", "LOAD", "BULK"]
    private static let modifiers: Set = [
        "OR", "REPLACE", "TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL", "UNLOGGED", "GLOBAL", "LOCAL", "MATERIALIZED",
        "FOREIGN", "CONSTRAINT", "RECURSIVE", "DEFINER", "ALTER", "EDITIONABLE", "NONEDITIONABLE", "FORCE", "AGGREGATE",
        "ALGORITHM", "SQL", "SECURITY", "INVOKER", "CLUSTERED", "NONCLUSTERED", "BITMAP",
    ]
    private static let wordsOfKind = 24
    private static let conditions: Set = ["IF", "ELSE", "BEGIN", "END", "EXCEPTION", "WHEN", "WHILE", "DECLARE"]

    init(
        at byteOffset: UInt64, line: UInt64, kind: String = "", isCounted: Bool = false, followsSettings: Bool = false,
        hasBatches: Bool = false
    ) {
        self.hasBatches = hasBatches
        self.byteOffset = byteOffset
        self.isCounted = isCounted
        self.followsSettings = followsSettings
        self.line = line
        self.kind = kind
        isKindKnown = !kind.isEmpty
        if isCounted && kind.isEmpty { stray = SQLStray() }
    }

    /// - Parameters:
    ///   - place: where the token stands.
    ///   - limit: how much of an INSERT's beginning is looked at.
    mutating func take(
        _ token: SQLSkim.Token, at place: Range<Int>, _ text: SQLScanner, isFinal: Bool, limit: Int
    ) -> Verdict {
        if code == nil && hasBegun {
            switch SQLBeginning.verdict(
                token, at: place.lowerBound, skim, after: lastSymbol, text, isFinal: isFinal, limit: limit)
            {
            case .begins: return .endsBefore
            case .needsText: return .needsText
            case .goesOn: break
            }
        }
        let wasBegun = hasBegun
        hasBegun = true
        if stray?.take(token, skim, text, from: place.upperBound, isFinal: isFinal) == false { return .needsText }
        switch token {
        case .delimiter: return .ends
        case .word(let range):
            if skim.isFirstOnLine && skim.isAlone && text.isWord(range, "GO") { return wasBegun ? .endsBefore : .ends }
            if isCounted && code == nil {
                let isFirst = wordCount == 0 || text.dialect == .standard && skim.isFirstOnLine
                flow.take(range, text, isFirst: isFirst, depth: depth)
            }
            if isCounted && code == nil && wordCount > 0 && text.isWord(range, "COMMIT") { effects.append(.mayCommit) }
            guard noteEffect(range, text, isFinal: isFinal) else { return .needsText }
            learn(range, text)
        case .symbol(let byte):
            lastSymbol = byte
            if byte == SQLByte.open { depth += 1 }
            if byte == SQLByte.close { depth -= 1 }
            if byte == SQLByte.semicolon && code == nil { return .ends }
            if byte == SQLByte.slash && skim.isFirstOnLine && skim.isAlone { return .ends }
        case .other where skim.isInside && !skim.isComment: lastSymbol = 0
        case .other, .textAfterQuote: break
        }
        guard code != nil else { return .goesOn }
        return switch code!.take(token, skim, text) {
        case .goesOn: .goesOn
        case .ends: .ends
        case .endsBefore: .endsBefore
        }
    }

    /// Notes what the statement that begins with this word does; false if that cannot be seen yet. Other dialects than
    /// PostgreSQL's and MySQL's let a statement begin where nothing ended the one before it.
    private mutating func noteEffect(_ word: Range<Int>, _ text: SQLScanner, isFinal: Bool) -> Bool {
        let isFirst = wordCount == 0
        guard code == nil, isFirst || text.dialect == .standard && skim.isFirstOnLine else { return true }
        do throws(SQLProblem) {
            if isFirst && followsSettings && kind.isEmpty {
                setting = try SQLBackslashes.Statement(text, at: word, isFinal: isFinal)
            }
            guard isCounted else { return true }
            guard let effect = try SQLEffect(text, at: word, isFinal: isFinal) else { return true }
            // In Oracle's blocks, SELECT … INTO fills a variable.
            if opensBlock && effect == .givesRows(SQLEffect.selectInto) { return true }
            // What goes wrong is undone so, and mostly nothing does.
            if effect == .rollsBack && Self.conditions.contains(kind) { return true }
            effects.append(effect)
            return true
        } catch {
            return false
        }
    }

    /// It is one word that the file's end may have cut off: `INSER`.
    var isHalfAVerb: Bool {
        wordCount == 1 && Self.verbs.contains { $0.count > kind.count && $0.hasPrefix(kind) } && !kind.isEmpty
    }
    private static let verbs = [
        "INSERT", "REPLACE", "CREATE", "UPDATE", "DELETE", "ALTER", "UNLOCK", "COMMIT", "DROP", "COPY", "MERGE", "LOCK",
    ]
    /// What it does, as far as it has been seen and not been taken.
    mutating func takeEffects() -> [SQLEffect] {
        defer { effects = [] }
        return effects
    }

    private mutating func learn(_ range: Range<Int>, _ text: SQLScanner) {
        wordCount += 1
        if wordCount == 1 && !isKindKnown {
            kind = text.uppercased(range.prefix(32))
            if kind == "EXPLAIN" || kind == "PREPARE" { code = SQLCode(.rule) }
        }
        if !isKindKnown && wordCount > 1 && wordCount <= Self.wordsOfKind { learn(text.uppercased(range.prefix(32))) }
        if wordCount == 2 && text.dialect == .standard {
            let isVariable = lastSymbol == SQLByte.at
            let isTransaction = text.isWord(range, "TRAN") || text.isWord(range, "TRANSACTION")
            opensBlock = kind == "DECLARE" && !isVariable || kind == "BEGIN" && !isTransaction
        }
        lastSymbol = 0
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
        case "TRIGGER": code = SQLCode(.trigger, goesToGo: hasBatches)
        case "PROCEDURE", "PROC", "FUNCTION", "EVENT", "TASK": code = SQLCode(.routine, goesToGo: hasBatches)
        case "PACKAGE": code = SQLCode(.package)
        case "RULE", "MACRO": code = SQLCode(.rule)
        default: break
        }
    }
}

/// Follows what a script's settings make of a backslash in strings: MySQL's `sql_mode` with `NO_BACKSLASH_ESCAPES`, and
/// PostgreSQL's `standard_conforming_strings`.
struct SQLBackslashes: Sendable {
    private let dialect: SQLDialect
    private let isUsual: Bool
    /// Whether a backslash escapes in a string that does not say it itself.
    var escape: Bool { state.escape }
    private var state: State
    /// Variables that a `sql_mode` was kept in, and whether a backslash escapes in it.
    private var kept: [String: Bool] = [:]
    /// What was so when PostgreSQL's transaction began, and at its savepoints, which a rollback puts back.
    private var savepoints: [(name: String, state: State)] = []

    private struct State {
        var escape: Bool
        /// The same once the transaction has ended.
        var afterCommit: Bool
    }

    init(_ dialect: SQLDialect) {
        self.dialect = dialect
        isUsual = SQLSyntax(dialect).hasBackslashes
        state = State(escape: isUsual, afterCommit: isUsual)
    }

    var syntax: SQLSyntax { SQLSyntax(dialect, hasBackslashes: escape) }

    /// A statement that may concern them.
    struct Statement: Sendable {
        let verb: String
        let tokens: [SQLWords.Token]

        private static let verbs: Set = [
            "SET", "RESET", "DISCARD", "SELECT", "BEGIN", "START", "SAVEPOINT", "RELEASE", "COMMIT", "END", "PREPARE",
            "ROLLBACK", "ABORT",
        ]

        /// Nil if the statement that begins with this word is none. Throws `.ended` where that cannot be seen yet.
        init?(_ text: SQLScanner, at word: Range<Int>, isFinal: Bool) throws(SQLProblem) {
            if text.dialect == .standard { return nil }
            verb = text.uppercased(word.prefix(9))
            guard Self.verbs.contains(verb), text.dialect == .postgresql || verb == "SET" else { return nil }
            tokens = try SQLEffect.words(text, behind: word, isFinal: isFinal)
        }
    }

    mutating func take(_ statement: Statement) {
        let tokens = statement.tokens[...]
        if dialect == .mysql {
            for assignment in tokens.split(whereSeparator: { $0.depth == 0 && $0.symbol == SQLByte.comma }) {
                assign(assignment)
            }
            return
        }
        switch statement.verb {
        case "SET": set(tokens)
        case "RESET": if tokens.first?.isWord(in: [Self.conforming, "ALL"]) == true { set(isUsual, isLocal: false) }
        case "DISCARD": if tokens.first.isWord("ALL") { set(isUsual, isLocal: false) }
        case "SELECT":
            let call = tokens.firstIndex { $0.name?.lowercased().hasSuffix("set_config") == true }
            let texts = call.map { tokens[$0...].compactMap(\.text) } ?? []
            if texts.count >= 2, texts[0].uppercased() == Self.conforming {
                conform(texts[1], isLocal: tokens.contains { $0.isWord("TRUE") })
            }
        default: takeTransaction(statement.verb, tokens)
        }
    }

    /// A new session has the server's settings.
    mutating func connect() { self = SQLBackslashes(dialect) }

    private static let conforming = "STANDARD_CONFORMING_STRINGS"
    private static let offs: Set = ["OFF", "OF", "FALSE", "FALS", "FAL", "FA", "F", "NO", "N", "0"]

    private mutating func set(_ tokens: ArraySlice<SQLWords.Token>) {
        let setting = tokens.drop { $0.isWord(in: ["SESSION", "LOCAL"]) }
        guard setting.first.isWord(Self.conforming) else { return }
        let value = setting.dropFirst().drop { $0.isWord("TO") || $0.symbol == UInt8(ascii: "=") }.first
        if let value = value?.text ?? value?.word { conform(value, isLocal: tokens.first.isWord("LOCAL")) }
    }

    private mutating func conform(_ value: String, isLocal: Bool) {
        set(Self.offs.contains(value.uppercased()), isLocal: isLocal)
    }

    private mutating func set(_ escape: Bool, isLocal: Bool) {
        state.escape = escape
        if !isLocal { state.afterCommit = escape }
    }

    private mutating func takeTransaction(_ verb: String, _ tokens: ArraySlice<SQLWords.Token>) {
        switch verb {
        case "BEGIN": if savepoints.isEmpty { save("") }
        case "START": if savepoints.isEmpty && tokens.first.isWord("TRANSACTION") { save("") }
        case "SAVEPOINT": if !savepoints.isEmpty, let name = tokens.first?.name { save(name) }
        case "RELEASE": if let index = savepoint(tokens) { savepoints.removeSubrange(index...) }
        case "PREPARE": if tokens.first.isWord("TRANSACTION") { endTransaction() }
        // Of a transaction that was prepared, it is another session's.
        case _ where tokens.first.isWord("PREPARED"): break
        case "ROLLBACK" where tokens.contains(where: { $0.isWord("TO") }):
            guard let index = savepoint(tokens) else { return }
            state = savepoints[index].state
            savepoints.removeSubrange((index + 1)...)
        default:
            if verb == "ROLLBACK" || verb == "ABORT" { state = savepoints.first?.state ?? state }
            endTransaction()
            let chains = tokens.contains { $0.isWord("CHAIN") } && !tokens.contains { $0.isWord("NO") }
            if chains { save("") }
        }
    }

    /// No script has so many savepoints one inside the other; beyond them, the first ones are kept.
    private static let mostSavepoints = 1_000

    private mutating func save(_ name: String) {
        if savepoints.count < Self.mostSavepoints { savepoints.append((name.lowercased(), state)) }
    }

    /// The place of the savepoint that a statement names at its end.
    private func savepoint(_ tokens: ArraySlice<SQLWords.Token>) -> Int? {
        let name = tokens.last { $0.name != nil }?.name?.lowercased()
        return savepoints.dropFirst().lastIndex { $0.name == name }
    }

    private mutating func endTransaction() {
        state.escape = state.afterCommit
        savepoints = []
    }

    private static let mode = "NO_BACKSLASH_ESCAPES"
    private static let modeBit = 1 << 20

    /// Takes one of a SET's assignments: of `sql_mode`, or of a variable that keeps one.
    private mutating func assign(_ tokens: ArraySlice<SQLWords.Token>) {
        guard let equals = tokens.firstIndex(where: { $0.depth == 0 && $0.symbol == UInt8(ascii: "=") }) else { return }
        let target = Variable(tokens[..<equals])
        let value = escapes(tokens[(equals + 1)...])
        if target.isUsers {
            kept[target.name] = value
        } else if target.name == "sql_mode" && !target.isGlobal {
            set(value ?? escape, isLocal: false)
        }
    }

    private struct Variable {
        var name: String
        var isUsers: Bool
        var isGlobal: Bool

        init(_ tokens: ArraySlice<SQLWords.Token>) {
            let parts = (tokens.last { $0.name != nil }?.name ?? "").lowercased().split(separator: ".")
            name = parts.last.map(String.init) ?? ""
            isUsers = tokens.count { $0.symbol == SQLByte.at } == 1
            let scopes: Set<Substring> = ["global", "persist", "persist_only"]
            isGlobal =
                parts.dropLast().contains(where: scopes.contains)
                || tokens.dropLast().contains { $0.isWord(in: ["GLOBAL", "PERSIST", "PERSIST_ONLY"]) }
        }
    }

    /// Whether a backslash escapes in the mode that this expression gives; nil if it gives none that can be known.
    private func escapes(_ value: ArraySlice<SQLWords.Token>) -> Bool? {
        let namesMode = value.contains { ($0.text ?? $0.name ?? "").uppercased().contains(Self.mode) }
        if namesMode {
            return value.contains { $0.isWord(in: ["REPLACE", "LIST_DROP", "SYS.LIST_DROP"]) }
        }
        if let sign = value.firstIndex(where: { $0.symbol == SQLByte.at }) {
            let rest = value[sign...]
            let end = rest.firstIndex { $0.name != nil } ?? rest.index(before: rest.endIndex)
            let variable = Variable(rest[...end])
            if variable.isUsers { return kept[variable.name] }
            return variable.name != "sql_mode" ? nil : variable.isGlobal ? isUsual : escape
        }
        if let number = value.first?.word.flatMap({ Int($0) }), value.count == 1 { return number & Self.modeBit == 0 }
        return value.contains { $0.text != nil || $0.name != nil } ? true : nil
    }
}

/// Follows the body of a trigger, a procedure, a function, a package or a rule to its end. What is in it is code: its
/// INSERTs say what will be done one day, and are not data.
///
/// SQLite and MySQL end a body with the END that closes it; Oracle, with a line that has nothing but `/`; SQL Server, with
/// `GO`; psql knows no bodies outside of strings, except for `BEGIN ATOMIC`. Such lines, and a delimiter that was said,
/// end it in any case, and are the caller's.
struct SQLCode: Sendable {
    enum Verdict { case goesOn, ends, endsBefore }
    enum Kind { case routine, trigger, package, rule }

    private enum Last { case other, dot, begin, end, `as`, foreign, insert, modifier }

    private let kind: Kind
    private var last = Last.other
    /// BEGIN, CASE and a package's AS that no END has closed yet.
    private var depth = 0
    private var parentheses = 0
    /// Semicolons before the first BEGIN are inside: there is an AS, IS or DECLARE.
    private var hasDeclarations = false
    private var isCompound = false
    private var isReferencing = false
    /// It has SQL Server's names and variables, whose bodies go on to `GO`.
    private var isTransact = false
    /// The outermost block is closed; with a semicolon, whatever follows that does not continue the body is outside.
    private var isClosed = false
    private var isSettled = false
    /// How many INSERTs there were.
    private(set) var insertCount = 0

    /// Whether the file may end here without having cut data off, or hidden it.
    var mayEnd: Bool { isClosed || last == .end || insertCount == 0 }

    /// - Parameter goesToGo: the script has lines with `GO`, as SQL Server's have.
    init(_ kind: Kind, goesToGo: Bool = false) {
        self.kind = kind
        isTransact = goesToGo && (kind == .routine || kind == .trigger)
    }

    mutating func take(_ token: SQLSkim.Token, _ skim: SQLSkim, _ text: SQLScanner) -> Verdict {
        switch token {
        case .symbol(SQLByte.semicolon):
            settle()
            return semicolon()
        case .symbol(let byte):
            settle()
            // A temporary table, or a variable that is one.
            if byte == SQLByte.at && text.dialect == .standard && !hasDeclarations { isTransact = true }
            if last == .insert && (byte == SQLByte.at || byte == SQLByte.hash) { insertCount += 1 }
            parentheses += byte == SQLByte.open ? 1 : byte == SQLByte.close ? -1 : 0
            last = byte == SQLByte.dot ? .dot : .other
        case .word where last == .dot: last = .other
        case .word(let range):
            return word(text.uppercased(range.prefix(16)), isFirstOnLine: skim.isFirstOnLine, text.dialect)
        case .other where skim.isInside && !skim.isComment:
            // A body in a string: `AS '…'`, `AS $$ … $$`.
            if last == .as && skim.isInText { hasDeclarations = false }
            if !hasDeclarations && skim.isInBrackets { isTransact = true }
            if last == .insert { insertCount += 1 }
            settle()
            last = .other
        case .other, .textAfterQuote, .delimiter: break
        }
        return .goesOn
    }

    private mutating func semicolon() -> Verdict {
        if kind == .rule { return parentheses > 0 ? .goesOn : .ends }
        if depth > 0 || isTransact && hasDeclarations { return .goesOn }
        if !hasDeclarations { return .ends }
        isSettled = isClosed
        return .goesOn
    }

    private mutating func word(_ word: String, isFirstOnLine: Bool, _ dialect: SQLDialect) -> Verdict {
        let before = last
        if before == .end, ["IF", "LOOP", "WHILE", "REPEAT", "FOR"].contains(word) {
            last = .other
            return .goesOn
        }
        settle()
        last = .other
        if before == .insert || before == .modifier {
            if SQLHead.isModifier(word) {
                last = .modifier
            } else if word == "INTO" || before == .insert && !SQLHead.isNoTable(word) {
                insertCount += 1
            }
        }
        if before == .as && Self.statementsBehindAs.contains(word) { isTransact = true }
        if before == .as && ["LANGUAGE", "EXTERNAL", "MLE"].contains(word) { last = .foreign }
        // The body is in another language, and elsewhere.
        if before == .foreign && Self.wordsOfForeign.contains(word) { hasDeclarations = false }
        if before == .end && word == "CASE" { return .goesOn }
        if isClosed && depth == 0 && isTransact {
            // What is here is of the body, too; whether data was meant, only a GO tells.
            isClosed = word == "END"
        } else if isClosed && depth == 0 {
            switch word {
            case "BEGIN", "PROCEDURE", "FUNCTION", "AFTER", "BEFORE", "INSTEAD": (isClosed, isSettled) = (false, false)
            case "END": break
            default: if isSettled || isFirstOnLine { return .endsBefore }
            }
        }
        switch word {
        case "BEGIN":
            depth += 1
            last = .begin
        case "CASE": depth += 1
        case "END": last = .end
        case "TRAN", "TRANSACTION": if before == .begin { depth -= 1 }
        case "INSERT": last = .insert
        case "REPLACE": last = .modifier
        case "REFERENCING": isReferencing = true
        case "COMPOUND": isCompound = true
        case "DECLARE": hasDeclarations = hasDeclarations || dialect == .standard
        case "AS" where !isReferencing, "IS" where kind != .trigger || isCompound:
            guard dialect == .standard, kind != .rule, parentheses == 0, depth == 0, before != .end else { break }
            if kind == .package { depth = 1 }
            last = hasDeclarations ? .other : .as
            hasDeclarations = true
        default: break
        }
        return .goesOn
    }

    /// What no declaration begins with: a body of SQL Server, which has none.
    private static let statementsBehindAs: Set = [
        "SET", "IF", "SELECT", "INSERT", "UPDATE", "DELETE", "WHILE", "EXEC", "EXECUTE", "PRINT", "RETURN", "WITH",
        "TRUNCATE", "RAISERROR",
    ]
    private static let wordsOfForeign: Set = [
        "C", "JAVA", "JAVASCRIPT", "PYTHON", "SQL", "PLPGSQL", "NAME", "LIBRARY", "MODULE", "LANGUAGE",
    ]

    /// Takes an END whose next word is none that would have changed it.
    private mutating func settle() {
        guard last == .end else { return }
        depth = max(0, depth - 1)
        if depth == 0 { isClosed = true }
        last = .other
    }
}

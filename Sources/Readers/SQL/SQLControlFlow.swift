/// Follows a script's control flow as far as it tells that rows are not put in once: those in a loop, under a condition, where
/// an error is handled, or after the end of what is run.
struct SQLControlFlow: Sendable {
    /// The words that open what is being read, for a list of kinds.
    private var block: String?
    /// The command after which nothing is run.
    private var end: String?
    /// The statement that a condition governs has not begun.
    private var isCondition = false
    /// This is that statement.
    private var isGoverned = false
    private var last = ""

    /// Why the rows that are here are not put in once.
    var rows: String? { end ?? block }

    /// No condition, loop or handler stands around this.
    private var isSure: Bool { block == nil && !isGoverned }

    /// Longer words, and shorter ones, are none of its own.
    private static let lengths = 2...11

    /// - Parameters:
    ///   - isFirst: a statement may begin with it.
    ///   - depth: how many parentheses are open around it.
    mutating func take(_ word: Range<Int>, _ text: SQLScanner, isFirst: Bool, depth: Int) {
        guard Self.lengths.contains(word.count) else { return }
        let (before, name) = (last, text.uppercased(word))
        last = name
        if isCondition {
            if depth == 0 { takeGoverned(name, behind: before) }
        } else if isFirst {
            isGoverned = false
        }
        switch name {
        case "END":
            block = nil
            if end?.hasSuffix(" RETURN") == true { end = nil }
        case "IF" where isFirst && !Self.made.contains(before) || Self.openings.contains(before):
            block = "INSERT after IF"
            isCondition = true
        case "WHILE" where before != "END": block = "INSERT in WHILE"
        case "LOOP" where before != "END": block = "INSERT in LOOP"
        case "CATCH" where before != "END": block = "INSERT in CATCH"
        case "ELSE", "ELSIF", "ELSEIF": block = "INSERT after ELSE"
        case "EXCEPTION": block = "INSERT in EXCEPTION"
        case "EXIT", "QUIT", "RETURN":
            // One under a condition may guard against what should not be.
            if isFirst && isSure && text.dialect != .postgresql { end = "INSERT after \(name)" }
        // It leaves a loop.
        case "WHEN" where before == "EXIT": end = nil
        case "ON" where Self.unexecuted.contains(before): if isSure { end = "INSERT after SET \(before) ON" }
        case "OFF" where Self.unexecuted.contains(before): end = nil
        default: break
        }
    }

    /// Settings of SQL Server with which nothing is run.
    private static let unexecuted: Set = ["NOEXEC", "PARSEONLY", "FMTONLY"]

    /// Takes a word after a condition. What begins a block goes on to its END, and any other statement than one with rows is the
    /// only one that the condition governs.
    private mutating func takeGoverned(_ name: String, behind before: String) {
        if before == "BEGIN" {
            isCondition = false
            if name.hasPrefix("TRAN") { block = nil }
        } else if name == "THEN" {
            isCondition = false
        } else if Self.statements.contains(name) {
            (isCondition, isGoverned, block) = (false, true, nil)
        }
    }

    /// Words after which IF belongs to a statement: `DROP TABLE\nIF EXISTS t`.
    private static let made: Set = [
        "TABLE", "VIEW", "PROCEDURE", "PROC", "FUNCTION", "INDEX", "DATABASE", "SCHEMA", "COLUMN", "SEQUENCE",
        "TRIGGER", "TYPE", "CONSTRAINT", "ADD", "EXTENSION", "USER", "ROLE", "EVENT",
    ]
    private static let openings: Set = ["BEGIN", "ELSE", "THEN"]
    private static let statements: Set = [
        "PRINT", "SET", "SELECT", "UPDATE", "DELETE", "DROP", "CREATE", "ALTER", "EXEC", "EXECUTE", "RETURN",
        "RAISERROR", "TRUNCATE", "THROW", "GOTO", "USE", "DECLARE", "COMMIT", "ROLLBACK", "WAITFOR", "MERGE", "BREAK",
        "CONTINUE", "GRANT", "REVOKE", "DENY", "DBCC", "BULK", "SAVE", "OPEN", "CLOSE", "FETCH", "DEALLOCATE", "KILL",
        "BACKUP", "RESTORE", "CHECKPOINT", "CALL",
    ]

    /// Nothing goes on beyond SQL Server's `GO` but that nothing is run.
    mutating func endBatch() {
        let isOver = end?.hasSuffix(" RETURN") == false
        self = SQLControlFlow(end: isOver ? end : nil)
    }

    init(end: String? = nil) { self.end = end }

    /// A tool's command ends the script, or begins what may not be run.
    mutating func end(by command: String) { end = end ?? "INSERT after \(command)" }

    /// What may not be run is over.
    mutating func goOn() { end = nil }

    /// The rows that are here have been told of.
    mutating func told() { (block, end, isCondition) = (nil, nil, false) }
}

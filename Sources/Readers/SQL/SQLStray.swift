/// Tells text that begins as no statement of any database does: rows after a semicolon too many, a word that is cut off, what a
/// tool printed. A server would stop there, and what is in it may be rows.
struct SQLStray: Sendable {
    private enum Verdict { case open, none, word, text }

    private var verdict = Verdict.open
    private var isInParenthesis = false

    /// - Parameter allowsWords: blocks of code run with the script, in which assignments and calls begin with any word.
    func isFound(allowsWords: Bool) -> Bool { verdict == .text || verdict == .word && !allowsWords }

    /// Takes a statement's next token, until one has told; false if more text is needed for that.
    ///
    /// - Parameter end: where the token ends.
    mutating func take(
        _ token: SQLSkim.Token, _ skim: SQLSkim, _ text: SQLScanner, from end: Int, isFinal: Bool
    ) -> Bool {
        guard verdict == .open else { return true }
        switch token {
        case .word(let word) where isInParenthesis || SQLByte.isDigit(text[word.lowerBound]):
            verdict = Self.queries.contains(text.uppercased(word.prefix(Self.longestVerb + 1))) ? .none : .text
        case .word(let word):
            guard let follows = next(text, from: end, isFinal, skipsBlanks: true) else { return false }
            verdict = isStatement(text.uppercased(word.prefix(Self.longestVerb + 1)), follows) ? .none : .word
        case .symbol(SQLByte.open): isInParenthesis = true
        case .symbol(let byte):
            guard let follows = next(text, from: end, isFinal, skipsBlanks: false),
                let second = follows == 0 ? 0 : next(text, from: end + 1, isFinal, skipsBlanks: false)
            else { return false }
            verdict = isInParenthesis || isNone(byte, follows, second) ? .text : .none
        case .delimiter, .textAfterQuote: verdict = .none
        case .other:
            // White space and comments tell nothing.
            if skim.isInside && !skim.isComment { verdict = skim.isInBrackets ? .none : .text }
        }
        return true
    }

    /// The byte that follows, zero at the file's end; nil if it cannot be seen yet.
    private func next(_ text: SQLScanner, from end: Int, _ isFinal: Bool, skipsBlanks: Bool) -> UInt8? {
        var position = end
        let last = end + Self.mostBlanks
        while skipsBlanks && position < min(text.end, last), SQLByte.isSpace(text[position]) { position += 1 }
        if position < text.end { return text[position] }
        return isFinal ? 0 : nil
    }

    private static let mostBlanks = 64

    /// Whether no statement begins with a symbol, those of tools among them.
    private func isNone(_ byte: UInt8, _ next: UInt8, _ second: UInt8) -> Bool {
        switch byte {
        case SQLByte.comma, SQLByte.close, SQLByte.plus, SQLByte.star: true
        case UInt8(ascii: "="), UInt8(ascii: "|"), UInt8(ascii: ">"): true
        // PL/SQL has `<<label>>`, a merge that failed leaves `<<<<<<<`.
        case UInt8(ascii: "<"): next != byte || second == byte
        case SQLByte.dash: SQLByte.isDigit(next)
        default: false
        }
    }

    private func isStatement(_ word: String, _ next: UInt8) -> Bool {
        // A delimiter that was said, and SQL Server's own procedures, which need no EXEC.
        if word.allSatisfy({ $0 == "$" }) || word.hasPrefix("SP_") || word.hasPrefix("XP_") { return true }
        // A procedure with its schema, a label, an assignment.
        return next == SQLByte.dot || next == SQLByte.colon || Self.verbs.contains(word)
    }

    private static let queries: Set = ["SELECT", "WITH", "VALUES", "TABLE", "FROM", "SEL"]
    private static let longestVerb = 16
    /// The words that statements begin with, those of tools and of code among them: of PostgreSQL, MySQL, SQLite, SQL Server,
    /// Oracle, Db2, Firebird, H2, Derby, Informix, Teradata, Snowflake, ClickHouse, DuckDB, Hive and others; and
    /// `Enter password:`, which comes into dumps.
    private static let verbs: Set = [
        "ABORT", "ACCEPT", "ACTIVATE", "ADD", "ADMINISTER", "ALLOCATE", "ALTER", "ANALYSE", "ANALYZE", "APPEND",
        "ARCHIVE", "ASSERT", "ASSOCIATE", "ATTACH", "ATTRIBUTE", "AUDIT", "AUTOCOMMIT", "BACKUP", "BEGIN", "BIND",
        "BINLOG", "BREAK", "BT", "BTITLE", "BULK", "CACHE", "CALL", "CANCEL", "CASE", "CATALOG", "CHANGE", "CHARSET",
        "CHECK", "CHECKPOINT", "CHECKSUM", "CL", "CLEAR", "CLONE", "CLOSE", "CLUSTER", "COL", "COLLECT", "COLUMN",
        "COMMENT", "COMMIT", "COMPUTE", "CONFIGURE", "CONN", "CONNECT", "CONTINUE", "COPY", "CREATE", "CURSOR",
        "DATABASE", "DB2", "DBCC", "DEALLOCATE", "DECLARE", "DEF", "DEFINE", "DEL", "DELETE", "DELIMITER", "DENY",
        "DESC", "DESCRIBE", "DETACH", "DFS", "DIAGNOSTIC", "DISABLE", "DISASSOCIATE", "DISC", "DISCARD", "DISCONNECT",
        "DO", "DROP", "ECHO", "EDIT", "EGO", "ELSE", "ELSEIF", "ELSIF", "ENABLE", "END", "ENTER", "ET", "EXCEPTION",
        "EXCHANGE", "EXEC", "EXECUTE", "EXISTS", "EXIT", "EXPLAIN", "EXPORT", "FETCH", "FLASHBACK", "FLUSH", "FOR",
        "FORALL", "FORCE", "FREE", "FROM", "FUNCTION", "GET", "GIVE", "GO", "GOTO", "GRANT", "HANDLER", "HELP",
        "HISTORY", "HOST", "IF", "IMPORT", "IN", "INCLUDE", "INFO", "INITIATE", "INPUT", "INS", "INSERT", "INSPECT",
        "INSTALL", "INVALIDATE", "ITERATE", "KILL", "LABEL", "LEAVE", "LET", "LINENO", "LIST", "LISTEN", "LOAD", "LOCK",
        "LOCKING", "LOGGING", "LOOP", "LS", "MERGE", "MODIFY", "MOVE", "MSCK", "NOAUDIT", "NOPAGER", "NOTEE", "NOTIFY",
        "NOWARNING", "NULL", "OPEN", "OPTIMIZE", "OUT", "OUTPUT", "PAGER", "PARAMETERS", "PASSW", "PASSWORD", "PAUSE",
        "PIPE", "PIVOT", "PRAGMA", "PREPARE", "PRINT", "PROCEDURE", "PROFILE", "PROMPT", "PURGE", "PUT", "QUIESCE",
        "QUIT", "RAISE", "RAISERROR", "READTEXT", "REASSIGN", "REBIND", "RECEIVE", "RECONFIGURE", "RECOVER", "RECREATE",
        "REFRESH", "REHASH", "REINDEX", "REINSERT", "RELEASE", "RELOAD", "REM", "REMARK", "REMOVE", "RENAME", "REORG",
        "REPACK", "REPAIR", "REPEAT", "REPFOOTER", "REPHEADER", "REPLACE", "RESET", "RESETCONNECTION", "RESIGNAL",
        "RESTART", "RESTORE", "RESUME", "RETURN", "REVERT", "REVOKE", "RM", "ROLLBACK", "RUN", "RUNSCRIPT", "RUNSTATS",
        "SAVE", "SAVEPOINT", "SCRIPT", "SECURITY", "SEL", "SELECT", "SEND", "SERVEROUTPUT", "SET", "SETUSER", "SHELL",
        "SHO", "SHOW", "SHUTDOWN", "SIGNAL", "SOURCE", "SPLIT", "SPO", "SPOOL", "STA", "START", "STARTUP", "STATUS",
        "STOP", "STORE", "SUBTYPE", "SUMMARIZE", "SYSTEM", "TABLE", "TEE", "TERMINATE", "THROW", "TIMING", "TRANSFER",
        "TRANSFORM", "TRUNCATE", "TTITLE", "TYPE", "UNCACHE", "UNDEF", "UNDEFINE", "UNDROP", "UNINSTALL", "UNLISTEN",
        "UNLOAD", "UNLOCK", "UNPIVOT", "UNSET", "UPD", "UPDATE", "UPDATETEXT", "UPSERT", "USE", "USING", "VACUUM",
        "VALUES", "VAR", "VARIABLE", "WAIT", "WAITFOR", "WARNINGS", "WATCH", "WHENEVER", "WHILE", "WITH", "WRITETEXT",
        "XA", "XQUERY",
    ]
}

extension SQLSurvey {
    /// Text that begins as no statement does.
    package struct Strays: Sendable, Hashable {
        package let count: Int
        /// The line of the first one.
        package let line: UInt64
    }
}

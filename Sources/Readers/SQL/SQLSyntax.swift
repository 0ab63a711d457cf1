/// How strings are written where a statement stands: a dialect's way, as far as the script's settings leave it.
struct SQLSyntax: Sendable, Equatable {
    let dialect: SQLDialect
    /// What a backslash does in a string that does not say it itself.
    let escapes: SQLString.Escapes

    init(_ dialect: SQLDialect) { self.init(dialect, hasBackslashes: dialect == .mysql) }

    init(_ dialect: SQLDialect, hasBackslashes: Bool) {
        self.dialect = dialect
        escapes = !hasBackslashes ? .none : dialect == .postgresql ? .postgresql : .mysql
    }

    var hasBackslashes: Bool { escapes != .none }

    /// Whether a backslash escapes between these quotes.
    func hasBackslashes(in quote: UInt8) -> Bool {
        hasBackslashes && (quote == SQLByte.quote || quote == SQLByte.doubleQuote && dialect == .mysql)
    }
}

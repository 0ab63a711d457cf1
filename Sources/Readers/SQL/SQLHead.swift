/// What an INSERT or REPLACE statement says before its rows.
enum SQLHead {
    /// Rows follow at `end`. `columns` is nil if the statement lists none.
    case rows(table: String, columns: [String]?, end: Int)
    /// Oracle's `INSERT ALL`: clauses with rows of their own follow at `end`.
    case clauses(end: Int)
    /// The statement has no rows to read, such as INSERT … SELECT.
    case noRows(table: String, columns: [String]?, kind: String)
    /// This is not an INSERT that can be read.
    case broken(table: String?, SQLProblem)

    /// Reads from the statement's first word on. Throws `.ended` where the text ends too early.
    init(_ text: SQLScanner, from start: Int) throws(SQLProblem) {
        var position = try text.skipSpace(from: try text.wordEnd(from: start))
        if let end = try Self.clausesEnd(text, from: position) {
            self = .clauses(end: end)
            return
        }
        while let end = try Self.modifierEnd(text, from: position) { position = try text.skipSpace(from: end) }
        position = try Self.tableWordEnd(text, from: position)
        guard let table = try text.qualifiedName(from: position), !["ALL", "FIRST"].contains(table.name.uppercased())
        else {
            self = .broken(table: nil, SQLProblem(.badHead, at: position))
            return
        }
        position = try Self.hintEnd(text, from: try text.skipSpace(from: table.end))
        position = try Self.aliasEnd(text, from: position)
        var columns: [String]?
        if try text.byte(at: position) == SQLByte.open {
            let inside = try text.skipSpace(from: position + 1)
            if let query = try Self.queryWord(text, from: inside) {
                self = .noRows(table: table.name, columns: nil, kind: "INSERT … \(query)")
                return
            }
            guard let list = try text.columnList(from: position) else {
                self = .broken(table: table.name, SQLProblem(.badHead, at: position))
                return
            }
            if list.names.count > SQLLayout.maximumColumnCount {
                self = .broken(table: table.name, SQLProblem(.tooManyColumns, at: start))
                return
            }
            columns = list.names
            position = try text.skipSpace(from: list.end)
        }
        self = try Self.afterColumns(text, from: position, table: table.name, columns: columns)
    }

    /// PostgreSQL has `OVERRIDING … VALUE` before VALUES, SQL Server `OUTPUT …`, and an alias is allowed in front
    /// of it all.
    private static func afterColumns(
        _ text: SQLScanner, from start: Int, table: String, columns: [String]?
    ) throws(SQLProblem) -> SQLHead {
        var position = start
        for _ in 0..<5 {
            let end = SQLByte.isWord(try text.byte(at: position)) ? try text.wordEnd(from: position) : position
            let word = position..<end
            if text.isWord(word, "VALUES") { return .rows(table: table, columns: columns, end: end) }
            let next = try text.skipSpace(from: end)
            let isFollowedByRow = try text.byte(at: next) == SQLByte.open
            if isFollowedByRow && text.isWord(word, "VALUE") {
                return .rows(table: table, columns: columns, end: end)
            }
            if text.isWord(word, "OUTPUT") {
                position = try outputEnd(text, from: end)
                continue
            }
            if text.isWord(word, "DEFAULT") || text.isWord(word, "SET") {
                return .noRows(table: table, columns: columns, kind: "INSERT … \(text.uppercased(word))")
            }
            let inside = word.isEmpty && isFollowedByRow ? try text.skipSpace(from: next + 1) : position
            if let query = try queryWord(text, from: inside) {
                return .noRows(table: table, columns: columns, kind: "INSERT … \(query)")
            }
            if word.isEmpty { break }
            position = next
        }
        return .broken(table: table, SQLProblem(.badHead, at: position))
    }

    /// The word before the rows or the query after SQL Server's `OUTPUT … [INTO …]`.
    private static func outputEnd(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int {
        var position = start
        while true {
            position = try text.skipSpace(from: position)
            switch try text.byte(at: position) {
            case SQLByte.semicolon: return position
            case SQLByte.quote, SQLByte.doubleQuote, SQLByte.openBracket:
                position = try text.string(from: position, escapes: .none).end + 1
            case let byte where SQLByte.isWord(byte):
                let end = try text.wordEnd(from: position)
                let isQuery = try queryWord(text, from: position) != nil
                if isQuery || text.isWord(position..<end, "VALUES") || text.isWord(position..<end, "DEFAULT") {
                    return position
                }
                position = end
            default: position += 1
            }
        }
    }

    private static let modifiers: [StaticString] = [
        "INTO", "OR", "REPLACE", "IGNORE", "ABORT", "FAIL", "ROLLBACK", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED",
        "OVERWRITE",
    ]

    private static func modifierEnd(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int? {
        guard SQLByte.isWord(try text.byte(at: start)) else { return nil }
        let end = try text.wordEnd(from: start)
        if text.isWord(start..<end, "TOP") { return try topEnd(text, from: end) }
        return modifiers.contains { text.isWord(start..<end, $0) } ? end : nil
    }

    /// The end of SQL Server's `TOP (1)`; nil if the word is a name.
    private static func topEnd(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int? {
        let open = try text.skipSpace(from: start)
        guard try text.byte(at: open) == SQLByte.open else { return nil }
        let number = try text.skipSpace(from: open + 1)
        guard try SQLByte.isDigit(text.byte(at: number)) else { return nil }
        let close = try text.skipSpace(from: try text.wordEnd(from: number))
        return try text.byte(at: close) == SQLByte.close ? close + 1 : nil
    }

    /// The place after the word TABLE of Hive and Spark, before a name; `start` where the word is the name.
    private static func tableWordEnd(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int {
        guard text.dialect != .postgresql, SQLByte.isWord(try text.byte(at: start)) else { return start }
        let end = try text.wordEnd(from: start)
        guard text.isWord(start..<end, "TABLE") else { return start }
        let next = try text.skipSpace(from: end)
        let byte = try text.byte(at: next)
        if byte == SQLByte.backtick || byte == SQLByte.doubleQuote { return next }
        guard SQLByte.isWord(byte) else { return start }
        let word = next..<(try text.wordEnd(from: next))
        let isName = ["VALUES", "VALUE", "SELECT", "DEFAULT", "SET", "AS", "WITH"].contains(text.uppercased(word))
        return isName ? start : next
    }

    /// The place after an alias before a column list, as PostgreSQL and SQLite have it: `t AS x (a)`.
    private static func aliasEnd(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int {
        var position = start
        guard try text.nextWord(&position, is: "AS"), let alias = try text.identifier(from: position) else {
            return start
        }
        let end = try text.skipSpace(from: alias.end)
        return try text.byte(at: end) == SQLByte.open ? end : start
    }

    /// The end of the word in `INSERT ALL` and `INSERT FIRST`.
    private static func clausesEnd(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int? {
        guard text.dialect == .standard, SQLByte.isWord(try text.byte(at: start)) else { return nil }
        let end = try text.wordEnd(from: start)
        guard text.isWord(start..<end, "ALL") || text.isWord(start..<end, "FIRST") else { return nil }
        let next = try text.skipSpace(from: end)
        guard SQLByte.isWord(try text.byte(at: next)) else { return nil }
        return text.isWord(next..<(try text.wordEnd(from: next)), "INTO") ? end : nil
    }

    /// Whether the query after the clauses of INSERT ALL is `SELECT … FROM dual`, which gives one row.
    static func selectsFromDual(_ text: SQLScanner, from start: Int, isFinal: Bool) throws(SQLProblem) -> Bool {
        var position = start
        var before = start..<start
        var depth = 0
        while true {
            position = try text.skipSpace(from: position)
            if position == text.end && isFinal { return false }
            switch try text.byte(at: position) {
            case SQLByte.semicolon: return false
            case SQLByte.quote: position = try text.string(from: position, escapes: .none).end + 1
            case SQLByte.open:
                depth += 1
                position += 1
            case SQLByte.close:
                depth -= 1
                position += 1
            case let byte where SQLByte.isWord(byte):
                var end = position
                while end < text.end, SQLByte.isWord(text[end]) { end += 1 }
                if end == text.end && !isFinal { throw SQLProblem(.ended, at: end) }
                if depth == 0 && text.isWord(before, "FROM") {
                    guard text.isWord(position..<end, "DUAL") else { return false }
                    return try isOver(text, from: end, isFinal: isFinal)
                }
                before = position..<end
                position = end
            default: position += 1
            }
        }
    }

    private static let clausesOfQuery: [StaticString] = [
        "CONNECT", "WHERE", "UNION", "CROSS", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "NATURAL", "START", "MINUS",
        "INTERSECT", "GROUP", "HAVING", "MODEL",
    ]

    /// Whether nothing after a query's table makes it give other than one row.
    private static func isOver(_ text: SQLScanner, from start: Int, isFinal: Bool) throws(SQLProblem) -> Bool {
        let position = try text.skipSpace(from: start)
        if position == text.end && isFinal { return true }
        let byte = try text.byte(at: position)
        guard SQLByte.isWord(byte) else { return byte != SQLByte.comma }
        let word = position..<(try text.wordEnd(from: position, isFinal: isFinal))
        return !clausesOfQuery.contains { text.isWord(word, $0) }
    }

    /// The end of what may be between a table and its columns: `WITH (TABLOCK)`, `PARTITION (p0)`.
    private static func hintEnd(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int {
        guard SQLByte.isWord(try text.byte(at: start)) else { return start }
        let end = try text.wordEnd(from: start)
        guard text.isWord(start..<end, "WITH") || text.isWord(start..<end, "PARTITION") else { return start }
        var position = try text.skipSpace(from: end)
        guard try text.byte(at: position) == SQLByte.open else { return start }
        while try text.byte(at: position) != SQLByte.close { position += 1 }
        return try text.skipSpace(from: position + 1)
    }

    private static let queries: [StaticString] = ["SELECT", "WITH", "TABLE", "EXEC", "EXECUTE"]

    private static func queryWord(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> String? {
        guard SQLByte.isWord(try text.byte(at: start)) else { return nil }
        let end = try text.wordEnd(from: start)
        return queries.contains { text.isWord(start..<end, $0) } ? text.uppercased(start..<end) : nil
    }
}

extension SQLHead {
    /// Words that follow INSERT where it is a privilege, an event, a branch of MERGE or a function, and no statement.
    private static let notTables: [StaticString] = [
        "ON", "OR", "FOR", "TO", "AND", "WITH", "AS", "THEN", "UPDATE", "DELETE", "SELECT", "VALUES", "DEFAULT",
        "EXECUTE", "WHEN", "FROM", "NOT",
    ]

    /// Whether a word may be between INSERT and INTO.
    static func isModifier(_ word: String) -> Bool { word != "INTO" && modifiers.contains { "\($0)" == word } }

    /// Whether a word after INSERT is none that names a table.
    static func isNoTable(_ word: String) -> Bool { notTables.contains { "\($0)" == word } }

    /// Whether the word INSERT or REPLACE here begins a statement, although nothing ended the one before it.
    ///
    /// - Parameter isFirstOnLine: one that cannot be read is taken for one all the same.
    static func begins(
        _ text: SQLScanner, at word: Range<Int>, isFirstOnLine: Bool
    ) throws(SQLProblem) -> Bool {
        let isReplace = text.isWord(word, "REPLACE")
        guard isReplace || text.isWord(word, "INSERT") else { return false }
        var position = try text.skipSpace(from: word.upperBound)
        if !isReplace, try clausesEnd(text, from: position) != nil { return true }
        while let end = try modifierEnd(text, from: position) {
            if text.isWord(position..<end, "INTO") || text.isWord(position..<end, "OVERWRITE") { return true }
            position = try text.skipSpace(from: end)
        }
        if isReplace { return false }
        if SQLByte.isWord(try text.byte(at: position)) {
            let next = position..<(try text.wordEnd(from: position))
            if notTables.contains(where: { text.isWord(next, $0) }) { return false }
            if text.isWord(next, "ALL") || text.isWord(next, "FIRST") { return true }
        }
        switch try SQLHead(text, from: word.lowerBound) {
        case .rows, .noRows, .clauses: return true
        case .broken(let table, _): return isFirstOnLine && table != nil
        }
    }
}

extension SQLScanner {
    /// The names in `(a, "b")`; nil where that is something else, or a name comes twice. There may be too many of them.
    func columnList(from start: Int) throws(SQLProblem) -> (names: [String], end: Int)? {
        var position = try skipSpace(from: start + 1)
        var taken: Set<String> = []
        var names: [String] = []
        while try byte(at: position) != SQLByte.close {
            if names.count > SQLLayout.maximumColumnCount { return (names, position) }
            guard let column = try identifier(from: position) else { return nil }
            let next = try skipSpace(from: column.end)
            let byte = try byte(at: next)
            guard taken.insert(column.name.lowercased()).inserted, byte == SQLByte.comma || byte == SQLByte.close
            else { return nil }
            names.append(column.name)
            position = byte == SQLByte.comma ? try skipSpace(from: next + 1) : next
        }
        return (names, position + 1)
    }
}

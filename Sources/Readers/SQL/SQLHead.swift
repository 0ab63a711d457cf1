/// What an INSERT or REPLACE statement says in front of its rows.
enum SQLHead {
    /// Rows follow at `end`. `columns` is nil where the statement lists none.
    case rows(table: String, columns: [String]?, end: Int)
    /// The statement has no rows to read, such as INSERT … SELECT.
    case noRows(kind: String)
    /// This is no INSERT that can be read.
    case broken(table: String?, SQLProblem)

    /// Reads from the statement's first word on. Throws `.ended` where the text ends too early.
    init(_ text: SQLScanner, from start: Int) throws(SQLProblem) {
        var position = try text.skipSpace(from: try text.wordEnd(from: start))
        while let end = try Self.modifierEnd(text, from: position) { position = try text.skipSpace(from: end) }
        guard let table = try text.qualifiedName(from: position) else {
            self = .broken(table: nil, SQLProblem(.badHead, at: position))
            return
        }
        position = try text.skipSpace(from: table.end)
        var columns: [String]?
        if try text.byte(at: position) == SQLByte.open {
            let inside = try text.skipSpace(from: position + 1)
            if let query = try Self.queryWord(text, from: inside) {
                self = .noRows(kind: "INSERT … \(query)")
                return
            }
            var taken: Set<String> = []
            var names: [String] = []
            position = inside
            while try text.byte(at: position) != SQLByte.close {
                guard names.count < SQLLayout.maximumColumnCount else {
                    self = .broken(table: table.name, SQLProblem(.tooManyColumns, at: start))
                    return
                }
                guard let column = try text.identifier(from: position) else {
                    self = .broken(table: table.name, SQLProblem(.badHead, at: position))
                    return
                }
                let next = try text.skipSpace(from: column.end)
                let byte = try text.byte(at: next)
                guard taken.insert(column.name.lowercased()).inserted, byte == SQLByte.comma || byte == SQLByte.close
                else {
                    self = .broken(table: table.name, SQLProblem(.badHead, at: position))
                    return
                }
                names.append(column.name)
                position = byte == SQLByte.comma ? try text.skipSpace(from: next + 1) : next
            }
            position = try text.skipSpace(from: position + 1)
            columns = names
        }
        self = try Self.afterColumns(text, from: position, table: table.name, columns: columns)
    }

    /// PostgreSQL has `OVERRIDING … VALUE` in front of VALUES, and an alias is allowed in front of it all.
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
            if text.isWord(word, "DEFAULT") || text.isWord(word, "SET") {
                return .noRows(kind: "INSERT … \(text.uppercased(word))")
            }
            let inside = word.isEmpty && isFollowedByRow ? try text.skipSpace(from: next + 1) : position
            if let query = try queryWord(text, from: inside) { return .noRows(kind: "INSERT … \(query)") }
            if word.isEmpty { break }
            position = next
        }
        return .broken(table: table, SQLProblem(.badHead, at: position))
    }

    private static let modifiers: [StaticString] = [
        "INTO", "OR", "REPLACE", "IGNORE", "ABORT", "FAIL", "ROLLBACK", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED",
    ]

    private static func modifierEnd(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int? {
        guard SQLByte.isWord(try text.byte(at: start)) else { return nil }
        let end = try text.wordEnd(from: start)
        return modifiers.contains { text.isWord(start..<end, $0) } ? end : nil
    }

    private static let queries: [StaticString] = ["SELECT", "WITH", "TABLE", "EXEC", "EXECUTE", "OUTPUT"]

    private static func queryWord(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> String? {
        guard SQLByte.isWord(try text.byte(at: start)) else { return nil }
        let end = try text.wordEnd(from: start)
        return queries.contains { text.isWord(start..<end, $0) } ? text.uppercased(start..<end) : nil
    }
}

/// The statement whose rows are being read.
struct SQLStatement: Sendable {
    /// Where a row's values go.
    enum Order: Sendable {
        /// Into the first columns, this many.
        case asColumns(Int)
        /// Into the columns with these indices.
        case listed([Int])
        /// Nowhere: the rows are passed over.
        case ignored
    }

    var order = Order.ignored
    /// Why none of its rows can be used.
    var problem: SQLProblem.Kind?
    /// The statement as it stands in the text, up to its rows: one that begins so is the same.
    var head: [UInt8] = []

    /// The rows, or their rejects, belong to the section.
    var isRead: Bool { if case .ignored = order { problem != nil } else { true } }

    var expectedCount: Int {
        switch order {
        case .asColumns(let count): count
        case .listed(let columns): columns.count
        case .ignored: 0
        }
    }
}

/// A part between the commas of a `CREATE TABLE`, as far as it may not be a column: a constraint, an index.
struct SQLTableClause {
    private let tokens: [SQLWords.Token]
    private let dialect: SQLDialect

    init(_ text: SQLScanner, _ part: Range<Int>) {
        dialect = text.dialect
        let wordEnd = part.first { !SQLByte.isWord(text[$0]) } ?? part.upperBound
        let word = text.uppercased(part.lowerBound..<min(wordEnd, part.lowerBound + Self.longestWord))
        guard Self.words.contains(word) else {
            tokens = []
            return
        }
        let end = min(part.upperBound, part.lowerBound + Self.window)
        var words = SQLWords(
            SQLScanner(base: text.base, end: end, syntax: text.syntax), from: part.lowerBound)
        _ = try? words.read()
        tokens = words.tokens
    }

    private static let longestWord = 16
    /// How much of the part is looked at.
    private static let window = 1024

    private static let constraints: Set = ["CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "LIKE"]
    /// Words that begin a clause only before one of these, and are names otherwise.
    private static let constraintsBefore: [String: Set<String>] = [
        "FULLTEXT": ["KEY", "INDEX"], "SPATIAL": ["KEY", "INDEX"], "VECTOR": ["KEY", "INDEX"], "INVERTED": ["INDEX"],
        "EXCLUDE": ["USING"], "PERIOD": ["FOR"], "SUPPLEMENTAL": ["LOG"],
    ]
    /// Words that begin a list of columns, perhaps after a name; those of MySQL are not columns' names there. FAMILY is
    /// CockroachDB's.
    private static let indexes: Set = ["KEY", "INDEX", "FULLTEXT", "SPATIAL", "FAMILY"]
    private static let indexesOfMySQL: Set = ["KEY", "INDEX"]
    /// What may be between an index's name and its columns, and after no type.
    private static let kinds: Set = ["CLUSTERED", "NONCLUSTERED", "COLUMNSTORE", "HASH", "USING", "BTREE"]

    private static let words = constraints.union(constraintsBefore.keys).union(indexes)

    /// Whether it is not a column.
    ///
    /// - Parameter columns: those before it.
    func isClause(of columns: [SQLTableDefinition.Column]) -> Bool {
        guard let word = tokens.first?.word else { return false }
        if Self.constraints.contains(word) { return true }
        let rest = tokens.dropFirst()
        if let before = Self.constraintsBefore[word],
            rest.first.isWord(in: before) || rest.first?.symbol == SQLByte.open
        {
            return true
        }
        guard Self.indexes.contains(word) else { return false }
        if dialect == .mysql && Self.indexesOfMySQL.contains(word) { return true }
        // ClickHouse: `INDEX i a TYPE minmax GRANULARITY 1`.
        return lists(columns, rest) || rest.contains { $0.depth == 0 && $0.isWord("GRANULARITY") }
    }

    /// Whether an index's columns come next, perhaps after its name: a type has no column in its parentheses.
    private func lists(_ columns: [SQLTableDefinition.Column], _ rest: ArraySlice<SQLWords.Token>) -> Bool {
        if rest.first?.symbol == SQLByte.open { return true }
        let behindName = rest.dropFirst()
        let isUnique = behindName.first.isWord("UNIQUE")
        let next = isUnique ? behindName.dropFirst() : behindName
        if next.first.isWord(in: Self.kinds) { return true }
        guard next.first?.symbol == SQLByte.open, let inside = next.dropFirst().first else { return false }
        // An expression has parentheses of its own.
        if inside.symbol == SQLByte.open { return true }
        return inside.name.map { name in columns.contains { SQLColumns.isSame($0.name, name) } } ?? false
    }
}

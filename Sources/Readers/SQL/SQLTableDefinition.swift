/// The columns of a `CREATE TABLE name (…)`.
struct SQLTableDefinition: Sendable {
    let table: String
    let columns: [String]
    /// The columns that are not computed from others.
    let ordinaryColumns: [String]

    /// A longer statement is not looked at.
    static let longest = 1 << 20

    /// Reads the statement that begins at `start`; nil where it defines no table's columns. Throws where the text ends
    /// too early, or where its quotes do not match.
    init?(_ text: SQLScanner, from start: Int) throws(SQLProblem) {
        var position = start
        while true {
            let end = try text.wordEnd(from: position)
            let word = position..<end
            guard !word.isEmpty, !text.isWord(word, "INDEX"), !text.isWord(word, "AS") else { return nil }
            position = try text.skipSpace(from: end)
            if text.isWord(word, "TABLE") { break }
        }
        for word in ["IF", "NOT", "EXISTS"] as [StaticString] where SQLByte.isWord(try text.byte(at: position)) {
            let end = try text.wordEnd(from: position)
            if text.isWord(position..<end, word) { position = try text.skipSpace(from: end) }
        }
        guard let name = try text.qualifiedName(from: position) else { return nil }
        position = try text.skipSpace(from: name.end)
        guard try text.byte(at: position) == SQLByte.open else { return nil }
        var columns: [String] = []
        var ordinary: [String] = []
        var byte = SQLByte.comma
        while byte == SQLByte.comma && columns.count < SQLLayout.maximumColumnCount {
            position = try text.skipSpace(from: position + 1)
            let column = try Self.column(text, at: position)
            let part = try Self.partEnd(text, from: position)
            if let column {
                columns.append(column)
                if !part.isComputed { ordinary.append(column) }
            }
            position = part.end
            byte = text[position]
        }
        if columns.isEmpty { return nil }
        table = name.name
        self.columns = columns
        ordinaryColumns = ordinary
    }

    private static let constraints: [StaticString] = [
        "CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "FULLTEXT", "SPATIAL", "EXCLUDE", "LIKE", "PERIOD",
    ]
    /// Others allow columns of these names.
    private static let constraintsOfMySQL: [StaticString] = ["KEY", "INDEX"]

    private static func column(_ text: SQLScanner, at start: Int) throws(SQLProblem) -> String? {
        if SQLByte.isWord(try text.byte(at: start)) {
            let word = start..<(try text.wordEnd(from: start))
            let words = text.dialect == .mysql ? constraints + constraintsOfMySQL : constraints
            if words.contains(where: { text.isWord(word, $0) }) { return nil }
        }
        return try text.identifier(from: start)?.name
    }

    /// The comma or parenthesis behind a column or constraint, and whether it has `AS (…)`.
    private static func partEnd(
        _ text: SQLScanner, from start: Int
    ) throws(SQLProblem) -> (end: Int, isComputed: Bool) {
        var position = start
        var isComputed = false
        var depth = 0
        while true {
            position = try text.skipSpace(from: position)
            switch try text.byte(at: position) {
            case SQLByte.quote:
                position = try text.string(from: position, escapes: text.dialect == .mysql ? .mysql : .none).end
            case SQLByte.doubleQuote, SQLByte.backtick:
                position = try text.string(from: position, escapes: .none).end
            case SQLByte.open: depth += 1
            case SQLByte.close where depth > 0: depth -= 1
            case SQLByte.close: return (position, isComputed)
            case SQLByte.comma where depth == 0: return (position, isComputed)
            case let byte where SQLByte.isWord(byte):
                let end = try text.wordEnd(from: position)
                let isAs = depth == 0 && text.isWord(position..<end, "AS")
                position = try text.skipSpace(from: end)
                if isAs, try text.byte(at: position) == SQLByte.open { isComputed = true }
                continue
            default: break
            }
            position += 1
        }
    }
}

/// The columns of a `CREATE TABLE name (…)`.
struct SQLTableDefinition: Sendable {
    struct Column: Sendable {
        /// SQLite makes a number of NULL in a `numbered` one.
        /// A `generated` one is an identity that no database lets rows leave out where they list no columns: `AS IDENTITY`.
        enum Kind { case ordinary, computed, identity, generated, numbered }

        var name: String
        /// Where its values come from: a computed column's from others, an identity's from a counter.
        var kind: Kind

        /// All rows have a value for it.
        var isOrdinary: Bool { kind == .ordinary || kind == .numbered }
        /// NULL in it stands for the next number, as DEFAULT does.
        var countsNulls: Bool { kind == .identity || kind == .generated || kind == .numbered }
    }

    let table: String
    let columns: [Column]
    /// The tables whose columns are before its own.
    private(set) var parents: [String] = []
    /// It is made only where there is no such table: `IF NOT EXISTS`.
    private(set) var isForMissing = false
    private(set) var isTemporary = false

    init(table: String, columns: [Column]) {
        self.table = table
        self.columns = columns
    }

    /// The names of the columns that rows without a column list are of, and which of a row's values are left out.
    ///
    /// Rows may have no values for computed columns and identities, or DEFAULT in their place, as `pg_dump` writes it.
    ///
    /// - Parameters:
    ///   - defaults: where the first row has DEFAULT.
    ///   - nulls: where it has NULL.
    func columns(ofRowsWith count: Int?, defaults: [Int], nulls: [Int]) -> (columns: [String], computed: [Int]) {
        let ordinary = columns.filter { $0.kind != .computed }.map(\.name)
        guard let count else { return (ordinary, []) }
        if count == columns.count {
            let leftOut = (defaults.filter { !columns[$0].isOrdinary } + nulls.filter { columns[$0].countsNulls })
                .sorted()
            return (columns.indices.filter { !leftOut.contains($0) }.map { columns[$0].name }, leftOut)
        }
        let withoutIdentity = columns.filter { $0.isOrdinary || $0.kind == .generated }.map(\.name)
        let ways = [ordinary, withoutIdentity, columns.filter { $0.kind != .identity }.map(\.name)]
        return (ways.first { $0.count == count } ?? ordinary, [])
    }

    /// The same where rows have values for the first columns, as many as they have, as in PostgreSQL.
    func columns(ofFirst count: Int, defaults: [Int], nulls: [Int]) -> (columns: [String], computed: [Int]) {
        let leftOut =
            (defaults.filter { $0 < count && columns[$0].kind != .ordinary }
            + nulls.filter { $0 < count && columns[$0].countsNulls }).sorted()
        return (columns.indices.prefix(count).filter { !leftOut.contains($0) }.map { columns[$0].name }, leftOut)
    }

    /// A longer statement is not looked at.
    static let longest = 1 << 20

    /// Reads the statement that begins at `start`; nil if it defines no table's columns. Throws if the text ends
    /// too early, or where its quotes do not match.
    ///
    /// - Parameter isFinal: nothing follows the text.
    init?(_ text: SQLScanner, from start: Int, isFinal: Bool) throws(SQLProblem) {
        var position = start
        while true {
            let end = try text.wordEnd(from: position)
            let word = position..<end
            guard !word.isEmpty, !text.isWord(word, "INDEX"), !text.isWord(word, "AS") else { return nil }
            position = try text.skipSpace(from: end)
            if text.isWord(word, "TABLE") { break }
            if text.isWord(word, "TEMPORARY") || text.isWord(word, "TEMP") { isTemporary = true }
        }
        for word in ["IF", "NOT", "EXISTS"] as [StaticString] where SQLByte.isWord(try text.byte(at: position)) {
            let end = try text.wordEnd(from: position)
            if text.isWord(position..<end, word) {
                position = try text.skipSpace(from: end)
                isForMissing = true
            }
        }
        guard let name = try text.qualifiedName(from: position) else { return nil }
        position = try text.skipSpace(from: name.end)
        guard try text.byte(at: position) == SQLByte.open else { return nil }
        var columns: [Column] = []
        var byte = SQLByte.comma
        while byte == SQLByte.comma && columns.count < SQLLayout.maximumColumnCount {
            position = try text.skipSpace(from: position + 1)
            let part = try Self.partEnd(text, from: position)
            let clause = SQLTableClause(text, position..<part.end)
            if !clause.isClause(of: columns), let column = try text.identifier(from: position)?.name {
                columns.append(Column(name: column, kind: part.kind))
            }
            position = part.end
            byte = text[position]
        }
        parents = try Self.parents(text, behind: position, isFinal: isFinal)
        if columns.isEmpty && parents.isEmpty { return nil }
        table = name.name
        self.columns = columns
    }

    /// The names after PostgreSQL's INHERITS.
    private static func parents(
        _ text: SQLScanner, behind close: Int, isFinal: Bool
    ) throws(SQLProblem) -> [String] {
        var names: [String] = []
        do throws(SQLProblem) {
            var position = try text.skipSpace(from: close + 1)
            let word = position..<(try text.wordEnd(from: position))
            guard text.isWord(word, "INHERITS") else { return [] }
            position = try text.skipSpace(from: word.upperBound)
            guard try text.byte(at: position) == SQLByte.open else { return [] }
            repeat {
                position = try text.skipSpace(from: position + 1)
                guard let name = try text.qualifiedName(from: position) else { return [] }
                names.append(name.name)
                position = try text.skipSpace(from: name.end)
            } while try text.byte(at: position) == SQLByte.comma
            return names
        } catch {
            if isFinal { return names }
            throw error
        }
    }

    /// The definition with these tables' columns in front; those of the same name are one.
    func inheriting(_ parents: [SQLTableDefinition]) -> SQLTableDefinition {
        var all: [Column] = []
        for column in parents.flatMap(\.columns) + columns where !all.contains(where: { $0.name == column.name }) {
            all.append(column)
        }
        return SQLTableDefinition(table: table, columns: all)
    }

    private static let identities: [StaticString] = [
        "IDENTITY", "AUTO_INCREMENT", "AUTOINCREMENT", "SERIAL", "BIGSERIAL", "SMALLSERIAL",
    ]

    /// The comma or parenthesis after a column or constraint, and what kind of a column it is.
    private static func partEnd(
        _ text: SQLScanner, from start: Int
    ) throws(SQLProblem) -> (end: Int, kind: Column.Kind) {
        var position = start
        var kind = Column.Kind.ordinary
        var depth = 0
        var words: [Range<Int>] = []
        var before = start..<start
        while true {
            position = try text.skipSpace(from: position)
            switch try text.byte(at: position) {
            case SQLByte.quote:
                position = try text.string(from: position, escapes: text.syntax.escapes).end
            case SQLByte.doubleQuote, SQLByte.backtick:
                position = try text.string(from: position, escapes: .none).end
            case SQLByte.openBracket where text.dialect == .standard:
                position = try text.string(from: position, escapes: .none).end
            case SQLByte.open: depth += 1
            case SQLByte.close where depth > 0: depth -= 1
            case SQLByte.close: return (position, kind)
            case SQLByte.comma where depth == 0: return (position, kind)
            case let byte where SQLByte.isWord(byte):
                let word = position..<(try text.wordEnd(from: position))
                let isFirst = position == start
                position = try text.skipSpace(from: word.upperBound)
                if depth > 0 || isFirst { continue }
                if text.isWord(word, "AS"), try text.byte(at: position) == SQLByte.open { kind = .computed }
                if identities.contains(where: { text.isWord(word, $0) }) {
                    kind = text.isWord(before, "AS") ? .generated : .identity
                }
                before = word
                if words.count < 3 { words.append(word) }
                let isNumbered =
                    words.count == 3 && text.dialect == .standard && text.isWord(words[0], "INTEGER")
                    && text.isWord(words[1], "PRIMARY") && text.isWord(words[2], "KEY")
                if isNumbered && kind == .ordinary { kind = .numbered }
                continue
            default: break
            }
            position += 1
        }
    }
}

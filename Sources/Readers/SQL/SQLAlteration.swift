/// What an `ALTER TABLE` does to the columns that rows without a column list are of.
enum SQLAlteration: Sendable, Equatable {
    enum Place: Sendable, Equatable {
        case first, last
        case after(String)
    }

    /// The rows that are there get NULL for it, or another value where it has a default.
    case add(String, Place, hasDefault: Bool = false)
    case drop(String)
    /// A column gets a name, or its own, and a place where one is said.
    case change(String, to: String, Place?)

    /// Whether rows that are there, with these columns, lose or get values.
    func changesValues(ofRowsWith columns: [String]) -> Bool {
        switch self {
        case .add(_, _, let hasDefault): hasDefault
        case .drop(let name): columns.contains { SQLColumns.isSame($0, name) }
        case .change(let name, let new, _):
            !SQLColumns.isSame(name, new) && columns.contains { SQLColumns.isSame($0, name) }
        }
    }

    typealias Tokens = ArraySlice<SQLWords.Token>

    /// Whether an action moves, removes or computes rows: `RENAME TO`, `DROP PARTITION`.
    static func changesRows(_ action: Tokens) -> Bool {
        guard let next = action.dropFirst().first else { return false }
        if action.first.isWord("RENAME") { return next.isWord(in: ["TO", "AS"]) }
        if action.first.isWord("SWITCH") { return true }
        // PostgreSQL's `ALTER a TYPE int USING length(a)`.
        if action.first.isWord("ALTER"), let type = action.firstIndex(where: { $0.depth == 0 && $0.isWord("TYPE") }) {
            return action[type...].contains { $0.isWord("USING") }
        }
        return action.first?.isWord(in: ["DROP", "TRUNCATE", "EXCHANGE"]) == true && next.isWord("PARTITION")
    }

    /// What the actions between the statement's commas do. SQL Server has one ADD or DROP COLUMN for all that follow.
    static func read(_ actions: [Tokens]) -> [SQLAlteration] {
        var found: [SQLAlteration] = []
        var verb: String?
        for action in actions {
            var rest = action
            if let word = rest.first?.word, verbs.contains(word) {
                verb = word
                rest = rest.dropFirst()
            } else if verb == nil || rest.first?.word.map(others.contains) == true {
                verb = nil
                continue
            }
            found += read(verb ?? "", rest)
        }
        return found
    }

    private static let verbs: Set = ["ADD", "DROP", "CHANGE", "MODIFY", "RENAME"]
    private static let others: Set = [
        "ALTER", "OWNER", "ENABLE", "DISABLE", "ENGINE", "COMMENT", "CHECK", "NOCHECK", "WITH", "SET", "AUTO_INCREMENT",
        "DEFAULT", "CONVERT", "ORDER", "VALIDATE", "ATTACH", "DETACH", "CLUSTER", "INHERIT", "REPLICA", "LOCK",
        "ALGORITHM",
    ]
    private static let noColumns: Set = [
        "CONSTRAINT", "PRIMARY", "FOREIGN", "UNIQUE", "CHECK", "FULLTEXT", "SPATIAL", "EXCLUDE", "INDEX", "KEY",
        "DEFAULT",
        "PARTITION", "PERIOD", "TO", "AS", "LIKE",
    ]

    private static func read(_ verb: String, _ action: Tokens) -> [SQLAlteration] {
        let tokens = action.drop { $0.isWord(in: ["COLUMN", "IF", "NOT", "EXISTS"]) }
        guard let first = tokens.first else { return [] }
        if first.symbol == SQLByte.open {
            // Oracle's and MySQL's `ADD (a int, b int)`.
            let inner = tokens.dropFirst().prefix { $0.depth > first.depth }
            let parts = inner.split { $0.depth == first.depth + 1 && $0.symbol == SQLByte.comma }
            return parts.flatMap { read(verb, $0) }
        }
        guard let name = first.name, !first.isWord(in: noColumns) else { return [] }
        let rest = tokens.dropFirst()
        switch verb {
        case "ADD":
            let hasDefault = rest.contains {
                $0.isWord(in: ["DEFAULT", "GENERATED", "SERIAL", "BIGSERIAL", "IDENTITY"])
            }
            return [.add(name, place(rest) ?? .last, hasDefault: hasDefault)]
        case "DROP": return [.drop(name)]
        case "CHANGE": return rest.first?.name.map { [.change(name, to: $0, place(rest))] } ?? []
        case "MODIFY": return place(rest).map { [.change(name, to: name, $0)] } ?? []
        case "RENAME":
            guard rest.first.isWord("TO"), let new = rest.dropFirst().first?.name else { return [] }
            return [.change(name, to: new, nil)]
        default: return []
        }
    }

    private static func place(_ rest: Tokens) -> Place? {
        if rest.last.isWord("FIRST") { return .first }
        guard rest.count > 1, rest[rest.endIndex - 2].isWord("AFTER") else { return nil }
        return rest.last?.name.map { .after($0) }
    }
}

extension SQLTableDefinition {
    /// The definition after an `ALTER TABLE`.
    func altered(_ alterations: [SQLAlteration]) -> SQLTableDefinition {
        var columns = columns
        func index(_ name: String) -> Int? { columns.firstIndex { SQLColumns.isSame($0.name, name) } }
        func insert(_ column: Column, _ place: SQLAlteration.Place) {
            switch place {
            case .first: columns.insert(column, at: 0)
            case .last: columns.append(column)
            case .after(let name): columns.insert(column, at: index(name).map { $0 + 1 } ?? columns.count)
            }
        }
        for alteration in alterations {
            switch alteration {
            case .add(let name, let place, _):
                if index(name) == nil { insert(Column(name: name, kind: .ordinary), place) }
            case .drop(let name): if let index = index(name) { columns.remove(at: index) }
            case .change(let name, let new, let place):
                guard let old = index(name) else { continue }
                columns[old].name = new
                if let place { insert(columns.remove(at: old), place) }
            }
        }
        return SQLTableDefinition(table: table, columns: columns)
    }
}

/// Statements that change rows of a table that are before them, so that a database would have others in the end.
package struct SQLChange: Sendable, Hashable {
    /// Their words: `UPDATE`, `DROP TABLE`.
    package let verb: String
    package fileprivate(set) var count: Int
    /// The line of the first of them.
    package let line: UInt64
    /// They are INSERTs whose own rows are read.
    package let hasRows: Bool
}

extension [SQLChange] {
    mutating func count(_ verb: String, at line: UInt64, hasRows: Bool) {
        if let index = firstIndex(where: { $0.verb == verb }) {
            self[index].count += 1
        } else {
            append(SQLChange(verb: verb, count: 1, line: line, hasRows: hasRows))
        }
    }
}

/// What follows an INSERT's rows: `ON CONFLICT … DO UPDATE SET …`, `ON DUPLICATE KEY UPDATE …`.
enum SQLConflict {
    private static let functions: Set = ["COALESCE", "GREATEST", "LEAST", "IF", "IFNULL", "CASE", "CONCAT", "WHERE"]
    private static let operators = Set("+-*/|%".utf8)

    /// Whether the new values are computed, as `n = n + 1` is, or given under a condition. Throws `.ended` where that cannot be
    /// seen yet.
    static func computes(_ text: SQLScanner, behind word: Range<Int>, isFinal: Bool) throws(SQLProblem) -> Bool {
        let tokens = try SQLEffect.words(text, behind: word, isFinal: isFinal)
        guard let update = tokens.firstIndex(where: { $0.isWord("UPDATE") }) else { return false }
        return tokens[update...].contains { operators.contains($0.symbol) || $0.isWord(in: functions) }
    }
}

/// How a statement puts its rows in.
enum SQLInsertVerb: UInt8 {
    case insert, replace, ignore, overwrite, onConflict

    struct Set: OptionSet, Sendable { let rawValue: UInt8 }

    var set: Set { Set(rawValue: 1 << rawValue) }

    var words: String {
        switch self {
        case .insert: "INSERT"
        case .replace: "REPLACE"
        case .ignore: "INSERT IGNORE"
        case .overwrite: "INSERT OVERWRITE"
        case .onConflict: "INSERT … ON CONFLICT or ON DUPLICATE KEY"
        }
    }

    /// Reads from the statement's first word on.
    init(_ text: SQLScanner, from start: Int) throws(SQLProblem) {
        self = .insert
        var position = start
        for _ in 0..<4 {
            guard SQLByte.isWord(try text.byte(at: position)) else { return }
            let word = position..<(try text.wordEnd(from: position))
            switch text.uppercased(word.prefix(16)) {
            case "REPLACE": self = .replace
            case "IGNORE": self = .ignore
            case "OVERWRITE": self = .overwrite
            case "INSERT", "OR", "LOW_PRIORITY", "HIGH_PRIORITY", "DELAYED": break
            default: return
            }
            position = try text.skipSpace(from: word.upperBound)
        }
    }
}

/// Statements that change rows of a table that stand in front of them, so that a database would have others in the end.
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

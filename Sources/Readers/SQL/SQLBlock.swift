/// PostgreSQL's `DO $$ … $$`: code that runs with the script.
enum SQLBlock {
    private static let verbs: Set = [
        "INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "TRUNCATE", "CALL", "PERFORM",
    ]

    /// Whether it may put rows into a table, or change those that are there: its code has a verb that does, be it in a string,
    /// as EXECUTE takes them; or it is too long to be looked through. Throws `.ended` where that cannot be seen yet.
    static func mayGiveRows(_ text: SQLScanner, from start: Int, isFinal: Bool) throws(SQLProblem) -> Bool {
        guard text.dialect != .mysql else { return false }
        let limit = start + SQLEffect.window
        let end = min(text.end, limit)
        let code = String(decoding: text.bytes(start..<end), as: UTF8.self)
        var words = code.uppercased().split { !$0.isLetter && $0 != "_" && $0 != "$" }[...]
        // It ends with the tag that it began with.
        let first = words.firstIndex { $0.hasPrefix("$") && $0.hasSuffix("$") && $0.count > 1 }
        let last = first.flatMap { first in words[(first + 1)...].firstIndex(of: words[first]) }
        if let last { words = words[...last] }
        if words.contains(where: { verbs.contains(String($0)) }) { return true }
        if last != nil { return false }
        if end == text.end && end < limit {
            if !isFinal { throw SQLProblem(.ended, at: end) }
            return false
        }
        return true
    }
}

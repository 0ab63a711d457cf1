/// The text of a CREATE statement; of a table's, one column's type can be replaced and all else stays.
package struct SQLiteTableDefinition {
    private var sql: [UInt8]

    package init(_ sql: String) { self.sql = Array(sql.utf8) }

    /// From the parenthesis that opens the list of columns to the end.
    package var body: String {
        String(
            decoding: sql[
                (SQLiteTokens(sql).ranges.first { sql[$0.lowerBound] == UInt8(ascii: "(") }?.lowerBound ?? 0)...],
            as: UTF8.self
        )
    }

    /// Whether a word of it is this name, quoted or not.
    func names(_ name: String) -> Bool {
        let tokens = SQLiteTokens(sql)
        return tokens.ranges.contains { SQLiteIdentifier.isSame(tokens.name($0), name) }
    }

    /// Returns false if no column of this name and this type, one word, is defined.
    package mutating func replaceType(of column: String, _ type: String, by newType: String) -> Bool {
        var depth = 0
        var beginsItem = false
        let tokens = SQLiteTokens(sql)
        for (index, token) in tokens.ranges.enumerated() {
            switch sql[token.lowerBound] {
            case UInt8(ascii: "("):
                depth += 1
                beginsItem = depth == 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: ","): beginsItem = depth == 1
            default:
                defer { beginsItem = false }
                guard beginsItem, index + 1 < tokens.ranges.count, SQLiteIdentifier.isSame(tokens.name(token), column)
                else {
                    continue
                }
                let following = tokens.ranges[index + 1]
                guard SQLiteIdentifier.isSame(tokens.name(following), type) else { return false }
                sql.replaceSubrange(following, with: newType.utf8)
                return true
            }
        }
        return false
    }
}

/// The text of a CREATE statement; of a table's, one column's type can be replaced and all else stays.
package struct SQLiteTableDefinition {
    private var sql: [UInt8]

    package init(_ sql: String) { self.sql = Array(sql.utf8) }

    /// From the parenthesis that opens the list of columns to the end.
    package var body: String {
        String(
            decoding: sql[(tokens.first { sql[$0.lowerBound] == UInt8(ascii: "(") }?.lowerBound ?? 0)...], as: UTF8.self
        )
    }

    /// Whether a word of it is this name, quoted or not.
    func names(_ name: String) -> Bool { tokens.contains { SQLiteIdentifier.isSame(self.name($0), name) } }

    /// Returns false if no column of this name and this type, one word, is defined.
    package mutating func replaceType(of column: String, _ type: String, by newType: String) -> Bool {
        var depth = 0
        var beginsItem = false
        let tokens = tokens
        for (index, token) in tokens.enumerated() {
            switch sql[token.lowerBound] {
            case UInt8(ascii: "("):
                depth += 1
                beginsItem = depth == 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: ","): beginsItem = depth == 1
            default:
                defer { beginsItem = false }
                guard beginsItem, index + 1 < tokens.count, SQLiteIdentifier.isSame(name(token), column) else {
                    continue
                }
                let following = tokens[index + 1]
                guard SQLiteIdentifier.isSame(name(following), type) else { return false }
                sql.replaceSubrange(following, with: newType.utf8)
                return true
            }
        }
        return false
    }

    /// An identifier's name, without its quotes.
    private func name(_ token: Range<Int>) -> String {
        let open = sql[token.lowerBound]
        guard Self.closing(open) != nil, token.count >= 2 else { return String(decoding: sql[token], as: UTF8.self) }
        var name: [UInt8] = []
        var index = token.lowerBound + 1
        while index < token.upperBound - 1 {
            name.append(sql[index])
            // A doubled quote stands for one.
            index += sql[index] == open ? 2 : 1
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static func closing(_ open: UInt8) -> UInt8? {
        switch open {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): open
        case UInt8(ascii: "["): UInt8(ascii: "]")
        default: nil
        }
    }

    /// Words, quoted names and texts, and single signs; spaces and comments are between them.
    private var tokens: [Range<Int>] {
        var tokens: [Range<Int>] = []
        var index = 0
        while index < sql.count {
            let start = index
            if sql[start...].starts(with: "--".utf8) {
                index = end(of: "\n", from: start + 2)
            } else if sql[start...].starts(with: "/*".utf8) {
                index = end(of: "*/", from: start + 2)
            } else if let closing = Self.closing(sql[start]) {
                index = endOfQuoted(closing, from: start)
                tokens.append(start..<index)
            } else if sql[start] <= UInt8(ascii: " ") {
                index += 1
            } else {
                repeat { index += 1 } while index < sql.count && Self.isWord(sql[start]) && Self.isWord(sql[index])
                tokens.append(start..<index)
            }
        }
        return tokens
    }

    private func end(of mark: String, from start: Int) -> Int {
        var index = min(start, sql.count)
        while index < sql.count, !sql[index...].starts(with: mark.utf8) { index += 1 }
        return min(index + mark.utf8.count, sql.count)
    }

    private func endOfQuoted(_ closing: UInt8, from start: Int) -> Int {
        var index = start + 1
        while index < sql.count {
            if sql[index] != closing {
                index += 1
            } else if closing != UInt8(ascii: "]"), index + 1 < sql.count, sql[index + 1] == closing {
                index += 2
            } else {
                return index + 1
            }
        }
        return index
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$") || (48...57).contains(byte)
            || (65...90).contains(byte) || (97...122).contains(byte)
    }
}

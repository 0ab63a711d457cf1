/// The words, quoted names and single characters of an SQL text, without white space and comments.
struct SQLiteTokens {
    let sql: [UInt8]
    private(set) var ranges: [Range<Int>] = []

    init(_ sql: [UInt8]) {
        self.sql = sql
        var index = 0
        while index < sql.count {
            let start = index
            if sql[start...].starts(with: "--".utf8) {
                index = end(of: "\n", from: start + 2)
            } else if sql[start...].starts(with: "/*".utf8) {
                index = end(of: "*/", from: start + 2)
            } else if let closing = Self.closing(sql[start]) {
                index = endOfQuoted(closing, from: start)
                ranges.append(start..<index)
            } else if sql[start] <= UInt8(ascii: " ") {
                index += 1
            } else {
                repeat { index += 1 } while index < sql.count && Self.isWord(sql[start]) && Self.isWord(sql[index])
                ranges.append(start..<index)
            }
        }
    }

    /// A token as a name: without its quotes.
    func name(_ token: Range<Int>) -> String {
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

    /// Whether a token can be a column's name: a word or a name in quotes, and neither a number nor a string.
    func isName(_ token: Range<Int>) -> Bool {
        let first = sql[token.lowerBound]
        if (48...57).contains(first) || first == UInt8(ascii: "'") { return false }
        return Self.isWord(first) || Self.closing(first) != nil
    }

    private static func closing(_ open: UInt8) -> UInt8? {
        switch open {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): open
        case UInt8(ascii: "["): UInt8(ascii: "]")
        default: nil
        }
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

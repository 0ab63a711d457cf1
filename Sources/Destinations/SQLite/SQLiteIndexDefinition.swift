internal import Records

/// What a `CREATE INDEX` statement says: SQLite tells the expressions of an index in no other way.
package struct SQLiteIndexDefinition {
    /// The columns and expressions, without their order.
    package private(set) var parts: [String] = []
    package private(set) var predicate: String?

    package init(_ sql: String) {
        let tokens = SQLiteTokens(Array(sql.utf8))
        let text = tokens.sql
        var (depth, start) = (0, 0)
        func piece(_ end: Int) -> String { Self.trimmed(text[start..<end]) }
        for token in tokens.ranges {
            switch text[token.lowerBound] {
            case UInt8(ascii: "("):
                depth += 1
                if depth == 1 && parts.isEmpty { start = token.upperBound }
            case UInt8(ascii: ",") where depth == 1 && predicate == nil:
                parts.append(Self.withoutOrder(piece(token.lowerBound)))
                start = token.upperBound
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 && predicate == nil {
                    parts.append(Self.withoutOrder(piece(token.lowerBound)))
                    start = text.count
                }
            default:
                guard depth == 0, !parts.isEmpty, predicate == nil,
                    SQLiteIdentifier.isSame(tokens.name(token), "where")
                else { continue }
                start = token.upperBound
                predicate = piece(text.count)
            }
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }
        let start = bytes.drop(while: isSpace)
        return String(
            decoding: start.prefix(upTo: (start.lastIndex { !isSpace($0) } ?? start.startIndex - 1) + 1), as: UTF8.self)
    }

    private static func withoutOrder(_ part: String) -> String {
        let words = part.split(whereSeparator: \.isWhitespace)
        guard words.count > 1, ["asc", "desc"].contains(words[words.count - 1].lowercased()) else { return part }
        return trimmed(Array(part.utf8).dropLast(words[words.count - 1].utf8.count))
    }

    /// The words in a part that may be names of columns, folded.
    static func names(in part: String) -> Set<String> {
        let tokens = SQLiteTokens(Array(part.utf8))
        return Set(
            tokens.ranges.indices.compactMap { index in
                let token = tokens.ranges[index]
                let isCalled =
                    index + 1 < tokens.ranges.count
                    && tokens.sql[tokens.ranges[index + 1].lowerBound] == UInt8(ascii: "(")
                return tokens.isName(token) && !isCalled ? SQLiteIdentifier.folded(tokens.name(token)) : nil
            })
    }
}

internal import Records

/// What a `CREATE INDEX` statement says: SQLite tells the expressions of an index in no other way.
package struct SQLiteIndexDefinition {
    /// The columns and expressions, without their order.
    package private(set) var parts: [String] = []
    package private(set) var predicate: String?

    package init(_ sql: String) {
        let text = Array(sql.utf8)
        var (depth, start) = (0, 0)
        func piece(_ end: Int) -> String { Self.trimmed(text[start..<end]) }
        for token in SQLiteTokens(text) {
            switch token.kind {
            case .mark(UInt8(ascii: "(")):
                depth += 1
                if depth == 1 && parts.isEmpty { start = token.range.upperBound }
            case .mark(UInt8(ascii: ",")) where depth == 1 && predicate == nil:
                parts.append(Self.withoutOrder(piece(token.range.lowerBound)))
                start = token.range.upperBound
            case .mark(UInt8(ascii: ")")):
                depth -= 1
                if depth == 0 && predicate == nil {
                    parts.append(Self.withoutOrder(piece(token.range.lowerBound)))
                    start = text.count
                }
            case .word("where") where depth == 0 && !parts.isEmpty && predicate == nil:
                start = token.range.upperBound
                predicate = piece(text.count)
            case .mark, .word, .other: break
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
        let text = Array(part.utf8)
        let tokens = Array(SQLiteTokens(text))
        return Set(
            tokens.indices.compactMap { index -> String? in
                guard case .word(let word) = tokens[index].kind else { return nil }
                if index + 1 < tokens.count, case .mark(UInt8(ascii: "(")) = tokens[index + 1].kind { return nil }
                return word
            })
    }
}

/// The words and marks of SQL; comments and white space are left out.
private struct SQLiteTokens: Sequence, IteratorProtocol {
    enum Kind {
        /// A name, without its quotes, or a keyword; folded.
        case word(String)
        case mark(UInt8)
        /// A string or a number.
        case other
    }

    private let text: [UInt8]
    private var place = 0

    init(_ text: [UInt8]) { self.text = text }

    mutating func next() -> (kind: Kind, range: Range<Int>)? {
        skipSpace()
        guard place < text.count else { return nil }
        let start = place
        switch text[place] {
        case UInt8(ascii: "'"):
            _ = passQuoted(until: text[start])
            return (.other, start..<place)
        case UInt8(ascii: "\""), UInt8(ascii: "`"): return (word(passQuoted(until: text[start])), start..<place)
        case UInt8(ascii: "["): return (word(passQuoted(until: UInt8(ascii: "]"))), start..<place)
        case let byte where Self.isOfWord(byte):
            while place < text.count, Self.isOfWord(text[place]) { place += 1 }
            let isNumber = (48...57).contains(byte)
            return (isNumber ? .other : word(Array(text[start..<place])), start..<place)
        case let byte:
            place += 1
            return (.mark(byte), start..<place)
        }
    }

    private func word(_ bytes: [UInt8]) -> Kind {
        .word(SQLiteIdentifier.folded(String(decoding: bytes, as: UTF8.self)))
    }

    private static func isOfWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "$") || byte >= 0x80
    }

    private mutating func skipSpace() {
        while place < text.count {
            let two = text[place...].prefix(2)
            if text[place] <= 0x20 {
                place += 1
            } else if two.elementsEqual("--".utf8) {
                while place < text.count, text[place] != UInt8(ascii: "\n") { place += 1 }
            } else if two.elementsEqual("/*".utf8) {
                place += 2
                while place < text.count, !text[place...].prefix(2).elementsEqual("*/".utf8) { place += 1 }
                place = Swift.min(place + 2, text.count)
            } else {
                return
            }
        }
    }

    /// What stands in quotes; a quote that is doubled is one of it.
    private mutating func passQuoted(until quote: UInt8) -> [UInt8] {
        var bytes: [UInt8] = []
        place += 1
        while place < text.count {
            let byte = text[place]
            place += 1
            if byte == quote {
                guard place < text.count, text[place] == quote, quote != UInt8(ascii: "]") else { break }
                place += 1
            }
            bytes.append(byte)
        }
        return bytes
    }
}

extension SQLScanner {
    /// The identifier that begins here, without its quotes; nil where none does.
    func identifier(from start: Int) throws(SQLProblem) -> (name: String, end: Int)? {
        switch try byte(at: start) {
        case SQLByte.doubleQuote, SQLByte.backtick, SQLByte.openBracket:
            let string = try string(from: start, escapes: .none)
            var name: [UInt8] = []
            try append(string, to: &name)
            return (String(decoding: name, as: UTF8.self), string.end + 1)
        // SQLite's own dumps write 'name' in places.
        case SQLByte.quote where dialect == .standard:
            let string = try string(from: start, escapes: .none)
            var name: [UInt8] = []
            try append(string, to: &name)
            return (String(decoding: name, as: UTF8.self), string.end + 1)
        case let byte where SQLByte.isWord(byte):
            let end = try wordEnd(from: start)
            return (String(decoding: bytes(start..<end), as: UTF8.self), end)
        default:
            return nil
        }
    }

    /// A table's name, with its schema where it has one, in one text: a part with a dot or a quote in it is quoted.
    func qualifiedName(from start: Int) throws(SQLProblem) -> (name: String, end: Int)? {
        var parts: [String] = []
        var position = start
        while true {
            guard let part = try identifier(from: position) else { return nil }
            let isOdd = part.name.contains { $0 == "." || $0 == "\"" }
            parts.append(
                isOdd
                    ? "\"\(part.name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
                    : part.name)
            let next = try skipSpace(from: part.end)
            guard try byte(at: next) == SQLByte.dot else { return (parts.joined(separator: "."), part.end) }
            position = try skipSpace(from: next + 1)
        }
    }
}

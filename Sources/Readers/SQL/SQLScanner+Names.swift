extension SQLScanner {
    /// The identifier that begins here, without its quotes; nil if none does.
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
            var end = try wordEnd(from: start)
            // Oracle and SQL Server have names such as `EMP#`.
            while dialect == .standard, try self.byte(at: end) == SQLByte.hash { end = try wordEnd(from: end + 1) }
            return (String(decoding: bytes(start..<end), as: UTF8.self), end)
        default:
            return nil
        }
    }

    /// A table's name, with its schema where it has one, in one text: a part with a dot or a quote in it is quoted.
    func qualifiedName(from start: Int) throws(SQLProblem) -> (name: String, end: Int)? {
        var parts: [String] = []
        var position = start
        if let end = try temporaryNameEnd(from: start) {
            return (String(decoding: bytes(start..<end), as: UTF8.self), end)
        }
        while true {
            // SQL Server's `db..t` leaves out the schema.
            if !parts.isEmpty && dialect == .standard, try byte(at: position) == SQLByte.dot {
                position = try skipSpace(from: position + 1)
            }
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

extension SQLScanner {
    /// The end of the name of SQL Server's temporary table `#t`, `##t`, or of its variable `@t`, if one begins here.
    private func temporaryNameEnd(from start: Int) throws(SQLProblem) -> Int? {
        let first = try byte(at: start)
        guard dialect == .standard, first == SQLByte.hash || first == SQLByte.at else { return nil }
        let nameStart = try byte(at: start + 1) == first ? start + 2 : start + 1
        let end = try wordEnd(from: nameStart)
        return end > nameStart ? end : nil
    }
}

/// Names of tables as `SQLScanner.qualifiedName` gives them.
package enum SQLTableName {
    /// The name without its schema and quotes: `d.e` of `s."d.e"`.
    package static func withoutSchema(_ name: String) -> String { split(name).last ?? "" }

    /// Its parts without quotes, in lower case: `s`, `d.e` of `S."d.e"`.
    static func parts(_ name: String) -> [String] { split(name).map { $0.lowercased() } }

    /// The name as one, without quotes: `s.d.e` of `s."d.e"`.
    package static func whole(_ name: String) -> String { split(name).joined(separator: ".") }

    /// Whether two names can be the same table's, of which one may leave out where the table is.
    static func canBeSame(_ left: [String], _ right: [String]) -> Bool {
        zip(left.reversed(), right.reversed()).allSatisfy(==)
    }

    private static func split(_ name: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var isQuoted = false
        var isBehindQuoted = false
        for character in name {
            if character == "\"" {
                // A doubled one closes, opens again, and is one.
                if isBehindQuoted { part.append(character) }
                isQuoted.toggle()
                isBehindQuoted = !isQuoted
                continue
            }
            isBehindQuoted = false
            if character == "." && !isQuoted {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        return parts + [part]
    }
}

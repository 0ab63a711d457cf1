/// Tells a script by its beginning, whatever it is called.
package enum SQLEvidence {
    /// Whether the text begins as a script does, and has rows or makes tables; or is what a dumping tool writes.
    ///
    /// - Parameter isWhole: nothing follows it.
    package static func isScript(_ head: HeadText, isWhole: Bool) -> Bool {
        Array(head.bytes).withUnsafeBytes { bytes in
            guard bytes.baseAddress != nil else { return false }
            let text = SourceText(text: bytes, bytes: bytes, encoding: .utf8, isFinal: isWhole)
            let beginning = Beginning(text)
            switch beginning {
            case .dump: return true
            case .other: return false
            case .statement, .comment:
                guard let inventory = SQLChunkBuilder.inventory(of: text, SQLDialect.found(in: text).dialect) else {
                    return false
                }
                // An INSERT that cannot be read may be a word of a text.
                let hasRows = inventory.tables.contains { $0.hasUnlisted || $0.listed != nil }
                return hasRows || !inventory.definitions.isEmpty && beginning == .statement
            }
        }
    }

    private enum Beginning {
        /// The first comment of `pg_dump`, `mysqldump` or `mariadb-dump`.
        case dump
        /// A statement, or a command of a tool.
        case statement
        /// A comment of SQL, and after it what no statement is known to begin with.
        case comment
        case other

        init(_ text: SourceText) {
            let scanner = SQLScanner(base: text.text.baseAddress!, end: text.count, syntax: SQLSyntax(.standard))
            var hasComment = false
            var position = 0
            while position < text.count {
                let rest = text.text[position...]
                let lineEnd = SQLByte.firstLineEnd(in: text.text, position..<text.count) ?? text.count
                if SQLByte.isSpace(text.text[position]) || text.text[position] == SQLByte.semicolon && hasComment {
                    position += 1
                } else if rest.starts(with: "--".utf8) {
                    let comment = text.text[(position + 2)..<lineEnd].prefix(SQLDumpFrame.longest)
                    if SQLDumpFrame.begins(String(decoding: comment, as: UTF8.self)) {
                        self = .dump
                        return
                    }
                    (hasComment, position) = (true, lineEnd)
                } else if rest.starts(with: "/*".utf8) {
                    guard let end = rest.firstRange(of: "*/".utf8) else { break }
                    (hasComment, position) = (true, end.upperBound)
                } else if text.text[position] == SQLByte.hash || Self.isMessage(scanner, at: position) {
                    position = lineEnd
                } else {
                    break
                }
            }
            self = Self.beginsStatement(scanner, at: position) ? .statement : hasComment ? .comment : .other
        }

        private static func isMessage(_ text: SQLScanner, at position: Int) -> Bool {
            guard let end = try? text.wordEnd(from: position, isFinal: true), end > position else { return false }
            return (try? text.isMessage(behind: position..<end)) ?? false
        }

        /// Whether the first word begins a statement, and no header of a table: nothing but white space follows it.
        private static func beginsStatement(_ text: SQLScanner, at position: Int) -> Bool {
            guard position + 1 < text.end else { return false }
            // psql's commands.
            if text[position] == SQLByte.backslash { return SQLByte.isWord(text[position + 1]) }
            let start = text[position] == SQLByte.colon ? position + 1 : position
            guard let end = try? text.wordEnd(from: start, isFinal: true), (1...longestVerb).contains(end - start),
                verbs.contains(text.uppercased(start..<end))
            else { return false }
            let next = end < text.end ? text[end] : SQLByte.lineFeed
            if next != SQLByte.semicolon { return next == UInt8(ascii: " ") || SQLByte.isLineEnd(next) }
            return end + 1 == text.end || SQLByte.isSpace(text[end + 1])
        }

        private static let longestVerb = 10

        private static let verbs: Set = [
            "ABORT", "ACCEPT", "ALTER", "ANALYZE", "ATTACH", "BEGIN", "BULK", "CALL", "COMMENT", "COMMIT", "CONNECT",
            "COPY", "CREATE", "DECLARE", "DEFINE", "DELETE", "DELIMITER", "DO", "DROP", "END", "EXEC", "EXECUTE",
            "FLUSH", "GO", "GRANT", "IF", "INSERT", "LOAD", "LOCK", "MERGE", "PAUSE", "PRAGMA", "PRINT", "PROMPT",
            "RECREATE", "REINSERT", "REM", "REMARK", "RENAME", "REPLACE", "REVOKE", "ROLLBACK", "SELECT", "SET",
            "SETVAR", "SHOW", "SPOOL", "START", "TRUNCATE", "UNLOCK", "UPDATE", "UPSERT", "USE", "VACUUM", "WHENEVER",
            "WITH",
        ]
    }
}

internal import Records

extension SQLChunkBuilder {
    /// Takes the rows that come next. Returns nil to go on.
    @inline(__always)
    mutating func addRow(
        _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        while true {
            let start = progress.offset
            guard start < text.count, start < bounds.end else { return nil }
            let byte = text.text[start]
            if statement.isRead && isFull(chunk, progress, bounds) && mayEnd(text, chunk, progress) { return .isFull }
            if byte == SQLByte.open {
                // Nothing beyond the limit is looked at: what is said of a record must not depend on how much is there.
                let scanner = scanner(text, end: min(text.count, start + layout.maxRecordBytes))
                let decodedBytes = chunk.decoded.count
                do throws(SQLProblem) {
                    let end = try read(scanner, text, from: start, decoded: &chunk.decoded)
                    guard statement.isRead else {
                        chunk.decoded.removeSubrange(decodedBytes...)
                        let nulls = inventory?.asksForValues == true ? values(in: start..<end, text)?.nulls : nil
                        inventory?.countRow(values: row.count, nulls: nulls ?? [])
                        inventory?.lookForVariables(in: text.text[start..<end])
                        advance(text, to: end, progress: &progress)
                        state = .separator
                        return nil
                    }
                    let (recordEnd, next) = try recordEnd(scanner, text, from: end)
                    chunk.fields.append(contentsOf: row.fields)
                    chunk.records.append(
                        Chunk.Record(
                            offset: UInt32(start), length: UInt32(recordEnd - start), line: UInt32(progress.lines),
                            number: UInt32(chunk.recordsRead)))
                    advance(text, to: recordEnd, progress: &progress)
                    if next == .row { continue }
                    state = State(next)
                    return nil
                } catch {
                    chunk.decoded.removeSubrange(decodedBytes...)
                    return reject(error, .row, text, to: &chunk, progress: &progress, bounds: bounds)
                }
            }
            return addSpaceOrNoRow(byte, text, to: &chunk, progress: &progress, bounds: bounds)
        }
    }

    /// Reads the row at `start` into `row` and returns its end.
    @inline(__always)
    private mutating func read(
        _ scanner: SQLScanner, _ text: SourceText, from start: Int, decoded: inout [UInt8]
    ) throws(SQLProblem) -> Int {
        let end = try row.read(scanner, from: start, order: statement.order, decoded: &decoded)
        guard statement.isRead else { return end }
        if let problem = statement.problem { throw SQLProblem(problem, at: start) }
        if statement.mayBeShort { statement.settle(valueCount: row.count) }
        if row.count != statement.expectedCount {
            throw SQLProblem(.fieldCount(found: row.count, expected: statement.expectedCount), at: start)
        }
        if !ByteWords.isPlain(scanner.base, from: start, to: end), let flaw = text.flaw(in: start..<end),
            layout.dialect != .mysql || !row.isText(text, decoded)
        {
            throw SQLProblem(flaw.flaw == .nul ? .nul : .notUTF8, at: flaw.position)
        }
        return end
    }

    /// Where the record ends whose row ends at `rowEnd`: after its comma or semicolon, where that can be seen.
    @inline(__always)
    func recordEnd(
        _ scanner: SQLScanner, _ text: SourceText, from rowEnd: Int
    ) throws(SQLProblem) -> (end: Int, SQLRest.Next) {
        if rowEnd < scanner.end {
            if scanner[rowEnd] == SQLByte.comma { return (rowEnd &+ 1, .row) }
            if scanner[rowEnd] == SQLByte.semicolon { return (rowEnd &+ 1, .statement) }
        }
        do throws(SQLProblem) {
            let position = try scanner.skipSpace(from: rowEnd)
            switch try scanner.byte(at: position) {
            case SQLByte.comma: return (position + 1, .row)
            case SQLByte.semicolon: return (position + 1, .statement)
            default: return (rowEnd, .separator)
            }
        } catch {
            if scanner.end == text.count && !text.isFinal { throw error }
            return (rowEnd, .separator)
        }
    }

    private mutating func addSpaceOrNoRow(
        _ byte: UInt8, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        if takeSpace(byte, text, progress: &progress, bounds: bounds) { return nil }
        do throws(SQLProblem) {
            if try takeComment(scanner(text, end: text.count), text, chunk, then: .row, progress: &progress) {
                return nil
            }
            if let end = try rowWordEnd(text, progress) {
                advance(text, to: end, progress: &progress)
                return nil
            }
            // A comma stands where the statement should have ended.
            if try beginsStatement(text, progress) {
                inventory?.noteDisorder()
                state = .statement
                return nil
            }
        } catch {
            if !text.isFinal { return .needsText }
        }
        let problem = SQLProblem(.expectedRow, at: progress.offset)
        return reject(problem, .noRow, text, to: &chunk, progress: &progress, bounds: bounds)
    }

    /// The end of the word in MySQL's `VALUES ROW(1, 2)`, if it is here.
    private func rowWordEnd(_ text: SourceText, _ progress: Progress) throws(SQLProblem) -> Int? {
        let start = progress.offset
        guard layout.dialect == .mysql, text.text[start] | 0x20 == UInt8(ascii: "r") else { return nil }
        let scanner = scanner(text, end: min(text.count, start + layout.maxRecordBytes))
        let word = start..<(try scanner.wordEnd(from: start))
        guard scanner.isWord(word, "ROW") else { return nil }
        return try scanner.byte(at: scanner.skipSpace(from: word.upperBound)) == SQLByte.open ? word.upperBound : nil
    }

    /// Whether an INSERT or a COPY begins here, where a row should.
    private func beginsStatement(_ text: SourceText, _ progress: Progress) throws(SQLProblem) -> Bool {
        let start = progress.offset
        let scanner = scanner(text, end: min(text.count, start + layout.maxRecordBytes))
        guard SQLByte.isWord(scanner[start]) else { return false }
        do throws(SQLProblem) {
            let word = start..<(try scanner.wordEnd(from: start))
            if try SQLHead.begins(scanner, at: word, isFirstOnLine: false) { return true }
            return try SQLCopyHead.begins(scanner, at: word)
        } catch {
            if scanner.end == text.count { throw error }
            return false
        }
    }

    private func takeSpace(
        _ byte: UInt8, _ text: SourceText, progress: inout Progress, bounds: Bounds
    ) -> Bool {
        guard SQLByte.isSpace(byte) else { return false }
        let last = min(text.count, bounds.end)
        var position = progress.offset
        while position < last, SQLByte.isSpace(text.text[position]) { position += 1 }
        advance(text, to: position, progress: &progress)
        return true
    }

    private static let tails: [StaticString] = ["ON", "RETURNING", "AS"]
    /// Words that are after a row only where nothing ended its statement.
    private static let statements: [StaticString] = [
        "INSERT", "REPLACE", "GO", "SET", "UPDATE", "DELETE", "CREATE", "COMMIT", "PRINT", "END", "BEGIN", "IF", "ELSE",
        "DECLARE", "EXEC", "EXECUTE", "SELECT", "USE", "ALTER", "DROP", "TRUNCATE", "ROLLBACK", "RAISERROR", "RETURN",
        "WAITFOR", "WHILE", "MERGE", "COPY", "EXCEPTION", "DELIMITER", "PROMPT", "REM", "DBCC", "BULK", "GRANT", "WITH",
        "SAVE", "THROW", "WHENEVER", "REMARK", "SPOOL", "HOST", "PAUSE", "EXIT", "QUIT", "CONNECT", "DISCONNECT",
        "ACCEPT",
        "DEFINE", "UNDEFINE", "VARIABLE", "COLUMN", "SHOW", "ANALYZE", "COMMENT", "CALL", "LOCK", "UNLOCK", "START",
        "REVOKE", "DENY", "VACUUM", "PRAGMA", "EXPLAIN", "DO", "RENAME", "FLUSH", "CHECKPOINT", "OPEN", "FETCH",
        "CLOSE",
        "DEALLOCATE", "RELEASE", "SAVEPOINT", "REINDEX", "REFRESH", "NOTIFY", "ATTACH", "DETACH", "SIGNAL", "ABORT",
        "PREPARE", "KILL", "BACKUP", "RESTORE", "GOTO", "LOAD",
    ]

    /// Takes what comes after a row: a comma, or the statement's end.
    mutating func addSeparator(
        _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let start = progress.offset
        let scanner = scanner(text, end: min(text.count, start + layout.maxRecordBytes))
        let byte = scanner[start]
        // What is beyond the limit is not looked at, and so is not the end of the file there.
        let seesEnd = text.isFinal && text.count - start < layout.maxRecordBytes
        if takeSpace(byte, text, progress: &progress, bounds: bounds) { return nil }
        if isDelimiter(scanner, at: start) {
            state = .statement
            return nil
        }
        if !text.isFinal && text.count - start < delimiter.count { return .needsText }
        switch byte {
        case SQLByte.comma, SQLByte.semicolon:
            state = byte == SQLByte.comma ? .row : .statement
            advance(text, to: start + 1, progress: &progress)
            return nil
        default: break
        }
        do throws(SQLProblem) {
            if try takeComment(scanner, text, chunk, then: .separator, progress: &progress) { return nil }
            if byte == SQLByte.backslash && layout.dialect == .mysql, try scanner.byte(at: start + 1) | 0x20 == 0x67 {
                // The client's `\g` and `\G` end a statement.
                state = .statement
                advance(text, to: start + 2, progress: &progress)
                return nil
            }
            if byte == SQLByte.slash, try scanner.isAlone(from: start + 1, seesEnd) {
                inventory?.runBySlash()
                state = .statement
                return nil
            }
            if byte == SQLByte.backslash || byte == SQLByte.colon || byte == SQLByte.at,
                try scanner.isToolLine(at: start, isFirst: true, seesEnd)
            {
                state = .statement
                return nil
            }
            if SQLByte.isWord(byte) {
                let word = start..<(try scanner.wordEnd(from: start, isFinal: seesEnd))
                if Self.tails.contains(where: { scanner.isWord(word, $0) }) {
                    if inventory != nil && !scanner.isWord(word, "RETURNING") {
                        var computes = false
                        if inventory?.knowsComputing == false {
                            computes = try SQLConflict.computes(scanner, behind: word, isFinal: seesEnd)
                        }
                        inventory?.noteConflictClause(computes: computes)
                    }
                    advance(text, to: word.upperBound, progress: &progress)
                    skipStatement(kind: SQLSkipped.tail, chunk, progress)
                    return nil
                }
                // SQL Server needs no semicolons.
                if clauses != nil && scanner.isWord(word, "INTO")
                    || Self.statements.contains(where: { scanner.isWord(word, $0) })
                {
                    state = .statement
                    return nil
                }
            }
        } catch {
            if !text.isFinal && text.count - start < layout.maxRecordBytes { return .needsText }
        }
        let kind: SQLRest.Kind = byte == SQLByte.open ? .row : .noRow
        let problem = SQLProblem(.expectedSeparator, at: start)
        return reject(problem, kind, text, to: &chunk, progress: &progress, bounds: bounds)
    }
}

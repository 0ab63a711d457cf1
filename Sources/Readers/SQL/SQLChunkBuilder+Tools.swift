internal import Records

/// What is between statements and is none: comments, and what tools say and are told.
extension SQLChunkBuilder {
    /// What SQLite's `.dump` writes where it cannot read the database.
    private static let errorNotes = ["/****** CORRUPTION ERROR", "/****** ERROR: "]
    private static let longestNote = 24
    private static let longestToolLine = 4096

    /// Notes a command that reads rows from elsewhere: psql's `\copy … from` and `\i`, sqlcmd's `:r`, SQL*Plus's `@file`,
    /// SQLite's `.read`; or that connects again. False if it cannot be seen yet.
    mutating func takeToolLine(_ text: SourceText, at start: Int, _ place: RecordLocation) -> Bool {
        let last = min(text.count, start + Self.longestToolLine)
        let lineEnd = SQLByte.firstLineEnd(in: text.text, start..<last)
        if lineEnd == nil && last < start + Self.longestToolLine && !text.isFinal { return false }
        let line = scanner(text, end: lineEnd ?? last)
        let tool = SQLToolLine(line, from: start)
        if let kind = tool.kindWithRows { inventory?.countUnread(kind, at: place.line) }
        if let encoding = tool.encoding { inventory?.declare(encoding: encoding) }
        if let flow = tool.flow { inventory?.follow(flow) }
        if let variable = tool.variable { inventory?.define(variable) }
        if let database = tool.database {
            inventory?.choose(.database(database))
            follow(nil, at: place.byteOffset)
        }
        return true
    }

    /// Counts what a tool said into its own dump: `mysqldump: Error 2013: …`. False if it cannot be seen yet.
    mutating func countMessage(of tool: Range<Int>, _ text: SourceText, at line: UInt64) -> Bool {
        let last = min(text.count, tool.lowerBound + Self.longestToolLine)
        let lineEnd = SQLByte.firstLineEnd(in: text.text, tool.lowerBound..<last)
        if lineEnd == nil && last < tool.lowerBound + Self.longestToolLine && !text.isFinal { return false }
        let message = scanner(text, end: last).uppercased(tool.lowerBound..<(lineEnd ?? last))
        let name = String(decoding: text.text[tool], as: UTF8.self)
        let words = ["ERROR", "FATAL", "COULDN'T", "FAILED", "LOST CONNECTION", "DENIED"]
        inventory?.countMessage(of: name, isError: words.contains { message.contains($0) }, at: line)
        return true
    }

    /// What Firebird's `SET TERM ^ ;` ends statements with from its next line on; nil if another statement begins.
    func terminator(_ scanner: SQLScanner, behind word: Range<Int>) throws(SQLProblem) -> [UInt8]? {
        guard scanner.dialect == .standard, scanner.isWord(word, "SET") else { return nil }
        let start = try scanner.skipSpace(from: word.upperBound)
        var position = start
        guard try scanner.nextWord(&position, is: "TERM") else { return nil }
        var said: [UInt8] = []
        while try !SQLByte.isSpace(scanner.byte(at: position)), said.count < 16 {
            said.append(scanner[position])
            position += 1
        }
        let current = delimiter.isEmpty ? [SQLByte.semicolon] : delimiter
        if said.count > current.count && said.suffix(current.count).elementsEqual(current) {
            said.removeLast(current.count)
        }
        // SQL*Plus has `SET TERM OFF`.
        return said.contains { SQLByte.isWord($0) || $0 == SQLByte.quote } ? nil : said
    }

    /// Takes the marker of a comment, if one begins here. Throws if the text ends before that is certain.
    mutating func takeComment(
        _ scanner: SQLScanner, _ text: SourceText, _ chunk: Chunk, then next: SQLRest.Next, progress: inout Progress
    ) throws(SQLProblem) -> Bool {
        if let end = try scanner.runMarkEnd(at: progress.offset, isFinal: text.isFinal && scanner.end == text.count) {
            advance(text, to: end, progress: &progress)
            return true
        }
        guard let comment = try SQLComment(at: progress.offset, in: scanner) else { return false }
        if comment == .line && inventory != nil {
            let start = progress.offset + 2
            let last = min(scanner.end, start + SQLDumpFrame.longest)
            let end = SQLByte.firstLineEnd(in: text.text, min(start, last)..<last)
            if end == nil && last < start + SQLDumpFrame.longest && !text.isFinal { throw SQLProblem(.ended, at: last) }
            inventory?.noteComment(String(decoding: scanner.bytes(min(start, last)..<(end ?? last)), as: UTF8.self))
        }
        if comment == .block && inventory != nil {
            let start = progress.offset
            let last = min(text.count, start + Self.longestNote)
            let mayGoOn = !text.isFinal && text.count - start < layout.maxRecordBytes
            if last < start + Self.longestNote && mayGoOn { throw SQLProblem(.ended, at: last) }
            if Self.errorNotes.contains(where: { scanner.bytes(start..<last).starts(with: Array($0.utf8)) }) {
                let line = place(chunk, progress).line
                inventory?.countMessage(of: "sqlite3", isError: true, at: line)
            }
        }
        let mode: SQLSkim.Mode = comment == .line ? .lineComment : .blockComment(depth: 1)
        state = .comment(SQLSkim(mode: mode), then: next)
        advance(text, to: progress.offset + comment.markerLength, progress: &progress)
        return true
    }
}

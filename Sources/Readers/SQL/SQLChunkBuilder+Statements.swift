internal import Records

extension SQLChunkBuilder {
    /// Takes what comes next between statements. Returns nil to go on.
    mutating func addStatement(
        _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        inventory?.endStatement(at: chunk.start.byteOffset + UInt64(progress.offset))
        useSyntax(at: chunk.start.byteOffset + UInt64(progress.offset))
        let start = progress.offset
        let last = min(text.count, bounds.end)
        var position = start
        while position < last, SQLByte.isSpace(text.text[position]) { position += 1 }
        if isFull(chunk, progress, bounds), !layout.isUniform || delimiter.isEmpty && !isBehindComma(text, progress) {
            // The line end stays with the statement before it.
            if position == text.count && !text.isFinal && position - start < TextInput.readBytes { return .needsText }
            let lineFeed = text.text[start..<position].lastIndex(of: SQLByte.lineFeed)
            advance(text, to: lineFeed.map { $0 + 1 } ?? start, progress: &progress)
            return .isFull
        }
        if position > start {
            advance(text, to: position, progress: &progress)
            return nil
        }
        // What begins here and is longer, such as a DELIMITER line, is skipped like any statement, however much of it
        // is there to be seen.
        let scanner = scanner(text, end: min(text.count, start + layout.maxRecordBytes))
        let byte = scanner[start]
        do throws(SQLProblem) {
            if isDelimiter(scanner, at: start) {
                advance(text, to: start + max(1, delimiter.count), progress: &progress)
            } else if byte == SQLByte.semicolon {
                advance(text, to: start + 1, progress: &progress)
            } else if try takeComment(scanner, text, chunk, then: .statement, progress: &progress) {
            } else if byte == SQLByte.backslash || byte == SQLByte.dot || byte == SQLByte.at
                || byte == SQLByte.colon
            {
                if byte == SQLByte.backslash || inventory != nil {
                    guard takeToolLine(text, at: start, place(chunk, progress)) else { return .needsText }
                }
                // What it does is noted once, wherever a chunk ends.
                advance(text, to: start + 1, progress: &progress)
                state = .line
            } else if byte == SQLByte.slash,
                try scanner.isAlone(from: start + 1, text.isFinal && text.count - start < layout.maxRecordBytes)
            {
                let line = place(chunk, progress).line
                inventory?.runAgain(at: line)
                advance(text, to: start + 1, progress: &progress)
            } else if SQLByte.isWord(byte) {
                return try addStatement(
                    word: start..<(try scanner.wordEnd(from: start)), text, to: &chunk, progress: &progress,
                    bounds: bounds)
            } else if byte == SQLByte.star, try scanner.byte(at: start + 1) == SQLByte.slash {
                // Whatever opened the comment was taken for something else, or comments nest where the dialect's do not.
                let line = place(chunk, progress).line
                inventory?.countUnread("end of a comment that nothing began", at: line)
                advance(text, to: start + 2, progress: &progress)
            } else {
                skipStatement(kind: "", chunk, progress)
            }
        } catch {
            if !text.isFinal && text.count - start < layout.maxRecordBytes { return .needsText }
            skipStatement(kind: "", chunk, progress)
        }
        return nil
    }

    private mutating func addStatement(
        word: Range<Int>, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) throws(SQLProblem) -> Step? {
        let scanner = scanner(text, end: min(text.count, word.lowerBound + layout.maxRecordBytes))
        if scanner.isWord(word, "INSERT") || scanner.isWord(word, "REPLACE") {
            clauses = nil
            return addInsert(text, to: &chunk, progress: &progress, bounds: bounds)
        }
        if scanner.isWord(word, "REINSERT"), !statement.head.isEmpty {
            // Firebird's tools write so what has the table and the columns of the INSERT before it.
            count(table: nil, columns: nil, isRepeated: true, text, chunk, progress)
            advance(text, to: word.upperBound, progress: &progress)
            state = .row
            return nil
        }
        if let table = clauses {
            if scanner.isWord(word, "INTO") {
                return addInsert(text, to: &chunk, progress: &progress, bounds: bounds)
            }
            if try !SQLHead.selectsFromDual(scanner, from: word.lowerBound, isFinal: text.isFinal) {
                let problem = SQLProblem(.query("INSERT ALL … \(scanner.uppercased(word))"), at: word.lowerBound)
                clauses = nil
                return rejectStatement(problem, table: table, text, to: &chunk, progress: &progress, bounds: bounds)
            }
            clauses = nil
        }
        if scanner.isWord(word, "COPY") {
            return try addCopy(scanner, at: word.lowerBound, text, to: &chunk, progress: &progress, bounds: bounds)
        }
        if SQLBeginning.isCommand(word, scanner) {
            state = .line
            return nil
        }
        if try scanner.isMessage(behind: word) {
            if inventory != nil && !countMessage(of: word, text, at: place(chunk, progress).line) { return .needsText }
            state = .line
            return nil
        }
        if let said = try terminator(scanner, behind: word) {
            delimiter = said == [SQLByte.semicolon] ? [] : said
            state = .line
            return nil
        }
        let isCommand = scanner[word.upperBound] == 0x20 || scanner[word.upperBound] == 9
        if isCommand && scanner.isWord(word, "DELIMITER") {
            var end = word.upperBound
            while try !SQLByte.isLineEnd(scanner.byte(at: end)) { end += 1 }
            let said = scanner.bytes(word.upperBound..<end).filter { !SQLByte.isSpace($0) }
            delimiter = said == [SQLByte.semicolon] ? [] : Array(said.prefix(16))
            advance(text, to: end, progress: &progress)
            return nil
        }
        if scanner.isWord(word, "GO"),
            try scanner.isAlone(
                from: word.upperBound, text.isFinal && scanner.end < word.lowerBound + layout.maxRecordBytes)
        {
            let line = place(chunk, progress).line
            inventory?.endBatch(times: scanner.number(from: word.upperBound) ?? 1, at: line)
            state = .line
            return nil
        }
        if inventory != nil && scanner.isWord(word, "CREATE") {
            let end = min(text.count, word.lowerBound + SQLTableDefinition.longest)
            do throws(SQLProblem) {
                if let table = try SQLTableDefinition(
                    self.scanner(text, end: end), from: word.lowerBound, isFinal: text.isFinal || end < text.count)
                {
                    inventory?.define(table, at: chunk.start.line + progress.lines)
                }
            } catch  where !text.isFinal && end == text.count {
                return .needsText
            } catch {}
        }
        skipStatement(kind: "", chunk, progress)
        return nil
    }

    /// Takes the statement's beginning, up to its first row.
    private mutating func addInsert(
        _ text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step? {
        let start = progress.offset
        let headEnd = start + statement.head.count
        if !statement.head.isEmpty, headEnd < text.count, text.text[start..<headEnd].elementsEqual(statement.head),
            !SQLByte.isWord(text.text[headEnd])
        {
            count(table: nil, columns: nil, text, chunk, progress)
            advance(text, to: headEnd, progress: &progress)
            state = .row
            return nil
        }
        let end = min(text.count, start + layout.maxRecordBytes)
        do throws(SQLProblem) {
            switch try SQLHead(scanner(text, end: end), from: start) {
            case .rows(let table, let listed, let end):
                use(table: table, listed: listed)
                statement.head = statement.mayBeShort ? [] : Array(text.bytes[start..<end])
                if clauses != nil { clauses = table }
                count(table: table, columns: listed, text, chunk, progress)
                advance(text, to: end, progress: &progress)
                state = .row
            case .clauses(let end):
                clauses = ""
                advance(text, to: end, progress: &progress)
            case .noRows(let table, let listed, let kind):
                return rejectStatement(
                    SQLProblem(.query(kind), at: start), table: table, columns: listed, text, to: &chunk,
                    progress: &progress, bounds: bounds)
            case .broken(let table, let problem):
                return rejectStatement(problem, table: table, text, to: &chunk, progress: &progress, bounds: bounds)
            }
        } catch {
            if !text.isFinal && end == text.count { return .needsText }
            return rejectStatement(
                SQLProblem(error.kind, at: start), table: nil, text, to: &chunk, progress: &progress, bounds: bounds)
        }
        return nil
    }

    /// Whether the statement here stands right after a comma, because nothing ended the one before it: what is
    /// around it says that it is a row.
    private func isBehindComma(_ text: SourceText, _ progress: Progress) -> Bool {
        (progress.offset > 0 ? text.text[progress.offset - 1] : byteBefore) == SQLByte.comma
    }

    /// Counts the statement that begins here.
    ///
    /// - Parameter table: nil if it is like the last one.
    /// - Parameter isRepeated: it does not say itself what it is like.
    private mutating func count(
        table: String?, columns: [String]?, isKnown: Bool = true, isRepeated: Bool = false, _ text: SourceText,
        _ chunk: Chunk, _ progress: Progress
    ) {
        guard inventory != nil else { return }
        let place = place(chunk, progress)
        // What such a statement means, only the file's beginning knows.
        let needsFileStart = !delimiter.isEmpty || clauses != nil || isRepeated
        if let table {
            let verb = try? SQLInsertVerb(scanner(text, end: text.count), from: progress.offset)
            inventory?.beginStatement(
                table: table, columns: columns, isKnown: isKnown, verb: verb ?? .insert, at: place,
                needsFileStart: needsFileStart)
        } else {
            inventory?.beginStatement(at: place.line, needsFileStart: needsFileStart)
        }
        if !isSurvey {
            inventory?.countRow(values: nil)
            if let line = inventory?.otherColumns { statement.problem = .otherColumns(line: line) }
        }
        if isBehindComma(text, progress) { inventory?.noteDisorder() }
    }

    /// Takes a COPY up to its first line, or rejects one whose rows are elsewhere.
    private mutating func addCopy(
        _ scanner: SQLScanner, at start: Int, _ text: SourceText, to chunk: inout Chunk, progress: inout Progress,
        bounds: Bounds
    ) throws(SQLProblem) -> Step? {
        switch try SQLCopyHead(scanner, from: start) {
        case .lines(let table, let listed, let copy, let problem, let end):
            use(table: table, listed: listed)
            statement.copy = copy
            statement.mayBeShort = false
            if let problem, statement.isRead { statement.problem = statement.problem ?? problem }
            count(table: table, columns: listed, text, chunk, progress)
            advance(text, to: end, progress: &progress)
            let place = place(chunk, progress)
            inventory?.beginLines(at: place.byteOffset, isPlain: copy.isPlain && problem == nil)
            state = .lines(SQLCopyLine(), isHeader: copy.hasHeader)
        case .elsewhere(let table, let problem):
            return rejectStatement(problem, table: table, text, to: &chunk, progress: &progress, bounds: bounds)
        case .notRows(let gives):
            skipStatement(kind: gives ? "COPY … TO" : "", chunk, progress)
        }
        return nil
    }

    private mutating func rejectStatement(
        _ problem: SQLProblem, table: String?, columns: [String]? = nil, _ text: SourceText, to chunk: inout Chunk,
        progress: inout Progress, bounds: Bounds
    ) -> Step? {
        // Without a table it is nobody's, and told by the survey.
        guard let table, !table.isEmpty else {
            if inventory != nil && !isSurvey {
                statement = SQLStatement()
                statement.problem = problem.kind
                return reject(problem, .statement, text, to: &chunk, progress: &progress, bounds: bounds)
            }
            skipStatement(kind: SQLSkipped.unreadableInsert, chunk, progress)
            return nil
        }
        use(table: table, listed: columns)
        statement.head = []
        count(table: table, columns: columns, isKnown: false, text, chunk, progress)
        return reject(problem, .statement, text, to: &chunk, progress: &progress, bounds: bounds)
    }

    /// Makes a statement into this table with these columns the one that is being read.
    private mutating func use(table: String, listed: [String]?) {
        statement = SQLStatement()
        guard table == layout.table else {
            if layout.rejectsOtherTables { statement.problem = .otherTable(table) }
            return
        }
        row.hasDefaults = false
        guard let listed else {
            statement.order = unlistedOrder
            statement.mayBeShort = layout.fillsFromLeft
            row.hasDefaults = !layout.computed.isEmpty
            row.clear()
            return
        }
        var order: [Int] = []
        for name in listed {
            if let index = columns.firstIndex(where: { SQLColumns.isSame($0, name) }) {
                order.append(index)
            } else if layout.numbered.contains(where: { SQLColumns.isSame($0, name) }) {
                order.append(-1)
                row.hasDefaults = true
            } else {
                statement.problem = statement.problem ?? .unknownColumn(name)
            }
        }
        let isAsColumns = order.elementsEqual(0..<columns.count)
        statement.order = isAsColumns ? .asColumns(columns.count) : .listed(order)
    }

    /// Where the values of a row without a column list go.
    private var unlistedOrder: SQLStatement.Order {
        if layout.computed.isEmpty && !layout.fillsFromLeft { return .asColumns(layout.unlistedColumns) }
        var order: [Int] = []
        var next = 0
        while next < layout.unlistedColumns || order.count <= layout.computed.last ?? -1 {
            if layout.computed.contains(order.count) {
                order.append(-1)
            } else {
                order.append(next)
                next += 1
            }
        }
        return .listed(order)
    }

    /// Begins to skip a statement.
    mutating func skipStatement(kind: String, _ chunk: Chunk, _ progress: Progress) {
        let place = place(chunk, progress)
        var skipped = SQLSkipped(
            at: place.byteOffset, line: place.line, kind: kind, isCounted: inventory != nil,
            followsSettings: layout.backslashChanges.isEmpty, hasBatches: layout.hasBatches)
        if let inventory { skipped.flow = inventory.flow }
        state = .skipped(skipped)
    }

    func isDelimiter(_ scanner: SQLScanner, at start: Int) -> Bool {
        !delimiter.isEmpty && start + delimiter.count <= scanner.end
            && scanner.bytes(start..<(start + delimiter.count)).elementsEqual(delimiter)
    }

    func place(_ chunk: Chunk, _ progress: Progress) -> RecordLocation {
        RecordLocation(
            section: chunk.start.section, byteOffset: chunk.start.byteOffset + UInt64(progress.offset),
            line: chunk.start.line + progress.lines, record: chunk.start.record + UInt64(chunk.recordsRead))
    }
}

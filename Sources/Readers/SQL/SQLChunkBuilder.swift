internal import Records

/// Turns text into a chunk's records and rejects. It reads nothing: it says when it needs more text.
///
/// All statements are skipped in the same way, whosever rows they have, so that all sections of a file, and its
/// survey, agree on where each of them ends.
struct SQLChunkBuilder: Sendable {
    let layout: SQLLayout
    let columns: [String]
    var row: SQLRow
    var state = State.statement
    /// What ends statements where `DELIMITER` said so; empty for a semicolon.
    var delimiter: [UInt8] = []
    var statement = SQLStatement()
    /// The table of the last clause, where the clauses of an INSERT ALL come one after the other.
    var clauses: String?
    /// The byte before the chunk, where it is known.
    var byteBefore: UInt8 = 0
    /// What a backslash does in strings here.
    private(set) var syntax: SQLSyntax
    /// How many of the layout's changes of that are before this place.
    private var backslashChanges = 0
    /// Follows the script's settings where the layout does not say how they change.
    private var backslashes: SQLBackslashes
    /// The file's inventory, if one is wanted. A survey reads no rows; for a pipe, both are done at once.
    var inventory: SQLInventory?
    var isSurvey: Bool { inventory != nil && layout.table.isEmpty }

    /// A record that is too large keeps this many of its first bytes.
    static let keptBytesOfTooLarge = 64 << 10
    /// How many fields a chunk has before it is full, whatever the limits: offsets in `decoded` have 32 bits.
    private static let maximumFieldCount = 2 << 20

    /// What comes next in the text.
    enum State: Sendable {
        /// A statement.
        case statement
        /// A row, after VALUES or a comma.
        case row
        /// A comma or the statement's end.
        case separator
        case comment(SQLSkim, then: SQLRest.Next)
        /// A statement that is not data, or what may follow an INSERT's rows.
        case skipped(SQLSkipped)
        /// The lines of a COPY … FROM stdin.
        case lines(SQLCopyLine, isHeader: Bool)
        /// The rest of a line that is a command of a tool.
        case line
        /// The rest of what is too large.
        case rest(SQLRest)
        /// Text of which nothing is known, up to where statements begin again.
        case lost(SQLResync)

        init(_ next: SQLRest.Next) {
            switch next {
            case .row: self = .row
            case .separator: self = .separator
            case .statement: self = .statement
            }
        }
    }

    /// How much of the text has been used, counted from the chunk's start.
    struct Progress {
        var offset = 0
        var lines: UInt64 = 0
    }

    /// A chunk's limits, as offsets from the chunk's start.
    struct Bounds {
        var records: Int
        /// No record begins at or after this.
        var bytes: Int
        /// No record follows so many rejects.
        var rejects = Int.max
        /// Nothing at all is taken from here on: the section's end, or that of a span that is read again.
        var end: Int
        /// Chunks end between statements or rows up to here, and anywhere beyond.
        var hard: Int { 3 * bytes }
    }

    enum Step { case needsText, isFull, isAtEnd }

    init(layout: SQLLayout, columns: [String]) {
        self.layout = layout
        self.columns = columns
        row = SQLRow(columnCount: columns.count)
        syntax = SQLSyntax(layout.dialect)
        backslashes = SQLBackslashes(layout.dialect)
        if layout.rejectsOtherTables { inventory = SQLInventory(dialect: layout.dialect, tells: true) }
    }

    /// Makes the builder begin again at a statement or a row of the section's table.
    mutating func begin(at next: SQLRest.Next, byteOffset: UInt64) {
        (syntax, backslashChanges) = layout.syntax(at: byteOffset)
        backslashes = SQLBackslashes(layout.dialect)
        if layout.rejectsOtherTables { inventory = SQLInventory(dialect: layout.dialect, tells: true) }
        state = State(next)
        delimiter = []
        clauses = nil
        byteBefore = 0
        statement = SQLStatement()
        if next == .row { statement.order = .asColumns(columns.count) }
    }

    /// Makes the builder begin again at a line of the COPY that has all of the table's rows.
    mutating func beginAtLine(byteOffset: UInt64) {
        begin(at: .statement, byteOffset: byteOffset)
        statement.order = .asColumns(columns.count)
        statement.copy = SQLCopy()
        state = .lines(SQLCopyLine(), isHeader: false)
    }

    /// Adds records until the chunk is full or the text used up.
    mutating func addRecords(
        from text: SourceText, to chunk: inout Chunk, progress: inout Progress, bounds: Bounds
    ) -> Step {
        while true {
            if progress.offset == text.count {
                if !text.isFinal { return .needsText }
                rejectCutOff(text, progress: progress, to: &chunk)
                return .isAtEnd
            }
            if progress.offset >= bounds.end { return .isFull }
            if progress.offset >= bounds.hard && mayEnd(text, chunk, progress) { return .isFull }
            let step: Step? =
                switch state {
                case .statement: addStatement(text, to: &chunk, progress: &progress, bounds: bounds)
                case .row: addRow(text, to: &chunk, progress: &progress, bounds: bounds)
                case .separator: addSeparator(text, to: &chunk, progress: &progress, bounds: bounds)
                case .lines(let line, let isHeader):
                    addLines(line, isHeader: isHeader, text, to: &chunk, progress: &progress, bounds: bounds)
                default: skip(text, chunk, progress: &progress, bounds: bounds)
                }
            if inventory != nil { tellNews(progress, &chunk) }
            if let step { return step }
        }
    }

    @inline(__always)
    func isFull(_ chunk: Chunk, _ progress: Progress, _ bounds: Bounds) -> Bool {
        let count = chunk.recordsRead
        return progress.offset > 0
            && (count >= bounds.records || progress.offset >= bounds.bytes
                || chunk.fields.count >= Self.maximumFieldCount || chunk.rejects.count >= bounds.rejects)
    }

    /// Whether a chunk that ends here can be gone on from: what is around the place must not say anything wrong of
    /// what comes next. There is text after it.
    func mayEnd(_ text: SourceText, _ chunk: Chunk, _ progress: Progress) -> Bool {
        let place = progress.offset
        guard place > 0 else { return false }
        if let lines = layout.lines {
            if case .lines(let line, _) = state { return line.isStart }
            return chunk.start.byteOffset + UInt64(place) > lines.upperBound
        }
        switch (SQLPlace.next(before: text.text[place - 1], after: text.text[place]), state) {
        case (nil, _): return true
        case (.statement, .statement): return delimiter.isEmpty || !layout.isUniform
        case (.row, .row): return statement.isRead || !layout.isUniform
        default: return !layout.isUniform
        }
    }

    /// Uses the text up to `end`.
    @inline(__always)
    func advance(_ text: SourceText, to end: Int, progress: inout Progress) {
        progress.lines &+= UInt64(SQLByte.countLineFeeds(text.text, progress.offset..<end))
        progress.offset = end
    }

    func scanner(_ text: SourceText, end: Int) -> SQLScanner {
        SQLScanner(
            base: text.text.baseAddress!, end: end, syntax: syntax, hexIsNumber: layout.hexIsNumber,
            encoding: layout.encoding)
    }

    /// Reads strings from here on as the layout says.
    mutating func useSyntax(at byteOffset: UInt64) {
        guard backslashChanges < layout.backslashChanges.count,
            layout.backslashChanges[backslashChanges] <= byteOffset
        else { return }
        (syntax, backslashChanges) = layout.syntax(at: byteOffset)
    }

    /// Reads strings from here on as the script's settings say; nil if a new session begins.
    mutating func follow(_ setting: SQLBackslashes.Statement?, at byteOffset: UInt64) {
        guard layout.backslashChanges.isEmpty else { return }
        if let setting { backslashes.take(setting) } else { backslashes.connect() }
        guard backslashes.syntax != syntax else { return }
        syntax = backslashes.syntax
        inventory?.noteBackslashes(at: byteOffset)
    }
}

/// What the bytes around the end of a chunk say of what comes next.
enum SQLPlace {
    static func next(before: UInt8, after: UInt8) -> SQLRest.Next? {
        if after == SQLByte.comma || after == SQLByte.semicolon { return nil }
        switch before {
        case SQLByte.comma: return .row
        case SQLByte.semicolon, SQLByte.lineFeed: return after == SQLByte.lineFeed ? nil : .statement
        default: return nil
        }
    }
}

/// How the lines of a `COPY … FROM stdin` are written.
struct SQLCopy: Sendable, Hashable {
    var isCSV = false
    var delimiter = UInt8(ascii: "\t")
    /// What an unquoted field is that means NULL.
    var null = Array("\\N".utf8)
    var quote = SQLByte.doubleQuote
    var escape = SQLByte.doubleQuote
    /// The first line has the columns' names.
    var hasHeader = false
    /// What its lines end with: CR where the statement's own line does, and not with CR LF.
    var lineEnd = SQLByte.lineFeed

    /// PostgreSQL's text format as `pg_dump` writes it, which is nowhere recorded with the place of a chunk's end.
    var isPlain: Bool { self == SQLCopy() }
}

/// What a COPY statement says before its lines.
enum SQLCopyHead {
    /// Lines follow at `end`, the beginning of a line. `problem` is why none of them can be used.
    case lines(table: String, columns: [String]?, SQLCopy, problem: SQLProblem.Kind?, end: Int)
    /// The rows are in another file.
    case elsewhere(table: String, SQLProblem)
    /// It gives rows away, or it is none of COPY's forms.
    case notRows(gives: Bool)

    /// Reads from the word COPY on. Throws `.ended` where the text ends too early.
    init(_ text: SQLScanner, from start: Int) throws(SQLProblem) {
        self = .notRows(gives: false)
        var options = SQLCopyOptions()
        var position = try text.skipSpace(from: try text.wordEnd(from: start))
        if SQLByte.isWord(try text.byte(at: position)) {
            let end = try text.wordEnd(from: position)
            if text.isWord(position..<end, "BINARY") {
                position = try text.skipSpace(from: end)
                options.isKnown = false
            }
        }
        guard let table = try text.qualifiedName(from: position) else {
            // `COPY (SELECT …) TO stdout`.
            self = .notRows(gives: try text.byte(at: position) == SQLByte.open)
            return
        }
        position = try text.skipSpace(from: table.end)
        var columns: [String]?
        if try text.byte(at: position) == SQLByte.open {
            guard let list = try text.columnList(from: position) else { return }
            columns = list.names
            position = try text.skipSpace(from: list.end)
        }
        guard try text.nextWord(&position, is: "FROM") else {
            self = .notRows(gives: try text.nextWord(&position, is: "TO"))
            return
        }
        guard try text.nextWord(&position, is: "STDIN") else {
            self = .elsewhere(table: table.name, SQLProblem(.elsewhere, at: start))
            return
        }
        position = try options.read(text, from: position)
        while try !SQLByte.isLineEnd(text.byte(at: position)) { position += 1 }
        if text[position] == SQLByte.carriageReturn {
            if try text.byte(at: position + 1) == SQLByte.lineFeed {
                position += 1
            } else {
                options.copy.lineEnd = SQLByte.carriageReturn
            }
        }
        self = .lines(
            table: table.name, columns: columns, options.copy, problem: options.isKnown ? nil : .copyOptions,
            end: position + 1)
    }

    /// Whether the word COPY here begins a statement with lines, although nothing ended the one before it.
    static func begins(_ text: SQLScanner, at word: Range<Int>) throws(SQLProblem) -> Bool {
        guard text.isWord(word, "COPY") else { return false }
        if case .lines = try SQLCopyHead(text, from: word.lowerBound) { return true }
        return false
    }
}

/// The options after `FROM stdin`, in their old and new forms: `WITH (FORMAT csv, HEADER)`, `WITH CSV HEADER`.
private struct SQLCopyOptions {
    var copy = SQLCopy()
    var isKnown = true
    private var null: [UInt8]?
    private var delimiter: UInt8?
    private var escape: UInt8?

    init() {}

    /// Reads up to the statement's semicolon and returns the place after it.
    mutating func read(_ text: SQLScanner, from start: Int) throws(SQLProblem) -> Int {
        var position = start
        var option = ""
        while true {
            position = try text.skipSpace(from: position)
            switch try text.byte(at: position) {
            case SQLByte.semicolon:
                finish()
                return position + 1
            case SQLByte.quote:
                let string = try text.string(from: position, escapes: .none)
                var value: [UInt8] = []
                try text.append(string, to: &value)
                take(value, for: option)
                position = string.end + 1
            case let byte where SQLByte.isWord(byte):
                let end = try text.wordEnd(from: position)
                if text.isWord(position..<end, "E"), try text.byte(at: end) == SQLByte.quote {
                    let string = try text.string(from: end, escapes: .postgresql)
                    var value: [UInt8] = []
                    try text.append(string, to: &value)
                    take(value, for: option)
                    position = string.end + 1
                    continue
                }
                take(word: text.uppercased(position..<end), &option)
                position = end
            case SQLByte.open, SQLByte.close, SQLByte.comma: position += 1
            default:
                isKnown = false
                position += 1
            }
        }
    }

    private static let names: Set = [
        "FORMAT", "DELIMITER", "DELIMITERS", "NULL", "QUOTE", "ESCAPE", "FREEZE", "ENCODING", "HEADER",
    ]

    private mutating func take(word: String, _ option: inout String) {
        switch (option, word) {
        case (_, "WITH"), (_, "AS"), (_, "USING"): return
        case (_, "CSV"), ("FORMAT", "CSV"): copy.isCSV = true
        case ("FORMAT", "TEXT"), ("HEADER", "MATCH"), ("HEADER", "TRUE"), ("HEADER", "ON"): break
        case ("FREEZE", "TRUE"), ("FREEZE", "ON"), ("FREEZE", "FALSE"), ("FREEZE", "OFF"): break
        case ("HEADER", "FALSE"), ("HEADER", "OFF"): copy.hasHeader = false
        default:
            option = word
            if word == "HEADER" { copy.hasHeader = true }
            if !Self.names.contains(word) { isKnown = false }
        }
    }

    private mutating func take(_ value: [UInt8], for option: String) {
        switch (option, value.count) {
        case ("DELIMITER", 1), ("DELIMITERS", 1): delimiter = value[0]
        case ("NULL", _): null = value
        case ("QUOTE", 1): copy.quote = value[0]
        case ("ESCAPE", 1): escape = value[0]
        case ("ENCODING", _):
            if !String(decoding: value, as: UTF8.self).uppercased().hasPrefix("UTF") { isKnown = false }
        case ("FORMAT", _) where value == Array("csv".utf8): copy.isCSV = true
        default: isKnown = false
        }
    }

    private mutating func finish() {
        copy.delimiter = delimiter ?? (copy.isCSV ? SQLByte.comma : copy.delimiter)
        copy.null = null ?? (copy.isCSV ? [] : copy.null)
        copy.escape = escape ?? copy.quote
    }
}

extension SQLScanner {
    /// Whether the next word is this one; goes after it where it is.
    func nextWord(_ position: inout Int, is word: StaticString) throws(SQLProblem) -> Bool {
        guard SQLByte.isWord(try byte(at: position)) else { return false }
        let end = try wordEnd(from: position)
        guard isWord(position..<end, word) else { return false }
        position = try skipSpace(from: end)
        return true
    }
}

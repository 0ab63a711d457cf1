internal import Records

/// Counts what an SQL file has: the tables that rows go into, and the statements that are not data.
struct SQLInventory: Sendable {
    /// What INSERTs are called that are in the code of triggers and procedures.
    static let codedInsert = "INSERT in code"
    static let kindsWithRows: Set = ["COPY", "UPSERT", "REINSERT", "INS", SQLSkipped.unreadableInsert]

    var tables: [Table] = []
    var skipped: [String: Int] = [:]
    /// Those that may put rows into a table that nobody reads them from.
    var withRows: [String: Int] = [:]
    /// What begins as no statement does.
    var strays: SQLSurvey.Strays?
    /// Where a backslash in strings begins to escape, or no longer does.
    private(set) var backslashChanges: [UInt64] = []
    /// Where and in what the file ends too early.
    var cutOff: String?
    /// The comment that the file, or a dump in it, should end with and does not.
    private(set) var missingEnd: String?
    var frame = SQLDumpFrame()
    /// The encoding that the script says it is in where its first rows stand.
    var encoding: String?
    /// The one that it says later, before other rows.
    var otherEncoding: SQLSurvey.OtherEncoding?
    var newEncoding: String?

    var indices: [String: Int] = [:]
    var indicesByLastName: [String: [Int]] = [:]
    var definitions: [String: SQLTableDefinition] = [:]
    var definedByLastName: [String: [String]] = [:]
    var scopesOfDefinitions: [String: String] = [:]
    /// The tables that are there only while the script runs.
    var temporary: Set<String> = []
    let dialect: SQLDialect
    var database = ""
    var schema = ""
    /// The one that a rollback puts back in PostgreSQL; nil before the first transaction.
    var schemaBefore: String?
    /// How often one of the two was chosen.
    var choices = 0
    var isInBlock = false
    /// Blocks of code run with the script.
    var hasBlocks = false
    var variables: [[UInt8]] = []
    static let mostVariables = 100
    var flow = SQLControlFlow()
    /// The tables that rows were put into since the last transaction began, and how many statements since the last GO.
    var uncommitted: Set<Int> = []
    /// The line of the BEGIN that nothing has ended yet.
    var transaction: UInt64?
    var statementsInBatch = 0
    /// The last statement had rows and has been run, so that a line with `/` runs it again.
    var hasRunRows = false
    var headVerb = SQLInsertVerb.insert
    var verb = SQLInsertVerb.insert
    var line: UInt64 = 0
    var current = 0
    var isInStatement = false
    var isUnlisted = false

    /// What was found since the last call, to report it while rows are read.
    var news: [SQLNews] = []
    let tells: Bool

    init(dialect: SQLDialect, tells: Bool = false) {
        self.dialect = dialect
        self.tells = tells
    }

    mutating func takeNews() -> [SQLNews] {
        if news.isEmpty { return [] }
        defer { news = [] }
        return news
    }

    mutating func tell(_ kind: SQLNews.Kind, of table: String? = nil, at line: UInt64) {
        if tells { news.append(SQLNews(kind: kind, table: table, line: line)) }
    }

    mutating func noteBackslashes(at byteOffset: UInt64) { backslashChanges.append(byteOffset) }

    /// The line from which on rows like those that come next have other columns than the first ones.
    var otherColumns: UInt64? { isUnlisted ? tables[current].otherColumns : nil }

    /// - Parameter columns: nil if the statement lists none.
    /// - Parameter isKnown: false if the columns of its rows cannot be known, because it has none to be read.
    mutating func beginStatement(
        table: String, columns: [String]?, isKnown: Bool = true, verb: SQLInsertVerb, at place: RecordLocation,
        needsFileStart: Bool
    ) {
        if let index = indices[table] {
            current = index
        } else {
            current = tables.count
            indices[table] = current
            let parts = SQLTableName.parts(table)
            indicesByLastName[parts.last ?? "", default: []].append(current)
            tables.append(Table(name: table, parts: parts, start: place))
        }
        headVerb = verb
        isUnlisted = columns == nil && isKnown
        if let columns {
            tables[current].list(columns)
        } else if isKnown {
            tables[current].hasUnlisted = true
        }
        if tables[current].listed != nil && tables[current].hasUnlisted { notePartlyListed(at: place.line) }
        beginStatement(at: place.line, needsFileStart: needsFileStart)
    }

    mutating func notePartlyListed(at line: UInt64) {
        guard tables[current].partlyListed == nil else { return }
        tables[current].partlyListed = line
        if definition(of: tables[current]) == nil { tell(.guessesColumns, of: tables[current].name, at: line) }
    }

    /// Begins a statement that is like the last one.
    mutating func beginStatement(at line: UInt64, needsFileStart: Bool) {
        isInStatement = true
        self.line = line
        verb = headVerb
        if newEncoding != nil { noteEncoding(at: line) }
        if isUnlisted { noteDefinition() }
        if tables[current].choices != choices { noteScope(at: line) }
        if let rows = flow.rows, !tables[current].isOfScript {
            giveRows(rows, at: line)
            flow.told()
        }
        uncommitted.insert(current)
        statementsInBatch += 1
        hasRunRows = true
        tables[current].statements += 1
        if needsFileStart { tables[current].needsFileStart = true }
        if verb != .insert { noteVerb() }
    }

    /// Whether to count the values of a row, even of one that cannot be used.
    var asksForValues: Bool {
        isUnlisted ? tables[current].unlistedCount == nil : !tables[current].undecided.isEmpty
    }

    /// Counts a row; `values` is nil for one that cannot be read.
    mutating func countRow(values: Int?, defaults: [Int] = [], nulls: [Int] = []) {
        tables[current].records += 1
        if !isUnlisted && values != nil && !tables[current].undecided.isEmpty {
            tables[current].decide(defaults, nulls)
        }
        if isUnlisted && tables[current].unlistedCount == nil, let values, values <= SQLLayout.maximumColumnCount {
            tables[current].unlistedCount = values
            tables[current].unlistedDefaults = defaults
            tables[current].unlistedNulls = nulls
        }
        if isUnlisted, dialect == .postgresql, let values, values != tables[current].mostUnlisted {
            noteCount(values)
        }
    }

    /// PostgreSQL gives the values of a row to the table's first columns.
    mutating func noteCount(_ values: Int) {
        guard values <= tables[current].definition?.columns.count ?? 0 else { return }
        if tables[current].mostUnlisted > 0 { tables[current].unlistedDiffer = true }
        tables[current].mostUnlisted = max(values, tables[current].mostUnlisted)
    }

    /// - Parameter isPlain: false if what the lines mean does not follow from their place.
    mutating func beginLines(at byteOffset: UInt64, isPlain: Bool) {
        tables[current].copies += 1
        tables[current].lines = isPlain ? byteOffset..<byteOffset : nil
    }

    mutating func endLines(at byteOffset: UInt64) {
        guard let lines = tables[current].lines else { return }
        tables[current].lines = lines.lowerBound..<byteOffset
    }

    mutating func endStatement(at byteOffset: UInt64) {
        guard isInStatement else { return }
        isInStatement = false
        tables[current].end = byteOffset
        tables[current].verbs.formUnion(verb.set)
    }

    mutating func noteDisorder() { tables[current].isDisordered = true }

    /// Notes SQL Server's `GO`, which runs what is before it so many times.
    mutating func endBatch(times: Int, at line: UInt64) {
        if times != 1 && statementsInBatch > 0 { countUnread("GO \(times)", at: line) }
        statementsInBatch = 0
        flow.endBatch()
    }

    /// Notes a command of a tool after which nothing is run, or between which and the next one nothing may be.
    mutating func follow(_ tool: SQLToolLine.Flow) {
        switch tool {
        case .ends(let command): flow.end(by: command)
        case .goesOn: flow.goOn()
        }
    }

    /// SQL*Plus's `/` is what runs the statement with rows.
    mutating func runBySlash() { hasRunRows = false }

    /// Notes a `/` after a statement that a semicolon has run already.
    mutating func runAgain(at line: UInt64) {
        if dialect == .standard && hasRunRows { countUnread("/ after an INSERT", at: line) }
    }

    /// Takes a line's comment from after its marker on.
    mutating func noteComment(_ text: String) {
        let missing = frame.missing
        if !frame.take(text) { missingEnd = missingEnd ?? missing }
    }

    /// The line of the transaction that the script's end leaves open, and that rows were put in by.
    var openTransaction: UInt64? { uncommitted.isEmpty ? nil : transaction }

    /// Tells what only the end shows.
    mutating func tellEnd() {
        if let line = openTransaction { tell(.neverCommitted, at: line) }
    }

    mutating func end(at byteOffset: UInt64) {
        endStatement(at: byteOffset)
        missingEnd = missingEnd ?? frame.missing
    }

    /// Counts what a tool that made the file said meanwhile.
    mutating func countMessage(of tool: String, isError: Bool, at line: UInt64) {
        if isError {
            countUnread("error of \(tool)", at: line)
        } else {
            skipped["message of \(tool)", default: 0] += 1
        }
    }
}

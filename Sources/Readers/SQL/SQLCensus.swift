internal import Records

/// Counts what an SQL file has: the tables that rows go into, and the statements that are not data.
struct SQLCensus: Sendable {
    struct Table: Sendable {
        let name: String
        /// Where its first statement begins.
        let start: RecordLocation
        /// The byte behind its last statement.
        var end: UInt64 = 0
        var records: UInt64 = 0
        /// The columns of the first statement that lists some.
        var listed: [String]?
        /// All columns that statements list, in the order that they come in.
        var all: [String] = []
        var listsDiffer = false
        /// A statement lists no columns.
        var hasUnlisted = false
        /// How many values the first row of such a statement has.
        var unlistedCount: Int?
        /// Which of them are DEFAULT.
        var unlistedDefaults: [Int] = []
        /// What a statement of it means, only the file's beginning knows: there are a delimiter that was said, conditions
        /// or the clauses of INSERT ALL.
        var needsFileStart = false
        var statements = 0
        var copies = 0
        /// Where the lines of its last COPY begin and end, if they are as `pg_dump` writes them.
        var lines: Range<UInt64>?
        /// Something stands where a row or its end should be.
        var isDisordered = false
    }

    /// What INSERTs are called that stand in the code of triggers and procedures.
    static let codedInsert = "INSERT in code"
    private static let psqlCopy = "\\copy"

    /// Whether statements of a kind may put rows into a table that nobody reads them from.
    static func mayGiveRows(_ kind: String) -> Bool {
        ["MERGE", "LOAD DATA", "LOAD XML", "BULK INSERT", "COPY", psqlCopy, SQLSkipped.unreadableInsert].contains(kind)
    }

    private(set) var tables: [Table] = []
    private(set) var skipped: [String: Int] = [:]
    /// Where and in what the file ends too early.
    var cutOff: String?

    private var indices: [String: Int] = [:]
    private(set) var definitions: [String: SQLTableDefinition] = [:]
    private var current = 0
    private var isInStatement = false
    private var isUnlisted = false

    /// - Parameter columns: nil where the statement lists none.
    /// - Parameter isKnown: false where the columns of its rows cannot be known, because it has none to be read.
    mutating func beginStatement(
        table: String, columns: [String]?, isKnown: Bool = true, at place: RecordLocation, needsFileStart: Bool
    ) {
        if let index = indices[table] {
            current = index
        } else {
            current = tables.count
            indices[table] = current
            tables.append(Table(name: table, start: place))
        }
        isUnlisted = columns == nil && isKnown
        if let columns {
            tables[current].list(columns)
        } else if isKnown {
            tables[current].hasUnlisted = true
        }
        beginStatement(needsFileStart: needsFileStart)
    }

    /// Begins a statement that is like the last one.
    mutating func beginStatement(needsFileStart: Bool) {
        isInStatement = true
        tables[current].statements += 1
        if needsFileStart { tables[current].needsFileStart = true }
    }

    /// Whether how many values a row has is to be found out, even of one that cannot be used.
    var asksForValues: Bool { isUnlisted && tables[current].unlistedCount == nil }

    /// Counts a row; `values` is nil for one that cannot be read.
    mutating func countRow(values: Int?, defaults: [Int] = []) {
        tables[current].records += 1
        if isUnlisted && tables[current].unlistedCount == nil, let values, values <= SQLLayout.maximumColumnCount {
            tables[current].unlistedCount = values
            tables[current].unlistedDefaults = defaults
        }
    }

    /// - Parameter isPlain: false where what the lines mean does not follow from their place.
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
    }

    mutating func noteDisorder() { tables[current].isDisordered = true }

    mutating func countSkipped(_ statement: SQLSkipped) {
        if statement.kind == SQLSkipped.tail { return }
        skipped[statement.kind, default: 0] += 1
        if let count = statement.code?.insertCount, count > 0 { skipped[Self.codedInsert, default: 0] += count }
    }

    mutating func countPsqlCopy() { skipped[Self.psqlCopy, default: 0] += 1 }

    mutating func define(_ table: SQLTableDefinition) { definitions[table.table] = table }

    /// The columns of the rows of statements that list none, and which of a row's values are of computed ones that are
    /// left out: the columns of the table's `CREATE TABLE`, without those that the database makes the values of where
    /// the rows do not have them, or numbers.
    func unlistedColumns(of table: Table) -> (columns: [String], computed: [Int]) {
        let isNameless = !table.hasUnlisted && table.all.isEmpty
        guard table.hasUnlisted || isNameless else { return ([], []) }
        let definition =
            definitions[table.name] ?? definitions.first { SQLColumns.isSame($0.key, table.name) }?.value
        guard let definition else {
            // Of a table of nothing but expressions not even the count of columns may be known; it is told all the same.
            guard let count = table.unlistedCount ?? (table.all.isEmpty ? 1 : nil) else { return ([], []) }
            return (ColumnNames.numbered(count), [])
        }
        return definition.columns(ofRowsWith: table.unlistedCount, defaults: table.unlistedDefaults)
    }
}

extension SQLCensus.Table {
    fileprivate mutating func list(_ columns: [String]) {
        guard let listed else {
            listed = columns
            all = columns
            return
        }
        if SQLColumns.areSame(listed, columns) { return }
        listsDiffer = true
        let known = Set(all.map { $0.lowercased() })
        for name in columns where !known.contains(name.lowercased()) && all.count < SQLLayout.maximumColumnCount {
            all.append(name)
        }
    }
}

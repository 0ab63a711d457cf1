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
        /// A statement ends with something else than a semicolon.
        var hasDelimiter = false
        /// Something stands where a row or its end should be.
        var isDisordered = false
    }

    private(set) var tables: [Table] = []
    private(set) var skipped: [String: Int] = [:]
    /// Where and in what the file ends too early.
    var cutOff: String?

    private var indices: [String: Int] = [:]
    private var definitions: [String: SQLTableDefinition] = [:]
    private var current = 0
    private var isInStatement = false
    private var isUnlisted = false

    mutating func beginStatement(table: String, columns: [String]?, at place: RecordLocation, hasDelimiter: Bool) {
        if let index = indices[table] {
            current = index
        } else {
            current = tables.count
            indices[table] = current
            tables.append(Table(name: table, start: place))
        }
        isUnlisted = columns == nil
        if let columns {
            tables[current].list(columns)
        } else {
            tables[current].hasUnlisted = true
        }
        beginStatement(at: place, hasDelimiter: hasDelimiter)
    }

    /// Begins a statement that is like the last one.
    mutating func beginStatement(at place: RecordLocation, hasDelimiter: Bool) {
        isInStatement = true
        if hasDelimiter { tables[current].hasDelimiter = true }
    }

    /// Counts a row; `values` is nil for one that cannot be read.
    mutating func countRow(values: Int?) {
        tables[current].records += 1
        if isUnlisted && tables[current].unlistedCount == nil, let values, values <= SQLLayout.maximumColumnCount {
            tables[current].unlistedCount = values
        }
    }

    mutating func endStatement(at byteOffset: UInt64) {
        guard isInStatement else { return }
        isInStatement = false
        tables[current].end = byteOffset
    }

    mutating func noteDisorder() { tables[current].isDisordered = true }

    mutating func countSkipped(_ kind: String) { skipped[kind, default: 0] += 1 }

    mutating func define(_ table: SQLTableDefinition) { definitions[table.table] = table }

    /// The columns of the rows of statements that list none: those of the table's `CREATE TABLE`, without the computed
    /// ones where the rows do not have them, or numbers.
    func unlistedColumns(of table: Table) -> [String] {
        guard table.hasUnlisted else { return [] }
        let definition =
            definitions[table.name] ?? definitions.first { SQLColumns.isSame($0.key, table.name) }?.value
        guard let definition else { return table.unlistedCount.map(ColumnNames.numbered) ?? [] }
        let isOrdinary = table.unlistedCount == definition.ordinaryColumns.count
        return isOrdinary ? definition.ordinaryColumns : definition.columns
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

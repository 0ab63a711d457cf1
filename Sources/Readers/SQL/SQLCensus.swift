internal import Records

/// Counts what an SQL file has: the tables that rows go into, and the statements that are not data.
struct SQLCensus: Sendable {
    /// What INSERTs are called that stand in the code of triggers and procedures.
    static let codedInsert = "INSERT in code"
    private static let kindsWithRows: Set = ["COPY", "UPSERT", "REINSERT", "INS", SQLSkipped.unreadableInsert]

    private(set) var tables: [Table] = []
    private(set) var skipped: [String: Int] = [:]
    /// Those that may put rows into a table that nobody reads them from.
    private(set) var withRows: [String: Int] = [:]
    /// Where a backslash in strings begins to escape, or no longer does.
    private(set) var backslashChanges: [UInt64] = []
    /// Where and in what the file ends too early.
    var cutOff: String?
    /// The comment that the file, or a dump in it, should end with and does not.
    private(set) var missingEnd: String?
    private var frame = SQLDumpFrame()
    /// The encoding that the script says it is in where its first rows stand.
    private(set) var encoding: String?

    private var indices: [String: Int] = [:]
    private var indicesByLastName: [String: [Int]] = [:]
    private(set) var definitions: [String: SQLTableDefinition] = [:]
    private var definedByLastName: [String: [String]] = [:]
    private var scopesOfDefinitions: [String: String] = [:]
    /// The tables that are there only while the script runs.
    private(set) var temporary: Set<String> = []
    private let dialect: SQLDialect
    private var database = ""
    private var schema = ""
    /// The one that a rollback puts back in PostgreSQL; nil in front of the first transaction.
    private var schemaBefore: String?
    /// How often one of the two was chosen.
    private var choices = 0
    private var isInBlock = false
    private var variables: [[UInt8]] = []
    private static let mostVariables = 100
    private(set) var flow = SQLControlFlow()
    /// The tables that rows were put into since the last transaction began, and how many statements since the last GO.
    private var uncommitted: Set<Int> = []
    /// The line of the BEGIN that nothing has ended yet.
    private var transaction: UInt64?
    private var statementsInBatch = 0
    /// The last statement had rows and has been run, so that a line with `/` runs it once more.
    private var hasRunRows = false
    private var headVerb = SQLInsertVerb.insert
    private var verb = SQLInsertVerb.insert
    private var line: UInt64 = 0
    private var current = 0
    private var isInStatement = false
    private var isUnlisted = false

    /// What was found since it was asked for, where it is to be told while rows are read.
    private var news: [SQLNews] = []
    private let tells: Bool

    init(dialect: SQLDialect, tells: Bool = false) {
        self.dialect = dialect
        self.tells = tells
    }

    mutating func takeNews() -> [SQLNews] {
        if news.isEmpty { return [] }
        defer { news = [] }
        return news
    }

    private mutating func tell(_ kind: SQLNews.Kind, of table: String? = nil, at line: UInt64) {
        if tells { news.append(SQLNews(kind: kind, table: table, line: line)) }
    }

    mutating func noteBackslashes(at byteOffset: UInt64) { backslashChanges.append(byteOffset) }

    /// The line from which on rows like those that come next have other columns than the first ones.
    var otherColumns: UInt64? { isUnlisted ? tables[current].otherColumns : nil }

    /// - Parameter columns: nil where the statement lists none.
    /// - Parameter isKnown: false where the columns of its rows cannot be known, because it has none to be read.
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

    private mutating func notePartlyListed(at line: UInt64) {
        guard tables[current].partlyListed == nil else { return }
        tables[current].partlyListed = line
        if definition(of: tables[current]) == nil { tell(.guessesColumns, of: tables[current].name, at: line) }
    }

    /// Begins a statement that is like the last one.
    mutating func beginStatement(at line: UInt64, needsFileStart: Bool) {
        isInStatement = true
        self.line = line
        verb = headVerb
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

    /// Whether how many values a row has is to be found out, even of one that cannot be used.
    var asksForValues: Bool { isUnlisted && tables[current].unlistedCount == nil }

    /// Counts a row; `values` is nil for one that cannot be read.
    mutating func countRow(values: Int?, defaults: [Int] = [], nulls: [Int] = []) {
        tables[current].records += 1
        if isUnlisted && tables[current].unlistedCount == nil, let values, values <= SQLLayout.maximumColumnCount {
            tables[current].unlistedCount = values
            tables[current].unlistedDefaults = defaults
            // PostgreSQL takes NULL for what it is.
            tables[current].unlistedNulls = dialect == .postgresql ? [] : nulls
        }
        if isUnlisted, dialect == .postgresql, let values, values != tables[current].mostUnlisted {
            noteCount(values)
        }
    }

    /// PostgreSQL gives the values of a row to the table's first columns.
    private mutating func noteCount(_ values: Int) {
        guard values <= tables[current].definition?.columns.count ?? 0 else { return }
        if tables[current].mostUnlisted > 0 { tables[current].unlistedDiffer = true }
        tables[current].mostUnlisted = max(values, tables[current].mostUnlisted)
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
        tables[current].verbs.formUnion(verb.set)
    }

    /// The statement's rows are followed by what to do where they are there already.
    ///
    /// - Parameter computes: from what is there, so that rows of one statement after the other count.
    mutating func noteConflictClause(computes: Bool) {
        let isFirst = verb == .insert
        verb = .onConflict
        if isFirst { noteVerb() }
        if computes && tables[current].records > 1 && !knowsComputing {
            change(verb.words, current, at: line, hasRows: true)
        }
    }

    /// It is told already that such clauses of the table change rows.
    var knowsComputing: Bool { tables[current].changes.contains { $0.verb == SQLInsertVerb.onConflict.words } }

    /// Rows that are put in another way than those in front of them may take their places.
    private mutating func noteVerb() {
        guard !tables[current].verbs.subtracting(verb.set).isEmpty else { return }
        change(verb.words, current, at: line, hasRows: true)
    }

    private mutating func change(_ verb: String, _ index: Int, at line: UInt64, hasRows: Bool = false) {
        tables[index].changes.count(verb, at: line, hasRows: hasRows)
        tell(.changes(verb), of: tables[index].name, at: line)
    }

    mutating func noteDisorder() { tables[current].isDisordered = true }

    mutating func countSkipped(_ statement: SQLSkipped) {
        if statement.kind == SQLSkipped.tail { return }
        hasRunRows = false
        skipped[statement.kind, default: 0] += 1
        if Self.kindsWithRows.contains(statement.kind) { withRows[statement.kind, default: 0] += 1 }
        flow = statement.flow
        if statement.opensBlock { isInBlock = true }
        if statement.kind == "END" { (isInBlock, transaction) = (false, nil) }
        if let count = statement.code?.insertCount, count > 0 { skipped[Self.codedInsert, default: 0] += count }
    }

    /// Notes SQL Server's `GO`, which runs what stands in front of it so many times.
    mutating func endBatch(times: Int, at line: UInt64) {
        if times != 1 && statementsInBatch > 0 { countUnread("GO \(times)", at: line) }
        statementsInBatch = 0
        flow.endBatch()
    }

    /// Notes a command of a tool behind which nothing is run, or between which and the next one nothing may be.
    mutating func follow(_ tool: SQLToolLine.Flow) {
        switch tool {
        case .ends(let command): flow.end(by: command)
        case .goesOn: flow.goOn()
        }
    }

    /// SQL*Plus's `/` is what runs the statement with rows.
    mutating func runBySlash() { hasRunRows = false }

    /// Notes a `/` behind a statement that a semicolon has run already.
    mutating func runAgain(at line: UInt64) {
        if dialect == .standard && hasRunRows { countUnread("/ after an INSERT", at: line) }
    }

    /// Takes a line's comment from behind its marker on.
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

    /// Counts a command of a tool, or a comment that a server runs, whose rows are not read.
    mutating func countUnread(_ kind: String, at line: UInt64) {
        skipped[kind, default: 0] += 1
        giveRows(kind, at: line)
    }

    private mutating func giveRows(_ kind: String, at line: UInt64) {
        withRows[kind, default: 0] += 1
        tell(.givesRows(kind), at: line)
    }

    private func isIn(_ scope: SQLScope, _ table: Table) -> Bool {
        switch scope {
        case .database(let name):
            let isNamed = table.parts.count > (dialect == .mysql ? 1 : 2) && table.parts[0] == name.lowercased()
            return isNamed || table.scopes.contains { $0.hasPrefix("\(name.lowercased())/") }
        case .schema(let name):
            let isNamed = table.parts.dropLast().last == name.lowercased()
            return isNamed || table.scopes.contains { $0.hasSuffix("/\(name.lowercased())") }
        }
    }

    /// A name that a tool has a value for, as it stands in text; nil where names mean nothing any more.
    mutating func define(_ variable: String?) {
        guard let variable else {
            variables = []
            return
        }
        let name = Array(variable.lowercased().utf8)
        if variables.count < Self.mostVariables && !variables.contains(name) { variables.append(name) }
    }

    /// Looks for such names in a row.
    mutating func lookForVariables(in row: Slice<UnsafeRawBufferPointer>) {
        if variables.isEmpty { return }
        let text = row.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }
        let found = variables.contains { text.firstRange(of: $0) != nil }
        if found { giveRows("variable in a row", at: line) }
    }

    /// The definition in force of a table of this name; one of the two may leave out where the table is.
    private func definition(of name: String, _ parts: [String]) -> SQLTableDefinition? {
        if let exact = definitions[name] { return exact }
        let similar = (definedByLastName[parts.last ?? ""] ?? []).filter {
            SQLTableName.canBeSame(SQLTableName.parts($0), parts)
        }
        let same = similar.filter { SQLColumns.isSame($0, name) }
        let only = same.count == 1 ? same : similar
        return only.count == 1 ? definitions[only[0]] : nil
    }

    mutating func define(_ made: SQLTableDefinition, at line: UInt64) {
        let parts = SQLTableName.parts(made.table)
        let scope = scope(partCount: parts.count)
        if made.isForMissing && definitions[made.table] != nil && scopesOfDefinitions[made.table] == scope { return }
        scopesOfDefinitions[made.table] = scope
        if made.isTemporary { temporary.insert(made.table) } else { temporary.remove(made.table) }
        let parents = made.parents.compactMap { definition(of: $0, SQLTableName.parts($0)) }
        let table = parents.isEmpty ? made : made.inheriting(parents)
        if definitions.updateValue(table, forKey: table.table) == nil {
            definedByLastName[parts.last ?? "", default: []].append(table.table)
        }
        redefine(parts, at: line)
    }

    /// Looks whether rows without a column list have the columns that are in force from here on.
    private mutating func redefine(_ parts: [String], at line: UInt64) {
        for index in indices(of: parts) where tables[index].hasUnlisted {
            let definition = definition(of: tables[index].name, tables[index].parts)
            guard let earlier = tables[index].definition else {
                // Where no definition stands in front of the rows, the next one is taken.
                tables[index].definition = definition
                continue
            }
            let isSame = definition.map { SQLColumns.areSame($0.columns.map(\.name), earlier.columns.map(\.name)) }
            tables[index].redefined = isSame == false ? line : nil
        }
    }

    private func indices(of parts: [String]) -> [Int] {
        (indicesByLastName[parts.last ?? ""] ?? []).filter { SQLTableName.canBeSame(tables[$0].parts, parts) }
    }

    private mutating func noteDefinition() {
        if tables[current].records == 0 && tables[current].definition == nil {
            tables[current].definition = definition(of: tables[current].name, tables[current].parts)
        }
        if let redefined = tables[current].redefined, tables[current].otherColumns == nil {
            tables[current].otherColumns = redefined
        }
    }

    /// What was chosen that says where a table of a name of so many parts is.
    private func scope(partCount: Int) -> String {
        let ofDatabase = partCount == 1 || dialect != .mysql && partCount == 2
        return ofDatabase ? partCount == 1 ? "\(database)/\(schema)" : database : ""
    }

    private mutating func noteScope(at line: UInt64) {
        tables[current].choices = choices
        let scope = scope(partCount: tables[current].parts.count)
        if tables[current].scopes.contains(scope) { return }
        if !tables[current].scopes.isEmpty && tables[current].otherScope == nil {
            tables[current].otherScope = line
            tell(.otherScope, of: tables[current].name, at: line)
        }
        tables[current].scopes.append(scope)
    }

    mutating func declare(encoding name: String) {
        if tables.isEmpty { encoding = name }
    }

    mutating func choose(_ scope: SQLScope) {
        choices += 1
        switch scope {
        case .database(let name): database = name.lowercased()
        case .schema(let name): schema = name.lowercased()
        }
    }

    mutating func apply(_ effect: SQLEffect, at line: UInt64) {
        switch effect {
        case .uses(let scope): choose(scope)
        case .declares(let name): declare(encoding: name)
        case .givesRows(let kind):
            if kind == SQLEffect.selectInto && isInBlock { return }
            giveRows(kind, at: line)
        case .drops(let scope):
            for index in tables.indices where tables[index].records > 0 && isIn(scope, tables[index]) {
                change("DROP", index, at: line)
            }
        case .defines(let variable): define(variable)
        case .beginsTransaction:
            (uncommitted, transaction) = ([], line)
            schemaBefore = schema
        case .commits:
            (uncommitted, transaction) = ([], nil)
            schemaBefore = schema
        case .mayCommit: transaction = nil
        case .rollsBack:
            transaction = nil
            if dialect == .postgresql, let schemaBefore { choose(.schema(schemaBefore)) }
            for index in uncommitted.sorted() { change("ROLLBACK", index, at: line) }
            uncommitted = []
        case .changes(let verb, let names):
            for name in names {
                if verb == "DROP TABLE" { scopesOfDefinitions[name] = nil }
                for index in indices(of: SQLTableName.parts(name)) where tables[index].records > 0 {
                    let scope = scope(partCount: tables[index].parts.count)
                    if tables[index].scopes.contains(scope) { change(verb, index, at: line) }
                }
            }
        case .alters(let name, let alterations):
            let parts = SQLTableName.parts(name)
            for index in indices(of: parts) where tables[index].records > 0 {
                let columns = tables[index].all + (tables[index].definition?.columns.map(\.name) ?? [])
                if alterations.contains(where: { $0.changesValues(ofRowsWith: columns) }) {
                    change("ALTER TABLE", index, at: line)
                }
            }
            guard let definition = definition(of: name, parts) else {
                // Its columns cannot be known from here on.
                for index in indices(of: parts) where tables[index].hasUnlisted { tables[index].redefined = line }
                return
            }
            definitions[definition.table] = definition.altered(alterations)
            redefine(parts, at: line)
        }
    }

    private func definition(of table: Table) -> SQLTableDefinition? {
        table.definition ?? definition(of: table.name, table.parts)
    }

    /// The line from which on some of the table's rows list their columns and some do not, and nothing tells those.
    func guessLine(of table: Table) -> UInt64? { definition(of: table) == nil ? table.partlyListed : nil }

    /// The columns of the rows of statements that list none, and which of a row's values are of computed ones that are
    /// left out: the columns of the table's `CREATE TABLE`, without those that the database makes the values of where
    /// the rows do not have them, or numbers.
    func unlistedColumns(of table: Table) -> (columns: [String], computed: [Int]) {
        let isNameless = !table.hasUnlisted && table.all.isEmpty
        guard table.hasUnlisted || isNameless else { return ([], []) }
        guard let definition = definition(of: table) else {
            if let guessed = table.guessedColumns { return (guessed, []) }
            // Of a table of nothing but expressions not even the count of columns may be known; it is told all the same.
            guard let count = table.unlistedCount ?? (table.all.isEmpty ? 1 : nil) else { return ([], []) }
            return (ColumnNames.numbered(count), [])
        }
        if table.copies == 0 && table.mostUnlisted > 0 {
            return definition.columns(ofFirst: table.mostUnlisted, defaults: table.unlistedDefaults)
        }
        return definition.columns(
            ofRowsWith: table.unlistedCount, defaults: table.unlistedDefaults, nulls: table.unlistedNulls)
    }
}

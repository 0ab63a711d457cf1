/// What statements do to rows above them, and what they may put in.
extension SQLInventory {
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

    mutating func change(_ verb: String, _ index: Int, at line: UInt64, hasRows: Bool = false) {
        tables[index].changes.count(verb, at: line, hasRows: hasRows)
        tell(.changes(verb), of: tables[index].name, at: line)
    }

    /// Rows that are put in another way than those before them may take their places.
    mutating func noteVerb() {
        guard !tables[current].verbs.subtracting(verb.set).isEmpty else { return }
        change(verb.words, current, at: line, hasRows: true)
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

    mutating func countSkipped(_ statement: SQLSkipped) {
        if statement.kind == SQLSkipped.tail { return }
        hasRunRows = false
        if dialect == .standard {
            let isBlock = statement.kind == "DECLARE" || statement.kind == "BEGIN" && transaction != statement.line
            hasBlocks = hasBlocks || isBlock
        }
        if statement.stray?.isFound(allowsWords: hasBlocks) == true {
            countStray(at: statement.line)
        } else {
            skipped[statement.kind, default: 0] += 1
        }
        if Self.kindsWithRows.contains(statement.kind) { withRows[statement.kind, default: 0] += 1 }
        flow = statement.flow
        if statement.opensBlock { isInBlock = true }
        if statement.kind == "END" { (isInBlock, transaction) = (false, nil) }
        if let count = statement.code?.insertCount, count > 0 { skipped[Self.codedInsert, default: 0] += count }
    }

    mutating func countStray(at line: UInt64) {
        if strays == nil { tell(.unknown, at: line) }
        strays = SQLSurvey.Strays(count: (strays?.count ?? 0) + 1, line: strays?.line ?? line)
    }

    /// Counts a command of a tool, or a comment that a server runs, whose rows are not read.
    mutating func countUnread(_ kind: String, at line: UInt64) {
        skipped[kind, default: 0] += 1
        giveRows(kind, at: line)
    }

    mutating func giveRows(_ kind: String, at line: UInt64) {
        withRows[kind, default: 0] += 1
        tell(.givesRows(kind), at: line)
    }
}

/// What a statement that is not data does to rows that are before it, or to the names of what follows.
enum SQLEffect: Sendable, Equatable {
    /// It changes, removes or renames rows of these tables: those that it names before its conditions.
    case changes(_ verb: String, tables: [String])
    case alters(table: String, [SQLAlteration])
    /// Names without a database, or without a schema, mean this one from here on.
    case uses(SQLScope)
    /// The text is in this encoding from here on.
    case declares(encoding: String)
    /// It may put rows into a table that nobody reads them from.
    case givesRows(_ kind: String)
    /// It removes this database or schema with its tables.
    case drops(SQLScope)
    /// Text has this name for a value from here on; nil if names are none any more.
    case defines(_ variable: String?)
    /// What was put in after this is of a transaction of its own.
    case beginsTransaction
    /// What was put in so far stays; perhaps, where that is under a condition.
    case commits, mayCommit
    /// It undoes what the transaction put in.
    case rollsBack

    /// How far into a statement is looked.
    static let window = 4096

    /// What the statement does that begins with this word; nil if it does nothing of all that. Throws `.ended` where
    /// that cannot be seen yet.
    init?(_ text: SQLScanner, at word: Range<Int>, isFinal: Bool) throws(SQLProblem) {
        guard let verb = Verb(rawValue: text.uppercased(word.prefix(16))) else { return nil }
        if verb == .do {
            guard try SQLBlock.mayGiveRows(text, from: word.upperBound, isFinal: isFinal) else { return nil }
            self = .givesRows(verb.rawValue)
            return
        }
        let tokens = try Self.words(text, behind: word, isFinal: isFinal)
        guard let effect = Self.effect(verb, tokens[...], text.dialect) else { return nil }
        self = effect
    }

    /// The words of the statement that begins with this one, as far as they are looked at. Throws `.ended` where they cannot
    /// be seen yet.
    static func words(
        _ text: SQLScanner, behind word: Range<Int>, isFinal: Bool
    ) throws(SQLProblem) -> [SQLWords.Token] {
        let end = min(text.end, word.lowerBound + Self.window)
        let seen = SQLScanner(base: text.base, end: end, syntax: text.syntax)
        let mayGoOn = end == text.end && end < word.lowerBound + Self.window && !isFinal
        if mayGoOn && !seen.bytes(word.upperBound..<end).contains(SQLByte.semicolon) {
            throw SQLProblem(.ended, at: end)
        }
        var words = SQLWords(seen, from: word.upperBound)
        let isWhole = try words.read()
        if mayGoOn && !isWhole { throw SQLProblem(.ended, at: end) }
        return words.tokens
    }

    private enum Verb: String {
        case update = "UPDATE"
        case delete = "DELETE"
        case truncate = "TRUNCATE"
        case drop = "DROP"
        case alter = "ALTER"
        case rename = "RENAME"
        case use = "USE"
        case set = "SET"
        case select = "SELECT"
        case with = "WITH"
        case create = "CREATE"
        case define = "DEFINE"
        case accept = "ACCEPT"
        case exec = "EXEC"
        case execute = "EXECUTE"
        case call = "CALL"
        case start = "START"
        case source = "SOURCE"
        case begin = "BEGIN"
        case commit = "COMMIT"
        case rollback = "ROLLBACK"
        case abort = "ABORT"
        case importTable = "IMPORT"
        case `do` = "DO"
        case merge = "MERGE"
        case load = "LOAD"
        case bulk = "BULK"
    }

    private static func effect(_ verb: Verb, _ tokens: ArraySlice<SQLWords.Token>, _ dialect: SQLDialect) -> SQLEffect?
    {
        switch verb {
        case .update:
            guard !tokens.first.isWord("STATISTICS") else { return nil }
            return changes("UPDATE", targets(tokens.drop { $0.isWord(in: updateWords) }))
        case .delete: return changes("DELETE", targets(tokens.drop { $0.isWord(in: deleteWords) }))
        case .truncate: return changes("TRUNCATE", targets(tokens.drop { $0.isWord(in: ["TABLE", "ONLY"]) }))
        case .drop:
            if tokens.first.isWord(in: ["DATABASE", "SCHEMA"]) {
                let name = tokens.dropFirst().drop { $0.isWord(in: ["IF", "EXISTS"]) }.first?.name
                let isDatabase = tokens.first.isWord("DATABASE") || dialect == .mysql
                return name.map { .drops(isDatabase ? .database($0) : .schema($0)) }
            }
            guard tokens.drop(while: { $0.isWord(in: ["TEMPORARY", "FOREIGN"]) }).first.isWord("TABLE") else {
                return nil
            }
            return changes("DROP TABLE", targets(tokens.drop { $0.isWord(in: dropWords) }))
        case .rename:
            // Oracle has `RENAME t TO u`.
            if tokens.dropFirst().first.isWord("TO") { return changes("RENAME", tokens.prefix(1).compactMap(\.name)) }
            guard tokens.first.isWord("TABLE") else { return nil }
            return changes("RENAME TABLE", targets(tokens.dropFirst()))
        case .alter: return alteration(tokens)
        case .use: return tokens.first?.name.map { .uses(.database($0)) }
        case .define, .accept: return tokens.first?.name.map { .defines("&\($0)") }
        case .set where tokens.first.isWord(in: ["DEFINE", "DEF", "SCAN"]) && tokens.dropFirst().first.isWord("OFF"):
            return .defines(nil)
        case .set:
            return SQLScope(setting: tokens).map { .uses($0) }
                ?? encoding(setting: tokens).map { .declares(encoding: $0) }
        case .select: return selection(tokens)
        case .with:
            guard
                let main = tokens.firstIndex(where: {
                    $0.depth == 0 && $0.isWord(in: ["SELECT", "UPDATE", "DELETE", "MERGE"])
                }),
                let word = tokens[main].word
            else { return nil }
            if word == "MERGE" { return .givesRows("MERGE") }
            if let inner = change(insideOf: tokens[..<main], dialect) { return inner }
            let outer = Verb(rawValue: word).flatMap { effect($0, tokens[(main + 1)...], dialect) }
            guard case .changes(let verb, let names) = outer else { return outer }
            // A query of SQL Server may stand for the table that it is of.
            let queries = queries(named: names, in: tokens[..<main])
            return queries.isEmpty ? outer : .changes(verb, tables: names + queries)
        case .create: return creation(tokens, dialect)
        case .exec, .execute, .call:
            if let table = SQLProcedure.renamed(tokens) { return .changes("RENAME TABLE", tables: [table]) }
            if let effect = SQLProcedure.renamedColumn(tokens) { return effect }
            return SQLProcedure.mayGiveRows(tokens) ? .givesRows(verb.rawValue) : nil
        case .begin:
            // Without one of these words, it begins one of Oracle's and SQL Server's blocks.
            let begins = dialect != .standard || tokens.isEmpty || tokens.first.isWord(in: transactionWords)
            return begins ? .beginsTransaction : nil
        case .commit: return .commits
        case .rollback: return tokens.first.isWord("PREPARED") ? nil : .rollsBack
        case .abort: return dialect == .postgresql ? .rollsBack : nil
        case .importTable: return dialect == .mysql && tokens.first.isWord("TABLE") ? .givesRows("IMPORT TABLE") : nil
        case .do: return nil
        case .start where tokens.first.isWord("TRANSACTION"): return .beginsTransaction
        case .start:
            guard dialect == .standard, let next = tokens.first, next.name != nil,
                !next.isWord(in: ["TRANSACTION", "WITH", "SLAVE", "REPLICA", "GROUP_REPLICATION"])
            else { return nil }
            return .givesRows("START")
        case .source: return .givesRows("SOURCE")
        // `MERGE JOIN` is how to join.
        case .merge: return tokens.first?.name == nil || tokens.first.isWord("JOIN") ? nil : .givesRows("MERGE")
        case .load: return ["DATA", "XML"].first(where: tokens.first.isWord).map { .givesRows("LOAD \($0)") }
        case .bulk: return tokens.first.isWord("INSERT") ? .givesRows("BULK INSERT") : nil
        }
    }

    private static let transactionWords: Set = [
        "TRAN", "TRANSACTION", "WORK", "DEFERRED", "IMMEDIATE", "EXCLUSIVE", "DISTRIBUTED",
    ]
    private static let updateWords: Set = [
        "LOW_PRIORITY", "IGNORE", "ONLY", "OR", "REPLACE", "ABORT", "FAIL", "ROLLBACK",
    ]
    private static let deleteWords: Set = ["LOW_PRIORITY", "QUICK", "IGNORE", "FROM", "ONLY"]
    private static let dropWords: Set = ["TEMPORARY", "FOREIGN", "TABLE", "IF", "EXISTS"]

    /// What a statement inside of WITH does, as PostgreSQL has them: `WITH d AS (DELETE FROM t RETURNING *) …`.
    private static func change(insideOf tokens: ArraySlice<SQLWords.Token>, _ dialect: SQLDialect) -> SQLEffect? {
        for index in tokens.indices.dropFirst() where tokens[index - 1].symbol == SQLByte.open {
            guard let word = tokens[index].word, ["UPDATE", "DELETE", "MERGE"].contains(word),
                let verb = Verb(rawValue: word)
            else { continue }
            let depth = tokens[index].depth
            let inner = tokens[(index + 1)...].prefix { $0.depth >= depth }.map { token in
                var token = token
                token.depth -= depth
                return token
            }
            if let effect = effect(verb, inner[...], dialect) { return effect }
        }
        return nil
    }

    /// The tables that queries of these names in a WITH are of.
    private static func queries(named names: [String], in tokens: ArraySlice<SQLWords.Token>) -> [String] {
        var found: [String] = []
        for index in tokens.indices.dropLast(2) where tokens[index].depth == 0 && tokens[index + 1].isWord("AS") {
            guard let name = tokens[index].name, names.contains(where: { SQLColumns.isSame($0, name) }) else {
                continue
            }
            let depth = tokens[index + 2].depth
            let query = tokens[(index + 2)...].dropFirst().prefix { $0.depth > depth }
            for place in query.indices.dropLast() where query[place].isWord(in: ["FROM", "JOIN"]) {
                if let table = query[place + 1].name { found.append(table) }
            }
        }
        return found
    }

    private static func changes(_ verb: String, _ tables: [String]) -> SQLEffect? {
        tables.isEmpty ? nil : .changes(verb, tables: tables)
    }

    /// The tables before the statement's conditions: the names at its beginning, and those after FROM and JOIN, of
    /// which the first ones may be short for.
    private static func targets(_ tokens: ArraySlice<SQLWords.Token>) -> [String] {
        var names: [String] = []
        var isExpected = true
        var isList = true
        for token in tokens where token.depth == 0 {
            if token.isWord(in: ["FROM", "JOIN", "USING", "TABLE"]) {
                (isExpected, isList) = (true, true)
            } else if token.symbol == SQLByte.comma {
                isExpected = isList
            } else if token.isWord(in: ["ONLY", "LATERAL", "TOP"]) {
                continue
            } else if token.isWord(in: ["SET", "WHERE", "ON"]) {
                (isExpected, isList) = (false, false)
            } else if let name = token.name {
                if isExpected { names.append(name) }
                isExpected = false
            }
        }
        return names
    }

    private static func selection(_ tokens: ArraySlice<SQLWords.Token>) -> SQLEffect? {
        if let place = tokens.firstIndex(where: { $0.name.map { $0.lowercased().hasSuffix("set_config") } ?? false }),
            case let strings = tokens[place...].compactMap(\.text), strings.count >= 2,
            strings[0].lowercased() == "search_path"
        {
            return .uses(.schema(strings[1]))
        }
        if tokens.contains(where: {
            $0.name.map { largeObjectCalls.contains(SQLTableName.parts($0).last ?? "") } ?? false
        }) {
            return .givesRows(largeObjects)
        }
        guard let into = tokens.firstIndex(where: { $0.depth == 0 && $0.isWord("INTO") }),
            let target = tokens[tokens.index(after: into)...].first, target.name != nil,
            !target.isWord(in: ["OUTFILE", "DUMPFILE", "TEMP", "TEMPORARY"])
        else { return nil }
        return .givesRows(selectInto)
    }

    private static func creation(_ tokens: ArraySlice<SQLWords.Token>, _ dialect: SQLDialect) -> SQLEffect? {
        guard let table = tokens.prefix(6).firstIndex(where: { $0.isWord("TABLE") }),
            !tokens[..<table].contains(where: {
                $0.isWord(in: ["TEMP", "TEMPORARY", "TYPE", "INDEX", "TRIGGER", "VIEW"])
            })
        else { return nil }
        let rest = tokens[(table + 1)...]
        if let query = tableAsQuery(rest, dialect) { return query }
        // MariaDB's, which drops the one that is there.
        let isReplaced = tokens[..<table].contains { $0.isWord("REPLACE") }
        return isReplaced ? rest.first?.name.map { .changes("CREATE OR REPLACE TABLE", tables: [$0]) } : nil
    }

    private static func tableAsQuery(_ rest: ArraySlice<SQLWords.Token>, _ dialect: SQLDialect) -> SQLEffect? {
        // MySQL's `CREATE TABLE u SELECT …`.
        if rest.dropFirst().first.isWord("SELECT") { return .givesRows(tableAsQuery) }
        if dialect == .mysql, rest.contains(where: { $0.isWord("SELECT") }) { return .givesRows(tableAsQuery) }
        for index in rest.indices where rest[index].depth == 0 && rest[index].isWord("AS") {
            let query = rest[(index + 1)...].first { $0.symbol != SQLByte.open }
            if query.map({ $0.isWord(in: ["SELECT", "WITH", "TABLE", "VALUES", "EXECUTE", "FROM"]) }) != true {
                continue
            }
            let isEmpty = rest.indices.dropLast(2).contains {
                rest[$0].isWord("WITH") && rest[$0 + 1].isWord("NO") && rest[$0 + 2].isWord("DATA")
            }
            return isEmpty ? nil : .givesRows(tableAsQuery)
        }
        return nil
    }

    static let selectInto = "SELECT … INTO"
    static let largeObjects = "large objects"
    /// What `pg_dump` writes for each of PostgreSQL's large objects.
    private static let largeObjectCalls: Set = ["lo_open", "lo_put", "lo_from_bytea", "lo_import"]
    static let tableAsQuery = "CREATE TABLE … AS"

    private static func alteration(_ tokens: ArraySlice<SQLWords.Token>) -> SQLEffect? {
        if tokens.first.isWord("SESSION") { return SQLScope(setting: tokens.dropFirst(2)).map { .uses($0) } }
        guard tokens.first.isWord("TABLE"),
            let target = tokens.dropFirst().firstIndex(where: {
                $0.name != nil && !$0.isWord(in: ["IF", "EXISTS", "ONLY"])
            }),
            let table = tokens[target].name
        else { return nil }
        let actions = tokens[(target + 1)...].split { $0.depth == 0 && $0.symbol == SQLByte.comma }
        if actions.contains(where: SQLAlteration.changesRows) { return .changes("ALTER TABLE", tables: [table]) }
        let alterations = SQLAlteration.read(actions)
        return alterations.isEmpty ? nil : .alters(table: table, alterations)
    }
}

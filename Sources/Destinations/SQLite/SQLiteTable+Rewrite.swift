internal import CSQLite
internal import Records

extension SQLiteTable {
    private static let newTable = "_waybill_widening"

    /// Another type for a column; a number in a column that becomes TEXT becomes the text it was read from.
    struct Retyping {
        var column: String
        var from: String
        var to: String
        /// How the column's values are spelled; nil where that is not known.
        var spelling: SQLiteSpelling?
    }

    /// Rewrites the table. Returns what stands against it, in SQLite's words, where the table does not let that be done; then
    /// it is as it was.
    func rewriteIfAllowed(_ retypings: [Retyping], in connection: SQLiteConnection) throws -> String? {
        var definition = SQLiteTableDefinition(sql)
        for retyping in retypings
        where !definition.replaceType(of: retyping.column, retyping.from, by: retyping.to) {
            return "the table's definition does not show where the type of \(retyping.column) is"
        }
        try connection.execute("SAVEPOINT waybill_rewriting")
        do {
            try rewrite(retypings, in: connection)
            try connection.execute("RELEASE waybill_rewriting")
            return nil
        } catch {
            // What else goes wrong is about the database or its disk.
            guard connection.isInTransaction,
                [SQLITE_ERROR, SQLITE_CONSTRAINT].contains(connection.extendedCode & 0xff)
            else { throw error }
            let words = connection.lastMessage
            try connection.execute("ROLLBACK TO waybill_rewriting")
            try connection.execute("RELEASE waybill_rewriting")
            return words
        }
    }

    /// What stands against another type of one column.
    func refusal(of retyping: Retyping, in connection: SQLiteConnection) throws -> String? {
        try connection.execute("SAVEPOINT waybill_trying")
        let words = try rewriteIfAllowed([retyping], in: connection)
        try connection.execute("ROLLBACK TO waybill_trying")
        try connection.execute("RELEASE waybill_trying")
        return words
    }

    /// SQLite cannot change a column's type, so the table is rewritten: the procedure of its ALTER TABLE page. The
    /// rest of the definition, rowids, indexes and triggers stay as they are. Runs inside a transaction, with foreign
    /// keys off.
    func rewrite(_ retypings: [Retyping], in connection: SQLiteConnection) throws {
        var definition = SQLiteTableDefinition(sql)
        for retyping in retypings {
            guard definition.replaceType(of: retyping.column, retyping.from, by: retyping.to) else {
                throw DataError(
                    .destination,
                    "the type of column \(retyping.column) of table \(self.name) cannot be changed to \(retyping.to)",
                    remedy: "Change the column's type to \(retyping.to) yourself, and resume.")
            }
        }
        let dependents = try connection.query(
            """
            SELECT sql FROM main.sqlite_schema
            WHERE lower(tbl_name) = lower(?1) AND type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY rowid
            """, [.text(self.name)]
        ) { $0.text(0) }

        let name = try SQLiteIdentifier.quoted(self.name)
        let new = try SQLiteIdentifier.quoted(Self.newTable)
        try connection.execute("CREATE TABLE main.\(new) \(definition.body)")
        try connection.execute(
            try copySQL(from: name, to: new, retypings))
        let counter = try counter(in: connection)
        try connection.execute("DROP TABLE main.\(name)")
        // Without it, the renaming fails on views that name the table which is missing at this moment.
        try connection.execute("PRAGMA legacy_alter_table = ON")
        defer { try? connection.execute("PRAGMA legacy_alter_table = OFF") }
        try connection.execute("ALTER TABLE main.\(new) RENAME TO \(name)")
        if let counter {
            try connection.execute(
                "UPDATE main.sqlite_sequence SET seq = ?1 WHERE name = ?2", [counter, .text(self.name)])
        }
        for sql in dependents { try connection.execute(sql) }
        try SQLiteRowNumbers(connection: connection).noteRewritten(self.name)
    }

    /// The highest number that an AUTOINCREMENT ever gave: rows may be gone that had it. Nil where there is none.
    private func counter(in connection: SQLiteConnection) throws -> SQLiteValue? {
        guard sql.uppercased().contains("AUTOINCREMENT"),
            try SQLiteTable.find("sqlite_sequence", in: connection) != nil
        else { return nil }
        let numbers = try connection.query("SELECT seq FROM main.sqlite_sequence WHERE name = ?1", [.text(name)]) {
            $0.integer(0)
        }
        return numbers.first.map { .integer(UInt64(bitPattern: $0)) }
    }

    private func copySQL(from old: String, to new: String, _ retypings: [Retyping]) throws -> String {
        var names: [String] = []
        var values: [String] = []
        // Where the rowid is a column, it is copied as that column; where columns hide all its names, it is new.
        if hasRowID, rowIDAlias == nil, let rowID = rowIDName {
            names.append(rowID)
            values.append(rowID)
        }
        for column in columns where !column.isGenerated {
            let quoted = try SQLiteIdentifier.quoted(column.name)
            names.append(quoted)
            values.append(
                retypings.first { $0.column == column.name }.map { Self.converted(quoted, $0) } ?? quoted)
        }
        return """
            INSERT INTO main.\(new) (\(names.joined(separator: ", "))) SELECT \(values.joined(separator: ", "))
            FROM main.\(old)
            """
    }

    private static func converted(_ column: String, _ retyping: Retyping) -> String {
        if case .booleans(let booleans)? = retyping.spelling {
            let words = [true, false].map { SQLiteIdentifier.literal(booleans.letters?.word($0)) }
            return retyping.to == "TEXT"
                ? "CASE \(column) WHEN 1 THEN \(words[0]) WHEN 0 THEN \(words[1]) ELSE \(column) END"
                : "CASE \(column) WHEN \(words[0]) THEN 1 WHEN \(words[1]) THEN 0 ELSE \(column) END"
        }
        return retyping.to == "TEXT" ? asText(column, retyping.spelling?.numbers) : column
    }

    /// A column's numbers as the texts that they were. Without a spelling, a whole number was most likely an integer.
    private static func asText(_ column: String, _ spelling: NumberSpelling?) -> String {
        let isWhole = "abs(\(column)) < 1e15 AND \(column) = CAST(\(column) AS INTEGER)"
        let whole = "WHEN typeof(\(column)) = 'real' AND \(isWhole) THEN CAST(CAST(\(column) AS INTEGER) AS TEXT)"
        let number: String
        switch spelling?.form ?? .plain {
        case .plain: number = "\(whole) WHEN typeof(\(column)) IN ('integer', 'real') THEN CAST(\(column) AS TEXT)"
        case .pointed:
            number = "WHEN typeof(\(column)) IN ('integer', 'real') THEN CAST(CAST(\(column) AS REAL) AS TEXT)"
        case .fixed(let decimals, let wholeToo):
            number =
                (wholeToo ? "" : "\(whole) WHEN typeof(\(column)) = 'integer' THEN CAST(\(column) AS TEXT) ")
                + "WHEN typeof(\(column)) IN ('integer', 'real') THEN printf('%.\(decimals)f', \(column))"
        }
        return "CASE \(number) ELSE \(column) END"
    }
}

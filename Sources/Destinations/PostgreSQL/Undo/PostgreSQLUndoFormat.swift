internal import Records

/// How undo data describes the rows of a table, as SQL expressions over the table under an alias.
struct PostgreSQLUndoFormat {
    let table: PostgreSQLTable
    /// The row in `_waybill.undo_tables` that says so.
    let tableID: String
    /// The columns that rows are described by.
    let columns: [PostgreSQLTable.Column]
    /// What tells rows apart; empty for a table without a key, whose rows are told apart by their place and content.
    let key: [PostgreSQLTable.Column]
    /// The session's time zone, where texts of times depend on it and undo data needs them in UTC; nil if it is UTC.
    let zone: String?

    /// - Parameter wanted: the key of an import, which no record is without: where it is unique, rows that have one are told
    ///   apart by it, even if the table has others.
    init(_ table: PostgreSQLTable, key wanted: [String], in connection: PostgreSQLConnection) throws {
        self.table = table
        let zone = try connection.query("SHOW TimeZone")[0][0] ?? "UTC"
        self.zone = ["UTC", "Etc/UTC"].contains(zone) ? nil : zone
        columns = table.described
        let identity = table.identity.isEmpty && !wanted.isEmpty && table.isUnique(wanted) ? wanted : table.identity
        key = identity.compactMap(table.column)
        func array(_ names: [String]) -> String {
            "ARRAY[\(names.map(PostgreSQLIdentifier.literal).joined(separator: ", "))]::text[]"
        }
        let (name, names, keys) = (
            PostgreSQLIdentifier.literal(table.quotedName), array(columns.map(\.name)), array(key.map(\.name))
        )
        try connection.execute(
            "INSERT INTO _waybill.undo_tables (table_name, columns, key) VALUES (\(name), \(names), \(keys)) ON CONFLICT DO NOTHING"
        )
        tableID =
            try connection.query(
                "SELECT id FROM _waybill.undo_tables WHERE table_name = \(name) AND columns = \(names) AND key = \(keys)"
            )[0][0] ?? ""
    }

    /// A table as undo data described it before.
    ///
    /// - Throws: `DataError.conflict` if the table does not have these columns any more.
    init(_ table: PostgreSQLTable, tableID: String, columns: [String], key: [String]) throws {
        func find(_ name: String) throws -> PostgreSQLTable.Column {
            if let column = table.columns.first(where: { $0.name == name }) { return column }
            throw DataError.columnIsAway(name, of: table.quotedName, in: nil)
        }
        self.table = table
        zone = nil
        self.tableID = tableID
        self.columns = try columns.map(find)
        self.key = try key.map(find)
    }

    /// The same of a table that may have lost some of these columns.
    ///
    /// - Returns: nil if it lost one of the key.
    init?(_ table: PostgreSQLTable, tableID: String, columnsLeftOf columns: [String], key: [String]) {
        func find(_ name: String) -> PostgreSQLTable.Column? { table.columns.first { $0.name == name } }
        self.table = table
        zone = nil
        self.tableID = tableID
        self.columns = columns.compactMap(find)
        self.key = key.compactMap(find)
        if self.key.count < key.count { return nil }
    }

    /// The values of some columns, as texts.
    func texts(_ columns: [PostgreSQLTable.Column], _ alias: String) -> String {
        "ARRAY[\(columns.map { text("\(alias).\(PostgreSQLIdentifier.quoted($0.name))", $0) }.joined(separator: ", "))]"
    }

    /// The text of a value of a column: as it was written, where its type was guessed and that is noted. It stays what it is
    /// when the column becomes text.
    func text(_ value: String, _ column: PostgreSQLTable.Column) -> String {
        column.spelled(value) ?? text(value, column.type)
    }

    /// The text of a value of a type, which is the same in every time zone. See decision 32.
    func text(_ value: String, _ type: String) -> String {
        guard let zone, Self.mayDependOnZone(type) else { return "\(value)::text" }
        if type.hasPrefix("timestamp"), type.hasSuffix("with time zone") {
            return "regexp_replace((\(value) AT TIME ZONE 'UTC')::text, '^([^ ]+ [^ ]+)', E'\\\\1+00')"
        }
        // Arguments are computed from left to right: the text, then the session's own zone again.
        return """
            CASE WHEN \(value) IS NOT NULL AND set_config('TimeZone', 'UTC', true) IS NOT NULL
            THEN concat(\(value)::text, left(set_config('TimeZone', \(PostgreSQLIdentifier.literal(zone)), true), 0)) END
            """
    }

    private static let typesWithoutZone: Set<String> = [
        "text", "character varying", "character", "name", "\"char\"", "smallint", "integer", "bigint", "real",
        "double precision", "numeric", "money", "boolean", "date", "time", "timestamp", "interval", "uuid", "json",
        "jsonb",
        "bytea", "xml", "inet", "cidr", "macaddr", "oid", "bit", "bit varying", "tsvector", "citext", "public.citext",
        "int4range", "int8range", "numrange", "daterange", "tsrange", "point", "box", "polygon",
    ]

    /// Types of others may be made of times with a zone.
    private static func mayDependOnZone(_ type: String) -> Bool {
        var base = type[...]
        while base.hasSuffix("[]") { base = base.dropLast(2) }
        if base.hasSuffix(" without time zone") { return false }
        if base.hasPrefix("time"), base.hasSuffix(" with time zone") { return base.hasPrefix("timestamp") }
        return !typesWithoutZone.contains(String(base.prefix { $0 != "(" }))
    }

    /// The row's values, as texts.
    func image(_ alias: String) -> String { texts(columns, alias) }

    /// The row's key, as texts; for a table without a key, the row's place.
    func keyTexts(_ alias: String) -> String { key.isEmpty ? "ARRAY[\(alias).ctid::text]" : texts(key, alias) }

    /// 64 bits that stand for the row's values.
    func fingerprint(_ alias: String) -> String { Self.fingerprint("\(image(alias))::text") }

    /// The collation does not matter to what a row is, and two columns' may contradict each other.
    static func fingerprint(_ text: String) -> String { "hashtextextended(\(text) COLLATE \"C\", 0)" }

    /// Whether a row under an alias has the key that an expression gives as texts, in a way that an index can serve.
    func hasKey(_ alias: String, _ texts: String) -> String {
        key.isEmpty ? "\(alias).ctid = (\(texts))[1]::tid" : Self.has(key, alias, texts)
    }

    /// Whether some columns of a row have the values that an expression gives as texts.
    static func has(_ columns: [PostgreSQLTable.Column], _ alias: String, _ texts: String) -> String {
        columns.enumerated().map {
            "\(alias).\(PostgreSQLIdentifier.quoted($1.name)) = (\(texts))[\($0 + 1)]::\($1.type)"
        }.joined(separator: " AND ")
    }

    /// The values of an image as a list of typed expressions.
    func typed(_ image: String) -> [String] {
        columns.enumerated().map { "(\(image))[\($0 + 1)]::\($1.type)" }
    }
}

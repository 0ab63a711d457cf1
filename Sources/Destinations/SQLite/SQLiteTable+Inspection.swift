internal import Records

extension SQLiteTable {
    /// The table of this name, or nil if there is none. Throws if the name is a view's or a virtual table's.
    static func find(_ name: String, in connection: SQLiteConnection) throws -> SQLiteTable? {
        let listed = try connection.query(
            "SELECT name, type, wr FROM pragma_table_list(?1) WHERE schema = 'main'", [.text(name)]
        ) { (name: $0.text(0), kind: $0.text(1), hasRowID: $0.integer(2) == 0) }
        guard let found = listed.first else { return nil }
        guard found.kind == "table" else {
            throw DataError(
                .unusableOption, "\(found.name) in \(connection.path) is a \(found.kind) (not an ordinary table)",
                remedy: "Import into an ordinary table.")
        }
        return try SQLiteTable(found.name, hasRowID: found.hasRowID, in: connection)
    }

    /// The tables that virtual ones, such as full-text indexes, keep their content in.
    static func shadowNames(in connection: SQLiteConnection) throws -> [String] {
        try connection.query("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'") {
            $0.text(0)
        }
    }

    /// Whether anything of the schema has this name.
    static func isThere(_ name: String, in connection: SQLiteConnection) throws -> Bool {
        try !connection.query("SELECT 1 FROM pragma_table_list(?1) WHERE schema = 'main'", [.text(name)]) { _ in true }
            .isEmpty
    }

    /// All ordinary tables of the database.
    static func all(in connection: SQLiteConnection) throws -> [SQLiteTable] {
        try connection.tables.all(in: connection)
    }

    init(_ name: String, hasRowID: Bool, in connection: SQLiteConnection) throws {
        self.name = name
        self.hasRowID = hasRowID
        sql =
            try connection.query(
                "SELECT sql FROM main.sqlite_schema WHERE type = 'table' AND name = ?1", [.text(name)]
            ) { $0.text(0) }.first ?? ""
        triggers = try connection.query(
            "SELECT sql FROM main.sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1)", [.text(name)]
        ) { $0.text(0) }
        columns = try connection.query(
            """
            SELECT name, type, "notnull", CASE upper(dflt_value) WHEN 'NULL' THEN NULL ELSE dflt_value END, pk, hidden, (
                SELECT strict FROM pragma_table_list(?1) WHERE schema = 'main') FROM pragma_table_xinfo(?1, 'main') ORDER BY cid
            """, [.text(name)]
        ) {
            Column(
                name: $0.text(0), declaredType: $0.text(1), isStrict: $0.integer(6) == 1,
                isNotNull: $0.integer(2) != 0, defaultValue: $0.isNull(3) ? nil : $0.text(3),
                keyPosition: $0.integer(4), isGenerated: $0.integer(5) >= 2,
                isVirtual: $0.integer(5) == 2)
        }
        uniqueKeys = []
        indexes = []
        uniqueIndexes = []
        foreignKeys = try Self.foreignKeys(of: name, in: connection)
        try readIndexes(in: connection)
    }

    private mutating func readIndexes(in connection: SQLiteConnection) throws {
        let listed = try connection.query(
            """
            SELECT l.name, l.origin, l."unique", l.partial, s.sql FROM pragma_index_list(?1, 'main') l
            LEFT JOIN main.sqlite_schema s ON s.type = 'index' AND s.name = l.name ORDER BY l.seq
            """, [.text(name)]
        ) {
            (
                name: $0.text(0), origin: $0.text(1), isUnique: $0.integer(2) == 1, isPartial: $0.integer(3) == 1,
                sql: $0.isNull(4) ? nil : $0.text(4)
            )
        }
        for index in listed {
            let parts = try connection.query(
                "SELECT cid, name FROM pragma_index_xinfo(?1, 'main') WHERE key = 1 ORDER BY seqno", [.text(index.name)]
            ) { (isColumn: $0.integer(0) >= 0, name: $0.text(1)) }
            let isPlain = !index.isPartial && parts.allSatisfy(\.isColumn)
            if index.isUnique {
                let definition = index.sql.map(SQLiteIndexDefinition.init)
                uniqueIndexes.append(
                    UniqueIndex(
                        name: index.sql == nil ? "" : index.name, parts: definition?.parts ?? parts.map(\.name),
                        predicate: definition?.predicate, isPlain: isPlain))
            }
            guard isPlain else { continue }
            indexes.append(parts.map(\.name))
            if index.isUnique { uniqueKeys.append(parts.map(\.name)) }
        }
        // The key that is the rowid itself needs no index.
        if primaryKey.count == 1, !listed.contains(where: { $0.origin == "pk" }) {
            rowIDAlias = primaryKey[0]
            uniqueKeys.insert(primaryKey, at: 0)
            indexes.insert(primaryKey, at: 0)
            uniqueIndexes.insert(UniqueIndex(name: "", parts: primaryKey, isPlain: true), at: 0)
        }
    }

    private static func foreignKeys(of name: String, in connection: SQLiteConnection) throws -> [ForeignKey] {
        var keys: [ForeignKey] = []
        try connection.prepare(
            "SELECT seq, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1, 'main') ORDER BY id, seq"
        ).run([.text(name)]) { row in
            if row.integer(0) == 0 { keys.append(ForeignKey(parent: row.text(1), columns: [], parentColumns: [])) }
            keys[keys.count - 1].columns.append(row.text(2))
            if !row.isNull(3) { keys[keys.count - 1].parentColumns.append(row.text(3)) }
        }
        return keys
    }
}

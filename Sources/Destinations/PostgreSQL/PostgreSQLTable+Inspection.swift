internal import Records

extension PostgreSQLTable {
    /// The table of this name; `a.b` is the table b in the schema a where there is such a schema, otherwise the table of
    /// this whole name.
    ///
    /// Where no table has the name exactly, the only one that is the same except for the case of letters is meant.
    ///
    /// - Parameter exactly: whether none but a table of exactly this name is.
    static func find(
        _ name: String, exactly: Bool = false, in connection: PostgreSQLConnection
    ) throws -> PostgreSQLTable? {
        let (schema, table) = try place(of: name, in: connection)
        let all = try connection.query(
            """
            SELECT c.oid, n.nspname, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE lower(c.relname) = lower($1) AND n.nspname = coalesce($2, current_schema())
            """, [table, schema])
        let alike = all.filter { ["r", "p", "v", "m", "f"].contains($0[3]) }
        guard let found = all.first(where: { $0[2] == table }) ?? (alike.count == 1 && !exactly ? alike[0] : nil)
        else {
            return nil
        }
        guard let kind = found[3], ["r", "p"].contains(kind) else {
            throw DataError(
                .unusableOption, "\(name) is \(kinds[found[3] ?? ""] ?? "something else"), not an ordinary table",
                remedy: "Import into an ordinary table: name it with --table.")
        }
        return try PostgreSQLTable(oid: found[0] ?? "", schema: found[1] ?? "", name: found[2] ?? "", in: connection)
    }

    /// What has a name like a table's, by its `relkind`.
    private static let kinds = [
        "v": "a view", "m": "a materialized view", "f": "a foreign table", "S": "a sequence", "i": "an index",
        "I": "an index",
        "c": "a composite type",
    ]

    /// The table that a quoted name with its schema means; nil if it is not there any longer.
    static func find(quoted name: String, in connection: PostgreSQLConnection) throws -> PostgreSQLTable? {
        let found = try connection.query(
            """
            SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.oid = to_regclass($1)
            """, [name]
        ).first
        return try found.map {
            try PostgreSQLTable(oid: $0[0] ?? "", schema: $0[1] ?? "", name: $0[2] ?? "", in: connection)
        }
    }

    /// The schema, nil for the current one, and the name in it.
    static func place(of name: String, in connection: PostgreSQLConnection) throws -> (schema: String?, table: String) {
        if let parts = PostgreSQLIdentifier.parts(ofQuoted: name) {
            return (parts.count == 2 ? parts[0] : nil, parts[parts.count - 1])
        }
        guard let dot = name.firstIndex(of: "."), dot > name.startIndex, name.index(after: dot) < name.endIndex else {
            return (nil, name)
        }
        let schema = String(name[..<dot])
        let isThere = try !connection.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]).isEmpty
        return isThere ? (schema, String(name[name.index(after: dot)...])) : (nil, name)
    }

    private init(oid: String, schema: String, name: String, in connection: PostgreSQLConnection) throws {
        self.oid = oid
        self.schema = schema
        self.name = name
        var columns = try connection.query(
            """
            SELECT attname, format_type(atttypid, atttypmod), attnotnull, atthasdef OR attidentity <> ''
                    OR EXISTS (SELECT FROM pg_type WHERE oid = atttypid AND typdefault IS NOT NULL),
                attgenerated <> '', attidentity = 'a',
                (SELECT quote_ident(n.nspname) || '.' || quote_ident(c.collname) FROM pg_collation c
                    JOIN pg_namespace n ON n.oid = c.collnamespace JOIN pg_type t ON t.oid = atttypid
                    WHERE c.oid = attcollation AND attcollation <> t.typcollation),
                (SELECT format_type(typbasetype, typtypmod) FROM pg_type WHERE oid = atttypid AND typtype = 'd')
            FROM pg_attribute WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """, [oid]
        ).map {
            Column(
                name: $0[0] ?? "", type: $0[1] ?? "text", isNotNull: $0[2] == "t", hasDefault: $0[3] == "t",
                isGenerated: $0[4] == "t", isFixedIdentity: $0[5] == "t", collation: $0[6],
                baseType: $0[7])
        }
        if columns.contains(where: { ColumnType(postgreSQL: $0.type).isNominal }) {
            let spellings = try PostgreSQLSchema(connection).spellings(ofTable: oid)
            for index in columns.indices { columns[index].spelling = spellings[columns[index].name] }
        }
        self.columns = columns
        places = Self.places(of: columns)
        primaryKey = []
        uniqueKeys = []
        uniqueIndexes = [:]
        arbiters = []
        deferrableKeys = [:]
        invalidIndexes = []
        namedUniqueIndexes = []
        indexes = []
        hasOtherUniqueness = false
        var indexCount = 0
        let names = """
            ARRAY(SELECT a.attname::text FROM unnest(%) WITH ORDINALITY k (attnum, place)
                JOIN pg_attribute a ON a.attrelid = # AND a.attnum = k.attnum ORDER BY place)
            """
        func list(_ numbers: String, _ table: String) -> String {
            "array_to_json(\(names.replacing("%", with: numbers).replacing("#", with: table)))"
        }
        for row in try connection.query(
            """
            SELECT indisprimary, indisunique, indisexclusion, indpred IS NULL AND indexprs IS NULL AND indislive,
                \(list("(indkey::int2[])[0:indnkeyatts - 1]", "indrelid")), (SELECT array_to_json(array_agg(relname::text))
                    FROM pg_class WHERE oid = indexrelid OR oid IN (SELECT relid FROM pg_partition_tree(indexrelid))),
                indimmediate, (SELECT relname FROM pg_class WHERE oid = indexrelid), pg_get_expr(indpred, indrelid),
                array_to_json(ARRAY(SELECT pg_get_indexdef(indexrelid, k, true)
                        || coalesce((SELECT ' COLLATE ' || quote_ident(n.nspname) || '.' || quote_ident(c.collname)
                            FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace
                            WHERE c.oid = indcollation[k - 1] AND c.collname <> 'default' AND (indkey[k - 1] = 0 OR indcollation[k - 1] <>
                                (SELECT attcollation FROM pg_attribute WHERE attrelid = indrelid AND attnum = indkey[k - 1]))), '')
                    FROM generate_series(1, indnkeyatts::int) k ORDER BY k)), indisvalid
            FROM pg_index WHERE indrelid = $1::oid ORDER BY indisprimary DESC, indexrelid
            """, [oid])
        {
            let columns = JSONTexts.list(row[4] ?? "[]")
            let isWhole = row[3] == "t"
            let isValid = row[10] == "t"
            if isValid, isWhole || !columns.isEmpty { indexes.append(columns) }
            if row[1] == "t" && isValid {
                namedUniqueIndexes.append(
                    UniqueIndex(
                        name: row[7] ?? "", parts: JSONTexts.list(row[9] ?? "[]"), predicate: row[8], isPlain: isWhole))
            }
            let names = JSONTexts.list(row[5] ?? "[]")
            if row[1] == "t" && !isValid { invalidIndexes.append(row[7] ?? "") }
            if row[1] == "t" && isWhole && isValid {
                uniqueKeys.append(columns)
                if row[6] == "t" { arbiters.append(columns) }
                for name in names {
                    uniqueIndexes[name] = Set(columns)
                    if row[6] == "f" { deferrableKeys[name] = columns }
                }
            }
            indexCount += 1
            if row[0] == "t" { primaryKey = columns }
            if row[1] == "t" && !(isWhole && isValid) || row[2] == "t" { hasOtherUniqueness = true }
        }
        foreignKeys = try connection.query(
            """
            SELECT conname, \(list("conkey", "conrelid")), confrelid::regclass::text, \(list("confkey", "confrelid")),
                confrelid = conrelid
            FROM pg_constraint WHERE conrelid = $1::oid AND contype = 'f'
            """, [oid]
        ).map {
            ForeignKey(
                name: $0[0] ?? "", columns: JSONTexts.list($0[1] ?? "[]"), parent: $0[2] ?? "",
                parentColumns: JSONTexts.list($0[3] ?? "[]"), isToItself: $0[4] == "t")
        }
        dependents = try connection.query(
            """
            SELECT conrelid::regclass::text, \(list("conkey", "conrelid")), \(list("confkey", "confrelid")),
                row_security_active(conrelid), conrelid IN (SELECT confrelid UNION SELECT relid FROM pg_partition_tree(confrelid))
            FROM pg_constraint WHERE confrelid = $1::oid AND contype = 'f' AND confdeltype IN ('c', 'n', 'd')
            """, [oid]
        ).map {
            Dependent(
                table: $0[0] ?? "", columns: JSONTexts.list($0[1] ?? "[]"), ourColumns: JSONTexts.list($0[2] ?? "[]"),
                isHidden: $0[3] == "t", isToItself: $0[4] == "t")
        }
        let kind = try connection.query(
            """
            SELECT relhasrules OR relrowsecurity, relkind = 'p',
                has_table_privilege(oid, 'SELECT') OR NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
                    AND a.attnum > 0 AND NOT a.attisdropped AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')),
                row_security_active(oid), array_to_json(ARRAY(SELECT CASE ev_type WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT'
                    WHEN '4' THEN 'DELETE' END FROM pg_rewrite WHERE ev_class = c.oid AND ev_type <> '1' AND ev_enabled <> 'D'))
            FROM pg_class c WHERE oid = $1::oid
            """, [oid])[0]
        hasRules = kind[0] == "t"
        isPartitioned = kind[1] == "t"
        isReadable = kind[2] == "t"
        mayHideRows = kind[3] == "t"
        ruledCommands = Set(JSONTexts.list(kind[4] ?? "[]"))
        // Bits of tgtype: 0 for each row, 1 before it, 4 an update. A part of the table may have triggers of its own.
        let triggers = try connection.query(
            """
            SELECT (tgtype::int & 2) <> 0, (tgtype::int & 19) = 19, tgfoid = 'suppress_redundant_updates_trigger'::regproc
            FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'
                AND (tgrelid = $1::oid OR tgrelid IN (SELECT relid FROM pg_partition_tree($1::oid::regclass)))
            """, [oid])
        hasTriggers = !triggers.isEmpty
        hasBeforeTriggers = triggers.contains { $0[0] == "t" }
        hasAfterTriggers = triggers.contains { $0[0] == "f" }
        mayKeepUpdates = triggers.contains { $0[1] == "t" } && !triggers.contains { $0[2] == "t" }
        let constraints = try connection.query(
            "SELECT EXISTS (SELECT FROM pg_constraint WHERE conrelid = $1::oid AND contype IN ('c', 'f', 'x'))", [oid])
        refusesTypesOnly =
            constraints[0][0] == "f" && indexCount <= 1 && !hasOtherUniqueness && !hasTriggers && !hasRules
            && !isPartitioned && !columns.contains { $0.isGenerated || $0.isFixedIdentity }
    }
}

/// Lists of texts as the server writes them in JSON.
enum JSONTexts {
    /// The texts of a flat JSON array; NULLs are left out.
    static func list(_ json: String) -> [String] { listWithNulls(json).compactMap(\.self) }

    /// The texts of a flat JSON array.
    static func listWithNulls(_ json: String) -> [String?] {
        var texts: [String?] = []
        var current: String.UnicodeScalarView?
        var scalars = json.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard var text = current else {
                if scalar == "\"" { current = String.UnicodeScalarView() }
                // The n of null.
                if scalar == "n" { texts.append(nil) }
                continue
            }
            switch scalar {
            case "\"":
                texts.append(String(text))
                current = nil
                continue
            case "\\":
                let next = scalars.next()
                switch next {
                case "n": text.append("\n")
                case "t": text.append("\t")
                case "r": text.append("\r")
                case "b": text.append("\u{8}")
                case "f": text.append("\u{c}")
                case "u":
                    var code = codeUnit(&scalars)
                    if 0xD800..<0xDC00 ~= code {
                        // The other half, behind its own \u.
                        _ = (scalars.next(), scalars.next())
                        code = 0x10000 + (code - 0xD800) << 10 + (codeUnit(&scalars) & 0x3FF)
                    }
                    if let scalar = Unicode.Scalar(code) { text.append(scalar) }
                default: if let next { text.append(next) }
                }
            default: text.append(scalar)
            }
            current = text
        }
        return texts
    }

    private static func codeUnit(_ scalars: inout String.UnicodeScalarView.Iterator) -> UInt32 {
        (0..<4).reduce(0) { code, _ in
            code * 16 + (scalars.next().flatMap { Character($0).hexDigitValue }.map(UInt32.init) ?? 0)
        }
    }
}

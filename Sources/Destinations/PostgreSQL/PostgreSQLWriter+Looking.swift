internal import Records

/// Writes records as there is a row with their key, or none: where nothing is inserted, or nothing changed, or where what
/// would be inserted may be refused before the server sees that there is a row.
///
/// Records of the same key go in different rounds, one after the other.
extension PostgreSQLWriter {
    func lookAndWrite(_ range: String) throws -> Result {
        let rounds = "\(staging.name)_rounds"
        try makeTable(
            rounds,
            "SELECT _n, row_number() OVER (PARTITION BY \(keyNames) ORDER BY _n) AS round FROM \(staging.keyed) s WHERE \(range)"
        )
        let first = nextChange
        var result = Result()
        let numbers = try connection.query("SELECT DISTINCT round FROM \(rounds) ORDER BY 1").map { integer($0[0]) }
        for number in numbers {
            let (there, new) = try split("_n IN (SELECT _n FROM \(rounds) WHERE round = \(number))")
            if target.plan.mode == .insert {
                result.skipped += there.count
            } else if !there.isEmpty {
                let changed = try update(Self.among(there))
                result.updated += changed
                result.unchanged += there.count - changed
            }
            if new.isEmpty { continue }
            if target.requiresRows { throw Self.noRow }
            result.inserted += try insert(Self.among(new), count: new.count).inserted
        }
        if undo != nil, first > 0 || numbers.count > 1 || mayMoveRows { try mergeChanges() }
        return result
    }

    /// Which staged records, each with a key of its own, find a row with it, and which find none.
    private func split(_ range: String) throws -> (there: [Int], new: [Int]) {
        var (there, new) = ([Int](), [Int]())
        let found = try connection.query(
            """
            SELECT s._n, EXISTS (SELECT FROM \(keyedRows) t WHERE \(sameKey())) FROM \(staging.keyed) s
            WHERE s.\(range) ORDER BY 1
            """)
        for row in found {
            if row[1] == "t" { there.append(integer(row[0])) } else { new.append(integer(row[0])) }
        }
        return (there, new)
    }

    private func name(_ place: Int) -> String { PostgreSQLIdentifier.quoted(target.columns[place].name) }

    /// The value that a column of the row under `t` gets from a record under an alias.
    private func value(_ place: Int, from alias: String) -> String {
        let staged = "\(alias).\(PostgreSQLTarget.staged(place))"
        return target.plan.keepsNonNull ? "coalesce(\(staged), t.\(name(place)))" : staged
    }

    private func newValues(from alias: String) -> String {
        others.map { "\(name($0)) = \(value($0, from: alias))" }.joined(separator: ", ")
    }

    /// Whether the row under `t` gets other values from a record under an alias.
    private func differs(from alias: String) -> String {
        let conditions = others.map {
            "t.\(name($0))::text COLLATE \"C\" IS DISTINCT FROM (\(value($0, from: alias)))::text COLLATE \"C\""
        }
        return conditions.isEmpty ? "false" : "(\(conditions.joined(separator: " OR ")))"
    }

    private var changesRows: Bool { target.plan.mode != .insert && !others.isEmpty }

    /// Changes the rows with the keys of these staged records, of which each has one of its own.
    ///
    /// - Returns: how many were changed.
    private func update(_ range: String) throws -> Int {
        let first = nextChange
        let unchanged = PostgreSQLUnchangedRows.insert(
            from: "SELECT k, _n FROM former WHERE NOT differs", chunkID: chunkID, tableID: format.tableID)
        let change =
            changesRows
            ? """
            UPDATE \(rows) t SET \(newValues(from: "f"))
            FROM (SELECT former.i, former.place, former.part, s.* FROM former JOIN s USING (_n) WHERE differs) f
            WHERE \(isFormer) RETURNING f.i, \(format.keyTexts("t")) AS k, \(format.fingerprint("t")) AS p
            """ : "SELECT 0::bigint AS i, NULL::text[] AS k, 0::bigint AS p WHERE false"
        let row = try connection.query(
            """
            WITH s AS MATERIALIZED (SELECT * FROM \(staging.keyed) s WHERE \(range)),
            former AS MATERIALIZED (SELECT row_number() OVER () AS i, s._n, t.ctid AS place, t.tableoid AS part,
                \(format.keyTexts("t")) AS k, \(format.image("t")) AS before, \(format.fingerprint("t")) AS p,
                \(differs(from: "s")) AS differs
                FROM s JOIN \(keyedRows) t ON \(sameKey())),
            changed AS MATERIALIZED (\(change))
            \(keepFormer(isUpdate: true, mayMove: mayMoveRows))
            \(undo == nil ? "" : ", same AS (\(unchanged))")
            SELECT count(*), (SELECT count(*) FROM former WHERE differs), count(*) FILTER (WHERE f.p <> w.p),
                count(*) FILTER (WHERE f.k <> w.k), \(undo == nil ? "count(*)" : "(SELECT count(*) FROM kept)")
            FROM changed w JOIN former f USING (i)
            """)[0].map(integer)
        try requireAllChanged(row[0], of: row[1])
        nextChange += row[4]
        moveCount += row[4] - row[0]
        guard target.table.hasAfterTriggers, let undo else { return row[2] }
        try refreshFingerprints(undo)
        let updated = try connection.query(
            """
            SELECT count(*) FROM _waybill.undo
            WHERE chunk_id = \(chunkID) AND n > \(first) AND kind = 'u' AND before_print <> after_print
            """)
        return integer(updated[0][0]) + row[3]
    }

    /// The same, record by record.
    func addLooking(to steps: inout PostgreSQLSteps) {
        let insertion = "INSERT INTO \(table) AS t (\(names)) \(target.overriding)"
        let isThere = "EXISTS (SELECT FROM \(keyedRows) t WHERE"
        func change(from alias: String, _ condition: String) -> String {
            "UPDATE \(rows) t SET \(newValues(from: alias)) \(condition);"
        }
        // The rows that are found are read under a name of their own, which may be a subquery's.
        func finds(_ alias: String) -> String {
            "o.ctid = t.ctid AND o.tableoid = t.tableoid AND \(sameKey(alias, row: "o")) AND \(differs(from: alias))"
        }
        var one = changesRows ? change(from: "_r", "FROM \(keyedRows) o WHERE \(finds("_r"))") : "NULL;"
        if changesRows, let keptAsItIs {
            steps.variables = "_waybill_found bigint;"
            one = """
                SELECT count(*) INTO _waybill_found FROM \(rows) t, \(keyedRows) o WHERE \(finds("_r"));
                \(one)
                GET DIAGNOSTICS _changed = ROW_COUNT;
                IF _changed < _waybill_found THEN \(raise(keptAsItIs)) END IF;
                """
        }
        steps.one = """
            IF \(isThere) \(sameKey("_r"))) THEN \(one)
            ELSE \(target.requiresRows ? raise(Self.noRow) : "\(insertion) VALUES (\(recordValues)); \(requireRow)")
            END IF;
            """
        let selection = "\(insertion) SELECT \(stagedNames) FROM \(staging.keyed) s WHERE"
        steps.none =
            (changesRows ? change(from: "_r", "WHERE false") : "")
            + (target.requiresRows ? "" : "\(selection) false;")
        steps.several = { [self] records in
            let among = "s.\(Self.among(records))"
            let changes = change(
                from: "s", "FROM \(staging.keyed) s, \(keyedRows) o WHERE \(among) AND \(finds("s"))")
            let additions = "\(selection) \(among) AND NOT \(isThere) \(sameKey())) ORDER BY _n"
            return (changesRows ? changes : "") + (target.requiresRows ? "" : additions)
        }
    }

    /// What a record is refused for that finds no row, and none is inserted.
    static let noRow = PostgreSQLError(state: "P0002", message: "no row has the record's key")
}

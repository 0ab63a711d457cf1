internal import Records

extension PostgreSQLWriter {
    var judge: PostgreSQLJudge { PostgreSQLJudge(connection: connection, staging: staging, steps: steps) }

    private var steps: PostgreSQLSteps {
        let own = target.table.foreignKeys.filter(\.isToItself)
        var steps = PostgreSQLSteps(
            one: "", none: "", several: { _ in "" }, firsts: firsts, ownForeignKeys: Set(own.map(\.name)),
            needs: { self.needs(own, $0) })
        steps.deferrableKeys = Set(target.table.deferrableKeys.keys)
        let insert = "INSERT INTO \(table) AS t (\(names)) \(target.overriding)"
        let select = "SELECT \(stagedNames) FROM \(staging.name)"
        if target.looksFirst {
            addLooking(to: &steps)
            return steps
        }
        switch target.plan.mode {
        case .update: preconditionFailure("rows are looked for first")
        case .insert:
            steps.one = "\(insert) VALUES (\(recordValues)); \(requireRow)"
            steps.none = "\(insert) \(select) WHERE false;"
            steps.several = { "\(insert) \(select) WHERE \(Self.among($0)) ORDER BY _n" }
        case .upsert:
            let counts = target.table.mayKeepUpdates && !others.isEmpty
            steps.one = """
                \(counts ? "PERFORM set_config('waybill.met', '0', true);" : "")
                \(insert) VALUES (\(recordValues)) \(onConflict(counts: counts));
                GET DIAGNOSTICS _changed = ROW_COUNT;
                \(counts ? "IF _changed = 0 AND current_setting('waybill.met') <> '0' THEN \(raise(keptAsItIs)) END IF;" : "")
                IF _changed = 0 AND NOT EXISTS (SELECT FROM \(rows) t WHERE \(sameKey("_r"))) THEN
                    \(insertAnew)
                    IF _changed = 0 THEN \(raise(Self.keptOut)) END IF;
                END IF;
                """
            steps.none = "\(insert) \(select) WHERE false \(onConflict());"
            steps.several = { "\(insert) \(select) WHERE \(Self.among($0)) ORDER BY _n \(self.onConflict())" }
        case .delete:
            let change = markings.isEmpty ? "DELETE FROM \(rows) t" : "UPDATE \(rows) t SET \(markings)"
            let isOpen = isMarked.isEmpty ? "" : " AND NOT (\(isMarked))"
            steps.one = "\(change) WHERE \(sameKey("_r"))\(isOpen);"
            if let keptAsItIs {
                steps.variables = "_waybill_found bigint;"
                steps.one = """
                    SELECT count(*) INTO _waybill_found FROM \(rows) t WHERE \(sameKey("_r"))\(isOpen);
                    \(steps.one)
                    GET DIAGNOSTICS _changed = ROW_COUNT;
                    IF _changed < _waybill_found THEN \(raise(keptAsItIs)) END IF;
                    """
            }
            steps.none = "\(change) WHERE false;"
            steps.several = {
                "\(change) \(self.markings.isEmpty ? "USING" : "FROM") \(self.staging.name) s WHERE \(self.sameKey())\(isOpen) AND s.\(Self.among($0))"
            }
            // Which rows need those that go, stands in the table.
            steps.needs = { _ in nil }
        case .versioned: addVersioning(to: &steps)
        }
        return steps
    }

    static func among(_ records: [Int]) -> String {
        "_n = ANY ('{\(records.map(String.init).joined(separator: ","))}')"
    }

    /// The values of the record `_r`.
    var recordValues: String {
        target.columns.indices.map { target.newValue($0, from: "_r.") }.joined(separator: ", ")
    }

    func raise(_ error: PostgreSQLError?) -> String {
        let error = error ?? Self.keptOut
        return
            "RAISE EXCEPTION USING ERRCODE = '\(error.state)', MESSAGE = \(PostgreSQLIdentifier.literal(error.message));"
    }

    /// Tells, by how many rows come in, whether a trigger keeps the record `_r` out, or gave it another key, under which its
    /// row is there already: then the insertion fails.
    private var insertAnew: String {
        """
        BEGIN
            _changed := -1;
            INSERT INTO \(table) AS t (\(names)) VALUES (\(recordValues));
            GET DIAGNOSTICS _changed = ROW_COUNT;
            RAISE EXCEPTION 'only tried';
        EXCEPTION WHEN OTHERS THEN END;
        """
    }

    var requireRow: String { requireRow(Self.keptOut) }

    private func requireRow(_ error: PostgreSQLError?) -> String {
        "GET DIAGNOSTICS _changed = ROW_COUNT; IF _changed = 0 THEN \(raise(error)) END IF;"
    }

    private func firsts(_ records: [Int]) -> String {
        let places = identifying
        let key =
            places.isEmpty || target.plan.mode == .delete
            ? "_n" : target.keyIndex == nil ? places.map(PostgreSQLTarget.staged).joined(separator: ", ") : keyNames
        return "SELECT DISTINCT ON (\(key)) _n FROM \(staging.keyed) s WHERE \(Self.among(records)) ORDER BY \(key), _n"
    }

    private func needs(_ keys: [PostgreSQLTable.ForeignKey], _ records: [Int]) -> String? {
        let selects = keys.compactMap { key -> String? in
            guard let columns = staged(key.columns), let parents = staged(key.parentColumns) else { return nil }
            let fits = zip(columns, parents).map { "p.\($1) = c.\($0)" }.joined(separator: " AND ")
            return """
                SELECT c._n, p._n FROM \(staging.name) c JOIN \(staging.name) p ON \(fits)
                WHERE c.\(Self.among(records)) AND p.\(Self.among(records)) AND c._n <> p._n
                """
        }
        let all = selects + waitsForValues(records)
        return all.isEmpty ? nil : all.joined(separator: " UNION ")
    }

    /// What columns of the table are called where records are staged; nil if one of them is not there.
    private func staged(_ names: [String]) -> [String]? {
        let places = names.map { name in target.columns.firstIndex { $0.name == name } }
        return places.contains(nil) ? nil : places.compactMap { $0.map(PostgreSQLTarget.staged) }
    }

    /// Selects pairs of these records of which the first one brings a unique value that the row of the second has now, where
    /// that is judged later.
    private func waitsForValues(_ records: [Int]) -> [String] {
        if target.keyPlaces.isEmpty { return [] }
        let keys = Set(target.table.deferrableKeys.values)
        return keys.compactMap { key in
            guard let columns = staged(key) else { return nil }
            let isSame = zip(key, columns).map { "t.\(PostgreSQLIdentifier.quoted($0)) = c.\($1)" }
                .joined(separator: " AND ")
            return """
                SELECT c._n, p._n FROM \(staging.name) c JOIN \(keyedRows) t ON \(isSame)
                JOIN \(staging.keyed) p ON \(sameKey("p"))
                WHERE c.\(Self.among(records)) AND p.\(Self.among(records)) AND c._n <> p._n
                """
        }
    }

    /// The same as `version` does for a whole chunk.
    private func addVersioning(to steps: inout PostgreSQLSteps) {
        let (isCurrent, version, validFrom, validTo) = history.names
        let (from, to, yes, no) = history.values
        let key = sameKey("_r")
        func insert(_ select: String) -> String {
            "INSERT INTO \(table) AS t (\(names), \(isCurrent), \(version), \(validFrom)) \(target.overriding) \(select)"
        }
        let new = insert("VALUES (\(recordValues), \(yes), _waybill_version + 1, \(from))") + "; \(requireRow)"
        let next =
            carried.isEmpty
            ? new
            : """
            INSERT INTO \(table) AS t (\(([names, isCurrent, version, validFrom] + carried).joined(separator: ", "))) \(target.overriding)
            SELECT \(([recordValues, yes, "_waybill_version + 1", from] + carried.map { "p.\($0)" }).joined(separator: ", "))
            FROM \(rows) p WHERE \(sameKey("_r", row: "p")) AND p.\(version) = _waybill_version; \(requireRow)
            """
        let sets = others.map {
            "\(PostgreSQLIdentifier.quoted(target.columns[$0].name)) = _r.\(PostgreSQLTarget.staged($0))"
        }
        func update(_ sets: String, _ number: String) -> String {
            "UPDATE \(rows) t SET \(sets) WHERE \(key) AND t.\(version) = \(number); \(requireRow(keptAsItIs))"
        }
        steps.variables = "_waybill_version bigint; _is_ours boolean; _content text;"
        steps.one = """
            IF (SELECT count(*) FROM \(rows) t WHERE \(key) AND t.\(isCurrent) = \(yes)) > 1 THEN
                \(raise(Self.severalCurrent))
            END IF;
            SELECT t.\(version), t.\(validFrom) IS NOT DISTINCT FROM \(from), \(content("t", staged: false))
                INTO _waybill_version, _is_ours, _content FROM \(rows) t WHERE \(key) AND t.\(isCurrent) = \(yes);
            IF NOT FOUND THEN
                SELECT coalesce(max(t.\(version)), 0) INTO _waybill_version FROM \(rows) t WHERE \(key);
                \(new)
            ELSIF _content IS DISTINCT FROM \(content("_r", staged: true)) THEN
                IF NOT _is_ours THEN
                    \(update("\(isCurrent) = \(no), \(validTo) = \(to)", "_waybill_version"))
                    \(next)
                ELSIF EXISTS (SELECT FROM \(rows) t WHERE \(key) AND t.\(version) = _waybill_version - 1
                    AND t.\(validTo) IS NOT DISTINCT FROM \(to) AND \(content("t", staged: false)) = \(content("_r", staged: true))) THEN
                    DELETE FROM \(rows) t WHERE \(key) AND t.\(version) = _waybill_version;
                    \(requireRow(keptAsItIs))
                    \(update("\(isCurrent) = \(yes), \(validTo) = NULL", "_waybill_version - 1"))
                ELSE
                    \(sets.isEmpty ? "NULL;" : update(sets.joined(separator: ", "), "_waybill_version"))
                END IF;
            END IF;
            """
        let values = "\(stagedNames), \(yes), 1, \(from) FROM \(staging.name) WHERE"
        steps.none = """
            \(insert("SELECT \(values) false"));
            UPDATE \(rows) t SET \(isCurrent) = \(no) WHERE false;
            """
        steps.several = { insert("SELECT \(values) \(Self.among($0)) ORDER BY _n") }
    }
}

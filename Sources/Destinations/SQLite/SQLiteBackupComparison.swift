internal import Records

/// The comparison of a database with a backup of it, row by row.
struct SQLiteBackupComparison {
    private static let schema = "waybill_backup"

    private let connection: SQLiteConnection
    private let path: String

    init(_ connection: SQLiteConnection, backup path: String) {
        self.connection = connection
        self.path = path
    }

    /// - Throws: `DataError.malformed` if the file is not a sound database, `conflict` where it is another one's.
    func report(logID: String, importIDs: [UInt64]) throws -> RestoreReport {
        try requireSound()
        try connection.execute("ATTACH DATABASE ?1 AS \(Self.schema)", [.text(path)])
        defer { try? connection.execute("DETACH DATABASE \(Self.schema)") }
        let theirs = try columns(in: Self.schema)
        try requireSameDatabase(logID, importIDs, theirs)
        var report = RestoreReport(isWhole: true)
        let ours = try columns(in: "main")
        for name in Set(ours.keys).union(theirs.keys).sorted() where !name.hasPrefix("_waybill_") {
            let difference = try compare(name, ours[name], theirs[name])
            if !difference.isEmpty { report.tables.append(difference) }
        }
        if ours[SQLiteLedger.tableName] != nil {
            report.lostChunks = try connection.query(
                """
                SELECT log_id, import, count(*) FROM main._waybill_ledger l WHERE NOT EXISTS (
                    SELECT 1 FROM \(Self.schema)._waybill_ledger b
                    WHERE b.log_id = l.log_id AND b.import = l.import AND b.chunk = l.chunk AND b.entry = l.entry)
                GROUP BY log_id, import ORDER BY log_id, import
                """
            ) {
                .init(
                    logID: $0.text(0), importID: UInt64(bitPattern: $0.integer(1)), count: Int($0.integer(2)))
            }
        }
        return report
    }

    private func requireSound() throws {
        var finding: String?
        do {
            let copy = try SQLiteConnection(plain: path)
            finding = try copy.query("PRAGMA quick_check(1)") { $0.text(0) }.first
        } catch let error as DataError {
            finding = error.message
        }
        guard finding == "ok" else {
            throw DataError(
                .malformed,
                "The backup \(path) is damaged: \(finding ?? "it cannot be read"). Nothing was changed.",
                remedy: "Restore another backup. To list them: waybill backup list")
        }
    }

    private func requireSameDatabase(_ logID: String, _ importIDs: [UInt64], _ theirs: [String: [String]]) throws {
        var isSame = theirs[SQLiteLedger.tableName] != nil
        if isSame && !importIDs.isEmpty {
            let list = importIDs.map(String.init).joined(separator: ", ")
            isSame = try !connection.query(
                "SELECT 1 FROM \(Self.schema)._waybill_ledger WHERE log_id = ?1 AND import IN (\(list)) LIMIT 1",
                [.text(logID)]
            ) { _ in 1 }.isEmpty
        }
        guard isSame else {
            throw DataError(
                .conflict,
                "The backup \(path) has none of the imports it was made for: it belongs to another database. "
                    + "Nothing was changed.",
                remedy: "To list the backups: waybill backup list")
        }
    }

    /// The columns of the ordinary tables in a schema.
    private func columns(in schema: String) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        let names = try connection.query(
            """
            SELECT name FROM pragma_table_list WHERE schema = ?1 AND type = 'table'
            AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
            """, [.text(schema)]
        ) { $0.text(0) }
        for name in names {
            found[name] = try connection.query(
                "SELECT name FROM pragma_table_xinfo(?1, ?2) WHERE hidden IN (0, 3) ORDER BY cid",
                [.text(name), .text(schema)]
            ) { $0.text(0) }
        }
        return found
    }

    private func compare(_ name: String, _ ours: [String]?, _ theirs: [String]?) throws -> RestoreReport.Difference {
        var difference = RestoreReport.Difference(table: name)
        let quoted = try SQLiteIdentifier.quoted(name)
        let (here, there) = ("main.\(quoted)", "\(Self.schema).\(quoted)")
        guard let ours, let theirs else {
            if ours == nil { difference.added = try count("SELECT count(*) FROM \(there)") }
            if theirs == nil { difference.removed = try count("SELECT count(*) FROM \(here)") }
            return difference
        }
        let common = try ours.filter(theirs.contains).map(SQLiteIdentifier.quoted)
        guard let key = try key(of: name, theirs) else {
            // Columns hide the rows' numbers, and there is no key: what the rows hold must do.
            let list = common.joined(separator: ", ")
            func rest(_ one: String, _ other: String) -> String {
                "SELECT count(*) FROM (SELECT \(list), count(*) FROM \(one) GROUP BY \(list) EXCEPT SELECT \(list), count(*) FROM \(other) GROUP BY \(list))"
            }
            difference.added = try count(rest(there, here))
            difference.removed = try count(rest(here, there))
            return difference
        }
        let sameKey = SQLiteCondition.all(key.map { "a.\($0) IS b.\($0)" })
        func alone(_ one: String, _ other: String) -> String {
            "SELECT count(*) FROM \(one) a WHERE NOT EXISTS (SELECT 1 FROM \(other) b WHERE \(sameKey))"
        }
        difference.added = try count(alone(there, here))
        difference.removed = try count(alone(here, there))
        let differs = common.flatMap {
            ["a.\($0) IS NOT b.\($0) COLLATE BINARY", "typeof(a.\($0)) <> typeof(b.\($0))"]
        }
        let isOther = ours == theirs ? SQLiteCondition.any(differs) : "1"
        difference.changed = try count("SELECT count(*) FROM \(here) a JOIN \(there) b ON \(sameKey) WHERE \(isOther)")
        return difference
    }

    /// What tells the rows of a table apart in both databases, quoted; nil if nothing does.
    private func key(of name: String, _ theirs: [String]) throws -> [String]? {
        guard let table = try SQLiteTable.find(name, in: connection) else { return nil }
        let primaryKey = table.primaryKey
        if !primaryKey.isEmpty, primaryKey.allSatisfy(theirs.contains) {
            return try primaryKey.map(SQLiteIdentifier.quoted)
        }
        return table.hasRowID ? table.rowIDName.map { [$0] } : nil
    }

    private func count(_ sql: String) throws -> Int { Int(try connection.query(sql) { $0.integer(0) }.first ?? 0) }
}

internal import CSQLite
internal import Records

extension SQLiteTarget {
    /// The columns that a version has from the one before it: all that records do not bring, but what no two rows may have.
    fileprivate var carried: [String] {
        let others = plan.columns.map(\.name) + plan.history.names + table.uniqueKeys.flatMap(\.self)
        let taken = Set(others.map(SQLiteIdentifier.folded))
        return table.columns.filter { !$0.isGenerated && !taken.contains(SQLiteIdentifier.folded($0.name)) }.map(\.name)
    }
}

/// Writes records as versions of rows: the mode `versioned`.
///
/// | current row | what is done | counted as |
/// |---|---|---|
/// | none | version 1, or the one after the last | inserted |
/// | equal | nothing | unchanged |
/// | different | it ends, and a new version begins, with its values in the columns that records lack | updated |
/// | different, begun by this very import | it takes the values; where it then equals the version before it, that one goes on | updated |
struct SQLiteVersioning {
    private let current: SQLiteStatement
    private let lastVersion: SQLiteStatement
    private let before: SQLiteStatement
    private let end: SQLiteStatement
    private let reopen: SQLiteStatement
    private let replace: SQLiteStatement
    private let remove: SQLiteStatement
    private let insert: SQLiteStatement
    /// Inserts the version after one that ended, from which it has what the records do not have.
    private let succeed: SQLiteStatement
    /// Finds a version and the one before it, which ended where it begins.
    private let standing: SQLiteStatement
    private let hasRowID: Bool
    private let columnCount: Int
    private let moment: String

    init(_ target: SQLiteTarget, _ connection: SQLiteConnection) throws {
        let plan = target.plan
        let table = try target.qualifiedName()
        let names = try plan.columns.map { try SQLiteIdentifier.quoted($0.name) }
        let update = target.verb("UPDATE")
        let history = try plan.history.names.map(SQLiteIdentifier.quoted)
        let (isCurrent, version, validFrom, validTo) = (history[0], history[1], history[2], history[3])
        let places = Array(names.indices)
        let keyed = target.keyColumns.map { "\(names[$0]) = ?\($0 + 1)" }.joined(separator: " AND ")
        let others = places.filter { !target.keyColumns.contains($0) }
        let isSame =
            others.isEmpty
            ? "1" : SQLiteCondition.all(others.map { "\(names[$0]) IS ?\($0 + 1) COLLATE BINARY" })
        let (versionValue, momentValue) = ("?\(names.count + 1)", "?\(names.count + 2)")
        func prepare(_ sql: String) throws -> SQLiteStatement { try connection.prepare(sql) }

        current = try prepare(
            "SELECT \(version), \(validFrom) IS \(momentValue), \(isSame) FROM \(table) WHERE \(keyed) AND \(isCurrent)"
        )
        lastVersion = try prepare("SELECT max(\(version)) FROM \(table) WHERE \(keyed)")
        before = try prepare(
            "SELECT 1 FROM \(table) WHERE \(keyed) AND \(version) = \(versionValue) AND \(validTo) IS \(momentValue) AND \(isSame)"
        )
        end = try prepare(
            "\(update) \(table) SET \(isCurrent) = 0, \(validTo) = \(momentValue) WHERE \(keyed) AND \(version) = \(versionValue)"
        )
        reopen = try prepare(
            "\(update) \(table) SET \(isCurrent) = 1, \(validTo) = NULL WHERE \(keyed) AND \(version) = \(versionValue)"
        )
        let sets = others.map { "\(names[$0]) = ?\($0 + 1)" }.joined(separator: ", ")
        replace = try prepare(
            "\(update) \(table) SET \(sets.isEmpty ? "\(version) = \(version)" : sets) WHERE \(keyed) AND \(version) = \(versionValue)"
        )
        remove = try prepare("DELETE FROM \(table) WHERE \(keyed) AND \(version) = \(versionValue)")
        insert = try prepare(
            """
            \(target.verb("INSERT")) INTO \(table) (\((names + [isCurrent, version, validFrom]).joined(separator: ", ")))
            VALUES (\(places.map { "?\($0 + 1)" }.joined(separator: ", ")), 1, \(versionValue), \(momentValue))
            """)
        let carried = try target.carried.map(SQLiteIdentifier.quoted)
        succeed = try prepare(
            """
            \(target.verb("INSERT")) INTO \(table) (\((names + [isCurrent, version, validFrom] + carried).joined(separator: ", ")))
            SELECT \((places.map { "?\($0 + 1)" } + ["1", versionValue, momentValue] + carried).joined(separator: ", "))
            FROM \(table) WHERE \(keyed) AND \(version) = \(versionValue) - 1 LIMIT 1
            """)
        standing = try prepare(
            "SELECT \(try target.rowNames().joined(separator: ", ")) FROM \(table) WHERE \(keyed) "
                + "AND \(version) IN (\(versionValue), \(versionValue) - 1)")
        hasRowID = target.table.hasRowID
        columnCount = names.count
        moment = plan.moment
    }

    func write(
        _ record: Int, _ values: Chunk.Values, by writer: SQLiteRowWriter
    ) throws(Refusal) -> SQLiteRowWriter.Result {
        func bind(_ statement: SQLiteStatement, version: Int64) throws(Refusal) {
            for column in 0..<min(columnCount, statement.parameterCount) {
                try writer.bind(
                    values.value(record: record, column: column), of: column, to: statement, at: Int32(column + 1))
            }
            _ = statement.bind(integer: version, at: Int32(columnCount + 1))
            statement.bind(copying: moment, at: Int32(columnCount + 2))
        }
        /// The first row's first three columns as integers.
        func look(_ statement: SQLiteStatement, version: Int64 = 0) throws(Refusal) -> (Int64, Int64, Int64)? {
            try bind(statement, version: version)
            defer { statement.reset() }
            switch statement.step() {
            case SQLITE_ROW:
                let found = (statement.integer(0), statement.integer(1), statement.integer(2))
                if statement === current, statement.step() == SQLITE_ROW {
                    throw Refusal(.constraint, Refusal.severalCurrent)
                }
                return found
            case SQLITE_DONE: return nil
            case let code: throw writer.refusal(code, record, values)
            }
        }
        func change(_ statement: SQLiteStatement, version: Int64) throws(Refusal) {
            try bind(statement, version: version)
            defer { statement.reset() }
            let code = statement.step()
            guard code == SQLITE_DONE else { throw writer.refusal(code, record, values) }
            guard writer.connection.changes > 0 else { throw Refusal.ignoredByTrigger }
        }

        guard let (version, isOurs, isSame) = try look(current) else {
            try change(insert, version: (try look(lastVersion)?.0 ?? 0) + 1)
            return .inserted
        }
        if isSame == 1 {
            guard let recorder = writer.recorder else { return .unchanged }
            try bind(standing, version: version)
            do { try standing.forEachRowKey(hasRowID: hasRowID, recorder.noteUnchanged) } catch {
                throw Refusal(failure: error)
            }
            return .unchanged
        }
        if isOurs == 0 {
            try change(end, version: version)
            try change(succeed, version: version + 1)
        } else if version > 1, try look(before, version: version - 1) != nil {
            try change(remove, version: version)
            try change(reopen, version: version - 1)
        } else {
            try change(replace, version: version)
        }
        return .updated
    }
}

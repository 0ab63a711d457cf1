internal import Records

extension PostgreSQLWriter {
    /// Finds records that the table will refuse, set by set, and rejects them with the words that the server would use.
    /// Returns those of which it cannot be said yet.
    ///
    /// What is not found here is found when the server refuses it; this is only faster where there are many.
    func validate(_ records: [Int], _ chunk: Chunk, _ values: Chunk.Values) throws -> Set<Int> {
        guard !records.isEmpty, target.plan.mode != .delete, !target.table.hasBeforeTriggers else { return [] }
        do {
            return try connection.savepoint {
                try validateChecks(chunk, values)
                try validateForeignKeys(chunk, values)
                return target.plan.mode == .insert ? try validateKeys(chunk, values) : []
            }
        } catch let error as PostgreSQLError where error.isAboutData {
            // An expression that fails on some value: the server will say on whose.
            return []
        }
    }

    private func staged(_ names: [String]) -> [String]? {
        let places = names.map { name in target.columns.firstIndex { $0.name == name } }
        return places.contains(nil) ? nil : places.compactMap { $0.map(PostgreSQLTarget.staged) }
    }

    private func validateChecks(_ chunk: Chunk, _ values: Chunk.Values) throws {
        for check in target.table.checks {
            guard staged(check.columns) != nil, !check.columns.isEmpty else { continue }
            let columns = target.columns.enumerated().map {
                "\(PostgreSQLTarget.staged($0)) AS \(PostgreSQLIdentifier.quoted($1.name))"
            }
            let found = try numbers(
                """
                SELECT _n FROM (SELECT _n, \(columns.joined(separator: ", ")) FROM \(staging.name)) AS
                \(PostgreSQLIdentifier.quoted(target.table.name)) WHERE NOT (\(check.expression))
                """)
            let words =
                "new row for relation \"\(target.table.name)\" violates check constraint \"\(check.name)\""
            for record in found { reject(record, .constraint, words, field: nil, chunk, values) }
            try staging.remove(found)
        }
    }

    private func validateForeignKeys(_ chunk: Chunk, _ values: Chunk.Values) throws {
        for key in target.table.foreignKeys where !key.isToItself {
            guard let columns = staged(key.columns), columns.count == key.parentColumns.count else { continue }
            let isComplete = columns.map { "s.\($0) IS NOT NULL" }.joined(separator: " AND ")
            let fits = zip(columns, key.parentColumns).map { "p.\(PostgreSQLIdentifier.quoted($1)) = s.\($0)" }
                .joined(separator: " AND ")
            let found = try numbers(
                "SELECT s._n FROM \(staging.name) s WHERE \(isComplete) AND NOT EXISTS (SELECT 1 FROM \(key.parent) p WHERE \(fits))"
            )
            let words =
                "insert or update on table \"\(target.table.name)\" violates foreign key constraint \"\(key.name)\" (no such row in \(key.parent))"
            let places = key.columns.compactMap { name in target.columns.firstIndex { $0.name == name } }
            for record in found {
                reject(
                    record, .constraint, words, field: places.count == 1 ? target.plan.columns[places[0]].name : nil,
                    chunk,
                    values)
            }
            try staging.remove(found)
        }
    }

    /// Rows that are there already, and records that come twice.
    private func validateKeys(_ chunk: Chunk, _ values: Chunk.Values) throws -> Set<Int> {
        let keys = target.table.uniqueKeys.compactMap { key in staged(key).map { (names: key, columns: $0) } }
        var doubtful: Set<Int> = []
        for key in keys {
            let fits = zip(key.columns, key.names).map { "t.\(PostgreSQLIdentifier.quoted($1)) = s.\($0)" }
                .joined(separator: " AND ")
            let there = try numbers(
                "SELECT s._n FROM \(staging.name) s WHERE EXISTS (SELECT 1 FROM \(target.table.quotedName) t WHERE \(fits))"
            )
            let list = key.columns.joined(separator: ", ")
            let isComplete = key.columns.map { "\($0) IS NOT NULL" }.joined(separator: " AND ")
            if keys.count > 1 {
                doubtful.formUnion(there)
                doubtful.formUnion(
                    try numbers(
                        """
                        SELECT _n FROM (SELECT _n, row_number() OVER (PARTITION BY \(list) ORDER BY _n) AS place
                        FROM \(staging.name) WHERE \(isComplete)) s WHERE place > 1
                        """))
                continue
            }
            for record in there { rejectDuplicate(record, chunk, values) }
            try staging.remove(there)
            let again = try numbers(
                """
                SELECT _n FROM (SELECT _n, row_number() OVER (PARTITION BY \(list) ORDER BY _n) AS place
                FROM \(staging.name) WHERE \(isComplete)) s WHERE place > 1
                """)
            for record in again { rejectDuplicate(record, chunk, values) }
            try staging.remove(again)
        }
        return doubtful
    }

    private func numbers(_ sql: String) throws -> [Int] {
        try connection.query(sql).compactMap { $0[0].flatMap { Int($0) } }
    }
}

internal import Records

/// The columns that a table has and undo data does not know, since they were added later: whether anybody wrote into them.
struct PostgreSQLAddedColumns {
    /// For each of them, the texts that the table itself fills it with. One whose default is another value for each row is
    /// not among them: nobody can tell who wrote what is in it.
    private let columns: [(column: PostgreSQLTable.Column, texts: [String])]

    init(to format: PostgreSQLUndoFormat, in connection: PostgreSQLConnection) throws {
        let unknown = format.table.described.filter { column in !format.columns.contains { $0.name == column.name } }
        columns = try unknown.compactMap { column in
            let row = try connection.query(
                """
                SELECT CASE WHEN atthasmissing THEN attmissingval::text END, pg_get_expr(adbin, adrelid),
                    attidentity <> '' OR adbin::text ~ 'SQLVALUEFUNCTION|NEXTVALUEEXPR|COERCEVIAIO' OR EXISTS (
                        SELECT FROM regexp_matches(adbin::text, ':(?:op)?funcid (\\d+)', 'g') m
                        JOIN pg_proc p ON p.oid = m[1]::oid WHERE p.provolatile <> 'i')
                FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                WHERE attrelid = $1::oid AND attname = $2
                """, [format.table.oid, column.name]
            ).first
            guard let row else { return nil }
            var values: [String] = []
            // What rows have that were there when the column came, and were not rewritten since.
            if let missing = row[0] { values.append("(\(PostgreSQLIdentifier.literal(missing))::\(column.type)[])[1]") }
            if let value = row[1] {
                if row[2] == "t" && values.isEmpty { return nil }
                if row[2] != "t" { values.append("(\(value))::\(column.type)") }
            } else if row[2] == "t" {
                return nil
            }
            let texts =
                values.isEmpty
                ? [] : try connection.query("SELECT \(values.map { "\($0)::text" }.joined(separator: ", "))")[0]
            return (column, texts.compactMap(\.self))
        }
    }

    /// The text, as a literal, that a column has in rows which were there when it came; nil if it is NULL, or not
    /// known.
    func textInOlderRows(_ name: String) -> String? {
        columns.first { $0.column.name == name }?.texts.first.map { PostgreSQLIdentifier.literal($0) }
    }

    /// Whether a text is what nobody wrote into a column; nil if that need not be asked.
    func isUntouched(_ name: String, _ text: String) -> String? {
        columns.first { $0.column.name == name }.map { _, texts in
            texts.isEmpty
                ? "\(text) IS NULL"
                : "(\(text) IS NULL OR \(text) IN (\(texts.map { PostgreSQLIdentifier.literal($0) }.joined(separator: ", "))))"
        }
    }

    /// The same of all of them in a row under an alias.
    func areUntouched(in alias: String, _ format: PostgreSQLUndoFormat) -> String? {
        let conditions = columns.compactMap { column, _ in
            isUntouched(column.name, format.text("\(alias).\(PostgreSQLIdentifier.quoted(column.name))", column.type))
        }
        return conditions.isEmpty ? nil : conditions.joined(separator: " AND ")
    }
}

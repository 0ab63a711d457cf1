internal import Records

/// How the values of guessed columns were written: in SQL, and as it is noted.
extension PostgreSQLTable.Column {
    /// The column before any of its values was noted.
    var unspelled: Self {
        var column = self
        column.spelling = nil
        return column
    }

    /// A value of the column as it was written, where the server's own text may be another; nil if it is not.
    ///
    /// A value that nobody can have written so, as by hand, is given in the server's text.
    func spelled(_ value: String) -> String? {
        guard let spelling else { return nil }
        switch ColumnType(postgreSQL: type) {
        case .boolean:
            guard let letters = spelling.letters, letters != .lower else { return nil }
            return "CASE WHEN \(value) THEN '\(letters.word(true))' WHEN NOT \(value) THEN '\(letters.word(false))' END"
        case .uuid: return spelling.letters == .upper ? "upper(\(value)::text)" : nil
        case .timestamp: return spelling.times.map { $0.sql(value, hasOffset: false) }
        case .timestamptz: return spelling.times.map { $0.sql(value, hasOffset: true) }
        case .text, .integer, .real, .numeric, .date, .jsonb: return nil
        }
    }
}

extension TimeSpelling {
    fileprivate func sql(_ value: String, hasOffset: Bool) -> String {
        let utc = "(\(value) AT TIME ZONE 'UTC')"
        let local = hasOffset ? "(\(utc) + interval '\(offsetMinutes) minutes')" : value
        let day = separator == UInt8(ascii: "T") ? "YYYY-MM-DD\"T\"HH24:MI" : "YYYY-MM-DD HH24:MI"
        let decimals = "to_char(\(local), '.US')"
        let isWhole = "date_trunc('second', \(local)) = \(local)"
        var fits = "\(local) >= '0001-01-01' AND \(local) < '10000-01-01'"
        let fraction: String
        switch seconds.form {
        case .plain: fraction = "regexp_replace(\(decimals), '[.]?0+$', '')"
        case .pointed: fraction = "regexp_replace(\(decimals), '([0-9])0+$', '\\1')"
        case .fixed(let count, let wholeToo):
            let cut = "left(\(decimals), \(count + 1))"
            fraction = wholeToo ? cut : "CASE WHEN \(isWhole) THEN '' ELSE \(cut) END"
            fits += " AND right(\(decimals), \(6 - count)) = '\(String(repeating: "0", count: 6 - count))'"
        }
        if !hasSeconds { fits += " AND date_trunc('minute', \(local)) = \(local)" }
        let text =
            "to_char(\(local), '\(day)\(hasSeconds ? ":SS" : "")')" + (hasSeconds ? " || \(fraction)" : "")
            + (offset.isEmpty ? "" : " || '\(offset)'")
        let other =
            hasOffset ? "regexp_replace(\(utc)::text, '^([^ ]+ [^ ]+)', '\\1+00')" : "\(value)::text"
        return "CASE WHEN \(fits) THEN \(text) ELSE \(other) END"
    }

    /// The offset from UTC.
    private var offsetMinutes: Int {
        let digits = offset.utf8.filter { $0 &- UInt8(ascii: "0") < 10 }.map { Int($0 - UInt8(ascii: "0")) }
        guard digits.count >= 2 else { return 0 }
        let minutes = (digits[0] * 10 + digits[1]) * 60 + (digits.count == 4 ? digits[2] * 10 + digits[3] : 0)
        return offset.hasPrefix("-") ? -minutes : minutes
    }
}

extension PostgreSQLSchema {
    /// The condition for a role that can read and write how values are spelled. An older program's table does not have it,
    /// and only its owner can add it.
    private static let knowsSpellings = """
        EXISTS (SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = '_waybill' AND c.relname = 'inferred' AND a.attname = 'spelling' AND NOT a.attisdropped
            AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
        """

    func knowsSpellings() throws -> Bool { try connection.query("SELECT \(Self.knowsSpellings)")[0][0] == "t" }

    /// How the values of a table's guessed columns are spelled, by the columns' names.
    func spellings(ofTable oid: String) throws -> [String: ValueSpelling] {
        guard try knowsSpellings() else { return [:] }
        let rows = try connection.query(
            "SELECT column_name, spelling FROM _waybill.inferred WHERE table_id = $1::oid AND spelling IS NOT NULL",
            [oid])
        return Dictionary(rows.map { ($0[0] ?? "", ValueSpelling(text: $0[1] ?? "")) }) { $1 }
    }

    /// Notes how the values of a column are spelled from now on.
    ///
    /// - Throws: an error that may pass where someone else has done so meanwhile.
    func set(_ spelling: ValueSpelling, of column: PostgreSQLTable.Column, of table: PostgreSQLTable) throws {
        let former = column.spelling.map { PostgreSQLIdentifier.literal($0.text) } ?? "NULL"
        let changed = try connection.query(
            """
            UPDATE _waybill.inferred SET spelling = $3 WHERE table_id = $1::oid AND column_name = $2
            AND spelling IS NOT DISTINCT FROM \(former) RETURNING 1
            """, [table.oid, column.name, spelling.text])
        if changed.isEmpty {
            throw PostgreSQLError(
                state: "40001", message: "another session noted how the values of \(column.name) are written")
        }
    }
}

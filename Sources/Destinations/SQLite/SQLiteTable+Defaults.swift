internal import Records

extension SQLiteTable {
    /// What takes the place of empty values that a plan brings, as SQL, by the places of its columns; nil for the column that
    /// SQLite numbers itself.
    func defaults(of plan: TablePlan, in connection: SQLiteConnection) throws -> [Int: String?] {
        var found: [Int: String?] = [:]
        for (place, column) in plan.columns.enumerated() where plan.takesDefault(column.name) {
            guard let stored = self.column(column.name) else { continue }
            if stored.name == rowIDAlias {
                found[place] = .some(nil)
            } else if let value = stored.defaultValue {
                found[place] = Self.expression(value, in: connection)
            }
        }
        try plan.requireDefaults(in: found.keys.map { plan.columns[$0].name })
        return found
    }

    /// A default as an expression. A word, with double quotes or without, is a text there.
    private static func expression(_ value: String, in connection: SQLiteConnection) -> String {
        if !value.hasPrefix("\""), (try? connection.prepare("SELECT (\(value))")) != nil { return "(\(value))" }
        let word = value.hasPrefix("\"") ? value.dropFirst().dropLast().replacing("\"\"", with: "\"") : value[...]
        return SQLiteIdentifier.literal(String(word))
    }
}

extension SQLiteTable.Column {
    /// What a row holds that was there when the column was added with its default; NULL where it has none.
    func valueInOlderRows() throws -> RowImage.Value {
        guard let defaultValue else { return .null }
        let connection = try SQLiteConnection(plain: ":memory:")
        // A word without quotes is a text of its own only where nothing is around it.
        do { try connection.execute("CREATE TABLE t (c \(affinity) DEFAULT (\(defaultValue)))") } catch {
            try connection.execute("CREATE TABLE t (c \(affinity) DEFAULT \(defaultValue))")
        }
        try connection.execute("INSERT INTO t DEFAULT VALUES")
        return try connection.query("SELECT c FROM t") {
            var image = RowImage()
            image.append($0.value(0))
            return image.values[0]
        }[0]
    }

    /// Whether each row may get another value of its default, which nobody need have written then.
    var mayHaveDefaultOfEachRow: Bool {
        guard let value = defaultValue else { return false }
        return value.contains("(") || value.uppercased().hasPrefix("CURRENT_")
    }

    /// A type of the same affinity; the declared one may not be a word that SQL takes.
    private var affinity: String {
        switch type {
        case .integer: "INTEGER"
        case .real: "REAL"
        case .text: ["CHAR", "CLOB", "TEXT"].contains(where: declaredType.uppercased().contains) ? "TEXT" : "BLOB"
        case .numeric, .boolean, .date, .timestamp, .timestamptz, .jsonb, .uuid: "NUMERIC"
        }
    }
}

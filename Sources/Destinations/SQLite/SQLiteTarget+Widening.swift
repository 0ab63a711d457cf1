internal import Records

extension SQLiteTarget {
    /// Gives these columns, places in the plan, the type TEXT and writes their numbers as text again. Returns their
    /// names. Runs inside a transaction, with foreign keys off.
    func widen(_ places: [Int], in connection: SQLiteConnection) throws -> [SQLiteTable.Column] {
        guard try connection.schemaVersion() == schemaVersion else { throw SQLiteRowWriter.BeginAgain(refused: [:]) }
        let columns = places.compactMap { table.column(plan.columns[$0].name) }
        try table.rewrite(
            columns.map { SQLiteTable.Retyping(column: $0.name, from: $0.declaredType, to: "TEXT") }, in: connection)
        for column in columns {
            try SQLiteInferredColumns(connection: connection).remove(column.name, of: table.name)
        }
        return columns
    }
}

extension SQLiteTable {
    /// Gives a column that was widened the type that was guessed before, where all its values are such numbers now.
    /// Returns whether it was done. Runs inside a transaction, with foreign keys off.
    func narrow(_ name: String, to type: String, in connection: SQLiteConnection) throws -> Bool {
        guard let column = column(name), column.declaredType == "TEXT", ["INTEGER", "INT", "REAL"].contains(type) else {
            return false
        }
        let quoted = try SQLiteIdentifier.quoted(column.name)
        let values = try connection.prepare(
            "SELECT DISTINCT \(quoted) FROM main.\(SQLiteIdentifier.quoted(self.name)) WHERE \(quoted) IS NOT NULL")
        var isNumbers = true
        try values.run { row in
            if isNumbers { isNumbers = Self.keepsItsText(row.text(0), as: type) }
        }
        guard isNumbers else { return false }
        try rewrite([Retyping(column: column.name, from: "TEXT", to: type)], in: connection)
        try SQLiteInferredColumns(connection: connection).add(column.name, of: self.name)
        return true
    }

    /// Whether a column of the type would give a text back as it is.
    private static func keepsItsText(_ text: String, as type: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            switch NumberText.classify(UnsafeRawBufferPointer(bytes)) {
            case .text: true
            case .integer(let number): type != "REAL" || number.magnitude < 1_000_000_000_000_000
            case .decimal(let number): RowFingerprint.text(of: number).utf8.elementsEqual(bytes)
            case .otherNumber: false
            }
        }
    }
}

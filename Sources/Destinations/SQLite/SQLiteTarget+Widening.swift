internal import Records

extension SQLiteTarget {
    /// Columns whose types cannot be changed: begin again without that.
    struct CannotWiden: Error {
        /// Why, by the columns' folded names.
        var refusals: [String: String] = [:]
    }

    /// Gives columns the type TEXT and writes their values as text again. Runs inside a transaction, with foreign keys off.
    ///
    /// - Throws: `CannotWiden` if the database does not let one of the columns be changed.
    func widen(_ misfits: [Misfit], _ chunk: Chunk, in connection: SQLiteConnection) throws -> [ColumnWidening] {
        guard try connection.schemaVersion() == schemaVersion else { throw SQLiteRowWriter.BeginAgain(refused: [:]) }
        let retypings = misfits.compactMap { misfit in
            table.column(plan.columns[misfit.column].name).map {
                SQLiteTable.Retyping(
                    column: $0.name, from: $0.declaredType, to: "TEXT", spelling: spellings[misfit.column])
            }
        }
        if let words = try table.rewriteIfAllowed(retypings, in: connection) {
            var obstacle = CannotWiden()
            for retyping in retypings {
                let reason = retypings.count == 1 ? words : try table.refusal(of: retyping, in: connection)
                if let reason { obstacle.refusals[SQLiteIdentifier.folded(retyping.column)] = reason }
            }
            if obstacle.refusals.isEmpty {
                for retyping in retypings { obstacle.refusals[SQLiteIdentifier.folded(retyping.column)] = words }
            }
            throw obstacle
        }
        for retyping in retypings {
            try SQLiteInferredColumns(connection: connection).setWidened(retyping.column, of: table.name)
        }
        return zip(misfits, retypings).map { misfit, retyping in
            ColumnWidening(
                misfit, of: plan.columns[misfit.column].name, from: retyping.from, to: retyping.to, chunk)
        }
    }
}

extension SQLiteTable {
    /// Gives a column that was widened the type that was guessed before, where all its values are of that type now.
    /// Returns whether it was done. Runs inside a transaction, with foreign keys off.
    func narrow(_ name: String, to type: String, by logID: String?, in connection: SQLiteConnection) throws -> Bool {
        guard let column = column(name), column.declaredType == "TEXT",
            SQLiteTable.Column.mayBeGuess(type)
        else { return false }
        let inferred = SQLiteInferredColumns(connection: connection)
        var spelling = try inferred.widened(of: self.name).first { SQLiteIdentifier.isSame($0.column, name) }?.spelling
        let quoted = try SQLiteIdentifier.quoted(column.name)
        let values = try connection.prepare(
            "SELECT DISTINCT \(quoted) FROM main.\(SQLiteIdentifier.quoted(self.name)) WHERE \(quoted) IS NOT NULL")
        var fits = true
        try values.run { row in
            if fits { fits = Self.keepsItsText(row.text(0), as: type, &spelling) }
        }
        let retyping = Retyping(column: column.name, from: "TEXT", to: type, spelling: spelling)
        guard fits, try rewriteIfAllowed([retyping], in: connection) == nil else { return false }
        try inferred.add(column.name, of: self.name, by: logID, spelling)
        return true
    }

    /// Whether a column of the type would give a text back as it is.
    private static func keepsItsText(_ text: String, as type: String, _ spelling: inout SQLiteSpelling?) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            let value = UnsafeRawBufferPointer(bytes)
            if let type = SQLiteTable.Column.nominalType(type) {
                var booleans = spelling?.booleans ?? ValueSpelling()
                defer { if booleans.letters != nil { spelling = .booleans(booleans) } }
                return SQLiteNominalType.take(value, as: type, into: &booleans)
            }
            var numbers = spelling?.numbers
            defer { spelling = numbers.map { .numbers($0) } }
            switch NumberText.classify(value) {
            case .text: return true
            case .integer(let number):
                return (type != "REAL" || number.magnitude < 1_000_000_000_000_000) && numbers?.takeWhole() != false
            case .decimal(let number):
                if numbers == nil { return RowFingerprint.text(of: number).utf8.elementsEqual(bytes) }
                return NumberSpelling.isOrdinary(value, number) && numbers?.takeDecimal(value) != false
            case .otherNumber: return false
            }
        }
    }
}

internal import Records

extension SQLiteTarget {
    /// What a chunk's values mean for the types that were guessed.
    struct Findings {
        /// The values that the types would change.
        var misfits: [Misfit] = []
        /// How values are spelled after the chunk, where that is new: places in the plan.
        var spellings: [(column: Int, spelling: SQLiteSpelling)] = []
    }

    /// Looks through the values of guessed columns, before any is written.
    func findings(in chunk: Chunk) -> Findings {
        var findings = Findings()
        // A deletion stores nothing.
        if plan.mode == .delete { return findings }
        chunk.withValues { values in
            for column in rules.indices {
                let (type, isKey): (ColumnType, Bool)
                switch rules[column] {
                case .guessed(let guess): (type, isKey) = (guess, false)
                case .guessedKey(let guess): (type, isKey) = (guess, true)
                case .guessedNominal(let guess):
                    look(at: values, of: chunk, in: column, guess, &findings)
                    continue
                case .text, .stored, .given: continue
                }
                var spelling = spellings[column]?.numbers
                // Who wants the types kept wants none of other types among them, though SQLite would keep those as well.
                let isStrict = obstacles[column] == .unwanted
                let records = chunk.records.indices.filter { record in
                    guard let value = values.value(record: record, column: column) else { return false }
                    guard let bound = SQLiteValueRule.bound(value, guess: type, isKey: isKey) else { return true }
                    if isStrict && !bound.isOf(type) { return true }
                    return !Self.take(value, bound, into: &spelling)
                }
                if !records.isEmpty { findings.misfits.append(Misfit(column: column, records: records, type: .text)) }
                if let spelling, .numbers(spelling) != spellings[column] {
                    findings.spellings.append((column, .numbers(spelling)))
                }
            }
        }
        return findings
    }

    /// The same of a column of a type that SQLite knows by name only.
    private func look(
        at values: Chunk.Values, of chunk: Chunk, in column: Int, _ type: ColumnType, _ findings: inout Findings
    ) {
        let former = spellings[column]?.booleans ?? ValueSpelling()
        var spelling = former
        let records = chunk.records.indices.filter { record in
            guard let value = values.value(record: record, column: column) else { return false }
            return !SQLiteNominalType.take(value, as: type, into: &spelling)
        }
        if !records.isEmpty { findings.misfits.append(Misfit(column: column, records: records, type: .text)) }
        if spelling != former { findings.spellings.append((column, .booleans(spelling))) }
    }

    /// Returns false if the column could not give the value's text back.
    @inline(__always)
    private static func take(
        _ value: UnsafeRawBufferPointer, _ bound: SQLiteBound, into spelling: inout NumberSpelling?
    ) -> Bool {
        guard spelling != nil else { return true }
        switch bound {
        case .text: return true
        case .integer: return spelling!.takeWhole()
        case .real(let number):
            // A whole number is bound as a real where the column is one.
            if !value.contains(UInt8(ascii: ".")) { return spelling!.takeWhole() }
            return NumberSpelling.isOrdinary(value, number) && spelling!.takeDecimal(value)
        }
    }

    /// Notes how the values of columns are spelled from now on. Runs inside the chunk's transaction.
    ///
    /// - Throws: `BeginAgain` if someone else has done so meanwhile.
    func note(_ found: [(column: Int, spelling: SQLiteSpelling)], in connection: SQLiteConnection) throws {
        if found.isEmpty { return }
        let inferred = SQLiteInferredColumns(connection: connection)
        let now = try inferred.guesses(of: table.name, by: plan.logID)
        for (column, spelling) in found {
            let name = plan.columns[column].name
            guard let guess = now[SQLiteIdentifier.folded(name)] else { continue }
            guard guess.spelling == spellings[column] else { throw SQLiteRowWriter.BeginAgain(refused: [:]) }
            try inferred.set(spelling, of: name, of: table.name)
        }
    }
}

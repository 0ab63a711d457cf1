internal import CSQLite
internal import Records

extension SQLiteRowWriter {
    /// What the failure of the write statement says about the record.
    func refusal(_ code: Int32, _ record: Int, _ values: Chunk.Values) -> Refusal {
        guard let reason = RejectCode(sqlite: code) else { return Refusal(failure: connection.error(code)) }
        let words = connection.lastMessage
        if SQLiteExtendedCode.isUnique(code), isKeyViolation(words) {
            return Refusal(
                .duplicateKey, "a row with \(keyWords(record, values)) already exists", field: keyField)
        }
        let field = field(named: words, code)
        let hint = code == SQLiteExtendedCode.notNull ? field.map(defaultHint) ?? "" : ""
        var refusal = Refusal(reason, words + hint, field: field)
        refusal.mayBeOfForeignKey = [SQLiteExtendedCode.foreignKey, SQLiteExtendedCode.trigger].contains(code)
        return refusal
    }

    /// Why a record is not written that finds no row.
    func noRow(_ record: Int, _ values: Chunk.Values) -> Refusal {
        .noRow(keyWords(record, values), lacking: target.lacking, field: keyField)
    }

    /// SQLite would give a row the next number for an empty value, even one that is there and has a number.
    func requireNumber(_ record: Int, _ values: Chunk.Values) throws(Refusal) {
        guard let place = target.numbered, values.value(record: record, column: place) == nil else { return }
        let name = target.plan.columns[place].name
        throw Refusal(
            .constraint, "NOT NULL constraint failed: \(target.table.name).\(name)\(defaultHint(name))", field: name)
    }

    private func keyWords(_ record: Int, _ values: Chunk.Values) -> String {
        keyColumns.map { column in
            let text = values.text(record: record, column: column) ?? ""
            return "\(target.plan.columns[column].name) = '\(Refusal.excerpt(text))'"
        }.joined(separator: " and ")
    }

    private var keyField: String? {
        let columns = keyColumns
        return columns.count == 1 ? target.plan.columns[columns[0]].name : nil
    }

    /// What is added to the reason of a record that lacks a value.
    func defaultHint(_ name: String) -> String {
        let hasDefault = target.table.column(name)?.hasDefault == true || target.table.rowIDAlias == name
        return hasDefault ? target.plan.defaultHint(name) : ""
    }

    func reject(
        _ refusal: Refusal, _ record: Int, of chunk: Chunk, _ values: Chunk.Values
    ) -> RejectedRecord {
        let key = keyColumns.map { values.text(record: record, column: $0) ?? "" }
        return RejectedRecord(
            location: chunk.location(ofRecord: record), code: refusal.code, message: refusal.message,
            field: refusal.field, key: key.isEmpty ? nil : key.joined(separator: ","), raw: chunk.raw(ofRecord: record))
    }

    /// The rejects of records whose values do not fit columns that keep their types.
    func rejects(of misfits: [Misfit], _ chunk: Chunk) -> [Int: RejectedRecord] {
        var rejects: [Int: RejectedRecord] = [:]
        chunk.withValues { values in
            for misfit in misfits {
                guard let obstacle = target.obstacles[misfit.column] else { continue }
                let name = target.plan.columns[misfit.column].name
                let type = target.table.column(name)?.declaredType ?? ""
                for record in misfit.records where rejects[record] == nil {
                    guard let value = values.value(record: record, column: misfit.column) else { continue }
                    let refusal = Refusal.misfit(value, column: name, type: type, obstacle)
                    rejects[record] = reject(refusal, record, of: chunk, values)
                }
            }
        }
        return rejects
    }

    /// The places of the columns that identify a record: the plan's key, or else the table's primary key.
    private var keyColumns: [Int] {
        guard target.keyColumns.isEmpty else { return target.keyColumns }
        let places = target.table.primaryKey.map { name in
            target.plan.columns.firstIndex { SQLiteIdentifier.isSame($0.name, name) }
        }
        return places.contains(nil) ? [] : places.compactMap { $0 }
    }

    /// SQLite names the columns of the violated index; it may be another one than the key's.
    private func isKeyViolation(_ words: String) -> Bool {
        let key = keyColumns.map { target.plan.columns[$0].name }
        guard !key.isEmpty else { return false }
        let wanted = Set(key.map(SQLiteIdentifier.folded))
        return target.table.uniqueKeys.contains { columns in
            Set(columns.map(SQLiteIdentifier.folded)) == wanted
                && words.hasSuffix(": " + columns.map { "\(target.table.name).\($0)" }.joined(separator: ", "))
        }
    }

    /// The one column that SQLite's words end with, where the failure is about one column.
    private func field(named words: String, _ code: Int32) -> String? {
        guard code == SQLiteExtendedCode.notNull || code == SQLiteExtendedCode.datatype else { return nil }
        return target.plan.columns.first { words.hasSuffix(" \(target.table.name).\($0.name)") }?.name
    }
}

internal import Records

/// What a record is refused for.
extension PostgreSQLWriter {
    func field(of error: PostgreSQLError) -> String? {
        guard !error.column.isEmpty else { return nil }
        return target.columns.firstIndex { $0.name == error.column }.map { target.plan.columns[$0].name }
    }

    func reject(
        _ record: Int, _ error: PostgreSQLError, field: String?, code: RejectCode, _ chunk: Chunk,
        _ values: Chunk.Values
    ) {
        if error.state == "23505", isKeyViolation(error) {
            return rejectDuplicate(record, chunk, values)
        }
        if error.state == Self.noRow.state, error.message == Self.noRow.message {
            return rejectWithoutRow(record, chunk, values)
        }
        let code = error.state.hasPrefix("22") ? .type : error.state == "23502" ? .constraint : code
        let isEmpty = error.state == "23502" && field.map { target.table.column($0)?.hasDefault == true } == true
        reject(
            record, code == .type && error.state.hasPrefix("23") ? .constraint : code,
            error.words + (isEmpty ? target.plan.defaultHint(field ?? "") : ""), field: field, chunk, values)
    }

    private func isKeyViolation(_ error: PostgreSQLError) -> Bool {
        target.table.uniqueIndexes[error.constraint] == Set(identifying.map { target.columns[$0].name })
    }

    func rejectDuplicate(_ record: Int, _ chunk: Chunk, _ values: Chunk.Values) {
        reject(
            record, .duplicateKey, "a row with \(keyWords(record, values)) already exists", field: keyField, chunk,
            values)
    }

    private func keyWords(_ record: Int, _ values: Chunk.Values) -> String {
        identifying.map { place in
            "\(target.plan.columns[place].name) = '\(Refusal.excerpt(values.text(record: record, column: place) ?? ""))'"
        }.joined(separator: " and ")
    }

    private var keyField: String? {
        identifying.count == 1 ? target.plan.columns[identifying[0]].name : nil
    }

    /// Rejects the staged records of whose key the index that is looked into can make nothing.
    func rejectKeysThatNoIndexTakes(_ records: ArraySlice<Int>, _ chunk: Chunk, _ values: Chunk.Values) throws {
        guard let index = target.keyIndex, let first = records.first else { return }
        let parts = index.columnNames.map { "count(s.\($0))" }.joined(separator: ", ")
        do {
            try connection.savepoint {
                try connection.query("SELECT \(parts) FROM \(staging.keyed) s WHERE s.\(Self.among(Array(records)))")
            }
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            guard records.count > 1 else {
                reject(first, error, field: keyField, code: .type, chunk, values)
                // What is looked up by the index is all that is staged.
                try connection.execute("DELETE FROM \(staging.name) WHERE _n = \(first)")
                return
            }
            let middle = records.startIndex + records.count / 2
            try rejectKeysThatNoIndexTakes(records[..<middle], chunk, values)
            try rejectKeysThatNoIndexTakes(records[middle...], chunk, values)
        }
    }

    /// Rejects the staged records that find no row with their key.
    func rejectWithoutRow(_ usable: inout [Int], _ chunk: Chunk, _ values: Chunk.Values) throws {
        let missing = try connection.query(
            "SELECT s._n FROM \(staging.keyed) s WHERE NOT EXISTS (SELECT FROM \(keyedRows) t WHERE \(sameKey()))")
        if missing.isEmpty { return }
        for row in missing { rejectWithoutRow(integer(row[0]), chunk, values) }
        usable.removeAll { rejects[$0] != nil }
    }

    private func rejectWithoutRow(_ record: Int, _ chunk: Chunk, _ values: Chunk.Values) {
        let refusal = Refusal.noRow(keyWords(record, values), lacking: target.lacking, field: keyField)
        reject(record, refusal.code, refusal.message, field: refusal.field, chunk, values)
    }

    /// The places of the columns that identify a record: the plan's key, or else the table's primary key.
    var identifying: [Int] {
        if !target.keyPlaces.isEmpty { return target.keyPlaces }
        let places = target.table.primaryKey.map { name in target.columns.firstIndex { $0.name == name } }
        return places.contains(nil) ? [] : places.compactMap(\.self)
    }

    func reject(
        _ record: Int, _ code: RejectCode, _ message: String, field: String?, _ chunk: Chunk, _ values: Chunk.Values
    ) {
        let key = identifying.map { values.text(record: record, column: $0) ?? "" }
        rejects[record] = RejectedRecord(
            location: chunk.location(ofRecord: record), code: code, message: message, field: field,
            key: key.isEmpty ? nil : key.joined(separator: ","), raw: chunk.raw(ofRecord: record))
    }
}

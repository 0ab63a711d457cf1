internal import Records

/// What can be said of records before the server is asked.
extension PostgreSQLWriter {
    /// The records of a chunk that go on to the server; the others are rejected, or the keys of no row.
    func judged(_ chunk: Chunk, _ values: Chunk.Values) -> [Int] {
        chunk.records.indices.filter { record in
            for place in target.keyPlaces
            where values.value(record: record, column: place) == nil && !target.hasDefault(place) {
                let name = target.plan.columns[place].name
                let hint = target.columns[place].hasDefault ? target.plan.defaultHint(name) : ""
                reject(record, .keyMissing, "no value for the key column \(name)\(hint)", field: name, chunk, values)
                return false
            }
            for place in judgedPlaces {
                let value = values.value(record: record, column: place)
                let refusal =
                    if let value { refusal(of: value, at: place) } else { refusalOfNull(at: place) }
                if let refusal {
                    reject(record, refusal.code, refusal.message, field: refusal.field, chunk, values)
                    return false
                }
            }
            // A text that its guessed column would not hold is the key of no row.
            if target.plan.mode == .delete,
                target.keyPlaces.contains(where: { place in
                    values.value(record: record, column: place).map { !target.keeps($0, in: place) } ?? true
                })
            {
                outcome.unchanged += 1
                return false
            }
            return true
        }
    }

    private func refusal(of value: UnsafeRawBufferPointer, at place: Int) -> Refusal? {
        let (rule, name) = (target.rules[place], target.plan.columns[place].name)
        if let refusal = rule.refusal(of: value, column: name) { return refusal }
        guard rule.guess != nil, let obstacle = target.obstacles[place], !target.keeps(value, in: place) else {
            return nil
        }
        return .misfit(value, column: name, type: target.columns[place].type, obstacle)
    }

    /// In the words of the server.
    private func refusalOfNull(at place: Int) -> Refusal? {
        guard target.columns[place].isNotNull, !target.looksFirst, !target.table.hasBeforeTriggers,
            target.plan.mode != .delete, !target.hasDefault(place)
        else { return nil }
        let name = target.plan.columns[place].name
        let words =
            "null value in column \"\(target.columns[place].name)\" of relation \"\(target.table.name)\" violates not-null constraint"
        let hint = target.columns[place].hasDefault ? target.plan.defaultHint(name) : ""
        return Refusal(.constraint, words + hint, field: name)
    }
}

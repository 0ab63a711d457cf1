internal import Records

extension Mapper {
    /// The values that one unique column had.
    struct UniqueColumn: Sendable {
        let column: Int
        let slot: Int
        var values: UniqueSet
    }

    /// Notes the values of unique columns, and fails the records whose values are there already. Only a record that fails
    /// no rule at all leaves its values behind.
    ///
    /// `failures` is in the records' order, and stays so.
    mutating func checkUnique(_ chunk: Chunk) throws {
        var others = failures[...]
        var duplicates: [Failure] = []
        var found: [Failure] = []
        var new: [(index: Int, fingerprint: Fingerprint)] = []
        try FieldBytes.with(chunk) { bytes in
            for record in chunk.records.indices {
                others = others.drop { $0.record < record }
                if others.first?.record == record { continue }
                found.removeAll(keepingCapacity: true)
                new.removeAll(keepingCapacity: true)
                let number = chunk.start.record + UInt64(chunk.records[record].number)
                for index in uniques.indices {
                    let column = uniques[index].column
                    guard let value = bytes[slots[record * plan.slotCount + uniques[index].slot]] else { continue }
                    let fingerprint = uniques[index].values.fingerprint(value)
                    switch uniques[index].values.firstRecord(with: fingerprint) {
                    case nil: new.append((index, fingerprint))
                    case number?: break
                    case let first?:
                        found.append(Failure(record: record, column: column, rule: .unique, firstRecord: first))
                    }
                }
                if found.isEmpty {
                    for (index, fingerprint) in new { try uniques[index].values.insert(fingerprint, record: number) }
                } else {
                    // A later record is known only where the chunk was applied before; it did not count then.
                    let earlier = found.filter { $0.firstRecord < number }
                    duplicates += earlier.isEmpty ? found : earlier
                }
            }
        }
        guard !duplicates.isEmpty else { return }
        failures += duplicates
        failures.sort { ($0.record, $0.column) < ($1.record, $1.column) }
    }
}

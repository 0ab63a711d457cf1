package import Records

extension PostgreSQLDestination: NumbersRows {
    package func giveNumbers(past fill: (inout Chunk) throws -> Bool) throws {
        guard let target, case let numbered = target.sequences.filter({ target.hasDefault($0.place) }),
            !numbered.isEmpty
        else { return }
        var largest: [Int64?] = numbered.map { _ in nil }
        var chunk = Chunk()
        while try fill(&chunk) {
            chunk.withValues { values in
                for (index, sequence) in numbered.enumerated() {
                    largest[index] = [largest[index], sequence.largest(of: chunk.records.indices, values)]
                        .compactMap(\.self).max()
                }
            }
        }
        try transaction { connection in
            for (sequence, largest) in zip(numbered, largest) {
                let floor = sequence.floor(above: largest, in: target.table)
                if isTrial {
                    try connection.execute(
                        "SELECT set_config('\(sequence.trialSetting)', coalesce((\(floor))::text, ''), true)")
                } else {
                    try connection.execute(sequence.advance(past: floor))
                }
            }
        }
    }
}

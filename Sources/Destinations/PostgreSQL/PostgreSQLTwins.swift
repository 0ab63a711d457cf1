internal import Records

/// Records of a chunk that have the same key as others of it. Of each key the last one is written.
struct PostgreSQLTwins {
    /// The records of one key, of which there are several.
    struct Group {
        var first: Int
        var last: Int
        /// The one that brought what the last one says.
        var origin: Int
        var count: Int
        /// How many say something else than the one before.
        var changes: Int
    }

    private(set) var groups: [Group] = []
    /// For each last record of a group the one that brought what it says.
    private(set) var origins: [Int: Int] = [:]
    /// The records that a later one of the same key makes superfluous.
    private(set) var superseded: [Int] = []
    /// The others.
    private(set) var lasts: [Int] = []

    /// - Parameter others: the places of the columns besides the key.
    /// - Returns: nil if it cannot be told here which records are equal.
    init?(
        of records: [Int], _ notes: borrowing PostgreSQLRowNotes, _ values: Chunk.Values,
        _ fingerprinter: PostgreSQLFingerprinter, _ others: [Int]
    ) {
        guard fingerprinter.knowsEquality else { return nil }
        var places: [UInt64: Int] = [:]
        for record in records {
            let hash = notes.keyHash(of: record)
            guard let place = places[hash] else {
                places[hash] = groups.count
                groups.append(Group(first: record, last: record, origin: record, count: 1, changes: 0))
                continue
            }
            let former = groups[place].last
            guard notes.key(of: record).elementsEqual(notes.key(of: former)) else { return nil }
            if !fingerprinter.haveSameValues(former, record, values, at: others) {
                groups[place].changes += 1
                groups[place].origin = record
            }
            groups[place].last = record
            groups[place].count += 1
            superseded.append(former)
        }
        lasts = groups.map(\.last).sorted()
        groups.removeAll { $0.count == 1 }
        for group in groups { origins[group.last] = group.origin }
    }
}

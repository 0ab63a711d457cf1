internal import Records

/// The keys and fingerprints of the rows that a chunk's records become, collected while the server has other things to do.
struct PostgreSQLRowNotes: ~Copyable {
    private var keys = ByteBuffer(capacity: 1 << 16)
    /// Where each record's key is in them.
    private var places: [Range<Int>]
    private var fingerprints: [UInt64]
    private var seen: Set<UInt64>
    /// Whether two of the records have the same key.
    private(set) var hasTwins = false
    /// A buffer for keys and fingerprints.
    var scratch = ByteBuffer(capacity: 1 << 12)
    var room = ByteBuffer(capacity: 64)

    /// - Parameter count: what the records' places in the chunk are below.
    init(count: Int) {
        places = Array(repeating: 0..<0, count: count)
        fingerprints = Array(repeating: 0, count: count)
        seen = Set(minimumCapacity: count)
    }

    /// Notes the key that is in `scratch`.
    mutating func noteKey(of record: Int) {
        places[record] = keys.count..<keys.count + scratch.count
        keys.append(contentsOf: scratch.bytes)
        if !seen.insert(PostgreSQLTextHash.hash(scratch.bytes)).inserted { hasTwins = true }
    }

    mutating func note(fingerprint: UInt64, of record: Int) { fingerprints[record] = fingerprint }

    /// The text of a record's key.
    func key(of record: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: keys.bytes[places[record]]) }

    /// The hash of a record's key.
    func keyHash(of record: Int) -> UInt64 { PostgreSQLTextHash.hash(key(of: record)) }

    /// Adds a change of a record's row, whose `before` is there already, to the packs.
    ///
    /// - Parameter origin: the record that the change is noted with.
    func add(_ record: Int, by origin: Int, isUpdate: Bool, to packs: inout PostgreSQLUndoPacks) {
        packs.add(origin, key: key(of: record), fingerprint: fingerprints[record], isUpdate: isUpdate)
    }
}

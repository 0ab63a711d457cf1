internal import Records

/// Which record had a value first, for any number of values in flat memory.
///
/// Fingerprints stand in a table with open addressing, 24 bytes each, that doubles when three quarters of it are taken. A
/// small table is in memory; a large one is a file that has no name any more, mapped into memory, so that the kernel
/// keeps as much of it at hand as there is room for. A copy is independent from the first write to either on.
struct UniqueSet: Sendable {
    private let hash = SipHash()
    private let directory: String
    private var table: UniqueTable
    private(set) var count = 0

    /// - Parameter directory: where the file is made once the set is large.
    init(directory: String) throws {
        self.directory = directory
        table = try UniqueTable(bits: 10, directory: directory)
    }

    func fingerprint(_ value: UnsafeRawBufferPointer) -> Fingerprint { hash(value) }

    /// The number of the record that had the value first.
    func firstRecord(with fingerprint: Fingerprint) -> UInt64? {
        let slot = table[table.index(of: fingerprint)]
        return slot.isFree ? nil : slot.record
    }

    /// Notes a value that is not in the set.
    ///
    /// Throws `DataError` if the file cannot be made or has no room to grow.
    mutating func insert(_ fingerprint: Fingerprint, record: UInt64) throws {
        if (count + 1) * 4 > table.capacity * 3 {
            table = try table.copy(bits: table.bits + 1, directory: directory)
        } else if !isKnownUniquelyReferenced(&table) {
            table = try table.copy(bits: table.bits, directory: directory)
        }
        table.set(table.index(of: fingerprint), UniqueTable.Slot(fingerprint: fingerprint, record: record))
        count += 1
    }
}

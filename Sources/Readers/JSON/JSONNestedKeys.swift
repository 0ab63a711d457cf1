/// The keys on the way to the object in hand, where nested objects become columns.
struct JSONNestedKeys: Sendable {
    /// The keys with dots between them.
    private(set) var path: [UInt8] = []
    /// Where the record ended.
    var end = 0
    private var lengths: [Int] = []
    /// The objects that the record in hand has, by the hashes of their paths.
    private var entered: Set<UInt64> = []

    var depth: Int { lengths.count }

    /// Begins a new record.
    mutating func clear() {
        if entered.isEmpty { return }
        path.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        entered.removeAll(keepingCapacity: true)
    }

    /// Replaces a key by the path to its member.
    @inline(__always)
    func extend(_ key: inout [UInt8]) {
        if depth == 0 { return }
        key.insert(contentsOf: path + CollectionOfOne(UInt8(ascii: ".")), at: 0)
    }

    /// Goes into the object at this path; false if the record had it before.
    mutating func enter(_ path: [UInt8]) -> Bool {
        lengths.append(self.path.count)
        self.path = path
        return entered.insert(path.withUnsafeBytes(JSONColumns.hash)).inserted
    }

    mutating func leave() {
        path.removeSubrange(lengths.removeLast()...)
    }

    /// Whether the record has an object at this path.
    @inline(__always)
    func has(_ path: UnsafeRawBufferPointer) -> Bool {
        !entered.isEmpty && entered.contains(JSONColumns.hash(path))
    }
}

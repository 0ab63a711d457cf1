/// The keys that records may have, in column order, and the way from a key to its column.
struct JSONColumns: Sendable {
    private(set) var names: [String] = []
    /// The names' UTF-8, one after the other; column `i` ends at `ends[i]`.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private var patterns: [JSONKeyPattern?] = []
    /// A hash table with a free slot after each run: column + 1, or 0 for a free slot.
    private var slots: [Int32] = Array(repeating: 0, count: 16)

    /// More columns than this are not a table: databases stop here, and so does a chunk's memory.
    static let maximumCount = 2_000

    init(_ names: [String] = []) {
        for name in names {
            var name = name
            name.withUTF8 { append(UnsafeRawBufferPointer($0)) }
        }
    }

    var count: Int { names.count }

    /// The column of a key; `expected` is where it stands if this record is like the others.
    @inline(__always)
    func index(of key: UnsafeRawBufferPointer, expected: Int) -> Int? {
        expected < names.count && has(key, at: expected) ? expected : search(key)
    }

    /// Where the key's closing quote stands if the key whose opening quote is at `quote` is the expected one, spelled
    /// without escapes. Nil says nothing.
    @inline(__always)
    func end(ofExpected expected: Int, in text: JSONScanner, from quote: Int) -> Int? {
        expected < patterns.count ? patterns[expected]?.end(in: text, from: quote &+ 1) : nil
    }

    mutating func append(_ key: UnsafeRawBufferPointer) {
        names.append(String(decoding: key, as: UTF8.self))
        patterns.append(JSONKeyPattern(key))
        bytes.append(contentsOf: key)
        ends.append(bytes.count)
        let isFull = names.count * 2 > slots.count
        if isFull { slots = Array(repeating: 0, count: slots.count * 2) }
        enter(from: isFull ? 0 : names.count - 1)
    }

    /// Forgets the columns from `count` on.
    mutating func cut(to count: Int) {
        if count == names.count { return }
        names.removeSubrange(count...)
        patterns.removeSubrange(count...)
        ends.removeSubrange(count...)
        bytes.removeSubrange((ends.last ?? 0)...)
        for slot in slots.indices { slots[slot] = 0 }
        enter(from: 0)
    }

    /// Enters the columns from `first` on into the hash table.
    private mutating func enter(from first: Int) {
        for index in first..<names.count {
            var slot = bytes[range(index)].withUnsafeBytes(slot)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(index + 1)
        }
    }

    private func search(_ key: UnsafeRawBufferPointer) -> Int? {
        var slot = slot(key)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if has(key, at: index) { return index }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    @inline(__always)
    private func has(_ key: UnsafeRawBufferPointer, at index: Int) -> Bool {
        let start = index == 0 ? 0 : ends[index - 1]
        guard ends[index] &- start == key.count else { return false }
        for offset in 0..<key.count where bytes[start &+ offset] != key[offset] { return false }
        return true
    }

    /// FNV-1a.
    static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return hash
    }

    private func slot(_ key: UnsafeRawBufferPointer) -> Int {
        let hash = Self.hash(key)
        return Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1)
    }
}

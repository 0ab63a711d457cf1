/// Notices whether bytes that come a second time, in another answer, are the same.
///
/// A hash with a secret, random key, which nobody outside this process can aim at.
struct RereadCheck {
    private var known = Prefix()
    private var current: Prefix? = Prefix()

    private struct Prefix {
        var count: UInt64 = 0
        var hasher = Hasher()
    }

    /// How many bytes from the first one have come before.
    var knownCount: UInt64 { known.count }

    /// What comes next is the first byte again.
    mutating func restart() { current = Prefix() }

    /// What comes next begins elsewhere and cannot be compared.
    mutating func suspend() { current = nil }

    /// Takes in the next bytes; false if those up to the last known one are not what they were.
    mutating func add(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard var prefix = current else { return true }
        var rest = bytes
        if prefix.count < known.count {
            let old = Int(min(UInt64(bytes.count), known.count - prefix.count))
            prefix.hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: bytes[..<old]))
            prefix.count += UInt64(old)
            rest = UnsafeRawBufferPointer(rebasing: bytes[old...])
            if prefix.count == known.count, prefix.hasher.finalize() != known.hasher.finalize() { return false }
        }
        if !rest.isEmpty {
            prefix.hasher.combine(bytes: rest)
            prefix.count += UInt64(rest.count)
            known = prefix
        }
        current = prefix
        return true
    }
}

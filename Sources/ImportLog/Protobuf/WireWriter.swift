/// Writes a protobuf message's fields straight into bytes, where the message would be a second copy of what is large.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func append(_ content: some Collection<UInt8>, field: UInt64) {
        append(field << 3 | 2)
        append(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    mutating func append(_ number: UInt64, field: UInt64) {
        append(field << 3)
        append(number)
    }

    private mutating func append(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

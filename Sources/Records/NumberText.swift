/// What a text is worth as a number, to a database that turns text into numbers where a column's type suggests it.
///
/// SQLite, for one, converts every text that looks like a number when it is stored in a numeric column: `00123` becomes 123.
/// This is the test for which texts keep their value in that, and which would not be touched at all.
package enum NumberText: Equatable, Sendable {
    /// An integer written as SQLite would write it: no sign but `-`, no leading zero. Its text can be had back exactly.
    case integer(Int64)
    /// A plain decimal of at most 15 significant digits: a double holds it, and only zeros at its ends are lost.
    case decimal(Double)
    /// Any other text that SQLite would convert: leading zeros, `+`, spaces, `1e5`, more digits than a number holds.
    case otherNumber
    /// A text that SQLite leaves alone.
    case text

    /// How many decimal digits survive a double and back, whatever they are.
    static let doubleDigits = 15

    package static func classify(_ bytes: UnsafeRawBufferPointer) -> NumberText {
        integer(bytes) ?? Scan(bytes).result
    }

    /// The common case: a canonical integer of at most 18 digits, which cannot overflow.
    @inline(__always)
    private static func integer(_ bytes: UnsafeRawBufferPointer) -> NumberText? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        guard bytes.count > first, bytes.count <= first + 18 else { return nil }
        if bytes[first] == UInt8(ascii: "0") { return bytes.count == 1 ? .integer(0) : nil }
        var value: Int64 = 0
        for index in first..<bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return .integer(isNegative ? -value : value)
    }
}

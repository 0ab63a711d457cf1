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

    package static func classify(_ bytes: UnsafeRawBufferPointer) -> NumberText { plain(bytes) ?? Scan(bytes).result }

    /// Whether it is a number written in digits, a point and a minus alone, which a type that keeps all digits gives back as
    /// it was written.
    package static func isPlain(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // Longer ones are for no database's numbers.
        guard bytes.count <= 1_000 else { return false }
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = bytes.dropFirst(isNegative ? 1 : 0)
        let whole = digits.prefix { $0 != UInt8(ascii: ".") }
        let fraction = digits.dropFirst(whole.count + 1)
        let isDigit = { (byte: UInt8) in byte &- UInt8(ascii: "0") < 10 }
        guard let first = whole.first, first != UInt8(ascii: "0") || whole.count == 1, whole.allSatisfy(isDigit),
            fraction.allSatisfy(isDigit), whole.count == digits.count || !fraction.isEmpty
        else { return false }
        return !isNegative
            || !(whole.elementsEqual([UInt8(ascii: "0")]) && fraction.allSatisfy { $0 == UInt8(ascii: "0") })
    }

    /// The common case: an integer of at most 18 digits or a decimal of at most 15, as nearly all programs write them.
    @inline(__always)
    private static func plain(_ bytes: UnsafeRawBufferPointer) -> NumberText? {
        let isNegative = bytes.first == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        guard bytes.count > first, bytes.count <= first + 18 else { return nil }
        var value: Int64 = 0
        var point: Int?
        for index in first..<bytes.count {
            let digit = bytes[index] &- UInt8(ascii: "0")
            if digit < 10 {
                value = value &* 10 &+ Int64(digit)
            } else if bytes[index] == UInt8(ascii: "."), point == nil, index > first {
                point = index
            } else {
                return nil
            }
        }
        let wholeDigits = (point ?? bytes.count) - first
        guard wholeDigits == 1 || bytes[first] != UInt8(ascii: "0"), value > 0 || !isNegative else { return nil }
        guard let point else { return .integer(isNegative ? -value : value) }
        let decimals = bytes.count - point - 1
        guard decimals > 0, wholeDigits + decimals <= doubleDigits else { return nil }
        let number = Scan.quotient(UInt64(value), decimals: decimals)
        return .decimal(isNegative ? -number : number)
    }
}

internal import Records

/// A column of a table that Waybill did not make, which turns texts into numbers by its declared type.
///
/// `007` and `1.10` are the numbers 7 and 1.1 there, and what is not a number stays the text that it is. A number that
/// would become another one costs the record. A column of reals rounds, as everywhere, unless it is a key: two keys
/// must not become one.
struct StoredNumber: Equatable {
    /// Digits that every double keeps, whatever they are.
    private static let sureDigits = 15
    /// The most that a double can keep.
    private static let mostDigits = 17
    /// The fewest characters that make a number with an exponent too large for a double: `1e309`.
    private static let shortestOverflow = 5

    private let holdsIntegers: Bool
    private let rounds: Bool
    /// Whether `true` and `false` are 1 and 0.
    let readsBooleans: Bool

    init(_ type: ColumnType, isKey: Bool, readsBooleans: Bool = false) {
        self.readsBooleans = readsBooleans
        holdsIntegers = type != .real
        rounds = type == .real && !isKey
    }

    /// What a value is bound as, or nil if the column would make another number of it.
    @inline(__always)
    func bound(_ value: UnsafeRawBufferPointer) -> SQLiteBound? {
        if readsBooleans, let boolean = ValueSpelling.boolean(value) { return .integer(boolean.value ? 1 : 0) }
        if value.count < Self.shortestOverflow
            || value.count <= Self.sureDigits && !value.contains(where: { $0 | 0x20 == UInt8(ascii: "e") })
        {
            return .text
        }
        return boundLong(value)
    }

    private func boundLong(_ value: UnsafeRawBufferPointer) -> SQLiteBound? {
        guard let number = Number(value), !number.digits.isEmpty else { return .text }
        if holdsIntegers {
            // SQLite would take it for a double first, where it has a point or an exponent.
            if let integer = number.integer { return .integer(integer) }
            // An integer that 64 bits do not hold would be a number of another kind.
            if number.isWhole { return nil }
        }
        guard rounds || number.digits.count <= Self.mostDigits else { return nil }
        guard let double = Double(number.text), double.isFinite, double != 0 else { return nil }
        if rounds || number.digits.count <= Self.sureDigits && double.isNormal { return .text }
        // SQLite's own reading of so many digits may be off by the last bit.
        return Self.digits(of: double) == number.digits ? .real(double) : nil
    }

    /// The fewest digits that tell a double from all others, without zeros at the ends.
    private static func digits(of double: Double) -> [UInt8] {
        let zero = UInt8(ascii: "0")
        let mantissa = "\(double.magnitude)".utf8.prefix { $0 != UInt8(ascii: "e") }.filter { $0 != UInt8(ascii: ".") }
        var digits = Array(mantissa.drop { $0 == zero })
        while digits.last == zero { digits.removeLast() }
        return digits
    }

    /// A text that SQLite takes for a number: digits with a sign, a point and an exponent, and spaces around them.
    private struct Number {
        /// As Swift reads it.
        var text: String
        /// Without zeros at the ends.
        var digits: [UInt8]
        /// The power of ten of the last digit.
        var power: Int
        /// Without a point and an exponent.
        var isWhole: Bool

        init?(_ value: UnsafeRawBufferPointer) {
            let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || (9...13).contains(byte) }
            let isDigit = { (byte: UInt8) in byte &- UInt8(ascii: "0") < 10 }
            let isSign = { (byte: UInt8) in byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }
            let start = value.firstIndex { !isSpace($0) } ?? value.endIndex
            let end = value.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? value.endIndex
            var rest = value[start..<end]
            text = String(decoding: rest, as: UTF8.self)
            if let sign = rest.first, isSign(sign) { rest = rest.dropFirst() }
            let whole = rest.prefix(while: isDigit)
            rest = rest.dropFirst(whole.count)
            var decimals = rest.prefix(0)
            var exponent = 0
            isWhole = true
            if rest.first == UInt8(ascii: ".") {
                isWhole = false
                decimals = rest.dropFirst().prefix(while: isDigit)
                rest = rest.dropFirst(decimals.count + 1)
            }
            guard !whole.isEmpty || !decimals.isEmpty else { return nil }
            if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
                isWhole = false
                let power = rest.dropFirst()
                rest = power.dropFirst(power.first.map(isSign) == true ? 1 : 0)
                guard let first = rest.first, isDigit(first) else { return nil }
                rest = rest.drop(while: isDigit)
                // One that is too long to be read makes a number too large or too small, as a double shows.
                exponent = Int(String(decoding: power, as: UTF8.self)) ?? Int(Int32.min)
            }
            guard rest.isEmpty else { return nil }
            let zero = UInt8(ascii: "0")
            digits = Array((Array(whole) + Array(decimals)).drop { $0 == zero })
            power = exponent - decimals.count
            while digits.last == zero {
                digits.removeLast()
                power += 1
            }
            // What SQLite takes, and Swift does not: a point without digits before or after it.
            if decimals.isEmpty { text = text.replacing(".", with: "") }
            if whole.isEmpty { text = text.replacing(".", with: "0.") }
        }

        /// Where the number is one that 64 bits hold.
        var integer: Int64? {
            guard power >= 0, digits.count + power < 20 else { return nil }
            let sign = text.first == "-" ? "-" : ""
            return Int64(sign + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: power))
        }
    }
}

/// A JSON text that a database which keeps values and no spelling can take and give back with the same meaning.
///
/// What would not come back is refused: a name that is there twice in an object, a zero with a minus, a NUL, half a
/// surrogate pair.
package struct JSONText {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private static let mostDepth = 200
    /// More digits than a number has that someone means as one.
    private static let mostDigits = 300

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether it is one value, with white space around it.
    package static func isKept(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var text = JSONText(bytes)
        guard text.value(depth: 0) else { return false }
        text.skipSpace()
        return text.place == bytes.count
    }

    /// Whether it begins as an object or an array does.
    package static func isCollection(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let first = bytes.first { !isSpace($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipSpace() { while let next, Self.isSpace(next) { place += 1 } }

    private mutating func skip(_ text: StaticString) -> Bool {
        let wanted = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard bytes[place...].starts(with: wanted) else { return false }
        place += wanted.count
        return true
    }

    private mutating func value(depth: Int) -> Bool {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return depth < Self.mostDepth && object(depth: depth)
        case UInt8(ascii: "["): return depth < Self.mostDepth && array(depth: depth)
        case UInt8(ascii: "\""): return string() != nil
        case UInt8(ascii: "t"): return skip("true")
        case UInt8(ascii: "f"): return skip("false")
        case UInt8(ascii: "n"): return skip("null")
        default: return number()
        }
    }

    private mutating func object(depth: Int) -> Bool {
        place += 1
        skipSpace()
        if skip("}") { return true }
        var names: Set<[UInt8]> = []
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\""), let name = string(), names.insert(name).inserted else { return false }
            skipSpace()
            guard skip(":"), value(depth: depth + 1) else { return false }
            skipSpace()
            if skip("}") { return true }
            guard skip(",") else { return false }
        }
    }

    private mutating func array(depth: Int) -> Bool {
        place += 1
        skipSpace()
        if skip("]") { return true }
        while true {
            guard value(depth: depth + 1) else { return false }
            skipSpace()
            if skip("]") { return true }
            guard skip(",") else { return false }
        }
    }

    /// The characters of a string, in UTF-8.
    private mutating func string() -> [UInt8]? {
        place += 1
        var text: [UInt8] = []
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"):
                guard let escaped = next else { return nil }
                place += 1
                switch escaped {
                case UInt8(ascii: "u"):
                    guard let scalar = scalar(), scalar.value > 0 else { return nil }
                    text += Array(String(Character(scalar)).utf8)
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escaped)
                case UInt8(ascii: "b"): text.append(0x08)
                case UInt8(ascii: "f"): text.append(0x0C)
                case UInt8(ascii: "n"): text.append(0x0A)
                case UInt8(ascii: "r"): text.append(0x0D)
                case UInt8(ascii: "t"): text.append(0x09)
                default: return nil
                }
            case ..<0x20: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func scalar() -> Unicode.Scalar? {
        guard let first = unit() else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard skip("\\u"), let second = unit(), (0xDC00..<0xE000).contains(second) else { return nil }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func unit() -> UInt32? {
        guard place + 4 <= bytes.count else { return nil }
        var unit: UInt32 = 0
        for byte in bytes[place..<place + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        place += 4
        return unit
    }

    private mutating func number() -> Bool {
        let start = place
        let isNegative = skip("-")
        let whole = digits()
        guard whole > 0, whole == 1 || bytes[start + (isNegative ? 1 : 0)] != UInt8(ascii: "0") else { return false }
        if skip("."), digits() == 0 { return false }
        let mantissa = bytes[start..<place]
        if next.map({ $0 | 0x20 }) == UInt8(ascii: "e") {
            place += 1
            if !skip("-") { _ = skip("+") }
            let exponent = digits()
            guard (1...2).contains(exponent) else { return false }
        }
        let isZero = mantissa.allSatisfy { !(UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
        return mantissa.count <= Self.mostDigits && !(isNegative && isZero)
    }

    private mutating func digits() -> Int {
        let start = place
        while let next, next &- UInt8(ascii: "0") < 10 { place += 1 }
        return place - start
    }
}

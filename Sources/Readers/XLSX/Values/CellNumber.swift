internal import Glibc

/// The number that a cell's text stands for.
struct CellNumber {
    let value: Double
    /// Whether the text is the number's shortest one already, or an integer with more digits than a double has.
    let isShortest: Bool

    /// Nil if the text, without white space around it, is not a finite number.
    init?(_ text: UnsafeRawBufferPointer) {
        var scan = Scan(text)
        guard scan.read(), let value = scan.value, value.isFinite else { return nil }
        self.value = value
        isShortest = scan.isShortest
    }

    /// Appends the shortest text that stands for the same double: in full where that is not too long, without `.0`.
    static func append(_ value: Double, to output: inout [UInt8]) {
        var description = value.magnitude.description
        if value < 0 { output.append(UInt8(ascii: "-")) }
        description.withUTF8 { text in
            // Digits without their point, and where the point stands among them.
            var digits: [UInt8] = []
            var point: Int?
            var exponent = 0
            for (index, byte) in text.enumerated() {
                if byte == UInt8(ascii: ".") {
                    point = digits.count
                } else if byte == UInt8(ascii: "e") {
                    exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                    break
                } else {
                    digits.append(byte)
                }
            }
            var place = (point ?? digits.count) + exponent
            let zeros = digits.prefix { $0 == zero }.count
            digits.removeFirst(zeros)
            place -= zeros
            while digits.last == zero { digits.removeLast() }
            layOut(digits, point: digits.isEmpty ? 0 : place, to: &output)
        }
    }

    private static let zero = UInt8(ascii: "0")

    /// `digits` have no zeros at their ends; the point is after `point` of them.
    private static func layOut(_ digits: [UInt8], point: Int, to output: inout [UInt8]) {
        switch point {
        case _ where digits.isEmpty:
            output.append(zero)
        case digits.count...21:
            output += digits + Array(repeating: zero, count: point - digits.count)
        case 1..<max(1, digits.count):
            output += digits[..<point] + [UInt8(ascii: ".")] + digits[point...]
        case -9...0:
            output += [zero, UInt8(ascii: ".")] + Array(repeating: zero, count: -point) + digits
        default:
            // Always with a fraction, so that it reads as a number and not as an article number.
            output += [digits[0], UInt8(ascii: ".")] + (digits.count > 1 ? digits[1...] : [zero])
            output += Array("e\(point - 1)".utf8)
        }
    }
}

/// Reads a number byte by byte: sign, digits, point, digits, exponent.
private struct Scan {
    private let text: UnsafeRawBufferPointer
    private var index = 0
    private let end: Int

    private var isNegative = false
    private var hasExponent = false
    /// The digits without leading zeros, as far as they fit.
    private var mantissa: UInt64 = 0
    private var significantDigits = 0
    /// The power of ten to multiply the mantissa with.
    private var exponent = 0
    private(set) var isShortest = false

    init(_ text: UnsafeRawBufferPointer) {
        self.text = text
        var start = 0
        var end = text.count
        while start < end, Self.isSpace(text[start]) { start += 1 }
        while end > start, Self.isSpace(text[end - 1]) { end -= 1 }
        index = start
        self.end = end
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    mutating func read() -> Bool {
        isNegative = skip(UInt8(ascii: "-"))
        let hasPlus = !isNegative && skip(UInt8(ascii: "+"))
        let first = index
        let integerDigits = readDigits()
        let hasLeadingZero = integerDigits > 1 && text[first] == UInt8(ascii: "0")
        var fractionDigits = 0
        var endsWithZero = false
        let hasPoint = skip(UInt8(ascii: "."))
        if hasPoint {
            fractionDigits = readDigits()
            exponent = -fractionDigits
            endsWithZero = fractionDigits == 0 || text[index - 1] == UInt8(ascii: "0")
        }
        guard integerDigits + fractionDigits > 0 else { return false }
        if index < end {
            guard skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E")), readExponent() else { return false }
            hasExponent = true
        }
        // Up to 15 digits, no two decimals stand for the same double, so that none is shorter. Whitespace around is not
        // part of a shortest text, either.
        isShortest =
            end == text.count && first == (isNegative ? 1 : 0) && !hasPlus && !hasLeadingZero && integerDigits > 0
            && !endsWithZero && !hasExponent && (significantDigits > 0 || !isNegative)
            && (!hasPoint || (significantDigits <= 15 && significantDigits + 9 > fractionDigits))
        return index == end
    }

    /// Nil if there is no double for it.
    var value: Double? {
        if significantDigits == 0 { return 0 }
        if significantDigits <= 19, mantissa <= 1 << 53, (-22...22).contains(exponent) {
            // Both numbers are exact doubles, so that the result is the nearest double to the text.
            let power = Self.powersOfTen[abs(exponent)]
            let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return isNegative ? -magnitude : magnitude
        }
        let trimmed = text[..<end].drop(while: Self.isSpace)
        return Double(String(decoding: trimmed, as: UTF8.self))
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard index < end, text[index] == byte else { return false }
        index += 1
        return true
    }

    @inline(__always)
    private mutating func readDigits() -> Int {
        let start = index
        while index < end {
            let digit = text[index] &- UInt8(ascii: "0")
            if digit > 9 { break }
            if significantDigits > 0 || digit != 0 {
                significantDigits += 1
                if significantDigits <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
            }
            index += 1
        }
        return index - start
    }

    private mutating func readExponent() -> Bool {
        let isNegative = skip(UInt8(ascii: "-"))
        if !isNegative { _ = skip(UInt8(ascii: "+")) }
        let start = index
        var value = 0
        while index < end, text[index] &- UInt8(ascii: "0") < 10 {
            value = min(value * 10 + Int(text[index] - UInt8(ascii: "0")), 1_000_000)
            index += 1
        }
        exponent += isNegative ? -value : value
        return index > start
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
        1e19, 1e20, 1e21, 1e22,
    ]
}

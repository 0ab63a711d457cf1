extension NumberText {
    /// Reads a text by SQLite's grammar for numbers, byte by byte: spaces, sign, digits, point, digits, exponent, spaces.
    struct Scan {
        private let bytes: UnsafeRawBufferPointer
        private var index = 0

        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        /// The digits before the exponent, as mantissa × 10^scale.
        private var mantissa: UInt64 = 0
        private var scale = 0
        private var digits = 0
        /// Digits from the first to the last that is not zero.
        private var significantDigits = 0
        private var zerosAtEnd = 0

        var result: NumberText {
            var scan = self
            return scan.read()
        }

        private mutating func read() -> NumberText {
            let spacesBefore = skipSpaces()
            let isNegative = peek == UInt8(ascii: "-")
            let hasPlus = peek == UInt8(ascii: "+")
            if isNegative || hasPlus { index += 1 }
            let startsWithZero = peek == UInt8(ascii: "0")
            let integerDigits = readDigits(isFraction: false)
            let hasPoint = skip(UInt8(ascii: "."))
            let fractionDigits = hasPoint ? readDigits(isFraction: true) : 0
            guard integerDigits + fractionDigits > 0 else { return .text }
            var exponent = 0
            let hasExponent = skip(UInt8(ascii: "e")) || skip(UInt8(ascii: "E"))
            if hasExponent {
                guard let read = readExponent() else { return .text }
                exponent = read
            }
            let spacesAfter = skipSpaces()
            guard index == bytes.count else { return .text }

            let isPlain = !hasPlus && !(startsWithZero && integerDigits > 1) && spacesBefore + spacesAfter == 0
            guard isPlain else { return .otherNumber }
            if !hasPoint && !hasExponent { return canonicalInteger(isNegative: isNegative) }
            // The sign of a negative zero would be lost. `12E5` is more often an article number than a number.
            guard fractionDigits > 0, significantDigits <= doubleDigits, !(isNegative && significantDigits == 0) else {
                return .otherNumber
            }
            return decimal(isNegative: isNegative, exponent: exponent + scale + zerosAtEnd)
        }

        private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

        private mutating func skip(_ byte: UInt8) -> Bool {
            guard peek == byte else { return false }
            index += 1
            return true
        }

        private mutating func skipSpaces() -> Int {
            let start = index
            while let byte = peek, byte == UInt8(ascii: " ") || (9...13).contains(byte) { index += 1 }
            return index - start
        }

        private mutating func readDigits(isFraction: Bool) -> Int {
            let start = index
            while let byte = peek, byte &- UInt8(ascii: "0") < 10 {
                index += 1
                if isFraction { scale -= 1 }
                if byte == UInt8(ascii: "0") {
                    if significantDigits > 0 { zerosAtEnd += 1 }
                    continue
                }
                significantDigits += zerosAtEnd + 1
                if significantDigits <= NumberText.doubleDigits {
                    for _ in 0...zerosAtEnd { mantissa *= 10 }
                    mantissa += UInt64(byte - UInt8(ascii: "0"))
                }
                zerosAtEnd = 0
            }
            return index - start
        }

        /// Nil if no digit follows. An exponent too large for any double is cut at a number that is so, too.
        private mutating func readExponent() -> Int? {
            let isNegative = skip(UInt8(ascii: "-"))
            if !isNegative { _ = skip(UInt8(ascii: "+")) }
            let start = index
            var exponent = 0
            while let byte = peek, byte &- UInt8(ascii: "0") < 10 {
                index += 1
                exponent = min(exponent * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000)
            }
            return index == start ? nil : isNegative ? -exponent : exponent
        }

        /// The rare integers that the fast path does not take: 19 digits and more, and `-0`.
        private func canonicalInteger(isNegative: Bool) -> NumberText {
            guard significantDigits > 0 else { return isNegative ? .otherNumber : .integer(0) }
            return Int64(String(decoding: bytes, as: UTF8.self)).map { .integer($0) } ?? .otherNumber
        }

        private func decimal(isNegative: Bool, exponent: Int) -> NumberText {
            if mantissa == 0 { return .decimal(0) }
            if (-22...0).contains(exponent) {
                let value = Self.quotient(mantissa, decimals: -exponent)
                return .decimal(isNegative ? -value : value)
            }
            guard let value = Double(String(decoding: bytes, as: UTF8.self)), value.isNormal else {
                return .otherNumber
            }
            return .decimal(value)
        }

        /// Both numbers are exact doubles, so that their quotient is the nearest double to the text.
        static func quotient(_ mantissa: UInt64, decimals: Int) -> Double { Double(mantissa) / powersOfTen[decimals] }

        private static let powersOfTen: [Double] = [
            1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
            1e19, 1e20, 1e21, 1e22,
        ]
    }
}

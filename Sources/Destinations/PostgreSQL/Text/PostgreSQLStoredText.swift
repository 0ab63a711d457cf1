internal import Records

/// What is known of the text that the server gives back for a value that it was sent.
enum PostgreSQLStoredText: Equatable {
    /// The same.
    case any
    /// The same, where it is a number as the server writes it.
    case integer(digits: Int)
    case double
    /// With as many decimals; nil for as many as were sent.
    case numeric(precision: Int, scale: Int?)
    case boolean
    case date

    /// Nil where nothing is known: for types that are not listed here, the server has to be asked.
    init?(type: String) {
        switch type {
        case "text", "character varying": self = .any
        // One digit less than the longest: no value of that many is out of range.
        case "smallint": self = .integer(digits: 4)
        case "integer": self = .integer(digits: 9)
        case "bigint": self = .integer(digits: 18)
        case "double precision": self = .double
        case "numeric": self = .numeric(precision: 500, scale: nil)
        case "boolean": self = .boolean
        case "date": self = .date
        default:
            let parts = type.dropLast().split { $0 == "(" || $0 == "," }
            guard parts.count == 3, parts[0] == "numeric", let precision = Int(parts[1]), let scale = Int(parts[2]),
                precision <= 500, scale >= 0, scale < precision
            else { return nil }
            self = .numeric(precision: precision, scale: scale)
        }
    }

    /// Whether the server keeps this value with the same text. False where it may do otherwise, or may refuse it.
    func keeps(_ value: UnsafeRawBufferPointer) -> Bool {
        switch self {
        case .any: return true
        case .boolean: return value.elementsEqual("true".utf8) || value.elementsEqual("false".utf8)
        case .date: return Self.isDate(value)
        case .integer(let digits):
            guard let number = PlainNumber(value) else { return false }
            return !number.hasPoint && number.wholeDigits <= digits && !(number.isNegative && number.isZero)
        case .numeric(let precision, let scale):
            guard let number = PlainNumber(value), number.decimals <= 100, !(number.isNegative && number.isZero) else {
                return false
            }
            if let scale {
                return number.decimals == scale && number.hasPoint == (scale > 0)
                    && number.wholeDigits <= precision - scale
            }
            return number.wholeDigits <= precision && number.hasPoint == (number.decimals > 0)
        case .double:
            // Such numbers come back from binary as they were, and are not written with an exponent.
            guard let number = PlainNumber(value), number.wholeDigits + number.decimals <= 15 else { return false }
            return number.hasPoint == (number.decimals > 0) && !number.endsInZeroDecimal && !number.isNegativeZero
                && (number.isWholePartSet || number.isZero || number.leadingZeroDecimals < 4)
        }
    }

    /// `2026-02-28`; the days that every month has are enough.
    private static func isDate(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count == 10, value[4] == UInt8(ascii: "-"), value[7] == UInt8(ascii: "-") else { return false }
        func number(_ places: Range<Int>) -> Int? {
            var number = 0
            for place in places {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(value[place]) else { return nil }
                number = number * 10 + Int(value[place] - UInt8(ascii: "0"))
            }
            return number
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return false }
        return year > 0 && (1...12).contains(month) && (1...31).contains(day)
    }
}

/// Digits, perhaps with a sign and a point; no zero in front that could be left out.
private struct PlainNumber {
    var isNegative = false
    var wholeDigits = 0
    var isWholePartSet = false
    var hasPoint = false
    var decimals = 0
    var leadingZeroDecimals = 0
    var isZero = true
    var endsInZeroDecimal = false

    var isNegativeZero: Bool { isNegative && isZero }

    init?(_ value: UnsafeRawBufferPointer) {
        var rest = value[...]
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest.removeFirst()
        }
        guard let first = rest.first else { return nil }
        for byte in rest {
            if byte == UInt8(ascii: "."), !hasPoint, wholeDigits > 0 {
                hasPoint = true
                continue
            }
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let isNought = byte == UInt8(ascii: "0")
            if hasPoint {
                decimals += 1
                if isNought && isZero { leadingZeroDecimals += 1 }
                endsInZeroDecimal = isNought
            } else {
                wholeDigits += 1
                if !isNought { isWholePartSet = true }
            }
            if !isNought { isZero = false }
        }
        if first == UInt8(ascii: "0") && wholeDigits > 1 { return nil }
    }
}

internal import Records

/// What is known of the text that the server gives back for a value that it was sent.
enum PostgreSQLStoredText: Equatable {
    /// The same.
    case any
    /// The same, up to so many characters.
    case characters(Int)
    /// The same, up to so many characters; blanks at the end do not count.
    case padded(Int)
    case integer(digits: Int)
    /// A binary number that comes back as it was up to so many digits.
    case binary(digits: Int)
    /// With as many decimals; nil for as many as were sent.
    case numeric(precision: Int, scale: Int?)
    case boolean
    case date
    case time
    case timestamp
    case timestampWithZone
    /// The same where the session's zone is not UTC: what has no zone of its own is not known.
    case timestampWithGivenZone
    case uuid
    /// The text that undo data has for the value of a guessed column: the one that it was written as.
    case spelled(ColumnType, ValueSpelling)

    /// Nil if nothing is known.
    init?(_ column: PostgreSQLTable.Column) {
        guard column.spelled("") != nil, let spelling = column.spelling else {
            self.init(type: column.type)
            return
        }
        self = .spelled(ColumnType(postgreSQL: column.type), spelling)
    }

    /// Nil if nothing is known: for types that are not listed here, the server has to be asked.
    init?(type: String) {
        switch type {
        case "text", "character varying", "json": self = .any
        // One digit less than the longest: no value of that many is out of range.
        case "smallint": self = .integer(digits: 4)
        case "integer": self = .integer(digits: 9)
        case "bigint": self = .integer(digits: 18)
        case "real": self = .binary(digits: 6)
        case "double precision": self = .binary(digits: 15)
        case "numeric": self = .numeric(precision: 500, scale: nil)
        case "boolean": self = .boolean
        case "date": self = .date
        case "time without time zone": self = .time
        case "timestamp without time zone": self = .timestamp
        case "timestamp with time zone": self = .timestampWithZone
        case "uuid": self = .uuid
        default:
            let parts = type.split { $0 == "(" || $0 == "," || $0 == ")" }
            switch (parts[0], parts.dropFirst().compactMap { Int($0) }) {
            case ("character varying", let numbers) where numbers.count == 1: self = .characters(numbers[0])
            case ("character", let numbers) where numbers.count == 1: self = .padded(numbers[0])
            case ("numeric", let numbers) where numbers.count == 2:
                let (precision, scale) = (numbers[0], numbers[1])
                guard precision <= 500, scale >= 0, scale < precision else { return nil }
                self = .numeric(precision: precision, scale: scale)
            default: return nil
            }
        }
    }

    /// The text that the server keeps for this value; nil if it is not known, or the server may refuse it.
    ///
    /// - Parameter room: where the text is put together that is not a part of the value.
    func stored(_ value: UnsafeRawBufferPointer, _ room: inout ByteBuffer) -> UnsafeRawBufferPointer? {
        switch self {
        case .any: return value
        case .characters(let most): return Self.characters(in: value) <= most ? value : nil
        case .padded(let most):
            return Self.characters(in: value) <= most && value.last != UInt8(ascii: " ") ? value : nil
        case .integer(let digits):
            guard let number = PlainNumber(value) else { return nil }
            return !number.hasPoint && number.wholeDigits <= digits && !number.isNegativeZero ? value : nil
        case .binary(let digits):
            // Such numbers come back from binary as they were, and are not written with an exponent.
            guard let number = PlainNumber(value), number.wholeDigits + number.neededDecimals <= digits,
                !number.isNegativeZero, number.isWholePartSet || number.isZero || number.leadingZeroDecimals < 4
            else { return nil }
            return number.text(of: value, decimals: number.neededDecimals)
        case .numeric(let precision, let scale):
            guard let number = PlainNumber(value), number.decimals <= 100, !number.isNegativeZero else { return nil }
            guard let scale else {
                return number.wholeDigits <= precision && number.hasPoint == (number.decimals > 0) ? value : nil
            }
            guard number.wholeDigits <= precision - scale, number.neededDecimals <= scale else { return nil }
            if number.decimals >= scale { return number.text(of: value, decimals: scale) }
            room.shorten(to: 0)
            room.append(contentsOf: value)
            if !number.hasPoint { room.append(UInt8(ascii: ".")) }
            for _ in number.decimals..<scale { room.append(UInt8(ascii: "0")) }
            return room.bytes
        case .boolean: return BooleanText.value(value).map(Self.text)
        case .date: return PlainTime.isDate(value) ? value : nil
        case .time: return PlainTime.time(value)
        case .timestamp: return PlainTime.timestamp(value, hasZone: false, &room)
        case .timestampWithZone: return PlainTime.timestamp(value, hasZone: true, &room)
        case .timestampWithGivenZone:
            let zone = value.suffix(6)
            guard zone.last == UInt8(ascii: "Z") || zone.contains(UInt8(ascii: "+")) else { return nil }
            return PlainTime.timestamp(value, hasZone: true, &room)
        case .uuid: return Self.uuid(value, &room)
        case .spelled(let type, let spelling):
            var now = spelling
            // One with another offset is written as the first one was.
            return now.take(value, as: type, isKey: true) && now == spelling ? value : nil
        }
    }

    private static func characters(in value: UnsafeRawBufferPointer) -> Int { value.count { $0 & 0xC0 != 0x80 } }

    private static func text(_ flag: Bool) -> UnsafeRawBufferPointer {
        let text: StaticString = flag ? "true" : "false"
        return UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
    }

    private static func uuid(_ value: UnsafeRawBufferPointer, _ room: inout ByteBuffer) -> UnsafeRawBufferPointer? {
        guard value.count == 36 else { return nil }
        room.shorten(to: 0)
        for (place, byte) in value.enumerated() {
            switch byte {
            case UInt8(ascii: "-"):
                guard [8, 13, 18, 23].contains(place) else { return nil }
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"):
                if [8, 13, 18, 23].contains(place) { return nil }
            default: return nil
            }
            room.append(byte < UInt8(ascii: "A") ? byte : byte | 0x20)
        }
        return room.bytes
    }
}

/// Days and times of day as ISO 8601 has them.
private enum PlainTime {
    private static func number(_ value: UnsafeRawBufferPointer, _ places: Range<Int>) -> Int? {
        var number = 0
        for place in places {
            guard place < value.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(value[place]) else {
                return nil
            }
            number = number * 10 + Int(value[place] - UInt8(ascii: "0"))
        }
        return number
    }

    /// `2026-02-28`.
    static func isDate(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count == 10, value[4] == UInt8(ascii: "-"), value[7] == UInt8(ascii: "-"),
            let year = number(value, 0..<4), let month = number(value, 5..<7), let day = number(value, 8..<10)
        else { return false }
        return GregorianDay.isValid(year: year, month: month, day: day)
    }

    /// `17:05:09` or `17:05:09.25`, without zeros at the end of the decimals.
    static func time(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard value.count >= 8, value[2] == UInt8(ascii: ":"), value[5] == UInt8(ascii: ":"),
            let hours = number(value, 0..<2), let minutes = number(value, 3..<5), let seconds = number(value, 6..<8),
            hours < 24, minutes < 60, seconds < 60
        else { return nil }
        if value.count == 8 { return value }
        guard value[8] == UInt8(ascii: "."), (10...15).contains(value.count), number(value, 9..<value.count) != nil
        else { return nil }
        var end = value.count
        while value[end - 1] == UInt8(ascii: "0") { end -= 1 }
        if end == 9 { end = 8 }
        return UnsafeRawBufferPointer(rebasing: value[..<end])
    }

    /// A day and a time with a `T` or a blank between them. A zone may only be that of UTC; without one, the session's is meant, which
    /// is the same.
    static func timestamp(
        _ value: UnsafeRawBufferPointer, hasZone: Bool, _ room: inout ByteBuffer
    ) -> UnsafeRawBufferPointer? {
        guard value.count >= 19, value[10] == UInt8(ascii: "T") || value[10] == UInt8(ascii: " "),
            isDate(UnsafeRawBufferPointer(rebasing: value[..<10]))
        else { return nil }
        var rest = value[11...]
        for zone in ["Z", "+00", "+00:00"] where hasZone && rest.suffix(zone.utf8.count).elementsEqual(zone.utf8) {
            rest = rest.dropLast(zone.utf8.count)
            break
        }
        guard let time = time(UnsafeRawBufferPointer(rebasing: rest)) else { return nil }
        room.shorten(to: 0)
        room.append(contentsOf: UnsafeRawBufferPointer(rebasing: value[..<10]))
        room.append(UInt8(ascii: " "))
        room.append(contentsOf: time)
        if hasZone { room.append("+00") }
        return room.bytes
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
    /// The decimals except for zeros at the end.
    var neededDecimals = 0
    var isZero = true

    var isNegativeZero: Bool { isNegative && isZero }

    /// The number's text with fewer decimals.
    func text(of value: UnsafeRawBufferPointer, decimals wanted: Int) -> UnsafeRawBufferPointer {
        let left = wanted == 0 && hasPoint ? decimals + 1 : decimals - wanted
        return UnsafeRawBufferPointer(rebasing: value.dropLast(left))
    }

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
                if !isNought { neededDecimals = decimals }
            } else {
                wholeDigits += 1
                if !isNought { isWholePartSet = true }
            }
            if !isNought { isZero = false }
        }
        if first == UInt8(ascii: "0") && wholeDigits > 1 { return nil }
    }
}

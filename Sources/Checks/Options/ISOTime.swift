internal import Records

/// A day, or a day and a time, in ISO 8601 or as databases write it: `2024-01-31`, `2024-01-31 23:59:00.5+01`.
///
/// A time without an offset counts as UTC, and a day as its midnight.
struct ISOTime: Comparable, Sendable {
    /// Since 1970 in UTC, leap seconds left out.
    let seconds: Int64
    let nanoseconds: Int64
    let hasTime: Bool

    init?(_ text: String) {
        var digits = Digits(text: Array(text.utf8)[...])
        guard let year = digits.take(4), digits.take("-"), let month = digits.take(2), digits.take("-"),
            let day = digits.take(2), GregorianDay.isValid(year: Int(year), month: Int(month), day: Int(day))
        else { return nil }
        var time: (seconds: Int64, nanoseconds: Int64) = (0, 0)
        hasTime = digits.take("T") || digits.take(" ")
        if hasTime {
            guard let taken = Self.time(&digits) else { return nil }
            time = taken
        }
        guard digits.text.isEmpty else { return nil }
        seconds = Self.days(year, month, day) * 86400 + time.seconds
        nanoseconds = time.nanoseconds
    }

    static func < (left: ISOTime, right: ISOTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    static func == (left: ISOTime, right: ISOTime) -> Bool {
        (left.seconds, left.nanoseconds) == (right.seconds, right.nanoseconds)
    }

    /// `HH:mm[:ss[.S]]` and an offset; seconds since midnight UTC, which can be of another day.
    private static func time(_ digits: inout Digits) -> (seconds: Int64, nanoseconds: Int64)? {
        guard let hour = digits.take(2), hour < 24, digits.take(":"), let minute = digits.take(2), minute < 60 else {
            return nil
        }
        var (second, nanoseconds): (Int64, Int64) = (0, 0)
        if digits.take(":") {
            guard let taken = digits.take(2), taken < 60 else { return nil }
            second = taken
            if digits.take(".") {
                guard let fraction = digits.takeFraction() else { return nil }
                nanoseconds = fraction
            }
        }
        var offset: Int64 = 0
        if !digits.text.isEmpty, !digits.take("Z") {
            let isWest = digits.take("-")
            guard isWest || digits.take("+"), let hours = digits.take(2), hours <= 18 else { return nil }
            let minutes = digits.take(":") || !digits.text.isEmpty ? digits.take(2) : 0
            guard let minutes, minutes < 60 else { return nil }
            offset = (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
        }
        return (hour * 3600 + minute * 60 + second - offset, nanoseconds)
    }

    /// Days since 1970. Years begin in March here, so that the leap day is the last one.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}

/// What is left of a text that numbers are taken from.
private struct Digits {
    var text: ArraySlice<UInt8>

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard text.first == UInt8(ascii: character) else { return false }
        text.removeFirst()
        return true
    }

    /// Takes exactly so many digits.
    mutating func take(_ count: Int) -> Int64? {
        let digits = text.prefix(count)
        guard digits.count == count, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        text.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
    }

    /// Takes one to nine digits, in billionths.
    mutating func takeFraction() -> Int64? {
        let count = text.prefix { $0 &- UInt8(ascii: "0") < 10 }.count
        guard (1...9).contains(count), let digits = take(count) else { return nil }
        return (count..<9).reduce(digits) { number, _ in number * 10 }
    }
}

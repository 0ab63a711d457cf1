/// A day, or a day and a time of day, as ISO 8601 writes them: `2026-02-28`, `2026-02-28T17:05:09.25+01:00`.
package struct TimeText {
    package struct Clock {
        /// `T` or a blank.
        package var separator: UInt8
        package var hasSeconds: Bool
        /// Seconds with their decimals; without them `00`.
        package var seconds: Range<Int>
        /// Empty, `Z`, or a sign with hours, and perhaps minutes.
        package var offset: Range<Int>
    }

    /// Nil for a day alone.
    package let clock: Clock?

    package var type: ColumnType {
        guard let clock else { return .date }
        return clock.offset.isEmpty ? .timestamp : .timestamptz
    }

    /// Nil for any other text, and for a day or a time that there is not.
    package init?(_ value: UnsafeRawBufferPointer) {
        guard value.count >= 10, value[4] == UInt8(ascii: "-"), value[7] == UInt8(ascii: "-"),
            let year = Self.number(value, 0..<4), let month = Self.number(value, 5..<7),
            let day = Self.number(value, 8..<10), GregorianDay.isValid(year: year, month: month, day: day)
        else { return nil }
        if value.count == 10 {
            clock = nil
            return
        }
        guard value.count >= 16, value[10] == UInt8(ascii: "T") || value[10] == UInt8(ascii: " "),
            value[13] == UInt8(ascii: ":"), let hours = Self.number(value, 11..<13), hours < 24,
            let minutes = Self.number(value, 14..<16), minutes < 60
        else { return nil }
        var end = 16
        let hasSeconds = end < value.count && value[end] == UInt8(ascii: ":")
        if hasSeconds {
            guard let seconds = Self.number(value, 17..<19), seconds < 60 else { return nil }
            end = 19
            if end < value.count, value[end] == UInt8(ascii: ".") {
                let decimals = value[(end + 1)...].prefix { $0 &- UInt8(ascii: "0") < 10 }.count
                guard decimals > 0 else { return nil }
                end += 1 + decimals
            }
        }
        let offset = UnsafeRawBufferPointer(rebasing: value[end...])
        guard Self.isOffset(offset) else { return nil }
        clock = Clock(
            separator: value[10], hasSeconds: hasSeconds, seconds: hasSeconds ? 17..<end : 16..<16,
            offset: end..<value.count)
    }

    /// `Z`, `+01`, `+0100` and `+01:00`, up to 14 hours, which is as far as they go on earth.
    private static func isOffset(_ text: UnsafeRawBufferPointer) -> Bool {
        if text.isEmpty { return true }
        if text[0] == UInt8(ascii: "Z") { return text.count == 1 }
        guard text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"), let hours = number(text, 1..<3),
            hours <= 14
        else { return false }
        switch text.count {
        case 3: return true
        case 5: return number(text, 3..<5).map { $0 < 60 } ?? false
        case 6: return text[3] == UInt8(ascii: ":") && number(text, 4..<6).map { $0 < 60 } ?? false
        default: return false
        }
    }

    private static func number(_ value: UnsafeRawBufferPointer, _ places: Range<Int>) -> Int? {
        guard places.upperBound <= value.count else { return nil }
        var number = 0
        for place in places {
            let digit = value[place] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }
}

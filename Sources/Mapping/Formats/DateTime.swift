internal import Records

/// A day, and a time of day where there is one, in the proleptic Gregorian calendar.
struct DateTime: Sendable, Equatable {
    var year = 0
    var month = 0
    var day = 0
    var hour = 0
    var minute = 0
    var second = 0
    var nanosecond = 0
    /// How many digits the fraction of a second was written with.
    var fractionDigits = 0
    /// Minutes east of Greenwich; nil if the text does not say.
    var offset: Int?

    var isValid: Bool {
        GregorianDay.isValid(year: year, month: month, day: day) && hour <= 23 && minute <= 59 && second <= 59
    }

    /// When it was, to be compared; a time without an offset counts as UTC.
    var moment: Moment {
        // Years begin in March here, so that the leap day is the last one.
        let shiftedYear = month > 2 ? year : year - 1
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let days = shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400 + dayOfYear
        return Moment(
            second: ((days * 24 + hour) * 60 + minute - (offset ?? 0)) * 60 + second, nanosecond: nanosecond)
    }

    struct Moment: Comparable, Sendable {
        var second: Int
        var nanosecond: Int

        static func < (left: Moment, right: Moment) -> Bool {
            (left.second, left.nanosecond) < (right.second, right.nanosecond)
        }
    }

    /// Appends `2024-01-31`.
    func appendDate(to output: inout [UInt8]) {
        append(year, digits: 4, to: &output)
        output.append(UInt8(ascii: "-"))
        append(month, digits: 2, to: &output)
        output.append(UInt8(ascii: "-"))
        append(day, digits: 2, to: &output)
    }

    /// Appends `2024-01-31T23:59:00`, with the fraction and the offset where the text had them.
    func appendTimestamp(to output: inout [UInt8]) {
        appendDate(to: &output)
        output.append(UInt8(ascii: "T"))
        appendTime(hour, minute, to: &output)
        output.append(UInt8(ascii: ":"))
        append(second, digits: 2, to: &output)
        if fractionDigits > 0 {
            output.append(UInt8(ascii: "."))
            append(nanosecond / Self.powersOfTen[9 - fractionDigits], digits: fractionDigits, to: &output)
        }
        switch offset {
        case nil: break
        case 0?: output.append(UInt8(ascii: "Z"))
        case let offset?:
            output.append(UInt8(ascii: offset < 0 ? "-" : "+"))
            appendTime(abs(offset) / 60, abs(offset) % 60, to: &output)
        }
    }

    private func appendTime(_ hour: Int, _ minute: Int, to output: inout [UInt8]) {
        append(hour, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        append(minute, digits: 2, to: &output)
    }

    private func append(_ number: Int, digits: Int, to output: inout [UInt8]) {
        for place in (0..<digits).reversed() {
            output.append(UInt8(ascii: "0") + UInt8(number / Self.powersOfTen[place] % 10))
        }
    }

    static let powersOfTen = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000]
}

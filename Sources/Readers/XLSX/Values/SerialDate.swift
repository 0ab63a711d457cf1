/// Dates and times as spreadsheets have them: days since an epoch, and parts of a day.
enum SerialDate {
    /// The day that a workbook counts from.
    enum Epoch: Sendable {
        /// 1 is 1 January 1900, and 60 is a 29 February 1900 that never was.
        case from1900
        /// 0 is 1 January 1904.
        case from1904
    }

    private static let millisecondsPerDay = 86_400_000
    /// 31 December 9999, the last day there is, in days since 1970.
    private static let lastDay = 2_932_896

    /// Appends a date, a time, both, or a length of time, as ISO 8601 writes them. Returns false, and appends nothing,
    /// where the number is none.
    ///
    /// What the format would hide is not dropped: a date with a time of day has both, whatever its format.
    static func append(_ serial: Double, _ format: NumberFormat, _ epoch: Epoch, to output: inout [UInt8]) -> Bool {
        guard serial.magnitude < 3_000_000 else { return false }
        let milliseconds = Int((serial * Double(millisecondsPerDay)).rounded())
        if format == .duration {
            if milliseconds < 0 { output.append(UInt8(ascii: "-")) }
            append(milliseconds: abs(milliseconds), to: &output)
            return true
        }
        guard milliseconds >= 0 else { return false }
        let (day, time) = milliseconds.quotientAndRemainder(dividingBy: millisecondsPerDay)
        if day == 0 && (format == .time || epoch == .from1900) {
            append(milliseconds: time, to: &output)
            return true
        }
        guard let daysSince1970 = daysSince1970(day, epoch), daysSince1970 <= lastDay else { return false }
        append(daysSince1970: daysSince1970, to: &output)
        if time != 0 || format != .date {
            output.append(UInt8(ascii: "T"))
            append(milliseconds: time, to: &output)
        }
        return true
    }

    private static func daysSince1970(_ day: Int, _ epoch: Epoch) -> Int? {
        switch epoch {
        case .from1904: day - 24_107
        case .from1900 where day == 60: nil
        case .from1900: day - (day < 60 ? 25_568 : 25_569)
        }
    }

    /// `2024-05-01`, by the proleptic Gregorian calendar: years that begin in March have their leap day at the end.
    private static func append(daysSince1970 days: Int, to output: inout [UInt8]) {
        let sinceMarch0 = days + 719_468
        let era = sinceMarch0 / 146_097
        let dayOfEra = sinceMarch0 % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        append(year, digits: 4, to: &output)
        output.append(UInt8(ascii: "-"))
        append(month, digits: 2, to: &output)
        output.append(UInt8(ascii: "-"))
        append(day, digits: 2, to: &output)
    }

    /// `13:30:00`, or `13:30:00.250` where there is a fraction of a second; hours may be more than 24.
    private static func append(milliseconds: Int, to output: inout [UInt8]) {
        let hours = milliseconds / 3_600_000
        if hours < 100 { append(hours, digits: 2, to: &output) } else { output += Array(String(hours).utf8) }
        output.append(UInt8(ascii: ":"))
        append(milliseconds / 60_000 % 60, digits: 2, to: &output)
        output.append(UInt8(ascii: ":"))
        append(milliseconds / 1_000 % 60, digits: 2, to: &output)
        let fraction = milliseconds % 1_000
        if fraction != 0 {
            output.append(UInt8(ascii: "."))
            append(fraction, digits: 3, to: &output)
        }
    }

    private static func append(_ number: Int, digits: Int, to output: inout [UInt8]) {
        var divisor = digits == 4 ? 1_000 : digits == 3 ? 100 : 10
        while divisor > 0 {
            output.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}

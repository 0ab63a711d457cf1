/// Reads dates by the formats of Oracle and PostgreSQL, where they can mean only one.
enum SQLDateFormat {
    private static let months = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]
    /// Longer ones before those that they begin with.
    private static let elements = ["YYYY", "MON", "MM", "DD", "HH24", "MI", "SS"]

    /// The date as `2024-01-31`, with a time of day where the format has one; nil for formats and texts that leave
    /// something to a database's settings, such as a year of two digits.
    static func read(_ text: String, by format: String) -> String? {
        var (text, format) = (Substring(text.uppercased()), Substring(format.uppercased()))
        var values: [String: Int] = [:]
        var fraction = ""
        func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }
        while !format.isEmpty {
            if format.hasPrefix("FF") {
                format = format.dropFirst(2)
                if let most = format.first?.wholeNumberValue {
                    guard text.prefix(while: isDigit).count <= most else { return nil }
                    format = format.dropFirst()
                }
                let digits = text.prefix(while: isDigit)
                guard fraction.isEmpty, (1...9).contains(digits.count), values["SS"] != nil else { return nil }
                fraction = ".\(digits)"
                text = text.dropFirst(digits.count)
                continue
            }
            if format.hasPrefix("\""), let end = format.dropFirst().firstIndex(of: "\"") {
                // What is quoted stands for itself.
                let quoted = format[..<end].dropFirst()
                guard text.hasPrefix(quoted) else { return nil }
                text = text.dropFirst(quoted.count)
                format = format[end...].dropFirst()
                continue
            }
            guard let element = elements.first(where: format.hasPrefix) else {
                // Punctuation stands for itself.
                guard let mark = format.popFirst(), "-/.:, T".contains(mark), text.popFirst() == mark else {
                    return nil
                }
                continue
            }
            format = format.dropFirst(element.count)
            guard values[element] == nil else { return nil }
            if element == "MON" {
                guard let index = months.firstIndex(of: String(text.prefix(3))), values["MM"] == nil else { return nil }
                values["MM"] = index + 1
                text = text.dropFirst(3)
                continue
            }
            let most = element == "YYYY" ? 4 : 2
            let digits = text.prefix(most).prefix(while: isDigit)
            guard digits.count == most || most == 2 && digits.count == 1, let value = Int(digits) else { return nil }
            values[element] = value
            text = text.dropFirst(digits.count)
        }
        guard text.isEmpty, let year = values["YYYY"], let month = values["MM"], let day = values["DD"],
            (1...12).contains(month), (1...days(in: month, of: year)).contains(day)
        else { return nil }
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        guard let hour = values["HH24"] else { return values["MI"] == nil && values["SS"] == nil ? date : nil }
        let (minute, second) = (values["MI"] ?? 0, values["SS"] ?? 0)
        guard hour < 24, minute < 60, second < 60 else { return nil }
        return "\(date) \(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))\(fraction)"
    }

    /// The days of a month.
    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? isLeap ? 29 : 28 : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// SQL Server's dates as older versions of its tools write them: `CAST(0x0000A2B800000000 AS DateTime)`.
enum SQLServerMoment {
    /// - Parameter digits: hexadecimal.
    static func text(_ digits: [UInt8], _ type: SQLType) -> String? {
        guard digits.count % 2 == 0, digits.count <= 18 else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            Int(SQLByte.hexDigit(digits[$0]) ?? 0) << 4 | Int(SQLByte.hexDigit(digits[$0 + 1]) ?? 0)
        }
        func number(_ bytes: some Collection<Int>) -> Int { bytes.reduce(0) { $0 << 8 | $1 } }
        switch (type.name, bytes.count) {
        case ("DATETIME", 8):
            // Days since 1900, and three hundredths of a second.
            let days = Int(Int32(truncatingIfNeeded: number(bytes[..<4])))
            let ticks = number(bytes[4...])
            guard ticks < 86_400 * 300 else { return nil }
            let milliseconds = (ticks * 10 + 1) / 3
            let fraction = milliseconds % 1000
            return date(days, after1900: true) + " " + time(milliseconds / 1000)
                + (fraction == 0 ? "" : ".\(SQLDateFormat.padded(fraction, 3))")
        case ("SMALLDATETIME", 4):
            let minutes = number(bytes[2...])
            return minutes < 1440 ? date(number(bytes[..<2]), after1900: true) + " " + time(minutes * 60) : nil
        case ("DATE", 3),
            ("DATE", 4) where bytes.last == 0 || bytes.count == 3:
            return date(number(bytes[..<3].reversed()), after1900: false)
        case ("TIME", 4...6): return timeOfDay(bytes[...])
        case ("DATETIME2", 7...9):
            return timeOfDay(bytes.dropLast(3)).map {
                date(number(bytes.suffix(3).reversed()), after1900: false) + " " + $0
            }
        default: return nil
        }
    }

    /// A time after the byte with how many digits its seconds have after the point, which it is counted in.
    private static func timeOfDay(_ bytes: ArraySlice<Int>) -> String? {
        guard let digits = bytes.first, digits <= 7, bytes.count == (digits < 3 ? 4 : digits < 5 ? 5 : 6) else {
            return nil
        }
        let unit = (0..<digits).reduce(1) { product, _ in product * 10 }
        let count = bytes.dropFirst().reversed().reduce(0) { $0 << 8 | $1 }
        guard count < 86_400 * unit else { return nil }
        let fraction = digits == 0 ? "" : ".\(SQLDateFormat.padded(count % unit, digits))"
        return time(count / unit) + (count % unit == 0 ? "" : fraction)
    }

    private static func time(_ seconds: Int) -> String {
        [seconds / 3600, seconds / 60 % 60, seconds % 60].map { SQLDateFormat.padded($0, 2) }.joined(separator: ":")
    }

    /// The date so many days after the first of January of 1900, or of the year 1.
    private static func date(_ days: Int, after1900: Bool) -> String {
        // Days since the first of March of the year 0, from which leap days come last.
        let sinceMarch = days + (after1900 ? 693_901 : 306)
        let era = (sinceMarch >= 0 ? sinceMarch : sinceMarch - 146_096) / 146_097
        let dayOfEra = sinceMarch - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let day = dayOfYear - (153 * part + 2) / 5 + 1
        return "\(SQLDateFormat.padded(year, 4))-\(SQLDateFormat.padded(month, 2))-\(SQLDateFormat.padded(day, 2))"
    }
}

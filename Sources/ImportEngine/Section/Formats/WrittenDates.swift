internal import Mapping

/// Texts that are dates in one order of day, month and year.
struct WrittenDates {
    enum Order: String, CaseIterable { case day, month, year }

    let order: Order
    /// The pattern that all of them follow.
    let pattern: String

    /// The orders in which all values can be read.
    static func all(of values: WrittenValues) -> [WrittenDates] {
        guard let shape = DateShape(values.example) else { return [] }
        return Order.allCases.compactMap { order in
            shape.patterns(order).lazy.compactMap { try? DateFormat($0) }.first { format in
                values.texts.allSatisfy { text in Array(text.utf8).withUnsafeBytes(format.accepts) }
            }.map { WrittenDates(order: order, pattern: $0.pattern) }
        }
    }

    func reading(_ nulls: [String]) -> FormatAdvice.Reading {
        let member = "format: \(YAMLText.quoted(pattern))"
        return .init(
            members: WrittenValues.member(nulls: nulls), member: member,
            condition: "the \(order) comes first")
    }
}

/// How a date is written: three numbers, of which one may be a month's name, and perhaps a time.
struct DateShape {
    private let parts: [Substring]
    /// What is between the first and the second of these, and between the others.
    private let marks: [Substring]
    private let time: Time?

    private struct Time {
        var mark: String
        var hourDigits: Int
        var rest: String
        var isOf12: Bool
    }

    /// Nil for a text that is none.
    init?(_ text: String) {
        let found = text.wholeMatch(
            of:
                /([0-9]{1,4}|[A-Za-z]{3,9})(\. |[.\/\- ])([0-9]{1,2}|[A-Za-z]{3,9})(, |[.\/\- ])([0-9]{4}|[0-9]{1,2})(?:(, | |T)([0-9]{1,2})(:[0-9]{2})(:[0-9]{2})?(\.[0-9]{1,9})?( [AaPp][Mm])?)?/
        )
        guard let found = found?.output else { return nil }
        (parts, marks) = ([found.1, found.3, found.5], [found.2, found.4])
        time = found.7.map { hour in
            Time(
                mark: found.6 == "T" ? "'T'" : String(found.6 ?? ""), hourDigits: hour.count,
                rest: ":mm" + (found.9 == nil ? "" : ":ss") + (found.10 == nil ? "" : ".S"), isOf12: found.11 != nil)
        }
    }

    /// The patterns that such dates may follow. Those with two digits everywhere come first, since they say more.
    func patterns(_ order: WrittenDates.Order) -> [String] {
        [true, false].flatMap { days(order, isPadded: $0) }.flatMap { day in times.map { day + $0 } }
    }

    private func days(_ order: WrittenDates.Order, isPadded: Bool) -> [String] {
        let (day, month, year) =
            switch order {
            case .day: (parts[0], parts[1], parts[2])
            case .month: (parts[1], parts[0], parts[2])
            case .year: (parts[2], parts[1], parts[0])
            }
        let isNamed = month.first?.isLetter == true
        guard day.count <= 2, day.first?.isNumber == true, year.first?.isNumber == true, [2, 4].contains(year.count),
            isNamed ? order != .year : month.count <= 2 && isNumeric,
            order != .year || year.count == 4 || marks[0] != "."
        else { return [] }
        // Beside a month's name, people write single digits as they are, unless it is one of three letters behind the day.
        let isPadded = isPadded && (!isNamed || order == .day && month.count == 3)
        let (d, y) = (isPadded ? "dd" : "d", year.count == 4 ? "yyyy" : "yy")
        // May is both.
        let months = isNamed ? month.count == 3 ? ["MMM", "MMMM"] : ["MMMM"] : [isPadded ? "MM" : "M"]
        return months.map { m in
            let letters =
                switch order {
                case .day: [d, m, y]
                case .month: [m, d, y]
                case .year: [y, m, d]
                }
            return letters[0] + marks[0] + letters[1] + marks[1] + letters[2]
        }
    }

    /// Whether the same mark, and no blank, is between three numbers.
    private var isNumeric: Bool { marks[0] == marks[1] && [".", "/", "-"].contains(marks[0]) }

    private var times: [String] {
        guard let time else { return [""] }
        let hour = time.isOf12 ? "h" : "H"
        return (time.hourDigits == 2 ? [hour + hour, hour] : [hour]).map {
            time.mark + $0 + time.rest + (time.isOf12 ? " a" : "")
        }
    }
}

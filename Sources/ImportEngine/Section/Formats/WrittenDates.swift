internal import Mapping

/// Texts that are dates in one order of day, month and year.
struct WrittenDates {
    enum Order: String, CaseIterable { case day, month, year }

    let order: Order
    /// The pattern that all of them follow.
    let pattern: String

    /// The orders in which all values can be read.
    static func all(of values: WrittenValues) -> [WrittenDates] {
        guard values.example.contains(where: \.isNumber) else { return [] }
        return formats.compactMap { order, formats in
            formats.first { format in
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

    /// Those with two digits everywhere come first, since they say more.
    private static let formats: [(Order, [DateFormat])] = Order.allCases.map { order in
        (order, days(order).flatMap { day in times.map { day + $0 } }.compactMap { try? DateFormat($0) })
    }

    private static let times = [
        "", " HH:mm:ss", " HH:mm", " HH:mm:ss.S", " H:mm:ss", " H:mm", " hh:mm:ss a", " hh:mm a", " h:mm:ss a",
        " h:mm a",
        "'T'HH:mm:ss", "'T'HH:mm", ", HH:mm:ss", ", HH:mm",
    ]

    private static func days(_ order: Order) -> [String] {
        let years = ["yyyy", "yy"]
        func numbers(_ first: String, _ second: String, _ between: [String]) -> [String] {
            years.flatMap { year in
                between.flatMap { between in
                    [first + first + between + second + second, first + between + second].map { $0 + between + year }
                }
            }
        }
        switch order {
        case .day:
            let names = years.flatMap { year in
                ["-", " ", ".", "/"].flatMap { ["dd\($0)MMM\($0)\(year)", "d\($0)MMM\($0)\(year)"] }
            }
            return numbers("d", "M", [".", "/", "-"]) + names + ["d MMMM yyyy", "d. MMMM yyyy"]
        case .month: return numbers("M", "d", ["/", "-", "."]) + ["MMM d, yyyy", "MMMM d, yyyy", "MMM d yyyy"]
        case .year:
            return ["/", ".", "-"].flatMap { ["yyyy\($0)MM\($0)dd", "yyyy\($0)M\($0)d"] }
                + ["yy/MM/dd", "yy-MM-dd"]
        }
    }
}

extension DateFormat {
    /// Whether the whole text follows the pattern, and there is such a day.
    package func accepts(_ text: UnsafeRawBufferPointer) -> Bool { parse(text) != nil }

    /// The date that the whole text gives; nil if it does not follow the pattern or there is no such day or time.
    func parse(_ text: UnsafeRawBufferPointer) -> DateTime? {
        var parser = Parser(text)
        guard parser.take(items), parser.position == text.count else { return nil }
        return parser.result
    }

    private struct Parser {
        private let text: UnsafeRawBufferPointer
        private(set) var position = 0
        private var date = DateTime()
        private var isPM: Bool?

        init(_ text: UnsafeRawBufferPointer) { self.text = text }

        var result: DateTime? {
            var date = date
            if let isPM {
                guard (1...12).contains(date.hour) else { return nil }
                date.hour = date.hour % 12 + (isPM ? 12 : 0)
            }
            return date.isValid ? date : nil
        }

        mutating func take(_ items: [Item]) -> Bool {
            for item in items {
                switch item {
                case .literal(let byte):
                    guard position < text.count, text[position] == byte else { return false }
                    position += 1
                case .digits(let part, let least, let most):
                    guard takeDigits(part, least: least, most: most) else { return false }
                case .monthName(let isShort):
                    guard takeMonth(isShort: isShort) else { return false }
                case .amOrPM:
                    guard takeWord("am") || takeWord("pm") else { return false }
                    isPM = text[position - 2] | 0x20 == UInt8(ascii: "p")
                case .offset(let letters, let allowsZ):
                    guard takeOffset(letters: letters, allowsZ: allowsZ) else { return false }
                case .optional(let inner):
                    let before = self
                    if !take(inner) { self = before }
                }
            }
            return true
        }

        private mutating func takeDigits(_ part: Part, least: Int, most: Int) -> Bool {
            guard let (number, digits) = takeNumber(least: least, most: most) else { return false }
            switch part {
            case .year: date.year = number
            case .shortYear: date.year = number + (number >= 69 ? 1900 : 2000)
            case .month: date.month = number
            case .day: date.day = number
            case .hour, .hourOf12: date.hour = number
            case .minute: date.minute = number
            case .second: date.second = number
            case .fraction:
                date.fractionDigits = digits
                date.nanosecond = number * DateTime.powersOfTen[9 - digits]
            }
            return true
        }

        private mutating func takeNumber(least: Int, most: Int) -> (number: Int, digits: Int)? {
            var number = 0
            var digits = 0
            while digits < most, position < text.count, text[position] &- UInt8(ascii: "0") < 10 {
                number = number * 10 + Int(text[position] - UInt8(ascii: "0"))
                digits += 1
                position += 1
            }
            return digits >= least ? (number, digits) : nil
        }

        private mutating func takeMonth(isShort: Bool) -> Bool {
            for (index, name) in DateFormat.months.enumerated() where takeWord(name, prefix: isShort ? 3 : .max) {
                date.month = index + 1
                return true
            }
            return false
        }

        /// Takes a word of ASCII letters in any case.
        private mutating func takeWord(_ word: StaticString, prefix: Int = .max) -> Bool {
            let length = min(word.utf8CodeUnitCount, prefix)
            guard position + length <= text.count else { return false }
            for index in 0..<length where text[position + index] | 0x20 != word.utf8Start[index] { return false }
            position += length
            return true
        }

        private mutating func takeOffset(letters: Int, allowsZ: Bool) -> Bool {
            guard position < text.count else { return false }
            let sign = text[position]
            position += 1
            if sign == UInt8(ascii: "Z") {
                date.offset = 0
                return allowsZ
            }
            guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
                let hours = takeNumber(least: 2, most: 2)?.number
            else { return false }
            var minutes = 0
            if letters == 3 {
                guard position < text.count, text[position] == UInt8(ascii: ":") else { return false }
                position += 1
            }
            let hasMinutes = letters > 1 || (position < text.count && text[position] &- UInt8(ascii: "0") < 10)
            if hasMinutes {
                guard let number = takeNumber(least: 2, most: 2)?.number else { return false }
                minutes = number
            }
            guard hours <= 18, minutes <= 59, hours < 18 || minutes == 0 else { return false }
            date.offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
            return true
        }
    }

    private static let months: [StaticString] = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
}

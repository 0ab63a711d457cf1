internal import Mapping

/// Texts that are numbers with a decimal comma, with digits in groups, with the minus behind them or with a currency.
struct WrittenNumbers {
    /// What all have before or after the number: `$`, `EUR`.
    let currency: String?
    /// The decimal separators with which all can be read.
    let separators: [String]
    /// Whether the values tell which one it is, or have none.
    let tells: Bool
    /// Whether the currency alone makes numbers of them.
    private let needsSeparator: Bool

    init?(_ values: WrittenValues) {
        let texts = values.texts
        let found = texts[0].currency
        guard found == nil ? Self.areWrittenNumbers(texts) : texts.allSatisfy({ $0.currency == found }) else {
            return nil
        }
        currency = found
        let points = Self.numbers(texts, found, decimal: ".")
        let commas = Self.numbers(texts, found, decimal: ",")
        separators = (points == nil ? [] : ["."]) + (commas == nil || commas == points ? [] : [","])
        if separators.isEmpty { return nil }
        // Without a separator, `1.200 €` would be rejected.
        needsSeparator = found == nil || Self.numbers(texts, found, decimal: nil) == nil
        tells = points == nil || commas == nil
    }

    /// - Parameter separator: the one of other columns; nil if they do not tell.
    func readings(_ separator: String?, _ nulls: [String]) -> [FormatAdvice.Reading] {
        let members = currency.map { ["currency: \(YAMLText.quoted($0))"] } ?? []
        let likely = separators.filter { $0 == separator }
        return (likely.isEmpty ? separators : likely).map { separator in
            let isNeeded = needsSeparator || separators.count > 1 || separator == ","
            return FormatAdvice.Reading(
                members: members + WrittenValues.member(nulls: nulls),
                member: isNeeded ? "decimal: \"\(separator)\"" : "",
                condition: "the decimal separator is a \(separator == "." ? "point" : "comma")")
        }
    }

    /// Whether texts without a currency are numbers, and no codes of digits, which may begin with zeros, or have the
    /// same groups everywhere.
    private static func areWrittenNumbers(_ texts: [String]) -> Bool {
        guard texts.allSatisfy(\.isWrittenNumber), texts.contains(where: \.showsNumber) else { return false }
        let shapes = Set(texts.map { String($0.map { $0.isNumber ? "0" : $0 }) })
        return shapes.count > 1 || shapes.first.map { $0.count { $0 != "0" } < 2 || !$0.hasEqualGroups } == true
    }

    /// What these are, read with a decimal separator; nil where one of them cannot be.
    private static func numbers(_ texts: [String], _ currency: String?, decimal: String?) -> [[UInt8]]? {
        guard let format = try? NumberFormat(.numeric, decimal: decimal, currency: currency) else { return nil }
        var numbers: [[UInt8]] = []
        for text in texts {
            var number: [UInt8] = []
            guard Array(text.utf8).withUnsafeBytes({ format.append($0, to: &number) }) else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}

extension String {
    /// Digits with what may stand between, before and behind them.
    fileprivate var isWrittenNumber: Bool {
        wholeMatch(of: /-?(0|[1-9][0-9.,'’ \u{A0}\u{202F}]*)?([.,][0-9]*)?-?/) != nil && contains(where: \.isNumber)
    }

    /// Whether something in it is in numbers only.
    fileprivate var showsNumber: Bool {
        hasSuffix("-") || contains { ".,'’\u{A0}\u{202F}".contains($0) }
    }

    /// Whether it consists of groups of three digits with the same character between them: `000.000.000`.
    fileprivate var hasEqualGroups: Bool { wholeMatch(of: /000(?<sign>[^0])000(?:\k<sign>000)*/) != nil }

    /// The sign or the three letters of a currency that a number has before or after it; nil for anything else.
    fileprivate var currency: String? {
        for match in [
            wholeMatch(of: /[-+]?(?<sign>\p{Sc}|[A-Z]{3})[ \u{A0}]*[0-9][0-9.,'’ \u{A0}\u{202F}]*-?/)?.sign,
            wholeMatch(of: /[-+]?[0-9][0-9.,'’ \u{A0}\u{202F}]*-?[ \u{A0}]*(?<sign>\p{Sc}|[A-Z]{3})/)?.sign,
        ] {
            if let match { return String(match) }
        }
        return nil
    }
}

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

    /// Whether a text can be one of these.
    static func mayBe(_ text: String) -> Bool { text.isWrittenNumber || text.currency != nil }

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
        wholeMatch(of: /[-−(]?(0|[1-9][0-9.,'’ \u{A0}\u{202F}]*)?([.,][0-9]*)?[-)]?/) != nil
            && contains(where: \.isNumber)
    }

    /// Whether it has what plain numbers have not: a comma, groups of digits, a minus behind them or of another kind, or the
    /// parentheses of accountants.
    fileprivate var showsNumber: Bool {
        hasSuffix("-") || hasPrefix("−") || hasPrefix("(") || contains { ",'’\u{A0}\u{202F}".contains($0) }
            || count { $0 == "." } > 1
    }

    /// Whether it consists of groups of three digits with the same character between them: `000.000.000`.
    fileprivate var hasEqualGroups: Bool { wholeMatch(of: /000(?<sign>[^0])000(?:\k<sign>000)*/) != nil }

    /// The currency that a number has before or after it; nil for anything else.
    fileprivate var currency: String? {
        for match in [
            wholeMatch(
                of: /[-+−(]?(?<sign>[^0-9.,'’\s+\-−()]{1,4})[ \u{A0}]*[-−(]?[0-9][0-9.,'’ \u{A0}\u{202F}]*[-)]?/)?.sign,
            wholeMatch(of: /[-+−(]?[0-9][0-9.,'’ \u{A0}\u{202F}]*?[-)]?[ \u{A0}]*(?<sign>[^0-9.,'’\s+\-−()]{1,4})\)?/)?
                .sign,
        ] {
            if let match, match.isCurrency { return String(match) }
        }
        return nil
    }
}

extension Substring {
    /// A sign of a currency, one of ISO 4217's codes, or what people write in place of these.
    fileprivate var isCurrency: Bool {
        let scalars = unicodeScalars
        if scalars.count == 1, scalars.first?.properties.generalCategory == .currencySymbol { return true }
        return Self.currencies.contains(String(self))
    }

    /// ISO 4217, and abbreviations of daily life.
    private static let currencies = Set(
        """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF \
        CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG \
        HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA \
        MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD \
        RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX \
        USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW \
        kr kr. Kr. zł Kč Ft lei лв руб Fr. Fr RM Rp R$ A$ C$ US$ HK$ NT$ S/ 円 元
        """.split(separator: " ").map(String.init))
}

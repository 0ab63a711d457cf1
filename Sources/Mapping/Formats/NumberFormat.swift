internal import Records

/// How numbers are written in a column, and what they become: sign, digits, a point, digits, an exponent.
package struct NumberFormat: Sendable {
    /// `integer` allows neither a fraction nor an exponent.
    let type: ValueType
    private let separator: UInt8
    /// Where the separator was given, digits may be in groups of three, and a minus may be behind them.
    private let allowsGroups: Bool
    /// Whether nobody said what the point in `1.200` is.
    private let isUnsure: Bool
    /// What may be before the number or after it; empty for nothing.
    private let currency: [UInt8]

    /// Throws `DataError(.unusableOption)` unless the separator is a comma, a point or nil.
    package init(_ type: ValueType, decimal: String?, currency: String? = nil) throws {
        guard decimal == nil || decimal == "," || decimal == "." else {
            throw DataError(
                .unusableOption, "decimal is \(Excerpt.of(decimal ?? "")), which is not a decimal separator.",
                remedy: "Write `,` or `.`.")
        }
        self.type = type
        separator = decimal == "," ? UInt8(ascii: ",") : UInt8(ascii: ".")
        allowsGroups = decimal != nil || currency != nil
        isUnsure = decimal == nil && currency != nil
        self.currency = Array((currency ?? "").utf8)
    }

    /// What a value of this format is called in a message.
    var description: String {
        let kind = type == .integer ? "an integer" : "a number"
        guard allowsGroups else { return kind }
        if !currency.isEmpty {
            let words = "\(kind), with \(String(decoding: currency, as: UTF8.self)) or without"
            return isUnsure ? words + " (numbers like 1.200 need `decimal: \",\"` or `decimal: \".\"`)" : words
        }
        return "\(kind) with the decimal \(separator == UInt8(ascii: ",") ? "comma" : "point")"
    }

    /// Appends the number in plain notation. Returns false, having appended anything, where the text is no such number.
    package func append(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Bool {
        if allowsGroups, let plain = withPlainMinus(text) {
            return plain.withUnsafeBytes { appendOrdinary($0, to: &output) }
        }
        return appendOrdinary(text, to: &output)
    }

    private func appendOrdinary(_ text: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Bool {
        if currency.isEmpty { return appendNumber(text, to: &output) }
        return withoutCurrency(text).withUnsafeBytes { appendNumber($0, to: &output) }
    }

    /// A negative number with the minus of keyboards: accountants put it in parentheses, typographers write U+2212. Nil for
    /// any other.
    private func withPlainMinus(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
        let minus = UInt8(ascii: "-")
        if text.first == UInt8(ascii: "("), text.last == UInt8(ascii: ")"), text.count > 2 {
            let inner = text[1..<(text.count - 1)]
            return inner.contains(minus) || inner.first == UInt8(ascii: "+") ? nil : [minus] + inner
        }
        return text.starts(with: Self.minusSign) ? [minus] + text.dropFirst(Self.minusSign.count) : nil
    }

    private static let minusSign: [UInt8] = [0xE2, 0x88, 0x92]

    /// The number without the currency, which may be after the sign, and without the blanks between.
    private func withoutCurrency(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        let sign =
            text.first.map { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") } == true ? text.prefix(1) : text[..<0]
        var rest = Array(text[sign.endIndex...])
        if rest.starts(with: currency) {
            rest.removeFirst(currency.count)
            while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
            if rest.starts(with: [0xC2, 0xA0]) { rest.removeFirst(2) }
        } else if rest.suffix(currency.count).elementsEqual(currency) {
            rest.removeLast(currency.count)
            while rest.last == UInt8(ascii: " ") { rest.removeLast() }
            if rest.suffix(2).elementsEqual([0xC2, 0xA0]) { rest.removeLast(2) }
        }
        return Array(sign) + rest
    }

    private func appendNumber(_ whole: UnsafeRawBufferPointer, to output: inout [UInt8]) -> Bool {
        var text = whole
        var position = 0
        let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
        if isSigned {
            position = 1
        } else if allowsGroups, text.last == UInt8(ascii: "-") {
            text = UnsafeRawBufferPointer(rebasing: text.dropLast())
        }
        if text.first == UInt8(ascii: "-") || text.count < whole.count { output.append(UInt8(ascii: "-")) }
        guard let integerDigits = appendGroups(text, &position, to: &output) else { return false }
        let isPlain = position == integerDigits + (isSigned ? 1 : 0)
        var fractionDigits = 0
        if type != .integer, position < text.count, text[position] == separator {
            position += 1
            output.append(UInt8(ascii: "."))
            fractionDigits = appendDigits(text, &position, to: &output)
        }
        guard integerDigits + fractionDigits > 0 else { return false }
        if isUnsure, isPlain, fractionDigits == 3, (1...3).contains(integerDigits), position == text.count,
            text[position - 4 - integerDigits] != UInt8(ascii: "0")
        {
            return false
        }
        if type != .integer, position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            output.append(text[position])
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
                output.append(text[position])
                position += 1
            }
            guard appendDigits(text, &position, to: &output) > 0 else { return false }
        }
        return position == text.count
    }

    private func appendDigits(_ text: UnsafeRawBufferPointer, _ position: inout Int, to output: inout [UInt8]) -> Int {
        let start = position
        while position < text.count, text[position] &- UInt8(ascii: "0") < 10 {
            output.append(text[position])
            position += 1
        }
        return position - start
    }

    /// Appends the digits before the separator, which may be in groups: up to three, then always three, always with
    /// the same character between them. Returns how many there are, or nil if a group has another length, or where the
    /// first digit is 0: nobody groups such a number, and `0.123` has the other decimal separator.
    private func appendGroups(
        _ text: UnsafeRawBufferPointer, _ position: inout Int, to output: inout [UInt8]
    ) -> Int? {
        var digits = appendDigits(text, &position, to: &output)
        guard allowsGroups, (1...3).contains(digits) else { return digits }
        let start = position
        let isGroup = text[start - digits] != UInt8(ascii: "0")
        let width = groupSeparatorWidth(text, at: start)
        while width > 0, isRepeated(text, start..<(start + width), at: position) {
            position += width
            guard isGroup, appendDigits(text, &position, to: &output) == 3 else { return nil }
            digits += 3
        }
        return digits
    }

    /// How many bytes the group separator here has; 0 if there is none.
    private func groupSeparatorWidth(_ text: UnsafeRawBufferPointer, at position: Int) -> Int {
        let rest = text[min(position, text.count)...]
        guard let byte = rest.first, byte != separator else { return 0 }
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "'"): return 1
        default: return Self.wideSeparators.first { rest.starts(with: $0) }?.count ?? 0
        }
    }

    /// No-break space, narrow no-break space and the typographic apostrophe.
    private static let wideSeparators: [[UInt8]] = [[0xC2, 0xA0], [0xE2, 0x80, 0xAF], [0xE2, 0x80, 0x99]]

    private func isRepeated(_ text: UnsafeRawBufferPointer, _ range: Range<Int>, at position: Int) -> Bool {
        position + range.count <= text.count
            && range.indices.allSatisfy { text[$0] == text[position + $0 - range.lowerBound] }
    }
}

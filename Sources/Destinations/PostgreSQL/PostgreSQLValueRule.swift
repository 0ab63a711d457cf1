internal import Records

/// How the values of one column are given to the server.
enum PostgreSQLValueRule: Equatable {
    /// As they are: the column's own type decides what they are worth.
    case text
    /// As the type that the user gave; a value that is not of that type costs the record.
    case given(ColumnType)
    /// As the column's type of dates or times, which the server reads; a value in which its DateStyle would decide what the
    /// day is, as in `01/02/2024`, costs the record.
    case givenTime
    /// As the type that was guessed; a value that would change by it, or is none of it, shows that the guess was wrong.
    case guessed(ColumnType, isKey: Bool)
    /// The same for a guess of an older program, which took it for no change when a zero at the end of a number was lost.
    case oldGuess(ColumnType, isKey: Bool)

    /// The type, where it was guessed.
    var guess: (type: ColumnType, isKey: Bool)? {
        switch self {
        case .guessed(let type, let isKey), .oldGuess(let type, let isKey): (type, isKey)
        case .text, .given, .givenTime: nil
        }
    }

    /// Whether a guess keeps the value as it was written.
    func keeps(_ value: UnsafeRawBufferPointer) -> Bool {
        guard let (type, isKey) = guess else { return true }
        if type == .numeric { return NumberText.isPlain(value) && !(isKey && value.contains(UInt8(ascii: "."))) }
        switch NumberText.classify(value) {
        case .integer(let number): return type != .real || number.magnitude < 1_000_000_000_000_000
        case .decimal(let number):
            guard type == .real, !isKey else { return false }
            if case .oldGuess = self { return true }
            let isOrdinary = NumberSpelling.isOrdinary(value, number) && value[value.count - 1] != UInt8(ascii: "0")
            return isOrdinary ? NumberText.isPlain(value) : Self.isShortest(value)
        case .otherNumber: return type == .real && !isKey && Self.isShortest(value)
        case .text: return false
        }
    }

    /// Whether it is how the server writes a double: with as few digits as tell it from all others.
    private static func isShortest(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count <= 20, NumberText.isPlain(value) else { return false }
        let text = String(decoding: value, as: UTF8.self)
        guard let number = Double(text), (0.0001..<1e15).contains(number.magnitude) else { return false }
        return "\(number)" == text && !text.hasSuffix(".0")
    }

    /// `NaN` and the infinities, as the server reads them for its types of numbers with decimals.
    private static func isNoFiniteNumber(_ value: UnsafeRawBufferPointer) -> Bool {
        guard value.count <= 9 else { return false }
        var text = String(decoding: value, as: UTF8.self).lowercased()
        if text == "nan" { return true }
        if text.hasPrefix("+") || text.hasPrefix("-") { text.removeFirst() }
        return text == "inf" || text == "infinity"
    }

    /// Whether a date begins with one or two digits, a separator, and one or two more: only its writer knows which is the day.
    private static func hasDayOrMonthFirst(_ value: UnsafeRawBufferPointer) -> Bool {
        let text = value.drop { $0 == UInt8(ascii: " ") }
        let first = text.prefix(3).prefix { (0x30...0x39).contains($0) }
        guard (1...2).contains(first.count), let mark = text.dropFirst(first.count).first, "./-".utf8.contains(mark)
        else { return false }
        let second = text.dropFirst(first.count + 1).prefix(3).prefix { (0x30...0x39).contains($0) }
        return (1...2).contains(second.count) && text.dropFirst(first.count + 1 + second.count).first == mark
    }

    /// Whether the user gave the type, and it is known here which values are of it.
    var isGiven: Bool {
        switch self {
        case .given, .givenTime: true
        case .text, .guessed, .oldGuess: false
        }
    }

    /// Why a value is not of the type that the user gave; nil if it is.
    func refusal(of value: UnsafeRawBufferPointer, column: String) -> Refusal? {
        if accepts(value) { return nil }
        guard case .given(let type) = self else { return .dayOrMonth(value, column: column) }
        return .wrongType(value, rule: .given(type), column: column)
    }

    private func accepts(_ value: UnsafeRawBufferPointer) -> Bool {
        if case .givenTime = self { return !Self.hasDayOrMonthFirst(value) }
        guard case .given(let type) = self, type != .text else { return true }
        if type.isNominal { return SQLiteNominalType.bound(value, given: type) != nil }
        if type == .real || type == .numeric, Self.isNoFiniteNumber(value) { return true }
        if type != .numeric { return SQLiteValueRule.bound(value, given: type) != nil }
        // The server keeps as many digits as there are.
        return NumberText.classify(value) != .text
    }
}

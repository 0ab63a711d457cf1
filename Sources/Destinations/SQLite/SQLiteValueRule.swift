internal import Records

/// How the values of one column are given to SQLite.
enum SQLiteValueRule: Equatable {
    /// As text: the table's own type decides what becomes of it.
    case text
    /// The same in a column that turns texts into numbers; a number that it would change costs the record.
    case stored(StoredNumber)
    /// As the type that the user gave; a value that is not of that type costs the record.
    case given(ColumnType)
    /// As the type that was guessed; a value that would change by it shows that the guess was wrong.
    case guessed(ColumnType)
    /// The same for a key column: 1.1 and 1.10 are two keys, so that only canonical integers are taken as numbers.
    case guessedKey(ColumnType)
    /// As a type that was guessed, and that SQLite knows by name only.
    case guessedNominal(ColumnType)

    init(_ wanted: Column, stored: SQLiteTable.Column, isGuess: Bool, isKey: Bool) {
        if isGuess && (wanted.isInferred || wanted.type == .text) {
            self =
                stored.nominalType.map { .guessedNominal($0) }
                ?? (isKey ? .guessedKey(stored.type) : .guessed(stored.type))
        } else if wanted.isInferred || wanted.type == .text {
            let number = StoredNumber(
                stored.type, isKey: isKey, readsBooleans: wanted.isInferred && stored.holdsBooleans)
            self = stored.type == .text ? .text : .stored(number)
        } else {
            self = .given(wanted.type)
        }
    }

    var isGuess: Bool {
        switch self {
        case .guessed, .guessedKey, .guessedNominal: true
        case .text, .stored, .given: false
        }
    }

    /// What a value is bound as, or nil if a number of the guessed type would not keep it.
    @inline(__always)
    static func bound(_ value: UnsafeRawBufferPointer, guess type: ColumnType, isKey: Bool) -> SQLiteBound? {
        switch NumberText.classify(value) {
        case .text: .text
        case .integer(let number):
            // The numbers that 15 digits can write are all doubles, and their text can be had back.
            type != .real ? .integer(number) : number.magnitude < 1_000_000_000_000_000 ? .real(Double(number)) : nil
        case .decimal(let number): isKey ? nil : .real(number)
        case .otherNumber: nil
        }
    }

    /// What a value of a type that the user gave is bound as, or nil if it is not of that type.
    @inline(__always)
    static func bound(_ value: UnsafeRawBufferPointer, given type: ColumnType) -> SQLiteBound? {
        if type == .text { return .text }
        if type.isNominal { return SQLiteNominalType.bound(value, given: type) }
        return switch NumberText.classify(value) {
        case .text: nil
        case .integer(let number): type == .real ? .real(Double(number)) : .integer(number)
        case .decimal(let number): type == .integer ? nil : .real(number)
        case .otherNumber: boundLoosely(String(decoding: value, as: UTF8.self), type)
        }
    }

    /// Numbers in other spellings (`007`, `+5`, ` 7 `, `1e5`): who gives the type means their value, not their spelling.
    private static func boundLoosely(_ text: String, _ type: ColumnType) -> SQLiteBound? {
        let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || (9...13).contains(byte) }
        guard let first = text.utf8.firstIndex(where: { !isSpace($0) }),
            let last = text.utf8.lastIndex(where: { !isSpace($0) })
        else { return nil }
        let number = text[first...last]
        if type != .real, let integer = Int64(number) { return .integer(integer) }
        guard type != .integer, let real = Double(number), real.isFinite else { return nil }
        // Too small for a double.
        if real == 0 && significantDigits(number) > 0 { return nil }
        // `numeric` promises more than `real`: digits that no double holds are refused, not rounded away.
        return type == .numeric && significantDigits(number) > 17 ? nil : .real(real)
    }

    private static func significantDigits(_ number: Substring) -> Int {
        let mantissa = number.prefix { $0 != "e" && $0 != "E" }.utf8.filter { (48...57).contains($0) }
        let digits = mantissa.drop { $0 == 48 }
        return digits.count - digits.reversed().prefix { $0 == 48 }.count
    }
}

/// A value in the form that SQLite takes it.
enum SQLiteBound: Equatable {
    case text
    case integer(Int64)
    case real(Double)

    func isOf(_ type: ColumnType) -> Bool {
        switch self {
        case .text: type == .text
        case .integer: type != .text
        case .real: type == .real || type == .numeric
        }
    }
}

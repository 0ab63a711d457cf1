package import Records

/// How the values of a guessed column are written, where it stores them as something else than their texts.
enum SQLiteSpelling: Equatable {
    case numbers(NumberSpelling)
    /// Of a column of booleans, once there is one.
    case booleans(ValueSpelling)

    /// Of a column that has no value yet, or keeps texts as they are.
    static let nothing = SQLiteSpelling.numbers(NumberSpelling())

    var numbers: NumberSpelling? { if case .numbers(let numbers) = self { numbers } else { nil } }

    var booleans: ValueSpelling { if case .booleans(let booleans) = self { booleans } else { ValueSpelling() } }

    /// Whether a number's own text is how it was written.
    var isPlain: Bool { numbers?.isPlain ?? false }

    /// What a stored number was written as.
    ///
    /// - Parameter canonical: the number without zeros that it does not need.
    func spelled(_ canonical: String) -> String {
        switch self {
        case .numbers(let numbers): numbers.spelled(canonical)
        case .booleans(let booleans): booleans.letters?.word(canonical != "0") ?? canonical
        }
    }

    /// The number that was stored for a text; nil if none was.
    func number(_ text: UnsafeRawBufferPointer) -> RowImage.Value? {
        switch self {
        case .numbers:
            switch NumberText.classify(text) {
            case .integer(let number): .integer(number)
            case .decimal(let number): .real(number)
            case .otherNumber, .text: nil
            }
        case .booleans: ValueSpelling.boolean(text).map { .integer($0.value ? 1 : 0) }
        }
    }

    // MARK: As text

    var text: String {
        switch self {
        case .numbers(let numbers): numbers.text
        case .booleans(let booleans): booleans.text
        }
    }

    init(text: String) {
        let booleans = ValueSpelling(text: text)
        self = booleans.letters == nil ? .numbers(NumberSpelling(text: text)) : .booleans(booleans)
    }
}

/// Types that SQLite knows by name only: it has booleans as 1 and 0, and the others as texts.
package enum SQLiteNominalType {
    /// Whether a value can be in a guessed column of the type and be had back as it is.
    static func take(
        _ value: UnsafeRawBufferPointer, as type: ColumnType, into spelling: inout ValueSpelling
    ) -> Bool {
        switch type {
        case .date, .timestamp, .timestamptz: TimeText(value).map { $0.type == type && isRead($0, value) } ?? false
        case .jsonb: JSONText.isCollection(value) && JSONText.isKept(value)
        // Rows with large and rows with small letters may stand side by side: all stay as they are.
        case .uuid: ValueSpelling.isUUID(value)
        case .boolean: spelling.take(value, as: type, isKey: false)
        case .text, .integer, .real, .numeric: false
        }
    }

    /// Whether SQLite's own date functions read a time: they know neither `+01` and `+0100` nor the year 10000, which it may be
    /// in UTC.
    package static func isRead(_ time: TimeText, _ value: UnsafeRawBufferPointer) -> Bool {
        guard let offset = time.clock?.offset else { return true }
        if offset.count == 6 {
            return value[offset.lowerBound] == UInt8(ascii: "+") || !value.starts(with: "9999-12-31".utf8)
        }
        return offset.count < 2
    }

    /// What a value is bound as that can be in a guessed column of the type.
    @inline(__always)
    static func bound(_ value: UnsafeRawBufferPointer, as type: ColumnType) -> SQLiteBound {
        type == .boolean ? .integer(value[0] | 0x20 == UInt8(ascii: "t") ? 1 : 0) : .text
    }

    /// What a value of a type that the user gave is bound as, or nil if it is not of that type.
    static func bound(_ value: UnsafeRawBufferPointer, given type: ColumnType) -> SQLiteBound? {
        switch type {
        case .boolean: BooleanText.value(value).map { .integer($0 ? 1 : 0) }
        case .date: TimeText(value)?.type == .date ? .text : nil
        case .timestamp: TimeText(value).map { $0.type != .timestamptz } == true ? .text : nil
        case .timestamptz: TimeText(value) != nil ? .text : nil
        case .uuid: ValueSpelling.isUUID(value) ? .text : nil
        case .jsonb:
            // A number becomes one, as in every column that is not of texts.
            !JSONText.isKept(value)
                ? nil : NumberText.classify(value) == .text ? .text : SQLiteValueRule.bound(value, given: .numeric)
        case .text, .integer, .real, .numeric: nil
        }
    }
}

internal import Destinations
internal import Records

/// The values of a column that were looked at, all of one kind.
struct SampledColumn {
    /// What the values of a column may have in common.
    enum Kind { case number, boolean, date, timestamp, timestamptz, uuid, json }

    let kind: Kind
    private let isKey: Bool
    private let database: TypeInference.Database
    private var isEmpty = true
    private var numbers = NumberSpelling()
    private var others = ValueSpelling()
    /// Whole numbers of more digits than a double holds, and numbers of more digits than 64 bits or a double hold.
    private var (hasLongWhole, hasLong) = (false, false)

    init(_ kind: Kind, isKey: Bool, _ database: TypeInference.Database) {
        self.kind = kind
        self.isKey = isKey
        self.database = database
    }

    /// What a value is by itself; nil for a text.
    static func kind(
        of value: UnsafeRawBufferPointer, isKey: Bool, _ database: TypeInference.Database
    ) -> Kind? {
        guard let first = value.first else { return nil }
        var candidates: [Kind]
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): candidates = [.json]
        case UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: "F"), UInt8(ascii: "f"): candidates = [.boolean]
        case UInt8(ascii: "-"): candidates = [.number]
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let isTime = value.count >= 10 && value[4] == UInt8(ascii: "-")
            candidates = isTime ? [.date, .timestamp, .timestamptz] : [.number]
        default: candidates = []
        }
        if value.count == 36 { candidates.append(.uuid) }
        return candidates.first { kind in
            var column = SampledColumn(kind, isKey: isKey, database)
            return column.take(value)
        }
    }

    /// Whether a text is a number that a guess may refuse for its spelling: `1e3`, `2.50` among `2.5`, or more digits than a double
    /// has. Not `007`, `+5` or a whole number of 20 digits: those are identifiers as often.
    static func isOtherNumber(_ value: UnsafeRawBufferPointer) -> Bool {
        let digits = value.dropFirst(value.first == UInt8(ascii: "-") ? 1 : 0)
        guard let first = digits.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
            digits.contains(where: { ".eE".utf8.contains($0) }), !digits.contains(where: { $0 <= 0x20 }),
            NumberText.classify(value) != .text
        else { return false }
        let second = digits.dropFirst().first ?? 0
        return first != UInt8(ascii: "0") || !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(second)
    }

    /// Takes a value; returns false if it is none of this kind, or could not be told from another one.
    mutating func take(_ value: UnsafeRawBufferPointer) -> Bool {
        let isTaken =
            switch kind {
            case .number: takeNumber(value)
            // SQLite has them as numbers, and undo data knows rows by their keys.
            case .boolean: !(isKey && database == .sqlite) && others.take(value, as: .boolean, isKey: isKey)
            case .date: others.take(value, as: .date, isKey: isKey)
            case .timestamp: takeTime(value, .timestamp)
            case .timestamptz: takeTime(value, .timestamptz)
            // SQLite compares their texts, and a UUID or a time has several.
            case .uuid: !(isKey && database == .sqlite) && others.take(value, as: .uuid, isKey: isKey)
            case .json: JSONText.isCollection(value) && others.take(value, as: .jsonb, isKey: isKey)
            }
        if isTaken { isEmpty = false }
        return isTaken
    }

    /// SQLite keeps times as they are, but its functions do not read all of them.
    private mutating func takeTime(_ value: UnsafeRawBufferPointer, _ type: ColumnType) -> Bool {
        if database == .postgreSQL { return others.take(value, as: type, isKey: isKey) }
        if isKey { return false }
        return TimeText(value).map { $0.type == type && SQLiteNominalType.isRead($0, value) } ?? false
    }

    /// Only numbers that keep their spelling count: `007`, `+5` and `1e5` are identifiers as often as numbers, and of `1.1`
    /// and `1.10` nobody could tell one from the other.
    private mutating func takeNumber(_ value: UnsafeRawBufferPointer) -> Bool {
        // SQLite has no type for decimals beside whole numbers that a double does not hold.
        let isLimited = database == .sqlite
        switch NumberText.classify(value) {
        case .integer(let number):
            let isLong = number.magnitude >= 1_000_000_000_000_000
            guard !(isLimited && isLong && numbers.hasDecimals), numbers.takeWhole() else { return false }
            if isLong { hasLongWhole = true }
            return true
        case .decimal(let number) where NumberSpelling.isOrdinary(value, number):
            return !isKey && !(isLimited && hasLongWhole) && numbers.takeDecimal(value)
        case .decimal, .otherNumber:
            guard !isLimited, NumberText.isPlain(value) else { return false }
            let hasPoint = value.contains(UInt8(ascii: "."))
            guard hasPoint ? !isKey && numbers.takeDecimal(value) : numbers.takeWhole() else { return false }
            hasLong = true
            return true
        case .text: return false
        }
    }

    /// The type that holds all values that were taken; nil if there was none.
    var type: ColumnType? {
        if isEmpty { return nil }
        switch kind {
        case .number:
            if !numbers.hasDecimals { return hasLong ? .numeric : .integer }
            if hasLong || hasLongWhole { return .numeric }
            return numbers.isPlain || database == .sqlite ? .real : .numeric
        case .boolean: return .boolean
        case .date: return .date
        case .timestamp: return .timestamp
        case .timestamptz: return .timestamptz
        case .uuid: return .uuid
        case .json: return .jsonb
        }
    }
}

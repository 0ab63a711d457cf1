/// What matters of a value as one of an object's members.
enum JSONShape {
    case scalar
    /// An array of scalars.
    case list(count: Int)
    /// An object, with the first ones of its keys.
    case object(Set<String>, count: Int, hasScalars: Bool)
    case other
}

/// What the members of an object are to each other: records by their names, or columns.
struct JSONMembers {
    private(set) var count = 0
    private(set) var areScalars = true

    private var records = 0
    private var firstKeys: Set<String>?
    private var areAlike = true
    /// Whether all are called by numbers, or by words with a number at the end.
    private var areNumbered = true

    /// How many rows there are, if the members are columns.
    private var rows: Int?
    private var areColumns = true
    private var hasLists = false

    /// Chance does not make so many lists of one length in a record.
    private static let longLists = 10

    mutating func add(_ member: JSONShape, named name: String, isNull: Bool) {
        count += 1
        addColumn(member)
        if case .scalar = member {} else { areScalars = false }
        if isNull { return }
        // Links are an API's way of leading on.
        guard case .object(let keys, _, _) = member, !keys.isEmpty, !keys.contains("href") else {
            areAlike = false
            return
        }
        records += 1
        areNumbered = areNumbered && name.utf8.last.map(JSONByte.isDigit) == true
        let first = firstKeys ?? keys
        firstKeys = first
        if 2 * first.intersection(keys).count <= min(first.count, keys.count) { areAlike = false }
    }

    private mutating func addColumn(_ member: JSONShape) {
        switch member {
        case .list(let count):
            areColumns = areColumns && count == rows ?? count && (rows == nil || hasLists)
            (rows, hasLists) = (count, true)
        case .object(let keys, let count, true) where !keys.isEmpty:
            let areNumbers = keys.allSatisfy { $0.utf8.allSatisfy(JSONByte.isDigit) }
            areColumns =
                areColumns && areNumbers && !hasLists && count == rows ?? count && keys == firstKeys ?? keys
            rows = count
        default: areColumns = false
        }
    }

    /// Whether they are objects that have most keys in common with the first one.
    var areRecords: Bool { areAlike && records > 1 }

    /// Two objects with names that are words may also be two values of one kind, such as addresses.
    var areSurelyRecords: Bool { areRecords && (areNumbered || records > 2) }

    /// Whether they are arrays of scalars, as long as each other, or objects of scalars with the same row numbers.
    func areColumns(ofDocument isDocument: Bool) -> Bool {
        guard areColumns, count > 1, let rows else { return false }
        return !hasLists || rows > 1 && (isDocument || rows >= Self.longLists)
    }
}

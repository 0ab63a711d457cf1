/// Conditions on many columns as one.
enum SQLiteCondition {
    static func any(_ conditions: [String]) -> String { joined(conditions[...], by: " OR ") }

    static func all(_ conditions: [String]) -> String { joined(conditions[...], by: " AND ") }

    /// SQLite takes no expression that is nested 1,000 deep, as a chain of so many conditions is: those of a wide table are
    /// halves of halves.
    private static func joined(_ conditions: ArraySlice<String>, by link: String) -> String {
        if conditions.count <= 256 { return conditions.joined(separator: link) }
        let middle = conditions.startIndex + conditions.count / 2
        return "(\(joined(conditions[..<middle], by: link)))\(link)(\(joined(conditions[middle...], by: link)))"
    }
}

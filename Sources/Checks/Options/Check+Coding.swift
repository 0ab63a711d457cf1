internal import Records

extension Check: Codable {
    package enum Key: String, CodingKey, CaseIterable {
        case name, table
        case condition = "where"
        case rows, unique, required, format
        case oneOf = "one_of"
        case distribution, top, fresh, range, count, latest, sql, timed
        case percent, expect, within

        /// The keys that say what is checked; a check has one of them.
        static let kinds: [Key] = [
            .rows, .unique, .required, .format, .oneOf, .distribution, .top, .fresh, .range, .count, .latest, .sql,
            .timed,
        ]

        /// The keys that a check may have besides the one of its kind.
        fileprivate var companions: Set<Key> {
            switch self {
            case .sql: [.name, .expect]
            case .timed: [.name, .within]
            case .required: [.name, .table, .condition, .percent]
            case .count: [.name, .table]
            default: [.name, .table, .condition]
            }
        }
    }

    /// Throws `DecodingError` with what is possible for what is not.
    package init(from decoder: any Decoder) throws {
        let members = try StrictMembers<Key>(decoder)
        let kind = try Self.kind(members)
        name = try members.text(.name)
        table = try members.text(.table)
        condition = try members.text(.condition)
        for key in members.container.allKeys where key != kind && !kind.companions.contains(key) {
            let possible = Key.allCases.filter { kind.companions.contains($0) }.map(\.rawValue).joined(separator: ", ")
            throw members.error(
                key, "`\(key.rawValue)` cannot be combined with `\(kind.rawValue)`. Possible: \(possible).")
        }
        self.kind = try Kind(kind, members)
    }

    private static func kind(_ members: StrictMembers<Key>) throws -> Key {
        let found = Key.kinds.filter { members.container.contains($0) }
        guard let kind = found.first, found.count == 1 else {
            let words =
                found.isEmpty
                ? "it does not say what to check." : "it checks \(found.map(\.rawValue).joined(separator: " and "))."
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: members.container.codingPath,
                    debugDescription: "\(words) A check has one of: "
                        + "\(Key.kinds.map(\.rawValue).joined(separator: ", "))."))
        }
        return kind
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encodeIfPresent(name, forKey: .name)
        try container.encodeIfPresent(table, forKey: .table)
        try container.encodeIfPresent(condition, forKey: .condition)
        try kind.encode(to: &container)
    }
}

extension StrictMembers {
    func error(_ key: Key, _ words: String) -> DecodingError {
        .dataCorruptedError(forKey: key, in: container, debugDescription: words)
    }

    /// A member that must be there and takes a text.
    func requiredText(_ key: Key) throws -> String {
        guard let text = try text(key), !text.isEmpty else { throw error(key, "`\(key.stringValue)` is missing.") }
        return text
    }

    /// The names of one or more columns: a list, or a text for one.
    func columns(_ key: Key) throws -> [String] {
        let columns = try value(key) as ColumnNames?
        guard let names = columns?.names, !names.isEmpty, !names.contains("") else {
            throw error(key, "`\(key.stringValue)` takes the name of a column, or a list of names.")
        }
        guard Set(names).count == names.count else { throw error(key, "a column is named twice.") }
        return names
    }

    /// A member that is read from a text and must be there.
    func read<Value>(_ key: Key, _ read: (String) -> Value?, takes words: String) throws -> Value {
        guard let text = try text(key), let value = read(text) else {
            throw error(key, "`\(key.stringValue)` takes \(words).")
        }
        return value
    }
}

/// A list of names, or one name in place of a list of one.
private struct ColumnNames: Decodable {
    let names: [String]

    init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(ScalarText.self) {
            names = [name.text]
        } else {
            names = try decoder.singleValueContainer().decode([ScalarText].self).map(\.text)
        }
    }
}

internal import Records

extension SectionMapping: Codable {
    package enum Key: String, CodingKey, CaseIterable { case columns, compose, constants, null, trim, unlisted }

    package init(from decoder: any Decoder) throws { try self.init(from: decoder, besides: []) }

    /// Decodes a mapping from an object that has members of someone else's, too.
    package init(from decoder: any Decoder, besides others: Set<String>) throws {
        let members = try StrictMembers<Key>(decoder, besides: others)
        columns = try members.value(.columns) ?? [:]
        compose = try ComposedColumn.list(members)
        constants = try (members.value(.constants) as [String: ScalarText]?)?.mapValues(\.text) ?? [:]
        null = try members.texts(.null) ?? []
        trim = try members.flag(.trim)
        unlisted = try members.word(.unlisted) ?? .keep
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        if !columns.isEmpty { try container.encode(columns, forKey: .columns) }
        if !compose.isEmpty { try container.encode(compose, forKey: .compose) }
        if !constants.isEmpty { try container.encode(constants, forKey: .constants) }
        if !null.isEmpty { try container.encode(null, forKey: .null) }
        if trim { try container.encode(true, forKey: .trim) }
        if unlisted != .keep { try container.encode(unlisted.rawValue, forKey: .unlisted) }
    }
}

/// An object with one member, so that a list of them keeps its order: `{"c": "{a}_{b}"}`.
extension ComposedColumn: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyName.self)
        guard let key = container.allKeys.first, container.allKeys.count == 1 else {
            throw Self.wrongForm(decoder.codingPath)
        }
        name = key.stringValue
        template = try container.decode(String.self, forKey: key)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyName.self)
        try container.encode(template, forKey: AnyName(name))
    }

    fileprivate static func list(_ members: StrictMembers<SectionMapping.Key>) throws -> [ComposedColumn] {
        do {
            return try members.value(.compose) ?? []
        } catch DecodingError.typeMismatch(_, let context) {
            throw wrongForm(context.codingPath)
        }
    }

    private static func wrongForm(_ path: [any CodingKey]) -> DecodingError {
        .dataCorrupted(
            .init(
                codingPath: path,
                debugDescription: "compose is a list with one column in each item: - name: \"{a}_{b}\""))
    }
}

internal import Records

extension ColumnMapping: Codable {
    package enum Key: String, CodingKey, CaseIterable {
        case to, drop, type, format, decimal, currency, null, trim
        case defaultValue = "default"
        case required, unique
        case oneOf = "one_of"
        case pattern, email, min, max
        case minLength = "min_length"
        case maxLength = "max_length"
    }

    /// Decodes an object, or a text: the new name of a column that is only renamed; or null: a column that is only listed.
    package init(from decoder: any Decoder) throws {
        self.init()
        let value = try? decoder.singleValueContainer()
        if value?.decodeNil() == true { return }
        if let name = try? value?.decode(String.self) {
            to = name
            return
        }
        let members = try StrictMembers<Key>(decoder)
        to = try members.text(.to)
        drop = try members.flag(.drop)
        type = try members.word(.type)
        format = try members.value(.format)
        decimal = try members.value(.decimal)
        currency = try members.text(.currency)
        null = try members.texts(.null) ?? []
        trim = try members.flag(.trim)
        `default` = try members.text(.defaultValue)
        required = try members.flag(.required)
        unique = try members.flag(.unique)
        oneOf = try members.texts(.oneOf)
        pattern = try members.text(.pattern)
        email = try members.flag(.email)
        min = try members.text(.min)
        max = try members.text(.max)
        minLength = try members.value(.minLength)
        maxLength = try members.value(.maxLength)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        func encode(flag: Bool, _ key: Key) throws { if flag { try container.encode(true, forKey: key) } }
        try container.encodeIfPresent(to, forKey: .to)
        try encode(flag: drop, .drop)
        try container.encodeIfPresent(type, forKey: .type)
        try container.encodeIfPresent(format, forKey: .format)
        try container.encodeIfPresent(decimal, forKey: .decimal)
        try container.encodeIfPresent(currency, forKey: .currency)
        if !null.isEmpty { try container.encode(null, forKey: .null) }
        try encode(flag: trim, .trim)
        try container.encodeIfPresent(`default`, forKey: .defaultValue)
        try encode(flag: required, .required)
        try encode(flag: unique, .unique)
        try container.encodeIfPresent(oneOf, forKey: .oneOf)
        try container.encodeIfPresent(pattern, forKey: .pattern)
        try encode(flag: email, .email)
        try container.encodeIfPresent(min, forKey: .min)
        try container.encodeIfPresent(max, forKey: .max)
        try container.encodeIfPresent(minLength, forKey: .minLength)
        try container.encodeIfPresent(maxLength, forKey: .maxLength)
    }
}

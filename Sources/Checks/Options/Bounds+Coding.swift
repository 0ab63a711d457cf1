internal import Records

/// A number that is both limits, or an object with `min`, `max` or both.
extension Bounds: Codable {
    enum Key: String, CodingKey, CaseIterable { case min, max }

    package init(from decoder: any Decoder) throws {
        if let scalar = try? decoder.singleValueContainer().decode(ScalarText.self) {
            guard let bound = Bound(scalar.text) else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription:
                            "\(Excerpt.of(scalar.text)) is neither a number nor {min: NUMBER, max: NUMBER}."
                    ))
            }
            self.init(min: bound, max: bound)
        } else {
            self = try Bounds(StrictMembers<Key>(decoder), min: .min, max: .max)
        }
    }

    /// Decodes limits from an object that has other members, too.
    init<Key: CodingKey & CaseIterable>(_ members: StrictMembers<Key>, min minKey: Key, max maxKey: Key) throws {
        func bound(_ key: Key) throws -> Bound? {
            guard members.container.contains(key) else { return nil }
            return try members.read(key, Bound.init, takes: "a number")
        }
        self.init(min: try bound(minKey), max: try bound(maxKey))
        guard min != nil || max != nil else {
            throw members.error(minKey, "there is neither `min` nor `max`.")
        }
        if let min, let max, min.isPercent == max.isPercent, max.value < min.value {
            throw members.error(minKey, "`min` \(min.text) is above `max` \(max.text).")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        if let min, min == max {
            var container = encoder.singleValueContainer()
            try container.encode(min.text)
        } else {
            var container = encoder.container(keyedBy: Key.self)
            try container.encodeIfPresent(min?.text, forKey: .min)
            try container.encodeIfPresent(max?.text, forKey: .max)
        }
    }
}

/// A value, `none`, limits of a number, or limits of the number of rows under `rows`.
extension Check.Expectation: Codable {
    enum Key: String, CodingKey, CaseIterable { case min, max, rows }

    package init(from decoder: any Decoder) throws {
        if let scalar = try? decoder.singleValueContainer().decode(ScalarText.self) {
            self = scalar.text == "none" ? .noRows : .value(scalar.text)
            return
        }
        let members = try StrictMembers<Key>(decoder)
        if let rows: Bounds = try members.value(.rows) {
            guard members.container.allKeys.count == 1 else {
                throw members.error(.rows, "`rows` must stand alone: {rows: NUMBER} or {rows: {min: NUMBER}}.")
            }
            guard !rows.hasPercent else { throw members.error(.rows, "percentages are for `distribution`.") }
            self = .rows(rows)
        } else {
            let bounds = try Bounds(members, min: .min, max: .max)
            guard !bounds.hasPercent else { throw members.error(.min, "percentages are for `distribution`.") }
            self = .between(bounds)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .value(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .noRows:
            var container = encoder.singleValueContainer()
            try container.encode("none")
        case .between(let bounds):
            var container = encoder.container(keyedBy: Key.self)
            try container.encodeIfPresent(bounds.min?.text, forKey: .min)
            try container.encodeIfPresent(bounds.max?.text, forKey: .max)
        case .rows(let bounds):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(bounds, forKey: .rows)
        }
    }
}

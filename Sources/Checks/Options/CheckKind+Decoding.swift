internal import Records

extension Check.Kind {
    /// Decodes what is under the key of a check's kind, and the companions of that kind.
    init(_ key: Check.Key, _ members: StrictMembers<Check.Key>) throws {
        switch key {
        case .rows: self = .rows(try members.bounds(.rows))
        case .unique: self = .unique(try members.columns(.unique))
        case .required: self = .required(try members.columns(.required), percent: try Self.percent(members))
        case .sql: self = .sql(try members.requiredText(.sql), try members.value(.expect))
        case .timed: self = .timed(try members.requiredText(.timed), within: try members.timeSpan(.within))
        default:
            let decoder = try members.container.superDecoder(forKey: key)
            self = try Self.object(key, decoder)
        }
    }

    /// The kinds whose key takes an object.
    private static func object(_ key: Check.Key, _ decoder: any Decoder) throws -> Self {
        switch key {
        case .format:
            let members = try StrictMembers<FormatKey>(decoder)
            return .format(column: try members.requiredText(.column), try ValueFormat(members))
        case .oneOf:
            let members = try StrictMembers<OneOfKey>(decoder)
            guard let values = try members.texts(.values), !values.isEmpty else {
                throw members.error(.values, "`values` takes a list of the values that are allowed.")
            }
            return .oneOf(column: try members.requiredText(.column), values: values)
        case .distribution: return try distribution(StrictMembers<DistributionKey>(decoder))
        case .top:
            let members = try StrictMembers<TopKey>(decoder)
            return .top(column: try members.requiredText(.column), count: try members.figures(.count))
        case .fresh:
            let members = try StrictMembers<FreshKey>(decoder)
            return .fresh(column: try members.requiredText(.column), within: try members.timeSpan(.within))
        case .range:
            let members = try StrictMembers<RangeKey>(decoder)
            guard let range = ValueRange(min: try members.text(.min), max: try members.text(.max)) else {
                throw members.error(.min, "a range has `min`, `max` or both: two numbers or two dates, in order.")
            }
            return .range(column: try members.requiredText(.column), range)
        case .count:
            let members = try StrictMembers<CountKey>(decoder)
            let bounds = try Bounds(members, min: .min, max: .max)
            guard !bounds.hasPercent else { throw members.error(.min, "percentages are for `distribution`.") }
            return .count(where: try members.requiredText(.condition), bounds)
        default:
            let members = try StrictMembers<LatestKey>(decoder)
            return .latest(
                try members.columns(.columns), by: try members.requiredText(.by), count: try members.figures(.count))
        }
    }

    private static func distribution(_ members: StrictMembers<DistributionKey>) throws -> Self {
        guard members.container.contains(.column) != members.container.contains(.columns) else {
            throw members.error(.columns, "a distribution has `column` or `columns`.")
        }
        let columns =
            members.container.contains(.column)
            ? [try members.requiredText(.column)] : try members.columns(.columns)
        let expected: [String: Bounds] = try members.value(.expect) ?? [:]
        guard expected.isEmpty || columns.count == 1 else {
            throw members.error(.expect, "`expect` is for a distribution by one column.")
        }
        return .distribution(columns, expected: expected)
    }

    private static func percent(_ members: StrictMembers<Check.Key>) throws -> Double {
        guard members.container.contains(.percent) else { return 100 }
        return try members.read(
            .percent,
            { text in
                let number = Double(text.hasSuffix("%") ? String(text.dropLast()) : text)
                return number.flatMap { $0 > 0 && $0 <= 100 ? $0 : nil }
            }, takes: "a number above 0, at most 100")
    }
}

extension Check.Kind {
    enum FormatKey: String, CodingKey, CaseIterable {
        case column
        case word = "as"
        case pattern
    }
    enum OneOfKey: String, CodingKey, CaseIterable { case column, values }
    enum DistributionKey: String, CodingKey, CaseIterable { case column, columns, expect }
    enum TopKey: String, CodingKey, CaseIterable { case column, count }
    enum FreshKey: String, CodingKey, CaseIterable { case column, within }
    enum RangeKey: String, CodingKey, CaseIterable { case column, min, max }
    enum CountKey: String, CodingKey, CaseIterable {
        case condition = "where"
        case min, max
    }
    enum LatestKey: String, CodingKey, CaseIterable { case columns, by, count }
}

extension ValueFormat {
    fileprivate init(_ members: StrictMembers<Check.Kind.FormatKey>) throws {
        guard members.container.contains(.word) != members.container.contains(.pattern) else {
            throw members.error(.word, "a format has `as` or `pattern`.")
        }
        if let word: Word = try members.word(.word) {
            self = .word(word)
            return
        }
        let pattern = try members.requiredText(.pattern)
        do {
            _ = try WholePattern(pattern)
        } catch let error as DataError {
            throw members.error(.pattern, [error.message, error.remedy ?? ""].joined(separator: " "))
        }
        self = .pattern(pattern)
    }
}

extension StrictMembers {
    fileprivate func timeSpan(_ key: Key) throws -> TimeSpan {
        try read(key, TimeSpan.init, takes: "a time: 200ms, 1.5s, 10m, 24h, 7d")
    }

    /// How many rows of figures; 10 where nothing was said.
    fileprivate func figures(_ key: Key) throws -> Int {
        guard container.contains(key) else { return 10 }
        return try read(
            key, { Int($0).flatMap { (1...Check.maximumFigures).contains($0) ? $0 : nil } },
            takes: "a number from 1 to \(Check.maximumFigures)")
    }

    /// Numbers of rows, no percentages.
    fileprivate func bounds(_ key: Key) throws -> Bounds {
        guard let bounds: Bounds = try value(key), !bounds.hasPercent else {
            throw error(key, "`\(key.stringValue)` takes a number, or {min: NUMBER, max: NUMBER}.")
        }
        return bounds
    }
}

extension Check.Kind {
    func encode(to container: inout KeyedEncodingContainer<Check.Key>) throws {
        switch self {
        case .rows(let bounds): try container.encode(bounds, forKey: .rows)
        case .unique(let columns): try container.encode(columns, forKey: .unique)
        case .required(let columns, let percent):
            try container.encode(columns, forKey: .required)
            if percent < 100 { try container.encode(percent, forKey: .percent) }
        case .format(let column, let format):
            var members = container.nestedContainer(keyedBy: FormatKey.self, forKey: .format)
            try members.encode(column, forKey: .column)
            switch format {
            case .word(let word): try members.encode(word.rawValue, forKey: .word)
            case .pattern(let pattern): try members.encode(pattern, forKey: .pattern)
            }
        case .oneOf(let column, let values):
            var members = container.nestedContainer(keyedBy: OneOfKey.self, forKey: .oneOf)
            try members.encode(column, forKey: .column)
            try members.encode(values, forKey: .values)
        case .distribution(let columns, let expected):
            var members = container.nestedContainer(keyedBy: DistributionKey.self, forKey: .distribution)
            try members.encode(columns, forKey: .columns)
            if !expected.isEmpty { try members.encode(expected, forKey: .expect) }
        case .top(let column, let count):
            var members = container.nestedContainer(keyedBy: TopKey.self, forKey: .top)
            try members.encode(column, forKey: .column)
            try members.encode(count, forKey: .count)
        case .fresh(let column, let span):
            var members = container.nestedContainer(keyedBy: FreshKey.self, forKey: .fresh)
            try members.encode(column, forKey: .column)
            try members.encode(span.text, forKey: .within)
        case .range(let column, let range):
            var members = container.nestedContainer(keyedBy: RangeKey.self, forKey: .range)
            try members.encode(column, forKey: .column)
            try members.encodeIfPresent(range.min, forKey: .min)
            try members.encodeIfPresent(range.max, forKey: .max)
        case .count(let condition, let bounds):
            var members = container.nestedContainer(keyedBy: CountKey.self, forKey: .count)
            try members.encode(condition, forKey: .condition)
            try members.encodeIfPresent(bounds.min?.text, forKey: .min)
            try members.encodeIfPresent(bounds.max?.text, forKey: .max)
        case .latest(let columns, let by, let count):
            var members = container.nestedContainer(keyedBy: LatestKey.self, forKey: .latest)
            try members.encode(columns, forKey: .columns)
            try members.encode(by, forKey: .by)
            try members.encode(count, forKey: .count)
        case .sql(let statement, let expectation):
            try container.encode(statement, forKey: .sql)
            try container.encodeIfPresent(expectation, forKey: .expect)
        case .timed(let statement, let span):
            try container.encode(statement, forKey: .timed)
            try container.encode(span.text, forKey: .within)
        }
    }
}

internal import Records

extension ColumnRules {
    /// - Parameters:
    ///   - column: the source column's name, for messages.
    ///   - nulls: the spellings that mean NULL in all columns.
    ///
    /// Throws `DataError(.unusableOption)` where the members contradict each other or cannot be used.
    init(_ mapping: ColumnMapping, column: String, nulls: [String]) throws {
        do {
            try self.init(mapping, nulls: nulls + mapping.null)
            if let text = mapping.default { `default` = try converted(default: text) }
        } catch let error as DataError {
            throw DataError(error.code, "column \(column): \(error.message)", remedy: error.remedy)
        }
    }

    private init(_ mapping: ColumnMapping, nulls: [String]) throws {
        let type = try Self.type(of: mapping)
        self.mapping = mapping
        self.type = type
        try mapping.check(type)
        trims = mapping.trim || !(type == nil || type == .text)
        self.nulls = ByteSet(nulls)
        conversion = try Self.conversion(of: mapping, type)
        isRequired = mapping.required
        isUnique = mapping.unique
        options = try mapping.oneOf.map { texts in
            guard type?.isNumber == true else { return .texts(ByteSet(texts)) }
            return .numbers(try texts.map { try NumberValue(bound: $0, "one_of") })
        }
        pattern = try mapping.pattern.map { try WholePattern($0) }
        isEmail = mapping.email
        minLength = mapping.minLength
        maxLength = mapping.maxLength
    }

    /// The type given, or the one that the format or the decimal separator tells.
    private static func type(of mapping: ColumnMapping) throws -> ValueType? {
        if let type = mapping.type { return type }
        if let format = mapping.format { return try DateFormat(format).hasTime ? .timestamp : .date }
        return mapping.decimal == nil && mapping.currency == nil ? nil : .numeric
    }

    private static func conversion(of mapping: ColumnMapping, _ type: ValueType?) throws -> Conversion {
        switch type {
        case nil, .text, .jsonb, .uuid: return .none
        case .boolean: return .boolean
        case .integer?, .real?, .numeric?:
            let bounds = Conversion.Bounds(
                min: try mapping.min.map { try NumberValue(bound: $0, "min") },
                max: try mapping.max.map { try NumberValue(bound: $0, "max") })
            try bounds.check()
            return .number(
                try NumberFormat(type ?? .numeric, decimal: mapping.decimal, currency: mapping.currency), bounds)
        case .date?, .timestamp?, .timestamptz?:
            let iso = type == .date ? DateFormat.isoDates : DateFormat.isoTimestamps
            let bounds = Conversion.Bounds(
                min: try mapping.min.map { try DateTime(bound: $0, "min").moment },
                max: try mapping.max.map { try DateTime(bound: $0, "max").moment })
            try bounds.check()
            return .time(try mapping.format.map { [try DateFormat($0)] } ?? iso, type ?? .date, bounds)
        }
    }

    /// What the column of the table is. Where times may have an offset or none, only the values can tell.
    var columnType: ColumnType? {
        guard type == .timestamp else { return type.flatMap { ColumnType(rawValue: $0.rawValue) } }
        guard let format = mapping.format, let hasOffset = (try? DateFormat(format))?.hasOffset else { return nil }
        return hasOffset ? .timestamptz : .timestamp
    }

    /// The default as it goes into the table: it must keep the column's own rules.
    private func converted(default text: String) throws -> [UInt8] {
        var output: [UInt8] = []
        var text = text
        let result = text.withUTF8 { apply(to: UnsafeRawBufferPointer($0), output: &output) }
        switch result {
        case .value(let range): return Array(Array(text.utf8)[range])
        case .converted: return output
        case .null: throw DataError(.unusableOption, "default \(Excerpt.of(text)) would be read as NULL.")
        case .failure(let rule):
            throw DataError(
                .unusableOption,
                "default \(Excerpt.of(text)) breaks the column's own rule \(rule.rawValue): "
                    + "\(complaint(of: rule, value: text)).",
                remedy: "Write the default as the source writes values.")
        }
    }
}

extension ColumnMapping {
    /// Throws `DataError(.unusableOption)` for members that do not go together.
    fileprivate func check(_ type: ValueType?) throws {
        func refuse(_ member: String, with reason: String, remedy: String? = nil) -> DataError {
            DataError(.unusableOption, "\(member) \(reason).", remedy: remedy)
        }
        let name = type?.rawValue ?? "no type"
        if drop, to != nil { throw refuse("drop", with: "and to exclude each other") }
        if format != nil, type?.isTime != true { throw refuse("format", with: "is for dates, not for \(name)") }
        if decimal != nil, type?.isNumber != true { throw refuse("decimal", with: "is for numbers, not for \(name)") }
        if currency != nil, type?.isNumber != true { throw refuse("currency", with: "is for numbers, not for \(name)") }
        if type?.isNumber != true && type?.isTime != true, let rule = min != nil ? "min" : max != nil ? "max" : nil {
            throw refuse(
                rule, with: "is for numbers and dates, but the column has \(type == nil ? name : "the type \(name)")",
                remedy: "Give the column a type (integer, real, numeric, date, timestamp), or use \(rule)_length.")
        }
        if let type, type != .text {
            let rules = [
                ("pattern", pattern != nil), ("email", email), ("min_length", minLength != nil),
                ("max_length", maxLength != nil),
            ]
            if let rule = rules.first(where: \.1)?.0 {
                throw refuse(rule, with: "is for text, but the column has the type \(name)")
            }
        }
        if let oneOf, oneOf.isEmpty { throw refuse("one_of", with: "allows nothing", remedy: "List the values.") }
        if let length = [minLength, maxLength].compactMap({ $0 }).first(where: { $0 < 0 }) {
            throw refuse("a length of \(length)", with: "is not possible")
        }
        if let minLength, let maxLength, minLength > maxLength {
            throw refuse("min_length \(minLength)", with: "is more than max_length \(maxLength)")
        }
    }
}

extension Conversion.Bounds {
    fileprivate func check() throws {
        if let min, let max, max < min { throw DataError(.unusableOption, "min is more than max.") }
    }
}

extension NumberValue {
    fileprivate init(bound text: String, _ member: String) throws {
        guard let value = NumberValue(text) else {
            throw DataError(
                .unusableOption, "\(member) \(Excerpt.of(text)) is not a number.", remedy: "Write it like 1234.5.")
        }
        self = value
    }
}

extension DateTime {
    fileprivate init(bound text: String, _ member: String) throws {
        var copy = text
        let time = copy.withUTF8 { bytes in
            DateFormat.isoTimestamps.lazy.compactMap { $0.parse(UnsafeRawBufferPointer(bytes)) }.first
        }
        guard let time else {
            throw DataError(
                .unusableOption, "\(member) \(Excerpt.of(text)) is not a date.",
                remedy: "Write it in ISO 8601, whatever the column's format: 2024-01-31.")
        }
        self = time
    }
}

internal import Records

/// What is done to each value of one source column, in this order: trim, NULL, default, conversion, rules.
struct ColumnRules: Sendable {
    /// What the user wrote, for messages.
    let mapping: ColumnMapping
    let type: ValueType?
    let trims: Bool
    /// Whether a value of nothing but white space is NULL.
    var blankIsNull = false
    let nulls: ByteSet
    /// What stands for NULL, converted.
    var `default`: [UInt8]?
    let conversion: Conversion
    let isRequired: Bool
    let isUnique: Bool
    let options: Options?
    let pattern: WholePattern?
    let isEmail: Bool
    /// In Unicode code points.
    let minLength: Int?
    let maxLength: Int?

    /// The values that `one_of` allows.
    enum Options: Sendable {
        case texts(ByteSet)
        case numbers([NumberValue])

        func contains(_ value: UnsafeRawBufferPointer) -> Bool {
            switch self {
            case .texts(let texts): texts.contains(value)
            case .numbers(let numbers): NumberValue(value).map(numbers.contains) ?? false
            }
        }
    }

    /// Whether values stay as they are and no record can fail.
    var isEmpty: Bool { !trims && nulls.isEmpty && `default` == nil && !isConverting && !canReject }

    /// Whether values stay as they are, or become NULL.
    var keepsValues: Bool { !trims && `default` == nil && !isConverting }

    /// Whether a record can fail by this column.
    var canReject: Bool {
        isConverting || isRequired || isUnique || options != nil || pattern != nil || isEmail || minLength != nil
            || maxLength != nil
    }

    private var isConverting: Bool {
        if case .none = conversion { false } else { true }
    }

    /// What becomes of a value.
    enum Result {
        case value(Range<Int>)
        /// What was appended to the output.
        case converted
        case null
        case failure(Rule)
    }

    /// Applies everything but `default` and `unique`. A value that stays as it is, except for white space, is given as
    /// its part; any other is appended to `output`. Something may be appended for a value that fails, too.
    @inline(__always)
    func apply(to value: UnsafeRawBufferPointer?, output: inout [UInt8]) -> Result {
        guard let value else { return emptiness }
        let range = trims ? WhiteSpace.trimmed(value) : 0..<value.count
        let text = UnsafeRawBufferPointer(rebasing: value[range])
        if !nulls.isEmpty, nulls.contains(text) { return emptiness }
        if blankIsNull, text.isEmpty, !value.isEmpty { return emptiness }
        if isRequired, text.isEmpty { return .failure(.required) }
        guard isConverting else {
            let rule = failure(of: text)
            return rule.map { .failure($0) } ?? .value(range)
        }
        let start = output.count
        if let rule = conversion.append(text, to: &output) { return .failure(rule) }
        let (isSame, rule) = output.withUnsafeBytes { output in
            let converted = UnsafeRawBufferPointer(rebasing: output[start...])
            return (converted.elementsEqual(text), failure(of: converted))
        }
        if let rule { return .failure(rule) }
        guard isSame else { return .converted }
        output.removeSubrange(start...)
        return .value(range)
    }

    private var emptiness: Result { isRequired && `default` == nil ? .failure(.required) : .null }

    /// The first rule on the value as it goes into the table that does not hold.
    @inline(__always)
    private func failure(of value: UnsafeRawBufferPointer) -> Rule? {
        if let options, !options.contains(value) { return .oneOf }
        if let pattern, !pattern.matches(value) { return .pattern }
        if isEmail, !EmailAddress.isValid(value) { return .email }
        if minLength != nil || maxLength != nil {
            let length = value.count { $0 & 0xC0 != 0x80 }
            if let minLength, length < minLength { return .minLength }
            if let maxLength, length > maxLength { return .maxLength }
        }
        return nil
    }
}

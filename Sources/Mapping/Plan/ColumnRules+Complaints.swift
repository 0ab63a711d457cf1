internal import Records

extension ColumnRules {
    /// What is wrong with a value, to be after the column's name: "`foo@` is not an e-mail address (rule email)".
    ///
    /// - Parameter value: as the source wrote it; nil for NULL.
    func complaint(of rule: Rule, value: String?, firstRecord: UInt64 = 0) -> String {
        let text = value.map(Excerpt.of) ?? "NULL"
        let words =
            switch rule {
            case .required: value == nil ? "has no value" : "\(text) is not a value"
            case .unique: "\(text) is in record \(firstRecord) already"
            case .oneOf: "\(text) is not one of \(optionList)"
            case .pattern: patternComplaint(text, byteCount: value?.utf8.count ?? 0)
            case .email: "\(text) is not an e-mail address"
            case .min: "\(text) is \(isTime ? "before" : "less than") \(mapping.min ?? "")"
            case .max: "\(text) is \(isTime ? "after" : "more than") \(mapping.max ?? "")"
            case .minLength: "\(text) has fewer than \(minLength ?? 0) characters"
            case .maxLength: "\(text) has more than \(maxLength ?? 0) characters"
            case .format: "\(value?.isEmpty == true ? "an empty text" : text) is not \(expectation)"
            case .tooLarge: "\(text) is too long"
            }
        return rule == .format ? words : "\(words) (rule \(rule.rawValue))"
    }

    private var isTime: Bool { type?.isTime == true }

    private var optionList: String {
        let options = mapping.oneOf ?? []
        let more = options.count > 5 ? " and \(options.count - 5) more" : ""
        return options.prefix(5).map(Excerpt.of).joined(separator: ", ") + more
    }

    private func patternComplaint(_ text: String, byteCount: Int) -> String {
        byteCount > WholePattern.maximumBytes
            ? "\(text) has more than \(WholePattern.maximumBytes) bytes, the most for a pattern"
            : "\(text) does not match \(Excerpt.of(mapping.pattern ?? ""))"
    }

    private var expectation: String {
        switch conversion {
        case .none: "text"
        case .boolean: "a boolean (true, yes, 1; false, no, 0)"
        case .number(let format, _): format.description
        case .time(let formats, let type, _):
            "a \(type.rawValue) like \(mapping.format ?? formats.first.map(\.pattern) ?? "")"
        }
    }
}

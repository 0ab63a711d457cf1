package import Records

/// What a value can fail by.
enum Rule: String, Sendable {
    case required, unique
    case oneOf = "one_of"
    case pattern, email, min, max
    case minLength = "min_length"
    case maxLength = "max_length"
    case format
    /// A composed value is too long for a chunk.
    case tooLarge = "too_large"

    var code: RejectCode {
        switch self {
        case .required: .required
        case .unique: .unique
        case .oneOf: .oneOf
        case .pattern: .pattern
        case .email: .email
        case .min, .max: .range
        case .minLength, .maxLength: .length
        case .format: .format
        case .tooLarge: .tooLarge
        }
    }
}

extension RejectCode {
    /// No value in a column that must have one.
    package static let required = RejectCode(rawValue: "required")
    /// An earlier record of the source has the same value.
    package static let unique = RejectCode(rawValue: "unique")
    /// A value that is not in the column's list.
    package static let oneOf = RejectCode(rawValue: "one_of")
    /// A value that does not match the column's regular expression.
    package static let pattern = RejectCode(rawValue: "pattern")
    /// A value that is not an e-mail address.
    package static let email = RejectCode(rawValue: "email")
    /// A number or date below `min` or above `max`.
    package static let range = RejectCode(rawValue: "range")
    /// A text shorter than `min_length` or longer than `max_length`.
    package static let length = RejectCode(rawValue: "length")
    /// A value that is not written as its column's number, date, timestamp or boolean is.
    package static let format = RejectCode(rawValue: "format")
}

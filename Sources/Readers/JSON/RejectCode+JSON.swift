package import Records

extension RejectCode {
    /// Text that is not what the format's grammar demands.
    package static let syntax = RejectCode(rawValue: "syntax")
    /// A field that the source's columns do not have.
    package static let unknownField = RejectCode(rawValue: "unknown_field")
    /// A field that the record has twice.
    package static let duplicateField = RejectCode(rawValue: "duplicate_field")
    /// A value where a record, which is an object, should be.
    package static let notAnObject = RejectCode(rawValue: "not_an_object")
    /// Arrays and objects inside each other beyond the depth limit.
    package static let tooDeep = RejectCode(rawValue: "too_deep")
}

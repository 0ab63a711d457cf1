package import Records

extension RejectCode {
    /// A value that only a database could compute.
    package static let expression = RejectCode(rawValue: "expression")
    /// Text that is not what the format's grammar demands.
    package static let syntax = RejectCode(rawValue: "syntax")
    /// A field that the source's columns do not have.
    package static let unknownField = RejectCode(rawValue: "unknown_field")
    /// A record of a table that is not the one being read.
    package static let otherTable = RejectCode(rawValue: "other_table")
}

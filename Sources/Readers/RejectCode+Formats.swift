package import Records

extension RejectCode {
    /// In CSV and spreadsheets, a record that says the columns' names again: the header of a file that was put after
    /// another one.
    package static let repeatedHeader = RejectCode(rawValue: "repeated_header")
    /// Text that is not what the format's grammar demands.
    package static let syntax = RejectCode(rawValue: "syntax")
    /// A field that the source's columns do not have.
    package static let unknownField = RejectCode(rawValue: "unknown_field")
    /// A field that the record has twice.
    package static let duplicateField = RejectCode(rawValue: "duplicate_field")
    /// In JSON, a value where a record, which is an object, should be.
    package static let notAnObject = RejectCode(rawValue: "not_an_object")
    /// In JSON, arrays and objects inside each other beyond the depth limit.
    package static let tooDeep = RejectCode(rawValue: "too_deep")
    /// In SQL, a value that only a database could compute.
    package static let expression = RejectCode(rawValue: "expression")
    /// In SQL, a statement that is not run and would have changed or given rows.
    package static let statement = RejectCode(rawValue: "statement")
    /// In SQL, a record of a table that is not the one being read.
    package static let otherTable = RejectCode(rawValue: "other_table")
}

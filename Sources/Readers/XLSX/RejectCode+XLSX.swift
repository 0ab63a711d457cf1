package import Records

extension RejectCode {
    /// A cell that holds an error such as `#DIV/0!`, or a formula without a result.
    package static let cellError = RejectCode(rawValue: "cell_error")
    /// A cell or a row that is not as the format has it: no number, an unknown shared string, an impossible address.
    package static let malformedCell = RejectCode(rawValue: "malformed_cell")
    /// The sheet's XML is broken: what follows cannot be read.
    package static let malformedSheet = RejectCode(rawValue: "malformed_sheet")
}

/// What a workbook's cells refer to.
struct CellContext: Sendable {
    /// The number formats of the cell styles, by style index.
    let formats: [NumberFormat]
    let strings: SharedStrings
    let epoch: SerialDate.Epoch
}

/// What a cell says its text is (ECMA-376 part 1, ST_CellType).
enum CellType {
    case number, sharedString, string, inlineString, boolean, error, isoDate

    /// Nil for an unknown type.
    @inline(__always)
    init?(_ text: UnsafePointer<CChar>) {
        switch XMLName(text) {
        case "s": self = .sharedString
        case "n": self = .number
        case "b": self = .boolean
        case "str": self = .string
        case "inlineStr": self = .inlineString
        case "e": self = .error
        case "d": self = .isoDate
        default: return nil
        }
    }
}

internal import Glibc

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
    init?(_ text: UnsafeRawBufferPointer) {
        switch text.count {
        case 1:
            switch text[0] {
            case UInt8(ascii: "s"): self = .sharedString
            case UInt8(ascii: "n"): self = .number
            case UInt8(ascii: "b"): self = .boolean
            case UInt8(ascii: "e"): self = .error
            case UInt8(ascii: "d"): self = .isoDate
            default: return nil
            }
        case 3 where Self.isSame(text, "str"): self = .string
        case 9 where Self.isSame(text, "inlineStr"): self = .inlineString
        default: return nil
        }
    }

    /// Both are of one length.
    @inline(__always)
    private static func isSame(_ text: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        memcmp(text.baseAddress!, word.utf8Start, text.count) == 0
    }
}

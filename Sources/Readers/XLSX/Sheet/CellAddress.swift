/// A cell's place in its sheet, as spreadsheets write it: `C17`.
struct CellAddress: CustomStringConvertible {
    /// Counts from 0.
    var column: Int
    /// Counts from 1.
    var row: UInt64

    /// How many columns a sheet has, the last one being XFD.
    static let columnCount = 16_384
    /// Far more rows than any program writes, and few enough to count with.
    static let lastRow: UInt64 = 1 << 31

    init(column: Int, row: UInt64) {
        self.column = column
        self.row = row
    }

    /// Nil if the text is not an address. The column may lie beyond the last one.
    @inline(__always)
    init?(_ text: UnsafeRawBufferPointer) {
        var position = 0
        var column = 0
        while position < text.count, column < 1 << 24 {
            // Folds case: letters differ from capitals in this bit.
            let letter = Int(text[position] & ~0x20) - 0x40
            guard (1...26).contains(letter) else { break }
            column = column * 26 + letter
            position += 1
        }
        guard column > 0, let row = Self.row(.init(rebasing: text[position...])) else { return nil }
        self.init(column: column - 1, row: row)
    }

    /// A row's number; nil if the text is none.
    @inline(__always)
    static func row(_ text: UnsafeRawBufferPointer) -> UInt64? {
        var row: UInt64 = 0
        for byte in text {
            let digit = UInt64(byte &- UInt8(ascii: "0"))
            guard digit < 10, row < lastRow else { return nil }
            row = row * 10 + digit
        }
        return (1...lastRow).contains(row) ? row : nil
    }

    var description: String { "\(Self.letters(column))\(row)" }

    /// `A` for column 0, `AA` for column 26.
    private static func letters(_ column: Int) -> String {
        let last = String(Unicode.Scalar(UInt8(ascii: "A") + UInt8(column % 26)))
        return column < 26 ? last : letters(column / 26 - 1) + last
    }
}

internal import Records

/// The cells of a row that have values, as they were met.
struct SheetRow: Sendable {
    /// The row's number in the sheet, from 1.
    var number: UInt64 = 0
    var cells: [Cell] = []
    /// The cells' values, one after the other.
    var text: [UInt8] = []
    /// Those of the cells that hold an error, such as `#N/A`: whether that is a flaw, the reader's options say.
    var errors: [Cell] = []
    /// The first thing that keeps the row from being used.
    var flaw: Flaw?
    /// True if the row has more text than a record may have, of which the rest was left out.
    var isTooLarge = false

    struct Cell: Sendable {
        /// Counts from 0.
        var column: Int
        /// Where the value is in the row's text.
        var start: UInt32
        var end: UInt32
        /// Whether it has no character that needs quotes: a number, a date, a boolean.
        var isPlain: Bool
    }

    struct Flaw: Sendable {
        var code: RejectCode
        var message: String
        /// Counts from 0; nil if it is not one column's.
        var column: Int?
    }

    var isEmpty: Bool { cells.isEmpty && flaw == nil && !isTooLarge }

    /// Empties the row, keeping its buffers.
    mutating func reset(number: UInt64) {
        self.number = number
        cells.removeAll(keepingCapacity: true)
        text.removeAll(keepingCapacity: true)
        if !errors.isEmpty { errors.removeAll() }
        flaw = nil
        isTooLarge = false
    }

    mutating func note(_ code: RejectCode, _ message: String, column: Int? = nil) {
        if flaw == nil { flaw = Flaw(code: code, message: message, column: column) }
    }

    /// Marks the row as too large, its text having been cut anywhere: not within a character, though.
    mutating func cut() {
        isTooLarge = true
        let last = text.suffix(4).lastIndex { $0 & 0xC0 != 0x80 } ?? text.endIndex
        let length = last < text.count ? (~text[last]).leadingZeroBitCount : 0
        if length > text.count - last { text.removeSubrange(last...) }
    }

    func bytes(of cell: Cell) -> [UInt8] { Array(text[Int(cell.start)..<Int(cell.end)]) }

    /// The cells' values as names of columns, from A to the last one.
    var names: [String] {
        var names: [String] = []
        for cell in cells {
            names += Array(repeating: "", count: cell.column - names.count)
            names.append(String(decoding: bytes(of: cell), as: UTF8.self))
        }
        return names
    }

    /// A short piece of a cell's value, for a message.
    func excerpt(of cell: Cell) -> String { excerpt(from: Int(cell.start), to: Int(cell.end)) }

    /// A short piece of the row's text, for a message.
    func excerpt(from start: Int, to end: Int) -> String {
        text.withUnsafeBytes { text in
            let source = SourceText(text: text, bytes: text, encoding: .utf8, isFinal: true)
            return Excerpt.of(source, in: start..<end, around: start)
        }
    }

    /// What is wrong with the first cell that holds an error, of those whose text is not read as NULL.
    func errorFlaw(except nullSpellings: NullSpellings) -> Flaw? {
        errors.first { !nullSpellings.contains(text[Int($0.start)..<Int($0.end)]) }.map { cell in
            let address = CellAddress(column: cell.column, row: number)
            return Flaw(
                code: .cellError, message: "cell \(address) holds the error \(excerpt(of: cell))", column: cell.column)
        }
    }

    /// Puts cells in the order of their columns; all but a few files have them so.
    mutating func sort() {
        var last = -1
        let isSorted = cells.allSatisfy { cell in
            defer { last = cell.column }
            return cell.column > last
        }
        if isSorted { return }
        cells.sort { ($0.column, $0.start) < ($1.column, $1.start) }
        for index in cells.indices.dropFirst() where cells[index].column == cells[index - 1].column {
            let address = CellAddress(column: cells[index].column, row: number)
            note(.malformedCell, "cell \(address) is there twice", column: cells[index].column)
        }
        var kept = -1
        cells.removeAll { cell in
            defer { kept = cell.column }
            return cell.column == kept
        }
    }
}

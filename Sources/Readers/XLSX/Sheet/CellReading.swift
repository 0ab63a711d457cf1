internal import Records

/// A cell whose element is open.
struct OpenCell {
    var column = 0
    var type = CellType.number
    /// The number format of a cell that is a number.
    var format = NumberFormat.number
    var hasFormula = false
    /// Whether there was a `v` or an `is`.
    var hasValue = false
    var hasInlineString = false
    /// Where its text begins in the row's text.
    var start = 0
}

/// Turns the text of cells into values.
struct CellReading {
    let epoch: SerialDate.Epoch
    let maxRecordBytes: Int
    private var strings: SharedStringLookup

    init(_ context: CellContext, maxRecordBytes: Int) {
        epoch = context.epoch
        strings = SharedStringLookup(context.strings)
        self.maxRecordBytes = maxRecordBytes
    }

    /// Adds a cell to the row whose text has the cell's at its end. A cell without a value is none.
    mutating func add(_ cell: OpenCell, to row: inout SheetRow) throws {
        if row.isTooLarge {
            if row.text.count > cell.start { addValue(of: cell, isPlain: false, to: &row) }
            return
        }
        let isText = cell.type == .string || cell.type == .inlineString
        if row.text.count == cell.start && !(isText && cell.hasValue) {
            if cell.hasFormula { note(.cellError, "has a formula without a result", cell, &row) }
            return
        }
        switch cell.type {
        case .number: addNumber(cell, to: &row)
        case .sharedString: try addSharedString(cell, to: &row)
        case .string:
            EscapedText.decode(&row.text, from: cell.start)
            addValue(of: cell, isPlain: false, to: &row)
        case .inlineString: addValue(of: cell, isPlain: false, to: &row)
        case .boolean: addBoolean(cell, to: &row)
        case .isoDate: addValue(of: cell, isPlain: false, to: &row)
        case .error:
            addValue(of: cell, isPlain: false, to: &row)
            if let added = row.cells.last { row.errors.append(added) }
        }
    }

    @inline(__always)
    private func addValue(of cell: OpenCell, isPlain: Bool, to row: inout SheetRow) {
        row.cells.append(
            SheetRow.Cell(
                column: cell.column, start: UInt32(cell.start), end: UInt32(row.text.count), isPlain: isPlain))
    }

    private func addNumber(_ cell: OpenCell, to row: inout SheetRow) {
        guard let number = row.text.withUnsafeBytes({ CellNumber(.init(rebasing: $0[cell.start...])) }) else {
            note(.malformedCell, "holds \(excerpt(cell, row)), which is not a number", cell, &row)
            return addValue(of: cell, isPlain: false, to: &row)
        }
        if cell.format != .number {
            let end = row.text.count
            if SerialDate.append(number.value, cell.format, epoch, to: &row.text) {
                row.text.removeSubrange(cell.start..<end)
            } else {
                note(
                    .malformedCell, "has a date format but holds \(excerpt(cell, row)), which is not a date", cell, &row
                )
                return addValue(of: cell, isPlain: false, to: &row)
            }
        } else if !number.isShortest {
            row.text.removeLast(row.text.count - cell.start)
            CellNumber.append(number.value, to: &row.text)
        }
        addValue(of: cell, isPlain: true, to: &row)
    }

    private mutating func addSharedString(_ cell: OpenCell, to row: inout SheetRow) throws {
        var index = 0
        for byte in row.text[cell.start...] {
            let digit = Int(byte &- UInt8(ascii: "0"))
            index = digit < 10 && index < strings.count ? index * 10 + digit : strings.count
        }
        if index >= strings.count || row.text.count == cell.start {
            note(.malformedCell, "refers to shared string \(excerpt(cell, row)), which does not exist", cell, &row)
        } else {
            row.text.removeLast(row.text.count - cell.start)
            if try !strings.append(index, limit: max(0, maxRecordBytes - cell.start), to: &row.text) { row.cut() }
        }
        addValue(of: cell, isPlain: false, to: &row)
    }

    private func addBoolean(_ cell: OpenCell, to row: inout SheetRow) {
        guard let isTrue = Self.boolean(row.text[cell.start...]) else {
            note(.malformedCell, "holds \(excerpt(cell, row)), which is neither true nor false", cell, &row)
            return addValue(of: cell, isPlain: false, to: &row)
        }
        row.text.removeLast(row.text.count - cell.start)
        row.text.append(contentsOf: isTrue ? Self.trueText : Self.falseText)
        addValue(of: cell, isPlain: true, to: &row)
    }

    private static let trueText = Array("true".utf8)
    private static let falseText = Array("false".utf8)

    /// Nil if the text is not a boolean of XML Schema.
    private static func boolean(_ text: ArraySlice<UInt8>) -> Bool? {
        switch text {
        case [UInt8(ascii: "1")], trueText[...]: true
        case [UInt8(ascii: "0")], falseText[...]: false
        default: nil
        }
    }

    private func note(_ code: RejectCode, _ what: String, _ cell: OpenCell, _ row: inout SheetRow) {
        row.note(code, "cell \(CellAddress(column: cell.column, row: row.number)) \(what)", column: cell.column)
    }

    private func excerpt(_ cell: OpenCell, _ row: SheetRow) -> String {
        row.excerpt(from: cell.start, to: row.text.count)
    }
}

internal import Glibc
internal import Records

/// What of a sheet's XML has been met: the row in hand, and where in its elements the parser stands.
struct SheetContent {
    /// The row that was read last, or the beginning of the one in which the XML broke off.
    var row = SheetRow()
    /// The number of the last row that ended; 0 before the first.
    private(set) var lastRow: UInt64 = 0

    enum Place { case outside, rows, row, cell, value, inlineString }
    var place = Place.outside
    var cell = OpenCell()
    private var nextColumn = 0
    var richText = RichText()
    private let formats: [NumberFormat]
    private var reading: CellReading

    init(_ context: CellContext, maxRecordBytes: Int) {
        formats = context.formats
        reading = CellReading(context, maxRecordBytes: maxRecordBytes)
    }

    mutating func start(_ name: XMLName, _ attributes: XMLAttributes) -> Bool {
        switch place {
        case .row where name == "c":
            place = .cell
            beginCell(attributes)
            return true
        case .cell where name == "v":
            if cell.hasInlineString && cell.type == .inlineString { return false }
            dropInlineString()
            place = .value
            cell.hasValue = true
            return true
        case .cell where name == "f":
            cell.hasFormula = true
            return false
        case .cell where name == "is":
            // Some programs write both: the type says which one counts.
            if cell.hasValue && cell.type != .inlineString { return false }
            if cell.hasValue { row.text.removeLast(row.text.count - cell.start) }
            place = .inlineString
            cell.hasValue = true
            cell.hasInlineString = true
            return true
        case .rows where name == "row":
            place = .row
            beginRow(attributes.value("r").map { UnsafeRawBufferPointer(start: $0, count: strlen($0)) })
            return true
        case .outside where name == "sheetData":
            place = .rows
            return true
        case .outside:
            return name == "worksheet"
        case .inlineString:
            return richText.start(name, attributes, in: row.text)
        default:
            return false
        }
    }

    /// A value takes the place of an inline string in a cell that is of another type.
    private mutating func dropInlineString() {
        if cell.hasInlineString { row.text.removeLast(row.text.count - cell.start) }
        cell.hasInlineString = false
    }

    mutating func text(_ bytes: UnsafeRawBufferPointer) {
        if place == .value || (place == .inlineString && richText.isInText) { append(bytes) }
    }

    /// Adds text to the cell in hand.
    @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if row.isTooLarge { return }
        let room = max(0, reading.maxRecordBytes - row.text.count)
        if bytes.count <= room { return row.text.append(contentsOf: bytes) }
        row.text.append(contentsOf: bytes.prefix(room))
        row.cut()
    }

    /// An element ends. Returns whether it was a row that is not empty.
    mutating func end() throws -> Bool {
        switch place {
        case .value:
            place = .cell
        case .cell:
            place = .row
            try endCell()
        case .inlineString:
            if !richText.end(in: &row.text) { place = .cell }
        case .row:
            place = .rows
            return endRow()
        case .rows, .outside:
            place = .outside
        }
        return false
    }

    /// What is here is written only for programs that know more. Returns whether it was in place of rows.
    mutating func passAlternatives() -> Bool {
        if place == .outside { return false }
        let isInPlaceOfRows = place == .rows
        if isInPlaceOfRows { row.reset(number: lastRow + 1) }
        row.note(
            .malformedCell,
            "\(isInPlaceOfRows ? "rows" : "cells") at row \(max(row.number, lastRow + 1)) are stored in a form that Waybill cannot "
                + "read (mc:AlternateContent without a Fallback)")
        return isInPlaceOfRows
    }

    /// Begins a row; `text` is what it says is its number.
    mutating func beginRow(_ text: UnsafeRawBufferPointer?) {
        // A row without a number takes it from its first cell, or else comes next.
        row.reset(number: 0)
        nextColumn = 0
        guard let text else { return }
        guard let number = CellAddress.row(text) else {
            row.number = lastRow + 1
            return row.note(.malformedCell, "a row after row \(lastRow) has no proper number")
        }
        begin(rowNumber: number)
    }

    private mutating func begin(rowNumber number: UInt64) {
        row.number = number
        if number <= lastRow { row.note(.malformedCell, "row \(number) comes after row \(lastRow)") }
    }

    private mutating func beginCell(_ attributes: XMLAttributes) {
        var cell = CellAttributes()
        var index = 0
        while let name = attributes.pairs[index], let value = attributes.pairs[index + 1] {
            index += 2
            guard name[0] != 0, name[1] == 0 else { continue }
            cell.set(UInt8(bitPattern: name[0]), UnsafeRawBufferPointer(start: value, count: strlen(value)))
        }
        begin(cell)
    }

    @inline(__always)
    mutating func begin(_ attributes: CellAttributes) {
        cell = OpenCell(column: nextColumn, start: row.text.count)
        if let address = attributes.address { place(cellAt: address) }
        if let style = attributes.style.flatMap(CellAttributes.styleIndex), style < formats.count {
            cell.format = formats[style]
        }
        if let type = attributes.type.map(CellType.init) {
            if let type {
                cell.type = type
            } else {
                row.note(.malformedCell, "a cell of row \(row.number) has an unknown type")
            }
        }
        if row.number == 0 { begin(rowNumber: lastRow + 1) }
        nextColumn = cell.column + 1
    }

    /// Takes the cell's address, which must be in this row.
    @inline(__always)
    private mutating func place(cellAt text: UnsafeRawBufferPointer) {
        guard let address = CellAddress(text) else {
            return row.note(.malformedCell, "a cell of row \(max(row.number, lastRow + 1)) has no proper address")
        }
        if row.number == 0 { begin(rowNumber: address.row) }
        if address.row != row.number {
            row.note(.malformedCell, "cell \(address) is in row \(row.number)")
        }
        cell.column = address.column
    }

    mutating func endCell() throws {
        if cell.column >= CellAddress.columnCount {
            row.note(.malformedCell, "row \(row.number) has a cell beyond XFD, the last possible column")
        }
        // So that no row has endlessly many cells. There are as many only where some are there twice.
        guard cell.column < CellAddress.columnCount, row.cells.count <= CellAddress.columnCount else {
            return row.text.removeSubrange(cell.start...)
        }
        try reading.add(cell, to: &row)
    }

    /// Leaves in `row` what there is of a row whose end will not come: nothing where no row is open.
    mutating func breakOff() {
        if place == .rows || place == .outside {
            row.reset(number: lastRow + 1)
        } else {
            row.text.removeSubrange((row.cells.last.map { Int($0.end) } ?? 0)...)
            _ = endRow()
        }
    }

    mutating func endRow() -> Bool {
        if row.number == 0 { row.number = lastRow + 1 }
        lastRow = max(lastRow, row.number)
        row.sort()
        return !row.isEmpty
    }
}

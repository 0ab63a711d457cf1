internal import Glibc
internal import Records

extension XLSXChunkBuilder {
    /// A record that is too large keeps this many of its first bytes, or as many as a record may have.
    private static let keptBytesOfTooLarge = 64 << 10

    /// What keeps a row from being a record, if anything does.
    @inline(__always)
    func flaw(of row: SheetRow, line: ArraySlice<UInt8>) -> SheetRow.Flaw? {
        if let flaw = row.flaw, flaw.code == .malformedSheet { return flaw }
        if isTooLarge(row, lineBytes: line.count) {
            return SheetRow.Flaw(
                code: .tooLarge,
                message: "row \(row.number) "
                    + (row.isTooLarge ? "" : "has \(line.count) bytes and ")
                    + "exceeds the record limit of \(maxRecordBytes) bytes; only the record's first bytes are kept")
        }
        if let flaw = row.flaw { return flaw }
        if !row.errors.isEmpty, let flaw = row.errorFlaw(except: nullSpellings) { return flaw }
        if let last = row.cells.last, last.column >= columns.count { return tooManyCells(row, last) }
        if isHeaderAgain(row) {
            return SheetRow.Flaw(
                code: .repeatedHeader, message: "row \(row.number) is the header again, in the middle of the records")
        }
        let hasNUL = line.withUnsafeBytes { $0.baseAddress.map { memchr($0, 0, line.count) != nil } ?? false }
        return hasNUL ? nulByte(row) : nil
    }

    private func isTooLarge(_ row: SheetRow, lineBytes: Int) -> Bool { row.isTooLarge || lineBytes > maxRecordBytes }

    @inline(never)
    private func tooManyCells(_ row: SheetRow, _ last: SheetRow.Cell) -> SheetRow.Flaw {
        let address = CellAddress(column: last.column, row: row.number)
        let expected = columns.count == 1 ? "1 column" : "\(columns.count) columns"
        return SheetRow.Flaw(
            code: .fieldCount,
            message: "expected \(expected), found a value in cell \(address): \(row.excerpt(of: last))")
    }

    @inline(never)
    private func nulByte(_ row: SheetRow) -> SheetRow.Flaw? {
        row.cells.first { row.text[Int($0.start)..<Int($0.end)].contains(0) }.map { cell in
            SheetRow.Flaw(
                code: .nulByte,
                message: "NUL in cell \(CellAddress(column: cell.column, row: row.number)): \(row.excerpt(of: cell))",
                column: cell.column)
        }
    }

    /// Adds what there is of a row in which the sheet's XML broke off, as a reject that stands for the sheet's rest.
    func add(_ row: SheetRow, brokenBy problem: XMLProblem, in sheet: String, to chunk: inout Chunk) {
        var row = row
        row.flaw = SheetRow.Flaw(
            code: .malformedSheet,
            message: "sheet `\(sheet)` cannot be read from row \(row.number) on: its XML is broken at \(problem)")
        add(row, to: &chunk)
    }

    /// Rejects the row whose line the chunk's bytes end with. The line of a row that is too large is cut.
    @inline(never)
    func reject(_ row: SheetRow, _ flaw: SheetRow.Flaw, line: Int, to chunk: inout Chunk) {
        let kept = min(Self.keptBytesOfTooLarge, maxRecordBytes)
        let lineBytes = chunk.bytes.count - line
        if isTooLarge(row, lineBytes: lineBytes) && lineBytes > kept {
            var end = line + kept
            // Characters are not cut in two.
            while end > line && chunk.bytes[end] & 0xC0 == 0x80 { end -= 1 }
            chunk.bytes.replaceSubrange(end..., with: [LineByte.lineFeed])
        }
        let location = RecordLocation(
            section: chunk.start.section, byteOffset: chunk.start.byteOffset + UInt64(line), line: row.number,
            record: chunk.start.record + UInt64(chunk.recordsRead))
        chunk.rejects.append(
            RejectedRecord(
                location: location, code: flaw.code, message: flaw.message,
                field: flaw.column.flatMap { columns.indices.contains($0) ? columns[$0] : nil },
                raw: Array(chunk.bytes[line...])))
    }
}

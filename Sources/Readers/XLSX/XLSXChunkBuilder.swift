internal import Records

/// Turns rows into a chunk's records and rejects.
struct XLSXChunkBuilder: Sendable {
    let columns: [String]
    let nullSpellings: NullSpellings
    let maxRecordBytes: Int
    /// The header where it may come again: how many cells it has, and the text of the first one. Nil if there is none,
    /// or where a list of one column may well have its own name among its values.
    private let header: (cells: Int, first: [UInt8])?

    init(columns: [String], header: SheetRow? = nil, options: XLSXOptions) {
        self.columns = columns
        self.header =
            columns.count < 2
            ? nil : header.flatMap { row in row.cells.first.map { (row.cells.count, row.bytes(of: $0)) } }
        nullSpellings = NullSpellings(options.nullSpellings, trims: options.trimsNulls)
        maxRecordBytes = options.maxRecordBytes
    }

    /// Adds the row as a record, or as a reject where it has a flaw.
    func add(_ row: SheetRow, to chunk: inout Chunk) {
        let start = (line: chunk.bytes.count, field: chunk.fields.count, value: chunk.decoded.count)
        appendLine(of: row, to: &chunk)
        if let flaw = flaw(of: row, line: chunk.bytes[start.line...]) {
            chunk.fields.removeSubrange(start.field...)
            chunk.decoded.removeSubrange(start.value...)
            reject(row, flaw, line: start.line, to: &chunk)
        } else {
            // Rows come in order, unless the place given to a reader is one of another file.
            let line = row.number - min(row.number, chunk.start.line)
            chunk.records.append(
                Chunk.Record(
                    offset: UInt32(start.line), length: UInt32(chunk.bytes.count - start.line),
                    line: UInt32(line), number: UInt32(chunk.recordsRead)))
        }
    }

    /// Whether the row says the columns' names again.
    @inline(__always)
    func isHeaderAgain(_ row: SheetRow) -> Bool {
        guard let header, row.cells.count == header.cells, let first = row.cells.first,
            Int(first.end - first.start) == header.first.count,
            row.text[Int(first.start)..<Int(first.end)].elementsEqual(header.first)
        else { return false }
        return isHeaderAgain(row.names)
    }

    @inline(never)
    private func isHeaderAgain(_ names: [String]) -> Bool {
        ColumnNames.areAgain(names + Array(repeating: "", count: max(0, columns.count - names.count)), of: columns)
    }

    /// Appends the row's line to the chunk's bytes, and the places of its values to the fields.
    private func appendLine(of row: SheetRow, to chunk: inout Chunk) {
        var column = 0
        row.text.withUnsafeBytes { text in
            for cell in row.cells {
                skip(to: cell.column, from: &column, in: &chunk)
                if column > 0 { chunk.bytes.append(RowRendering.comma) }
                let value = UnsafeRawBufferPointer(rebasing: text[Int(cell.start)..<Int(cell.end)])
                let field = append(value, isPlain: cell.isPlain, to: &chunk)
                if column < columns.count { chunk.fields.append(field) }
                column += 1
            }
        }
        skip(to: columns.count, from: &column, in: &chunk)
        chunk.bytes.append(LineByte.lineFeed)
    }

    /// Appends empty cells.
    @inline(__always)
    private func skip(to end: Int, from column: inout Int, in chunk: inout Chunk) {
        while column < end {
            if column > 0 { chunk.bytes.append(RowRendering.comma) }
            if column < columns.count { chunk.fields.append(.null) }
            column += 1
        }
    }

    @inline(__always)
    private func append(_ value: UnsafeRawBufferPointer, isPlain: Bool, to chunk: inout Chunk) -> Chunk.Field {
        let offset = chunk.bytes.count
        let isQuoted = RowRendering.append(value, isPlain: isPlain, to: &chunk.bytes)
        if !nullSpellings.isEmpty && nullSpellings.contains(value) { return .null }
        if !isQuoted { return .source(offset: offset, length: value.count) }
        chunk.decoded.append(contentsOf: value)
        return .decoded(offset: chunk.decoded.count - value.count, length: value.count)
    }
}

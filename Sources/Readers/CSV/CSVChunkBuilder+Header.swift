extension CSVChunkBuilder {
    /// Whether the record in hand says the columns' names again.
    @inline(never)
    func isHeaderAgain(_ text: SourceText, fieldCount: Int) -> Bool {
        guard fieldCount >= columns.count, headByte < 0x100, row[0].end - row[0].start == firstNameLength else {
            return false
        }
        let values = columns.indices.map { text.value(of: row[$0], by: splitter) }
        return ColumnNames.areAgain(values, of: columns)
    }
}

/// The mark that says that bytes are UTF-8.
enum ByteOrderMark {
    static let utf8: [UInt8] = [0xEF, 0xBB, 0xBF]
}

extension SourceText {
    enum Mark {
        case absent, needsText
        case present(end: Int)
    }

    /// Whether a byte order mark is at this place, of whose bytes the first one is there.
    func mark(at position: Int) -> Mark {
        let bytes = text[position..<min(count, position + ByteOrderMark.utf8.count)]
        guard ByteOrderMark.utf8.starts(with: bytes) else { return .absent }
        if bytes.count == ByteOrderMark.utf8.count { return .present(end: bytes.endIndex) }
        return isFinal ? .absent : .needsText
    }

    /// Whether a backslash stands before the quote that ends before this place.
    func isEscaped(before position: Int, from start: Int) -> Bool {
        position - 2 >= start && text[position - 1] == CSVByte.quote && text[position - 2] == UInt8(ascii: "\\")
    }
}

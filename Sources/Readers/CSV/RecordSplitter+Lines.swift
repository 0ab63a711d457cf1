extension RecordSplitter {
    /// Whether the line that begins here is not a record: a comment, or nothing but delimiters and spaces where such
    /// count for nothing.
    func isNoRecord(_ text: SourceText, at start: Int) -> Bool {
        if text.text[start] == syntax.comment { return true }
        guard let end = endOfDelimiters(text, from: start) else { return false }
        return end == text.count ? text.isFinal : LineByte.isEnd(text.text[end])
    }

    /// Whether that shows only when there is more text.
    func mayBeNoRecord(_ text: SourceText, at start: Int) -> Bool {
        !text.isFinal && endOfDelimiters(text, from: start) == text.count && text.count - start < Self.mostDelimiters
    }

    private static let mostDelimiters = 64 << 10

    /// Where the delimiters and spaces end that the line begins with; nil if they do not matter, or are too many.
    private func endOfDelimiters(_ text: SourceText, from start: Int) -> Int? {
        guard syntax.skipsEmptyRows else { return nil }
        var end = start
        while end < text.count, text.text[end] == delimiter || text.text[end] == CSVByte.space { end += 1 }
        return end > start && end - start < Self.mostDelimiters ? end : nil
    }
}

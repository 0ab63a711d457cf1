/// A first line such as `sep=;`, by which a file says what is between its fields, as Excel reads and writes it.
struct DeclaredDelimiter {
    let delimiter: UInt8
    /// The line's length with its end.
    let textBytes: Int
    let sourceBytes: Int

    /// Nil if the text does not begin with such a line.
    init?(_ text: SourceText) {
        let quote = UInt8(ascii: "\"")
        guard case .at(let contentEnd, let end) = text.lineEnd(from: 0), (5...7).contains(contentEnd) else {
            return nil
        }
        var line = text.text[..<contentEnd]
        if contentEnd == 7, line.first == quote, line.last == quote { line = line.dropFirst().dropLast() }
        guard line.count == 5, line.prefix(4).map({ $0 | 0x20 }).elementsEqual("sep=".utf8.map { $0 | 0x20 }),
            let delimiter = line.last, delimiter < 0x80, delimiter != quote
        else { return nil }
        self.delimiter = delimiter
        textBytes = end
        sourceBytes = text.sourceLength(0..<end)
    }
}

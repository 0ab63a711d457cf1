/// Finds the bytes that may begin or end a field or a record.
struct StructuralBytes {
    private let delimiters: UInt64
    private static let quotes = UInt64(CSVByte.quote) &* ByteWords.ones
    private static let lineFeeds = UInt64(LineByte.lineFeed) &* ByteWords.ones
    private static let carriageReturns = UInt64(LineByte.carriageReturn) &* ByteWords.ones

    init(delimiter: UInt8) { delimiters = UInt64(delimiter) &* ByteWords.ones }

    /// A word with the high bit set in each byte that is a delimiter, a quote or a line end, and perhaps in others:
    /// the caller looks at the byte in any case.
    @inline(__always)
    func marks(in word: UInt64) -> UInt64 {
        let delimiter = word ^ delimiters
        let quote = word ^ Self.quotes
        let lineFeed = word ^ Self.lineFeeds
        let carriageReturn = word ^ Self.carriageReturns
        let marks =
            ((delimiter &- ByteWords.ones) & ~delimiter) | ((quote &- ByteWords.ones) & ~quote)
            | ((lineFeed &- ByteWords.ones) & ~lineFeed) | ((carriageReturn &- ByteWords.ones) & ~carriageReturn)
        return marks & ByteWords.highBits
    }
}

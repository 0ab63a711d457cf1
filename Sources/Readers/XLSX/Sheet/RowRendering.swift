/// How a row is written as a line of CSV (RFC 4180, with LF): the form in which a sheet's bytes are counted and rejects
/// are kept.
enum RowRendering {
    static let comma = UInt8(ascii: ",")

    /// Appends a value, in quotes where it needs them, and returns whether it has them.
    @inline(__always)
    static func append(_ value: UnsafeRawBufferPointer, isPlain: Bool, to line: inout [UInt8]) -> Bool {
        if isPlain || !needsQuotes(value) {
            line.append(contentsOf: value)
            return false
        }
        line.append(CSVByte.quote)
        for byte in value {
            if byte == CSVByte.quote { line.append(byte) }
            line.append(byte)
        }
        line.append(CSVByte.quote)
        return true
    }

    /// An empty text has quotes, because a field that is empty without them is NULL.
    @inline(__always)
    private static func needsQuotes(_ value: UnsafeRawBufferPointer) -> Bool {
        value.isEmpty || value.contains { $0 == comma || $0 == CSVByte.quote || LineByte.isEnd($0) }
    }
}

internal import Records

/// What the user said of a sheet.
package struct XLSXOptions: Sendable, Hashable {
    /// Whether the first row that is not empty names the columns.
    package var hasHeader: Bool
    /// Values that mean NULL, besides the empty cell.
    package var nullSpellings: [String]
    /// White space around these does not count.
    package var trimsNulls = false
    /// The row of the header, or of the first record where there is none: rows above it do not count.
    package var firstRow: UInt64 = 1
    /// Whether the header must be in just that row.
    package var isHeaderInFirstRow = false
    /// The last row that is a record; nil for the last one there is.
    package var lastRow: UInt64?
    /// The longest record, in bytes of UTF-8; a longer one becomes a reject.
    package var maxRecordBytes: Int

    package static let defaultMaxRecordBytes = 16 << 20
    /// Offsets in a chunk have 32 bits, and lengths have 30.
    package static let largestMaxRecordBytes = 1 << 28

    package init(
        hasHeader: Bool = true, nullSpellings: [String] = [], maxRecordBytes: Int = defaultMaxRecordBytes
    ) {
        self.hasHeader = hasHeader
        self.nullSpellings = nullSpellings
        self.maxRecordBytes = maxRecordBytes
    }

    /// Throws `DataError(.unusableOption)` for a limit that is not possible.
    func check() throws {
        guard (1...Self.largestMaxRecordBytes).contains(maxRecordBytes) else {
            throw DataError(
                .unusableOption, "a record limit of \(maxRecordBytes) bytes is not possible",
                remedy: "Give 1 to \(Self.largestMaxRecordBytes) bytes.")
        }
    }
}

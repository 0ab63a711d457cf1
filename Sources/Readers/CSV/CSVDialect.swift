internal import Records

/// How a CSV file is written, with nothing left open: what a reader needs to know to begin anywhere in it.
package struct CSVDialect: Sendable, Hashable {
    /// The byte between two fields, an ASCII character.
    package var delimiter: UInt8
    /// Whether the first line that is not empty names the columns.
    package var hasHeader: Bool
    package var encoding: TextEncoding
    /// Unquoted values that mean NULL, besides the empty one. Quoted values never do.
    package var nullSpellings: [String]
    package var syntax: CSVSyntax
    /// The byte from which on there are no more records, but a footer; nil if there is none.
    package var footerOffset: UInt64?
    /// The longest field, in bytes of UTF-8, quotes included; a longer one makes its record a reject.
    package var maxFieldBytes: Int

    /// The longest record, in bytes of UTF-8: without this, a line of endlessly many fields would fill the memory.
    package var maxRecordBytes: Int

    package static let defaultMaxFieldBytes = 16 << 20
    /// Offsets in a chunk have 32 bits, and lengths have 30.
    package static let largestMaxFieldBytes = 1 << 29

    package init(
        delimiter: UInt8 = UInt8(ascii: ","), hasHeader: Bool = true, encoding: TextEncoding = .utf8,
        nullSpellings: [String] = [], syntax: CSVSyntax = CSVSyntax(), footerOffset: UInt64? = nil,
        maxFieldBytes: Int = defaultMaxFieldBytes, maxRecordBytes: Int? = nil
    ) {
        self.delimiter = delimiter
        self.hasHeader = hasHeader
        self.encoding = encoding
        self.nullSpellings = nullSpellings
        self.syntax = syntax
        self.footerOffset = footerOffset
        self.maxFieldBytes = maxFieldBytes
        self.maxRecordBytes = maxRecordBytes ?? Self.recordBytes(forFieldsOf: maxFieldBytes)
    }

    /// The limit of a record that none was given for.
    package static func recordBytes(forFieldsOf maxFieldBytes: Int) -> Int {
        min(4 * min(maxFieldBytes, largestMaxFieldBytes), largestMaxFieldBytes)
    }

    /// How many fields a record has, its line end included; nil for one that cannot be split.
    package func fieldCount(of record: [UInt8]) -> Int? {
        let result = asText(record).withUnsafeBytes {
            RecordSplitter(self).split($0, from: 0, isFinal: true, into: .init(start: nil, count: 0))
        }
        guard case .record(_, let fields, _) = result else { return nil }
        return fields
    }

    /// The values of a record; nil for one that cannot be split.
    package func values(of record: [UInt8]) -> [String]? {
        guard let count = fieldCount(of: record) else { return nil }
        var row = Array(repeating: SplitField(start: 0, end: 0, style: .unquoted), count: count)
        let splitter = RecordSplitter(self)
        return asText(record).withUnsafeBytes { bytes in
            _ = row.withUnsafeMutableBufferPointer { splitter.split(bytes, from: 0, isFinal: true, into: $0) }
            let text = SourceText(text: bytes, bytes: bytes, encoding: encoding, isFinal: true)
            return row.map { text.value(of: $0, by: splitter) }
        }
    }

    private func asText(_ record: [UInt8]) -> [UInt8] {
        guard encoding.isUTF16 else { return record }
        var text: [UInt8] = []
        _ = record.withUnsafeBytes { UTF16Transcoder(encoding).transcode($0, isFinal: true, to: &text) }
        return text
    }

    /// Whether a field of a record is an empty one in quotes.
    package func hasQuotedEmpty(_ record: [UInt8], at field: Int) -> Bool {
        var row = Array(repeating: SplitField(start: 0, end: 0, style: .unquoted), count: field + 1)
        record.withUnsafeBytes { text in
            row.withUnsafeMutableBufferPointer {
                _ = RecordSplitter(self).split(text, from: 0, isFinal: true, into: $0)
            }
        }
        return row[field].style == .quoted && row[field].start == row[field].end
    }

    /// Throws `DataError(.unusableOption)` for a dialect that no file can be read with.
    func check() throws {
        let impossible: [UInt8?] = [0, syntax.quote, LineByte.carriageReturn, LineByte.lineFeed]
        if delimiter >= 0x80 || impossible.contains(delimiter) {
            throw DataError(
                .unusableOption, "byte \(hex(delimiter)) cannot separate fields",
                remedy: "Give one ASCII character that is neither a quote nor a line ending.")
        }
        try syntax.check(delimiter)
        try encoding.requireAvailable()
        if !(1...Self.largestMaxFieldBytes).contains(maxFieldBytes) {
            throw DataError(
                .unusableOption, "a field limit of \(maxFieldBytes) bytes is not possible",
                remedy: "Give 1 to \(Self.largestMaxFieldBytes) bytes.")
        }
    }
}

/// What the user said of a CSV file; nil is found out from the file's head.
package struct CSVOptions: Sendable, Hashable {
    package var delimiter: UInt8?
    /// The delimiter that the file's name lets expect; taken where it splits the file.
    package var expectedDelimiter: UInt8?
    /// Nil means that the file has a header.
    package var hasHeader: Bool?
    package var encoding: TextEncoding?
    package var nullSpellings: [String]
    package var syntax = CSVSyntax()
    /// The line of the header, or of the first record where there is none; nil for the first one that is not empty.
    package var firstLine: UInt64?
    /// Whether the header must be in just that line.
    package var isHeaderInFirstLine = false
    /// How many lines at the end are not records; empty ones do not count.
    package var footerLines = 0
    package var maxFieldBytes: Int
    /// Nil for four times the longest field.
    package var maxRecordBytes: Int?

    package init(
        delimiter: UInt8? = nil, hasHeader: Bool? = nil, encoding: TextEncoding? = nil, nullSpellings: [String] = [],
        maxFieldBytes: Int = CSVDialect.defaultMaxFieldBytes
    ) {
        self.delimiter = delimiter
        self.hasHeader = hasHeader
        self.encoding = encoding
        self.nullSpellings = nullSpellings
        self.maxFieldBytes = maxFieldBytes
    }
}

enum CSVByte {
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "\"")
}

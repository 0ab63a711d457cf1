package import Records

/// Reads the objects of a JSON array, or of a file with one object per line (NDJSON, JSON Lines), by RFC 8259.
///
/// A string's value is its text, a number's and a nested value's the text in the source, `true` and `false` are those
/// words, and `null` and a missing key are NULL. The columns are the keys of the records at the head of the file; a key
/// that is not among them makes its record a reject, and so do keys that a record has twice.
///
/// A bad record in an array costs that record only as long as its end can be told: where its brackets and strings
/// balance, or where records begin lines. Otherwise all that follows is one reject. In lines it costs its line.
///
/// A record that is larger than the limit becomes a reject that keeps only its first 64 KiB; the chunks that follow may
/// have bytes and no records, up to the record's end.
///
/// Chunks tile the file from `dataStart` to its end. In an array a record's comma is in the record's chunk, and so is what
/// follows the array in that of the last record.
package struct JSONReader: Reader {
    /// How the file is written, with nothing left open; give it to `init(source:layout:columns:dataStart:)`.
    package let layout: JSONLayout
    /// The records' keys, as they are.
    package let columns: [String]
    /// Where the first line, or the array's opening bracket, stands.
    package let dataStart: RecordLocation
    package private(set) var location: RecordLocation

    private var input: TextInput
    private var builder: JSONChunkBuilder
    private var state: JSONChunkBuilder.State
    private let size: UInt64?

    /// Opens a file that was opened before, without reading its head; `seek(to:)` can follow.
    ///
    /// Throws `DataError`: `.unreadable` if the source cannot seek, `.unusableOption` for an impossible layout.
    package init(source: any ByteSource, layout: JSONLayout, columns: [String], dataStart: RecordLocation) throws {
        try layout.check()
        var input = TextInput(source, encoding: .utf8)
        try input.seek(to: dataStart.byteOffset)
        self.init(input: input, size: source.size, layout: layout, columns: columns, dataStart: dataStart)
    }

    /// A reader whose input stands at the data's start.
    init(input: TextInput, size: UInt64?, layout: JSONLayout, columns: [String], dataStart: RecordLocation) {
        self.input = input
        self.size = size
        self.layout = layout
        self.columns = columns
        self.dataStart = dataStart
        location = dataStart
        builder = JSONChunkBuilder(layout: layout, columns: columns)
        state = Self.initialState(layout)
    }

    static func initialState(_ layout: JSONLayout) -> JSONChunkBuilder.State {
        layout.form == .lines ? .line : .opening
    }

    package mutating func fill(_ chunk: inout Chunk, limit: ChunkLimit) throws -> Bool {
        chunk.reset(at: location, columnCount: columns.count)
        // Offsets in a chunk have 32 bits.
        let end = limit.endOffset.map { Int(clamping: $0 - min($0, location.byteOffset)) }
        let bounds = JSONChunkBuilder.Bounds(records: limit.records, bytes: min(limit.bytes, 1 << 30), end: end)
        var progress = JSONChunkBuilder.Progress(state: state)
        var step = JSONChunkBuilder.Step.needsText
        while step == .needsText {
            step = input.withText { builder.addRecords(from: $0, to: &chunk, progress: &progress, bounds: bounds) }
            if step == .needsText { try input.readMore(pending: input.bytes.count - progress.offset) }
        }

        state = progress.state
        input.give(bytes: progress.offset, text: progress.offset, to: &chunk.bytes)
        location.byteOffset += UInt64(progress.offset)
        location.line += progress.lines
        location.record += UInt64(chunk.recordsRead)
        chunk.end = location
        return !chunk.bytes.isEmpty
    }

    package mutating func seek(to target: RecordLocation) throws {
        if target == location { return }
        if target.byteOffset <= dataStart.byteOffset {
            try input.seek(to: target.byteOffset)
            state = Self.initialState(layout)
        } else if target.byteOffset == size {
            try input.seek(to: target.byteOffset)
            state = .rest
        } else if let found = try state(at: target.byteOffset) {
            state = found
        } else {
            try readOn(to: target)
        }
        location = target
    }

    /// Goes to a place that a chunk ended at; what stands around it says what comes next. Nil if it does not.
    private mutating func state(at offset: UInt64) throws -> JSONChunkBuilder.State? {
        try input.seek(to: offset - 1)
        while input.bytes.count < 2 && !input.isAtEnd { try input.readMore() }
        guard let before = input.bytes.first else { throw Self.tooShort(offset) }
        input.drop(bytes: 1, text: 1)
        if layout.form == .lines { return before == LineByte.lineFeed ? .line : .restOfLine }
        // What is skipped is never cut so: see `JSONChunkBuilder.skip`.
        let isBehindComma = before == JSONByte.comma && input.bytes.first != JSONByte.comma && !input.bytes.isEmpty
        return isBehindComma ? .record(isFirst: false) : nil
    }

    /// Reads from the data's start up to a chunk's end inside or behind something large that is skipped: only all that is
    /// in front of it can say how far that goes.
    private mutating func readOn(to target: RecordLocation) throws {
        try input.seek(to: dataStart.byteOffset)
        location = dataStart
        state = Self.initialState(layout)
        var chunk = Chunk()
        let limit = ChunkLimit(records: .max, bytes: 1 << 20, endOffset: target.byteOffset)
        while location.byteOffset < target.byteOffset {
            guard try fill(&chunk, limit: limit) else { throw Self.tooShort(target.byteOffset) }
        }
        if location.byteOffset > target.byteOffset {
            throw DataError(
                .unreadable, "byte \(target.byteOffset), where reading was to go on, is inside a record",
                remedy: "Check whether the file was replaced.")
        }
    }

    private static func tooShort(_ offset: UInt64) -> DataError {
        DataError(
            .unreadable, "the file ends before byte \(offset), where reading was to go on",
            remedy: "Check whether the file was cut or replaced.")
    }
}

package import Records

/// Reads the rows of one table from the INSERT and REPLACE statements of an SQL file. Nothing is executed.
///
/// A value is the text that its literal means; a number, the text in the file; `NULL`, and a column that a statement does
/// not list, NULL. What only a database could compute makes its record a reject. All other statements, and those of other
/// tables, are skipped: their bytes are in the chunks, but they have no records there.
///
/// A bad row costs itself only, where its quotes and parentheses match. Otherwise it costs what stands up to a semicolon at
/// a line's end, or up to a line that begins with INSERT or REPLACE.
///
/// A row that is larger than the limit becomes a reject that keeps only its first 64 KiB; the chunks that follow may have
/// bytes and no records.
package struct SQLReader: Reader {
    /// How the file is written, with nothing left open; give it to `init(source:layout:columns:dataStart:)`.
    package var layout: SQLLayout { builder.layout }
    package var columns: [String] { builder.columns }
    /// Where the table's first statement begins; for a pipe, the file's start after a byte order mark.
    package let dataStart: RecordLocation
    package private(set) var location: RecordLocation

    private var input: TextInput
    private(set) var builder: SQLChunkBuilder
    private let size: UInt64?

    /// Opens a file that was opened before; `seek(to:)` can follow.
    ///
    /// Throws `DataError`: `.unreadable` if the source cannot seek, `.unusableOption` for an impossible layout.
    package init(source: any ByteSource, layout: SQLLayout, columns: [String], dataStart: RecordLocation) throws {
        try layout.check()
        var input = TextInput(source, encoding: .utf8, largest: layout.maxRecordBytes)
        try input.seek(to: dataStart.byteOffset)
        self.init(
            input: input, size: source.size, builder: SQLChunkBuilder(layout: layout, columns: columns),
            dataStart: dataStart)
    }

    /// A reader whose input stands at the data's start.
    init(input: TextInput, size: UInt64?, builder: SQLChunkBuilder, dataStart: RecordLocation) {
        self.input = input
        self.size = size
        self.builder = builder
        self.dataStart = dataStart
        location = dataStart
        self.builder.begin(at: .statement, byteOffset: dataStart.byteOffset)
    }

    package mutating func fill(_ chunk: inout Chunk, limit: ChunkLimit) throws -> Bool {
        chunk.reset(at: location, columnCount: columns.count)
        // Offsets in a chunk have 32 bits.
        let last = min(limit.endOffset ?? .max, layout.end ?? .max)
        let end = Int(clamping: last - min(last, location.byteOffset))
        if end == 0 { return false }
        let bounds = SQLChunkBuilder.Bounds(
            records: limit.records, bytes: max(1, min(limit.bytes, 1 << 28)), rejects: limit.rejects, end: end)
        var progress = SQLChunkBuilder.Progress()
        var step = SQLChunkBuilder.Step.needsText
        while step == .needsText {
            step = input.withText { builder.addRecords(from: $0, to: &chunk, progress: &progress, bounds: bounds) }
            if step == .needsText { try input.readMore(pending: input.bytes.count - progress.offset) }
        }
        if progress.offset > 0 { builder.byteBefore = input.bytes[progress.offset - 1] }
        input.give(bytes: progress.offset, text: progress.offset, to: &chunk.bytes)
        location.byteOffset += UInt64(progress.offset)
        location.line += progress.lines
        location.record += UInt64(chunk.recordsRead)
        chunk.end = location
        return !chunk.bytes.isEmpty
    }

    package mutating func seek(to target: RecordLocation) throws {
        if target == location { return }
        let isAtStart = target.byteOffset <= dataStart.byteOffset
        if isAtStart || target.byteOffset == size || target.byteOffset == layout.end {
            try input.seek(to: target.byteOffset)
            builder.begin(at: .statement, byteOffset: target.byteOffset)
        } else if let lines = layout.lines, lines.contains(target.byteOffset) || target.byteOffset == lines.upperBound {
            try input.seek(to: target.byteOffset)
            builder.beginAtLine(byteOffset: target.byteOffset)
        } else if layout.isUniform, let next = try next(at: target.byteOffset) {
            builder.begin(at: next, byteOffset: target.byteOffset)
        } else {
            try readOn(to: target)
        }
        location = target
    }

    /// Goes to a place that a chunk ended at; what is around it says what comes next. Nil if it does not.
    private mutating func next(at offset: UInt64) throws -> SQLRest.Next? {
        try input.seek(to: offset - 1)
        while input.bytes.count < 2 && !input.isAtEnd { try input.readMore() }
        guard input.bytes.count >= 2 else { throw Self.tooShort(offset) }
        let next = SQLPlace.next(before: input.bytes[0], after: input.bytes[1])
        input.drop(bytes: 1, text: 1)
        return next
    }

    /// Reads from the data's start up to a chunk's end, where only all that is before it can say what comes next.
    private mutating func readOn(to target: RecordLocation) throws {
        try input.seek(to: dataStart.byteOffset)
        location = dataStart
        builder.begin(at: .statement, byteOffset: dataStart.byteOffset)
        var chunk = Chunk()
        let limit = ChunkLimit(records: .max, bytes: 1 << 20, endOffset: target.byteOffset)
        while location.byteOffset < target.byteOffset {
            guard try fill(&chunk, limit: limit) else { throw Self.tooShort(target.byteOffset) }
        }
        if location.byteOffset > target.byteOffset {
            throw DataError(
                .unreadable, "byte \(target.byteOffset), where reading should continue, is inside a record",
                remedy: "Check whether the file was replaced; put the original back, then resume.")
        }
    }

    private static func tooShort(_ offset: UInt64) -> DataError {
        DataError(
            .unreadable, "the file ends before byte \(offset), where reading should continue",
            remedy: "Check whether the file was truncated or replaced; put the original back, then resume.")
    }
}

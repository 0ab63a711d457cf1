package import Records

/// Reads the records of a JSON document by RFC 8259: the objects of an array, one object per line (NDJSON, JSON Lines),
/// objects or arrays one after the other (concatenated JSON, RFC 7464), one object, or one member of one.
///
/// A string's value is its text, a number's and a nested value's the text in the source, `true` and `false` are those
/// words, and `null` and a missing key are NULL. The columns are the keys that a survey found; another key makes its record a
/// reject, and so do keys that a record has twice.
///
/// A bad record in an array costs that record only as long as its end can be told: where its brackets and strings
/// balance, or where records begin lines. Otherwise all that follows is one reject. In lines it costs its line.
///
/// A record that is larger than the limit becomes a reject that keeps only its first 64 KiB; the chunks that follow may
/// have bytes and no records, up to the record's end.
///
/// Chunks tile the document from `dataStart` to the array's end, or to the document's where it is the last array. A record's
/// comma is in the record's chunk, and so is what follows the array in that of the last record.
package struct JSONReader: Reader {
    /// How the section is written, with nothing left open; give it to `init(source:layout:columns:dataStart:)`.
    package let layout: JSONLayout
    /// The records' keys, as they are.
    package let columns: [String]
    /// Where the first line, or the array's opening bracket, stands.
    package let dataStart: RecordLocation
    package private(set) var location: RecordLocation

    private var input: TextInput
    private var builder: JSONChunkBuilder
    private var state: JSONChunkBuilder.State
    /// Where the last chunk ends, where that is known.
    private let end: UInt64?

    /// Opens a section as a survey found it, without looking at the document again; `seek(to:)` can follow.
    ///
    /// Throws `DataError`: `.unreadable` if the source cannot seek, `.unusableOption` for an impossible layout.
    package init(source: any ByteSource, layout: JSONLayout, columns: [String], dataStart: RecordLocation) throws {
        try layout.check()
        input = TextInput(source, encoding: .utf8, largest: layout.maxRecordBytes)
        try input.seek(to: dataStart.byteOffset)
        end = layout.sectionEnd ?? source.size
        self.layout = layout
        self.columns = columns
        self.dataStart = dataStart
        location = dataStart
        builder = JSONChunkBuilder(layout: layout, columns: columns)
        state = builder.initialState
    }

    /// Surveys a document and opens its only section.
    ///
    /// Throws what `JSONSurvey.init` throws, and `DataError(.malformed)` where there are several sections.
    package init(source: any ByteSource, options: JSONOptions = JSONOptions()) throws {
        let source = source.size == nil ? RewindableSource(source) : source
        let section = try JSONSurvey(source: source, options: options).onlySection()
        try self.init(source: source, layout: section.layout, columns: section.columns, dataStart: section.start)
    }

    package mutating func fill(_ chunk: inout Chunk, limit: ChunkLimit) throws -> Bool {
        chunk.reset(at: location, columnCount: columns.count)
        chunk.jsonColumns.append(contentsOf: repeatElement(true, count: columns.count))
        // Offsets in a chunk have 32 bits.
        let end = limit.endOffset.map { Int(clamping: $0 - min($0, location.byteOffset)) }
        let bounds = JSONChunkBuilder.Bounds(
            records: limit.records, bytes: min(limit.bytes, 1 << 30), rejects: limit.rejects, end: end,
            stopsBehindArray: layout.sectionEnd != nil)
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
            state = builder.initialState
        } else if target.byteOffset == end {
            try input.seek(to: target.byteOffset)
            state = layout.sectionEnd == nil ? .rest : builder.tail
        } else if let found = try state(at: target.byteOffset) {
            state = found
        } else {
            try readOn(to: target)
        }
        location = target
    }

    /// Goes to a place that a chunk ended at; what is around it says what comes next. Nil if it does not.
    private mutating func state(at offset: UInt64) throws -> JSONChunkBuilder.State? {
        try input.seek(to: offset - 1)
        while input.bytes.count < 2 && !input.isAtEnd { try input.readMore() }
        guard let before = input.bytes.first else { throw Self.tooShort(offset) }
        input.drop(bytes: 1, text: 1)
        switch layout.form {
        case .lines: return before == LineByte.lineFeed ? .line : .restOfLine
        case .record, .member: return nil
        case .array, .arrays, .sequence: break
        }
        // What is skipped is never cut so: see `JSONChunkBuilder.skip`.
        let isBetweenRecords =
            before == layout.form.boundary && input.bytes.first != layout.form.boundary && !input.bytes.isEmpty
        return isBetweenRecords ? .record(isFirst: false) : nil
    }

    /// Reads from the data's start up to a chunk's end inside or after something large that is skipped: only all that is
    /// before it can say how far that goes.
    private mutating func readOn(to target: RecordLocation) throws {
        try input.seek(to: dataStart.byteOffset)
        location = dataStart
        state = builder.initialState
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

package import Records

/// Reads a CSV file: RFC 4180, and what real files make of it.
///
/// Lines end with CRLF, LF or CR. Empty lines are not records. White space is data, and so is a quote inside an
/// unquoted field. An unquoted empty field is NULL, a quoted one the empty string. A delimiter after the last value is
/// ignored.
///
/// A record that is larger than the limits becomes a reject that keeps only its first 64 KiB, in a chunk of its own; the
/// chunks that follow may have bytes and no records, up to the record's end. All other rejects are whole.
package struct CSVReader: Reader {
    /// How the file is written, with nothing left open; give it to `init(source:dialect:columns:dataStart:)`.
    package let dialect: CSVDialect
    package let columns: [String]
    /// Where the first record begins: after the byte order mark and the header.
    package let dataStart: RecordLocation
    package private(set) var location: RecordLocation
    /// What the file's beginning looks like; nil if it was not read to open the file.
    package internal(set) var shape: CSVShape?

    private var input: TextInput
    private var builder: CSVChunkBuilder
    /// True if the next chunk begins inside a record that is too large.
    private var isSkipping = false

    /// Opens a file that was opened before, without reading its head; `seek(to:)` can follow.
    ///
    /// Throws `DataError`: `.unreadable` if the source cannot seek, `.unusableOption` for an impossible dialect.
    package init(source: any ByteSource, dialect: CSVDialect, columns: [String], dataStart: RecordLocation) throws {
        try dialect.check()
        var input = TextInput(source, encoding: dialect.encoding, largest: dialect.maxRecordBytes)
        try input.seek(to: dataStart.byteOffset)
        self.init(input: input, dialect: dialect, columns: columns, dataStart: dataStart)
    }

    /// A reader whose input stands at the data's start.
    init(input: TextInput, dialect: CSVDialect, columns: [String], dataStart: RecordLocation) {
        self.input = input
        self.dialect = dialect
        self.columns = columns
        self.dataStart = dataStart
        location = dataStart
        builder = CSVChunkBuilder(dialect: dialect, columns: columns)
    }

    package mutating func seek(to target: RecordLocation) throws {
        if target == location { return }
        let unit = dialect.encoding.unitBytes
        if target.byteOffset < dataStart.byteOffset + UInt64(unit) {
            // At the start, or after a lone byte of a UTF-16 file that ends with it.
            try input.seek(to: target.byteOffset)
            isSkipping = false
        } else {
            // A chunk begins after a line end, or inside a record that is too large: the bytes before it tell.
            try input.seek(to: target.byteOffset - UInt64(unit))
            while input.withText({ $0.count == 0 }) && !input.isAtEnd { try input.readMore() }
            guard input.bytes.count >= unit else {
                throw DataError(
                    .unreadable, "the file ends before byte \(target.byteOffset), where reading should continue",
                    remedy: "Check whether the file was truncated or replaced; put the original back, then resume.")
            }
            let (isAfterLineEnd, textCount) = input.withText { text in
                (LineByte.isEnd(text.text[0]), text.advance(from: 0, sourceLength: unit))
            }
            input.drop(bytes: unit, text: textCount)
            isSkipping = !isAfterLineEnd && target.byteOffset < dialect.footerOffset ?? .max
        }
        location = target
    }

    package mutating func fill(_ chunk: inout Chunk, limit: ChunkLimit) throws -> Bool {
        chunk.reset(at: location, columnCount: columns.count)
        // Offsets in a chunk have 32 bits.
        let end = limit.endOffset.map { Int(clamping: $0 - min($0, location.byteOffset)) }
        let bounds = CSVChunkBuilder.Bounds(
            records: limit.records, bytes: min(limit.bytes, 1 << 30), rejects: limit.rejects, end: end)
        var progress = CSVChunkBuilder.Progress(isSkipping: isSkipping)
        var step = CSVChunkBuilder.Step.needsText
        while step == .needsText {
            step = input.withText { [footer = dialect.footerOffset, location] text in
                let text = footer.map { text.ending(at: $0, from: location) } ?? text
                return builder.addRecords(from: text, to: &chunk, progress: &progress, bounds: bounds)
            }
            if step == .needsText { try input.readMore(pending: input.bytes.count - progress.source) }
        }

        if let footer = dialect.footerOffset { try takeFooter(from: footer, &progress, bounds) }
        isSkipping = progress.isSkipping
        input.give(bytes: progress.source, text: progress.text, to: &chunk.bytes)
        location.byteOffset += UInt64(progress.source)
        location.line += progress.lines
        location.record += UInt64(chunk.recordsRead)
        chunk.end = location
        return !chunk.bytes.isEmpty
    }

    /// Takes what is after the last record into the chunk, without looking at it.
    private mutating func takeFooter(
        from footer: UInt64, _ progress: inout CSVChunkBuilder.Progress, _ bounds: CSVChunkBuilder.Bounds
    ) throws {
        guard location.byteOffset + UInt64(progress.source) >= footer else { return }
        progress.isSkipping = false
        let most = min(bounds.end ?? .max, bounds.emptyLines)
        while progress.source < most {
            let before = progress.source
            input.withText { text in
                let end = text.advance(from: progress.text, sourceLength: most - progress.source)
                progress.source += text.sourceLength(progress.text..<end)
                progress.text = end
            }
            if progress.source > before { continue }
            if input.isAtEnd { return }
            try input.readMore()
        }
    }
}

internal import ImportLog
internal import Mapping
internal import Records

/// Whether a source is still what an import began to read, and the way to where the import stopped.
struct SourceCheck {
    let importID: ImportID
    let source: OpenSource
    let submitted: ImportSubmitted
    let news: @Sendable (ImportNews) -> Void

    /// The section that is continued, at its place; nil if nothing was imported. Throws, saying what changed, where the
    /// source is not what it was.
    ///
    /// Where the system says that nobody wrote to the file since, only the last block is read again. Otherwise all
    /// that was imported is. What cannot seek is read again up to the place.
    func reading(after last: ChunkCommitted?, of known: [ChunkCommitted]) throws -> SectionReading? {
        try requireSameIdentity()
        guard let last else { return nil }
        guard let section = submitted.sections.first(where: { $0.name == last.span.section }) else {
            throw DataError(
                .conflict,
                "Import \(importID) cannot continue: its last chunk is of the section \(last.span.section), which it "
                    + "does not have in its submission.")
        }
        let reader = try source.reader(of: section.reading)
        var reading = try SectionReading(section: section, reader: reader, digest: SourceDigest())
        guard let file = source.address.file, section.reading.isSeekable, source.identity != nil,
            reading.mapper?.remembers != true
        else { return try readOn(to: last, SectionReading(beginning: section, of: submitted, source)) }
        let origin = submitted.digestsWholeSource ? 0 : section.reading.start.byteOffset
        reading.digest = try digest(
            file, from: origin, after: last, of: known.filter { $0.span.section == section.name })
        try reading.reader.seek(to: last.span.readerEnd)
        return reading
    }

    private func requireSameIdentity() throws {
        guard let then = submitted.identity else { return }
        let now = source.identity
        if now?.size != then.size { throw changed("it has \(now?.size ?? 0) bytes now and had \(then.size ?? 0)") }
        guard !then.digest.isEmpty, let file = source.address.file, !then.isSameFile(as: now) else { return }
        if try file.digest(upTo: then.size ?? 0).value != then.digest { throw changed("its bytes differ") }
    }

    private func digest(
        _ file: SourceFile, from origin: UInt64, after last: ChunkCommitted, of known: [ChunkCommitted]
    ) throws -> SourceDigest {
        let end = last.span.end.byteOffset - origin
        var digest = SourceDigest()
        if submitted.identity?.isSameFile(as: source.identity) == true {
            digest = SourceDigest(chain: last.digestChain, lastBlockBefore: end)
            try file.digest(&digest, from: origin, upTo: end)
            if digest.value != last.digest {
                throw changed("the bytes before byte \(last.span.end.byteOffset) differ")
            }
            return digest
        }
        var different: ChunkCommitted?
        let stops = known.map { $0.span.end.byteOffset - origin }
        try file.digest(&digest, from: origin, upTo: end, stoppingAt: stops) { offset, digest in
            let chunk = known.first { $0.span.end.byteOffset - origin == offset }
            if let chunk, chunk.digest != digest.value { different = chunk }
            return different == nil
        }
        if let different { throw changed(Self.bytes(of: different)) }
        return digest
    }

    /// Reads a section from its beginning up to the end of its last chunk.
    private func readOn(to last: ChunkCommitted, _ reading: SectionReading) throws -> SectionReading {
        var reading = reading
        var chunk = Chunk()
        let end = last.span.readerEnd
        source.beginReading()
        news(.readsAgain(records: end.record - reading.section.reading.start.record))
        while reading.reader.location.byteOffset < end.byteOffset {
            let recordsLeft = end.record - min(end.record, reading.reader.location.record)
            let limit = ChunkLimit(records: Int(min(10_000, max(1, recordsLeft))), endOffset: end.byteOffset)
            guard try reading.fill(&chunk, limit: limit) else {
                throw changed(
                    "it ends at byte \(reading.reader.location.byteOffset), and \(end.byteOffset) were imported")
            }
        }
        guard reading.reader.location == end, reading.digest.value == last.digest else {
            throw changed(Self.bytes(of: last, before: true))
        }
        return reading
    }

    private static func bytes(of chunk: ChunkCommitted, before: Bool = false) -> String {
        let span = chunk.span
        let section = span.section.isEmpty ? "" : " of \(span.section)"
        if before { return "the bytes before byte \(span.end.byteOffset)\(section) differ" }
        return "the bytes \(span.start.byteOffset) to \(span.end.byteOffset)\(section) (chunk \(chunk.chunk), lines "
            + "\(span.start.line) to \(span.end.line)) differ"
    }

    private func changed(_ what: String) -> DataError {
        return DataError(
            .conflict,
            "Import \(importID) cannot continue: its source \(source.address.name) has changed: \(what). Nothing was written.",
            remedy: source.isStream
                ? "Pipe in the same bytes again; or cancel this import (waybill cancel \(importID)) and import the new ones."
                : "Restore the original file and resume, or import the new file as a new import.")
    }
}

extension Span {
    /// The end as a reader knows it, to which sections have no names.
    fileprivate var readerEnd: RecordLocation {
        RecordLocation(byteOffset: end.byteOffset, line: end.line, record: end.record)
    }
}

extension ImportSubmitted {
    /// Whether the chunks' digests are of all bytes of the source from its first one, and not of one section's.
    var digestsWholeSource: Bool {
        section.isEmpty && furtherSections.isEmpty && !columns.isEmpty && reading.isSeekable && reading.firstRecord == 1
            && identity != nil
    }
}

extension ImportSubmitted.Reading {
    /// Whether a section's bytes are those of a file, so that they can be read from anywhere.
    var isSeekable: Bool { container.isEmpty }
}

extension ImportSubmitted.SourceIdentity {
    /// Whether the system says that nobody wrote to the file in between.
    func isSameFile(as other: Self?) -> Bool {
        guard var other else { return false }
        other.digest = digest
        return other == self
    }
}

internal import ImportLog
internal import Mapping
internal import Records

/// A section as it is read from some place on.
struct SectionReading: Sendable {
    let section: ImportSubmitted.Section
    var reader: any Reader
    /// The digest up to the reader's place.
    var digest: SourceDigest
    /// Whether there is one.
    private let hasDigest: Bool
    /// Of a file of rejects: what is in the destination already.
    var mended: MendedRecords?
    /// Makes rows of records; nil if they are rows already.
    var mapper: Mapper?

    init(section: ImportSubmitted.Section, reader: any Reader, digest: SourceDigest?) throws {
        self.section = section
        self.reader = reader
        self.digest = digest ?? SourceDigest()
        hasDigest = digest != nil
        mapper = try section.mapper()
    }

    /// Opens a section at its first record.
    ///
    /// - Parameter digests: false if nothing is kept that the source could be compared with later.
    init(
        beginning section: ImportSubmitted.Section, of submitted: ImportSubmitted, _ source: OpenSource,
        digests: Bool = true
    ) throws {
        var digest = SourceDigest()
        if digests, submitted.digestsWholeSource, let file = source.address.file {
            try file.digest(&digest, upTo: section.reading.dataOffset)
        }
        try self.init(
            section: section, reader: try source.reader(of: section.reading), digest: digests ? digest : nil)
    }

    /// The place of the next record.
    var place: RecordLocation {
        var place = reader.location
        place.section = section.name
        return place
    }

    /// Reads the next records. Returns false at the section's end.
    mutating func fill(_ chunk: inout Chunk, limit: ChunkLimit) throws -> Bool {
        guard try reader.fill(&chunk, limit: limit) else { return false }
        if hasDigest { digest.update(chunk.bytes) }
        if !section.name.isEmpty { chunk.name(section.name) }
        try mended?.takeOut(of: &chunk)
        try mapper?.apply(to: &chunk)
        return true
    }
}

extension Chunk {
    /// Says which section the chunk is of; readers do not know what theirs is called.
    fileprivate mutating func name(_ section: String) {
        start.section = section
        end.section = section
        for index in rejects.indices { rejects[index].location.section = section }
    }
}

internal import ImportLog
internal import Readers
internal import Records

/// A source that is there: what the system knows of it, and what it is packed in.
struct OpenSource: Sendable {
    let address: SourceAddress
    /// What the system said of the source before it was read; nil for a stream.
    let identity: ImportSubmitted.SourceIdentity?
    let container: Container
    /// Nil if the source is not an archive.
    let archive: Archive?
    /// Nil if the source is not a spreadsheet.
    let workbook: XLSXWorkbook?
    /// The name that a server gives the file; nil if the address has the name.
    let suggestedName: String?
    /// What a server calls the kind of its bytes; nil if none says.
    let mediaType: String?
    /// What a server's answer says in its header of other pages, which are not read.
    let pages: PageFields
    /// Whether it is the records of an API's pages, a line each.
    let isPaged: Bool
    private let stream: Stream?

    /// What can be read only once.
    private struct Stream {
        let digested: DigestedStream
        let head: RewindableSource

        init(_ base: any ByteSource) {
            digested = DigestedStream(base)
            head = RewindableSource(digested)
        }
    }

    /// - Parameter spools: whether a stream is copied into a temporary file in any case, so that it can be read more than
    ///   once. An archive always is.
    init(_ address: SourceAddress, _ access: AccessOptions = AccessOptions(), spools: Bool = false) throws {
        let found = try Self.find(address, access)
        if let stream = found.stream,
            try spools || Container.detect(name: address.name, open: { stream.head }).isArchive
        {
            var copy = found
            (copy.address, copy.stream) = (try Self.copy(of: stream, address), nil)
            try self.init(copy)
        } else {
            try self.init(found)
        }
    }

    /// The same source, copied into a temporary file where it can be read only once.
    func spooled() throws -> OpenSource {
        guard let stream else { return self }
        return try OpenSource(
            Found(
                address: Self.copy(of: stream, address), name: suggestedName, mediaType: mediaType,
                pages: pages, isPaged: isPaged))
    }

    private static func copy(of stream: Stream, _ address: SourceAddress) throws -> SourceAddress {
        stream.head.stopKeeping()
        let copy = try FileSource(spooling: stream.head, name: address.name, directory: TemporaryDirectory.path)
        return .file(SourceFile(name: address.description, copy: copy))
    }

    /// The file or the stream that is at an address, and what a server says of it.
    private struct Found {
        var address: SourceAddress
        var stream: Stream?
        var name: String?
        var mediaType: String?
        var pages = PageFields()
        var isPaged = false
    }

    private init(_ found: Found) throws {
        let (address, stream) = (found.address, found.stream)
        self.address = address
        self.stream = stream
        suggestedName = found.name
        mediaType = found.mediaType
        pages = found.pages
        isPaged = found.isPaged
        identity = try address.file?.identity()
        let open: ByteSourceOpening = {
            if let stream { return stream.head }
            guard let file = address.file else { preconditionFailure("what is no file is a stream") }
            return try file.bytes()
        }
        container = try Container.detect(name: address.name, open: open)
        guard case .archive(let format, let compression) = container else {
            if let old = try stream == nil ? SpreadsheetFormat.detect(open()) : nil { throw old.refusal }
            archive = nil
            workbook = nil
            return
        }
        let archive = try Archive(format, compression: compression, name: address.name, open: open)
        if let foreign = ForeignFormat(entries: archive.entries.map(\.name)) {
            throw foreign.refusal(of: address.name)
        }
        self.archive = archive
        let files = archive.entries.filter { $0.kind == .file }
        let parts = PartNames(files.map(\.name))
        let openPart: PartOpening = { part in try parts.place(of: part).map { try archive.source(of: files[$0]) } }
        let isSpreadsheet =
            try parts.has("[Content_Types].xml") && parts.has("xl/workbook.xml") || parts.has("xl/workbook.bin")
            || parts.has("_rels/.rels") && XLSXWorkbook.isNamed(in: openPart)
        let isODS = Set(["mimetype", "content.xml"]).isSubset(of: archive.entries.map(\.name))
        workbook = isSpreadsheet || isODS ? try XLSXWorkbook(open: openPart) : nil
    }

    private static func find(_ address: SourceAddress, _ access: AccessOptions) throws -> Found {
        switch address {
        case .file(let file):
            // A pipe or a device.
            return try Found(address: address, stream: file.identity() != nil ? nil : Stream(file.bytes()))
        case .standardInput: return Found(address: address, stream: Stream(FileSource.standardInput))
        case .url(let location):
            if let paging = access.paging {
                let pages = try PagedSource(location, paging: paging, options: access.http)
                return Found(address: address, stream: Stream(pages), mediaType: "application/x-ndjson", isPaged: true)
            }
            let source = try HTTPSource(location, options: access.http)
            let isFile = source.size != nil
            return Found(
                address: isFile ? .file(SourceFile(source)) : address, stream: isFile ? nil : Stream(source),
                name: source.suggestedName, mediaType: source.contentType, pages: source.pages)
        }
    }

    /// A stream is read through from here on, and nothing of it is kept to be read again.
    func beginReading() { stream?.head.stopKeeping() }

    var isStream: Bool { stream != nil }

    /// Whether its name or its server says that it has a JSON document on each line.
    var isCalledLines: Bool {
        if NameEnding.isOfLines(suggestedName ?? address.name) { return true }
        let type = mediaType?.prefix { $0 != ";" && $0 != " " }.lowercased() ?? ""
        return ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"].contains(
            type)
    }

    /// The digest of what was read of a stream; nil for a file.
    var streamDigest: SourceDigest? { stream?.digested.digest }

    /// The source's own bytes, from the first one on.
    func packedBytes() throws -> any ByteSource {
        if let stream { return stream.head }
        guard let file = address.file else { preconditionFailure("what is no file is a stream") }
        return try file.bytes()
    }

    /// The source's bytes, unpacked where they are compressed as a whole.
    func bytes() throws -> any ByteSource {
        guard case .compressed(let compression) = container else { return try packedBytes() }
        return unpacked(compression, name: address.name) { try packedBytes() }
    }

    /// The bytes of an archive's entry, unpacked where they are compressed.
    func bytes(of entry: ArchiveEntry, in archive: Archive, _ compression: Compression?) throws -> any ByteSource {
        guard let compression else { return try archive.source(of: entry) }
        return unpacked(compression, name: "\(entry.name) in \(address.name)") { try archive.source(of: entry) }
    }

    /// The bytes of the section that is read in this way.
    func bytes(of reading: ImportSubmitted.Reading) throws -> any ByteSource {
        guard let name = reading[setting: "entry"] else { return try bytes() }
        guard let archive, let entry = archive.file(named: name) else {
            throw DataError(
                .unreadable, "\(address.name) no longer has the entry \(name).",
                remedy: "Restore the original file, or import the new file as a new import.")
        }
        let compression = reading[setting: "entry_compression"].flatMap { Compression(rawValue: $0) }
        return try bytes(of: entry, in: archive, compression)
    }

    private func unpacked(
        _ compression: Compression, name: String, open: @escaping ByteSourceOpening
    ) -> any ByteSource {
        let source = CompressedSource(compression, name: name, open: open)
        // What is compressed begins again by opening again, which a stream cannot.
        return isStream ? RewindableSource(source) : source
    }
}

extension Container {
    var isArchive: Bool { if case .archive = self { true } else { false } }

    /// What the log calls it; empty for what is not packed.
    var name: String {
        switch self {
        case .plain: ""
        case .compressed(let compression): compression.rawValue
        case .archive(let format, let compression): format.rawValue + (compression.map { "+\($0.rawValue)" } ?? "")
        }
    }
}

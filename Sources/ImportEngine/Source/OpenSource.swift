internal import ImportLog
internal import Readers
internal import Records

/// A source that is there: what the system knows of it, and what it is packed in.
struct OpenSource: Sendable {
    let address: SourceAddress
    /// What the system said of the source before it was read; nil for a stream.
    let identity: ImportSubmitted.SourceIdentity?
    let container: Container
    /// Nil where the source is no archive.
    let archive: Archive?
    private let stream: Stream?

    /// What can be read only once.
    private struct Stream {
        let digested: DigestedStream
        let head: RewindableSource
    }

    /// - Parameter spools: whether a stream is copied into a temporary file in any case, so that it can be read more than
    ///   once. An archive always is.
    init(_ address: SourceAddress, spools: Bool = false) throws {
        let stream = try Self.stream(of: address)
        var source = address
        if let stream {
            let container = try Container.detect(name: address.name) { stream.head }
            if spools || container.isArchive {
                let copy = try FileSource(
                    spooling: stream.head, name: address.name, directory: TemporaryDirectory.path)
                source = .file(SourceFile(path: address.description, copy: copy))
            }
        }
        try self.init(source, stream: source.file == nil ? stream : nil)
    }

    /// The same source, copied into a temporary file where it can be read only once.
    func spooled() throws -> OpenSource {
        guard let stream else { return self }
        let copy = try FileSource(spooling: stream.head, name: address.name, directory: TemporaryDirectory.path)
        return try OpenSource(.file(SourceFile(path: address.description, copy: copy)), stream: nil)
    }

    private init(_ address: SourceAddress, stream: Stream?) throws {
        self.address = address
        self.stream = stream
        identity = try address.file?.identity()
        let open: ByteSourceOpening = {
            if let stream { return stream.head }
            guard let file = address.file else { preconditionFailure("what is no file is a stream") }
            return try file.bytes()
        }
        container = try Container.detect(name: address.name, open: open)
        if case .archive(let format, let compression) = container {
            archive = try Archive(format, compression: compression, name: address.name, open: open)
        } else {
            archive = nil
        }
    }

    private static func stream(of address: SourceAddress) throws -> Stream? {
        let base: any ByteSource
        switch address {
        case .file(let file):
            if try file.identity() != nil { return nil }
            base = try file.bytes()
        case .standardInput: base = FileSource.standardInput
        }
        let digested = DigestedStream(base)
        return Stream(digested: digested, head: RewindableSource(digested))
    }

    var isStream: Bool { stream != nil }

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
        guard let archive, let entry = archive.entries.first(where: { $0.name == name && $0.kind == .file }) else {
            throw DataError(
                .unreadable, "\(address.name) has no entry \(name) any more.",
                remedy: "Put the original back, or import the new one as an import of its own.")
        }
        let compression = reading[setting: "entry_compression"].flatMap { Compression(rawValue: $0) }
        return try bytes(of: entry, in: archive, compression)
    }

    private func unpacked(
        _ compression: Compression, name: String, open: @escaping ByteSourceOpening
    ) -> any ByteSource {
        let source = CompressedSource(compression, name: name, open: open)
        // What is compressed begins again by opening anew, which a stream cannot.
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

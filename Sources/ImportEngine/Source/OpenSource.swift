internal import ImportLog
internal import Readers
internal import Records

/// A source that is there, and what the system knows of it.
struct OpenSource: Sendable {
    let address: SourceAddress
    /// What the system said of the source before it was read; nil for a stream.
    let identity: ImportSubmitted.SourceIdentity?
    private let stream: RewindableSource?

    init(_ address: SourceAddress) throws {
        self.address = address
        switch address {
        case .file(let file):
            identity = try file.identity()
            stream = identity == nil ? RewindableSource(try FileSource(path: file.path)) : nil
        case .standardInput:
            identity = nil
            stream = RewindableSource(FileSource.standardInput)
        }
    }

    /// The source's own bytes, from the first one on.
    func bytes() throws -> any ByteSource {
        if let stream { return stream }
        guard let file = address.file else { preconditionFailure("only a file is no stream") }
        return try FileSource(path: file.path)
    }

    /// The bytes of the section that is read in this way.
    func bytes(of reading: ImportSubmitted.Reading) throws -> any ByteSource {
        try bytes()
    }
}

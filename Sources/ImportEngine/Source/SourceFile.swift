internal import Glibc
internal import ImportLog
internal import Readers
internal import Records

/// A source that is a file: who it is, and what its bytes are.
struct SourceFile: Sendable {
    let path: String
    /// What is not on this machine's disk under that path: a server's file, or a copy of what could be read only once.
    private let elsewhere: Elsewhere?

    private enum Elsewhere {
        case copy(FileSource, ImportSubmitted.SourceIdentity)
        case server(HTTPSource)
    }

    init(path: String) {
        self.path = path
        elsewhere = nil
    }

    /// A copy without a name. Nothing says whether the next copy is of the same bytes: its digest must.
    init(name: String, copy: FileSource) {
        path = name
        let identity = ImportSubmitted.SourceIdentity(size: copy.size, changed: .random(in: .min ... .max))
        elsewhere = .copy(copy, identity)
    }

    /// A file that a server sends from any byte on, and of which it says when it changes.
    init(_ source: HTTPSource) {
        path = source.description
        elsewhere = .server(source)
    }

    /// Whether the path names a file on this machine.
    var isLocal: Bool { elsewhere == nil }

    /// Opens the file's bytes.
    func bytes() throws -> any ByteSource {
        switch elsewhere {
        case nil: try FileSource(path: path)
        case .copy(let copy, _): copy
        case .server(let source): source
        }
    }

    /// What the system knows of the file now; nil if it is a pipe or a device.
    func identity() throws -> ImportSubmitted.SourceIdentity? {
        switch elsewhere {
        case .copy(_, let identity): return identity
        case .server(let source):
            var identity = ImportSubmitted.SourceIdentity(size: source.size)
            identity.validator = source.identity.entityTag ?? source.identity.lastModified ?? ""
            return identity
        case nil: break
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            let reason = errno
            let isPattern = path.contains { $0 == "*" || $0 == "?" }
            throw DataError(
                reason == ENOENT || reason == ENOTDIR ? .notFound : .unreadable,
                "Cannot open \(path): \(String(cString: strerror(reason))).",
                remedy: reason != ENOENT || !isPattern
                    ? "Check the path."
                    : Self.isMatched(path)
                        ? "Leave out the quotes: the shell expands patterns, Waybill does not."
                        : "No file matches the pattern: check the folder."
            )
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        return ImportSubmitted.SourceIdentity(
            size: UInt64(status.st_size), device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
            changed: Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec))
    }

    private static func isMatched(_ pattern: String) -> Bool {
        var found = glob_t()
        defer { globfree(&found) }
        return glob(pattern, 0, nil, &found) == 0
    }

    /// Feeds the bytes from where the digest stands up to `end` into it, in pieces; `body` is told after each piece
    /// boundary in `stops`, and returns false to end early.
    ///
    /// - Parameter origin: where in the file the digest began; `end` and the stops count from there.
    func digest(
        _ digest: inout SourceDigest, from origin: UInt64 = 0, upTo end: UInt64, stoppingAt stops: [UInt64] = [],
        _ body: (UInt64, SourceDigest) -> Bool = { _, _ in true }
    ) throws {
        var source = try bytes()
        try source.seek(to: origin + digest.byteCount)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        for stop in stops.filter({ $0 >= digest.byteCount && $0 <= end }) + [end] {
            while digest.byteCount < stop {
                let wanted = Int(min(UInt64(buffer.count), stop - digest.byteCount))
                let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
                if count == 0 { break }
                digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
            if !body(stop, digest) { return }
        }
    }

    /// The digest of the bytes before `end`.
    func digest(upTo end: UInt64) throws -> SourceDigest {
        var digest = SourceDigest()
        try self.digest(&digest, upTo: end)
        return digest
    }
}

internal import Glibc
internal import Records

/// A file, read by its path.
///
/// A copy reads on independently of the original where the file is a regular one; copies of a pipe share its bytes. A
/// regular file ends where it ended when it was opened, whatever is written to it meanwhile.
package struct FileSource: ByteSource {
    package let path: String
    /// The file's size in bytes when it was opened; nil for a pipe or a device.
    package let size: UInt64?

    private let file: OpenFile
    private var offset: UInt64 = 0

    /// Opens the file. Throws `DataError(.unreadable)` if it is missing, a directory, or may not be read.
    package init(path: String) throws {
        let file = OpenFile(descriptor: try Self.open(path))
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw Self.failure("cannot open", path, errno) }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else { throw Self.failure("cannot open", path, EISDIR) }
        self.init(path: path, file: file, size: kind == S_IFREG ? UInt64(status.st_size) : nil)
    }

    /// A file that is open already; `path` is what messages call it.
    init(path: String, file: OpenFile, size: UInt64?) {
        self.path = path
        self.file = file
        self.size = size
    }

    /// Standard input, which is read from where it stands and only forwards.
    package static var standardInput: FileSource {
        FileSource(path: "standard input", file: OpenFile(descriptor: dup(STDIN_FILENO)), size: nil)
    }

    package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let wanted = size.map { Int(min(UInt64(buffer.count), $0 - min($0, offset))) } ?? buffer.count
        while true {
            let count =
                size == nil
                ? Glibc.read(file.descriptor, buffer.baseAddress, wanted)
                : pread(file.descriptor, buffer.baseAddress, wanted, off_t(offset))
            if count == 0, let size, wanted > 0 { throw Self.truncated(path, at: offset, size: size) }
            if count >= 0 {
                offset += UInt64(count)
                return count
            }
            if errno != EINTR { throw Self.failure("cannot read", path, errno, at: offset) }
        }
    }

    private static func truncated(_ path: String, at offset: UInt64, size: UInt64) -> DataError {
        DataError(
            .unreadable,
            "cannot read \(path) at byte \(offset): it had \(size) bytes and was truncated while it was read",
            remedy: "Put the original file back, then resume. Import a file only once it is complete.")
    }

    package mutating func seek(to offset: UInt64) throws {
        if offset == self.offset { return }
        guard size != nil, offset <= UInt64(off_t.max) else { throw Self.failure("cannot seek in", path, ESPIPE) }
        self.offset = offset
    }

    private static func open(_ path: String) throws -> Int32 {
        while true {
            let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw failure("cannot open", path, errno) }
        }
    }

    private static func failure(_ action: String, _ path: String, _ code: Int32, at offset: UInt64? = nil) -> DataError
    {
        let place = offset.map { " at byte \($0)" } ?? ""
        let reason =
            switch code {
            case ENOENT: "there is no such file"
            case EISDIR: "it is a directory"
            case ESPIPE: "it is not a regular file"
            default: String(cString: strerror(code))
            }
        let remedy: String? =
            switch code {
            case ENOENT: "Check the path; a relative one starts at the current directory."
            case EISDIR: "Give a file in it, or all of them: \(ShellWord.quoted(path))/*"
            case EACCES: "Make the file readable for your user."
            case ESPIPE: "Save the data to a file first: only a regular file can be read from the middle."
            case EIO: "Check the disk or the network mount, then resume."
            default: nil
            }
        return DataError(.unreadable, "\(action) \(path)\(place): \(reason)", remedy: remedy)
    }
}

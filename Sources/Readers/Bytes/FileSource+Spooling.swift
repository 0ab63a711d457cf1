internal import Glibc
internal import Records

extension FileSource {
    /// Writes what is left of a source into a temporary file in `directory`, so that it can be sought in.
    ///
    /// The file has no name: nothing stays behind, however this process ends. `name` is what messages call the source.
    /// Throws `DataError`: `.noSpace` if the file system is full, `.malformed` if the source has more than `limit` bytes,
    /// `.unreadable` if no file can be made, or what the source throws.
    package init(spooling source: any ByteSource, name: String, directory: String, limit: UInt64 = 1 << 40) throws {
        let file = try OpenFile.temporary(in: directory, for: name)
        var source = source
        var size: UInt64 = 0
        try withUnsafeTemporaryAllocation(byteCount: 1 << 20, alignment: 4096) { buffer in
            while true {
                let count = try source.read(into: buffer)
                if count == 0 { break }
                size += UInt64(count)
                guard size <= limit else { throw Self.tooLarge(name, limit: limit) }
                try file.write(.init(rebasing: buffer[..<count]), of: name, in: directory)
            }
        }
        self.init(path: name, file: file, size: size)
    }

    private static func tooLarge(_ name: String, limit: UInt64) -> DataError {
        DataError(
            .malformed, "\(name) has more than \(limit) bytes, the limit for a temporary copy",
            remedy: "Save it to a file yourself, and import that.")
    }
}

extension OpenFile {
    /// `O_TMPFILE` of Linux, which the headers hide.
    private static let withoutName = 0o20_000_000 | O_DIRECTORY

    fileprivate static func temporary(in directory: String, for name: String) throws -> OpenFile {
        var descriptor = open(directory, withoutName | O_RDWR | O_CLOEXEC, 0o600)
        if descriptor < 0 && (errno == EOPNOTSUPP || errno == EISDIR) {
            // This file system has no files without names: the name is taken away at once.
            let path = "\(directory)/waybill-\(UInt64.random(in: 0 ... .max))"
            descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            if descriptor >= 0 { unlink(path) }
        }
        guard descriptor >= 0 else { throw failure(errno, of: name, in: directory) }
        return OpenFile(descriptor: descriptor)
    }

    fileprivate func write(_ bytes: UnsafeRawBufferPointer, of name: String, in directory: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = Glibc.write(descriptor, part.baseAddress, part.count)
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw Self.failure(errno, of: name, in: directory)
            }
        }
    }

    private static func failure(_ code: Int32, of name: String, in directory: String) -> DataError {
        let message = "cannot make a temporary copy of \(name) in \(directory): \(String(cString: strerror(code)))"
        return switch code {
        case ENOSPC, EDQUOT, EFBIG:
            DataError(.noSpace, message, remedy: "Free some space there, or name another folder with TMPDIR.")
        default:
            DataError(.unreadable, message, remedy: "Name a folder that you may write to with TMPDIR.")
        }
    }
}

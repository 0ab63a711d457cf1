internal import Glibc
internal import Records

/// A file that has no name and is gone when it is no longer in use.
final class TemporaryFile: Sendable {
    private let descriptor: Int32

    /// Creates the file in `TMPDIR`, or in /tmp. Throws `DataError(.unreadable)`.
    init() throws {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(folder)/waybill-XXXXXX".utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.failure("cannot create a temporary file in \(folder)") }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { close(descriptor) }

    /// Throws `DataError(.noSpace)` where there is no room.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = pwrite(descriptor, part.baseAddress, part.count, off_t(offset) + off_t(rest.startIndex))
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || errno != EINTR {
                throw Self.failure("cannot write a temporary file")
            }
        }
    }

    /// Reads up to the buffer's length, or up to the file's end, and returns how many bytes it read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(filled))
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw Self.failure("cannot read a temporary file")
            }
        }
        return filled
    }

    private static func failure(_ action: String) -> DataError {
        let code = errno
        return DataError(
            code == ENOSPC || code == EDQUOT ? .noSpace : .unreadable, "\(action): \(String(cString: strerror(code)))",
            remedy: "Free some space there, or name another folder in the environment variable TMPDIR.")
    }
}

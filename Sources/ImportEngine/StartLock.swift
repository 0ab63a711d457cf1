internal import Glibc
internal import Hashing
internal import ImportLog
internal import Records

/// Lets one at a time look for an earlier import into a table and begin a new one: of two that come at once with the
/// same source, both would find nothing.
final class StartLock {
    private var descriptor: Int32

    /// Waits until no other process is starting an import into the table.
    init(_ log: ImportLog, destination: String, table: String) throws {
        let name = SHA256.digest(of: "\(destination)\n\(table.lowercased())".utf8).prefix(8).hexadecimal
        let path = "\(log.directory)/locks/start-\(name).lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        while descriptor >= 0 && flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
        guard descriptor >= 0 else {
            throw DataError(
                .unreadable, "The lock file \(path) cannot be opened: \(String(cString: strerror(errno))).",
                remedy: "Check that you may write to the log's directory.")
        }
    }

    deinit { release() }

    func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

internal import Crypto
internal import Glibc
internal import ImportLog
internal import Records

/// Keeps those who write into a destination apart from who replaces what is in it: any number of the former, or one of the
/// latter. The kernel drops it with its process.
final class DestinationLock {
    enum Use { case work, replace }

    private var descriptor: Int32

    /// - Throws: `ImportLogError.conflict`, saying who is at work, where both would come together.
    init(_ log: ImportLog, _ destination: String, for use: Use) throws {
        let name = SHA256.hash(data: Array(destination.utf8)).prefix(8)
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let path = "\(log.directory)/locks/destination-\(name).lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DataError(
                .unreadable, "The lock file \(path) cannot be opened: \(String(cString: strerror(errno))).",
                remedy: "Check that the log's directory may be written to.")
        }
        while flock(descriptor, (use == .work ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            release()
            throw use == .work ? Self.isReplaced(destination) : try Self.isWorkedOn(destination, log)
        }
    }

    deinit { release() }

    func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private static func isReplaced(_ destination: String) -> ImportLogError {
        ImportLogError(
            .conflict, "A backup of \(destination) is being put back at this moment.",
            remedy: "Try again when that is done.")
    }

    private static func isWorkedOn(_ destination: String, _ log: ImportLog) throws -> ImportLogError {
        let running = try log.imports(in: [.running, .queued]).filter {
            $0.destination == destination && log.owner(of: $0.importID) != nil
        }
        let who = running.map { "import \($0.importID)" }.joined(separator: ", ")
        return ImportLogError(
            .conflict,
            "\(who.isEmpty ? "Somebody" : who) is at work on \(destination): a backup cannot be put back meanwhile. "
                + "Nothing was changed.",
            remedy: "Wait until it is done, or stop it first: waybill list")
    }
}

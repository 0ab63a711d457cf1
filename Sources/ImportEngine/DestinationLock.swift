internal import Glibc
internal import Hashing
internal import ImportLog
internal import Records

/// Keeps those who write into a destination apart from who replaces what is in it: any number of the former, or one of the
/// latter. The kernel drops it with its process.
final class DestinationLock {
    enum Use { case work, replace }

    private var descriptor: Int32

    /// - Parameter opened: the database that the address leads to, which tells which one it is.
    /// - Throws: `ImportLogError.conflict`, saying who is at work, if both would come together.
    init(_ log: ImportLog, _ address: DestinationAddress, _ opened: any Destination, for use: Use) throws {
        let place = try address.place(of: opened)
        let name = SHA256.digest(of: place.utf8).prefix(8).hexadecimal
        let path = "\(log.directory)/locks/destination-\(name).lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DataError(
                .unreadable, "The lock file \(path) cannot be opened: \(String(cString: strerror(errno))).",
                remedy: "Check that you may write to the log's directory.")
        }
        while flock(descriptor, (use == .work ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            release()
            throw use == .work ? Self.isReplaced(address) : try Self.isWorkedOn(address, place, log)
        }
    }

    deinit { release() }

    func release() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private static func isReplaced(_ address: DestinationAddress) -> ImportLogError {
        ImportLogError(
            .conflict, "A backup of \(address) is being restored right now.",
            remedy: "Try again when it is done.")
    }

    private static func isWorkedOn(
        _ address: DestinationAddress, _ place: String, _ log: ImportLog
    ) throws -> ImportLogError {
        let running = try log.imports(in: [.running, .queued]).filter {
            let isThere =
                try log.submission(of: $0.importID).destinationID == place
                || DestinationAddress($0.destination).place == address.place
            return isThere && log.owner(of: $0.importID) != nil
        }
        let who = running.map { "import \($0.importID)" }.joined(separator: ", ")
        return ImportLogError(
            .conflict,
            "\(who.isEmpty ? "Another process" : who) is working on \(address), so a backup cannot be restored now. "
                + "Nothing was changed.",
            remedy: "Wait until it is done, or stop it. See what is running: waybill list")
    }
}

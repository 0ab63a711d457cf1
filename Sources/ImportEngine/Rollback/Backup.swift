internal import Glibc
internal import Hashing
package import ImportLog
internal import Records

/// A copy of a destination, or of what a rollback could change in it.
package struct Backup: Sendable, Codable {
    package var name: String
    package var destination: String
    /// What the destination said that it is; nil where it cannot say it, and for an older backup.
    package var destinationID: String?
    /// The imports that were about to be rolled back, or could be.
    package var imports: [ImportID]
    /// The backup that was about to be put back; nil where it was made before a rollback.
    package var beforeRestoreOf: String?
    /// Whether a user asked for it, whatever was to come; nil for no.
    package var isOnDemand: Bool?
    /// UTC, ISO 8601.
    package var madeAt: String
    /// The file's size.
    package var bytes: UInt64
    /// The log's last position then; nil for an older backup.
    package var position: UInt64?
    /// The file's SHA-256; nil for an older backup.
    package var digest: String?

    private enum CodingKeys: String, CodingKey {
        case name, destination, imports, bytes, position, digest
        case destinationID = "destination_id"
        case madeAt = "made_at"
        case isOnDemand = "on_demand"
        case beforeRestoreOf = "before_restore_of"
    }

    /// - Throws: `DataError.malformed` if the file is not what was written.
    func requireWhole(at path: String) throws {
        guard let digest else { return }
        guard try Self.digest(of: path) == digest else {
            throw DataError(
                .malformed,
                "The backup \(path) is damaged: its content has changed since it was written. Nothing was changed.",
                remedy: "Restore another backup. To list them: waybill backup list")
        }
    }

    static func digest(of path: String) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DataError(
                .unreadable, "The backup \(path) cannot be read: \(String(cString: strerror(errno))).",
                remedy: "To list the backups: waybill backup list")
        }
        defer { close(descriptor) }
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
        return hash.digest.hexadecimal
    }
}

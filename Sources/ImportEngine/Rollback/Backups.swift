internal import FoundationEssentials
internal import Glibc
package import ImportLog
internal import Records

/// The backups that are beside a log, in its folder `backups`: each is a file, and a second one that describes it. What
/// has no description is not a backup yet.
package struct Backups: Sendable {
    private let log: ImportLog

    package init(_ log: ImportLog) { self.log = log }

    private var directory: String { log.directory + "/backups" }

    func path(of backup: Backup) -> String { "\(directory)/\(backup.name)" }

    /// The newest first; and the descriptions that cannot be read.
    package func list() -> (backups: [Backup], unreadable: [String]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var backups: [Backup] = []
        var unreadable: [String] = []
        for name in names.filter({ $0.hasSuffix(".json") }).sorted(by: >) {
            let bytes = FileManager.default.contents(atPath: "\(directory)/\(name)")
            if let bytes, let backup = try? JSONDecoder().decode(Backup.self, from: bytes) {
                backups.append(backup)
            } else {
                unreadable.append("\(directory)/\(name)")
            }
        }
        return (backups, unreadable)
    }

    /// Copies a destination, as far as taking these imports back, or putting a backup back, can change it.
    func make(
        of address: DestinationAddress, before imports: [ImportID],
        orRestoreOf backup: String? = nil, isOnDemand: Bool = false
    ) throws -> Backup {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let ids = imports.sorted()
        let now = Timestamp.now.iso8601
        let stamp = String(now.filter { $0.isNumber || $0 == "T" })
        let which = ids.count == 1 ? "import-\(ids[0])" : "\(ids.count)-imports"
        var result = Backup(
            name: "\(stamp)-\(isOnDemand ? "copy" : backup == nil ? which : "restore")",
            destination: address.description, imports: ids, beforeRestoreOf: backup,
            isOnDemand: isOnDemand ? true : nil, madeAt: now, bytes: 0)
        // What the log says of the imports now is what the copy has of them.
        result.position = try log.head().position
        let path = path(of: result)
        do {
            let destination = try address.open(creates: false)
            result.destinationID = try destination.identity()
            try destination.backUp(to: path, logID: log.id, importIDs: ids.map(\.rawValue))
        } catch {
            for suffix in ["", "-journal", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
            throw error
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        result.bytes = (attributes[.size] as? UInt64) ?? 0
        result.digest = try Backup.digest(of: path)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try write([UInt8](encoder.encode(result)), to: path + ".json")
        return result
    }

    /// Writes a file that is there as a whole or not at all, whatever happens meanwhile.
    private func write(_ bytes: [UInt8], to path: String) throws {
        let draft = path + ".draft"
        func fail() -> DataError {
            DataError(
                errno == ENOSPC || errno == EDQUOT ? .noSpace : .unreadable,
                "The description of a backup, \(path), cannot be written: \(String(cString: strerror(errno))).",
                remedy: "Free some space for the backup, or skip it with --no-backup.")
        }
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw fail() }
        defer { close(descriptor) }
        guard bytes.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count,
            fsync(descriptor) == 0, rename(draft, path) == 0
        else {
            let error = fail()
            unlink(draft)
            throw error
        }
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw fail() }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw fail() }
    }

    /// The backup of this name.
    ///
    /// - Throws: `DataError.unusableOption` if it is not there or its description cannot be read.
    package func find(_ name: String) throws -> Backup {
        let (all, unreadable) = list()
        if let found = all.first(where: { $0.name == name }) { return found }
        if let broken = unreadable.first(where: { $0.hasSuffix("/\(name).json") }) {
            throw DataError(
                .unusableOption, "The description of the backup '\(name)', \(broken), cannot be read.",
                remedy: "Restore another backup. To list them: waybill backup list")
        }
        throw DataError(
            .unusableOption, "There is no backup '\(name)' in \(directory).",
            remedy: all.isEmpty ? "There are no backups." : "To list the backups: waybill backup list")
    }
}

internal import FoundationEssentials
package import ImportLog
internal import Records

/// A copy of a destination, or of what a rollback could change in it.
package struct Backup: Sendable, Codable {
    package var name: String
    package var destination: String
    /// The imports that were about to be rolled back.
    package var imports: [ImportID]
    /// UTC, ISO 8601.
    package var madeAt: String
    /// The file's size.
    package var bytes: UInt64

    private enum CodingKeys: String, CodingKey {
        case name, destination, imports, bytes
        case madeAt = "made_at"
    }
}

/// The backups that stand beside a log, in its folder `backups`: each is a file, and a second one that describes it.
package struct Backups: Sendable {
    private let log: ImportLog

    package init(_ log: ImportLog) { self.log = log }

    private var directory: String { log.directory + "/backups" }

    package func path(of backup: Backup) -> String { "\(directory)/\(backup.name)" }

    /// The newest first.
    package func list() throws -> [Backup] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return try names.filter { $0.hasSuffix(".json") }.sorted(by: >).compactMap { name in
            guard let bytes = FileManager.default.contents(atPath: "\(directory)/\(name)") else { return nil }
            return try JSONDecoder().decode(Backup.self, from: bytes)
        }
    }

    /// Copies the destination of these imports, as far as taking them back can change it.
    func make(of imports: [ImportStatus]) throws -> Backup {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let destination = imports[0].destination
        let ids = imports.map(\.importID).sorted()
        let now = CurrentTime.iso8601
        let stamp = String(now.filter { $0.isNumber || $0 == "T" })
        let which = ids.count == 1 ? "import-\(ids[0])" : "\(ids.count)-imports"
        var backup = Backup(
            name: "\(stamp)-\(which)", destination: destination, imports: ids, madeAt: now, bytes: 0)
        let path = path(of: backup)
        do {
            try DestinationAddress(destination).open().backUp(to: path, logID: log.id, importIDs: ids)
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        backup.bytes = (attributes[.size] as? UInt64) ?? 0
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(backup).write(to: URL(filePath: path + ".json"))
        return backup
    }

    /// The backup of this name.
    ///
    /// - Throws: `DataError.unusableOption`, naming those that are there.
    package func find(_ name: String) throws -> Backup {
        let all = try list()
        if let found = all.first(where: { $0.name == name }) { return found }
        throw DataError(
            .unusableOption, "There is no backup '\(name)' in \(directory).",
            remedy: all.isEmpty ? "There is none at all." : "See which there are: waybill backup list")
    }
}

extension ImportEngine {
    /// Puts a backup back, and notes with its imports that they are in the state again that they were in.
    ///
    /// - Throws: `ImportLogError.conflict` where somebody is at work on one of the imports.
    package func restore(_ backup: Backup) throws {
        let concerned = try backup.imports.filter { try log.status(of: $0).rollback?.backup == backup.name }
        let owners = try concerned.map { try log.own($0) }
        try DestinationAddress(backup.destination).open().restore(from: Backups(log).path(of: backup))
        for owner in owners {
            let before = try log.status(of: owner.importID).rollback?.stateBefore ?? .succeeded
            try owner.submit([
                .backupRestored(backup: backup.name, requestedBy: CurrentUser.description, state: before)
            ]).wait()
            owner.removeLock()
        }
    }
}

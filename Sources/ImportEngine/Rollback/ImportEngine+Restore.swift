package import ImportLog
internal import Records

/// What restoring a backup does, or did.
package struct Restoration: Sendable {
    /// Whether the whole database is replaced, and not only the rows that a rollback took.
    package var isWhole: Bool
    /// Whether each row of the backup stays as it is, so that its imports stay undone.
    package var isFutile: Bool
    /// The tables in which rows differ from the backup's.
    package var tables: [Table]
    /// The rows that stay although the backup has them otherwise.
    package var kept: [KeptRow]
    /// The imports of this log of which chunks go, and how many.
    package var losing: [(status: ImportStatus, chunks: Int)] = []
    /// What other logs' imports lose: chunks by log.
    package var foreign: [(logID: String, chunks: Int)] = []
    /// The imports whose states followed.
    package var followed: [ImportStatus] = []
    /// Imports of which the log and the database contradict each other now, and how.
    package var contradictions: [String] = []
    /// The present state, kept before the whole database was replaced.
    package var keptAs: Backup?

    /// How many rows of a table come back, go and change.
    package struct Table: Sendable, Encodable {
        package var table: String
        package var added: Int
        package var removed: Int
        package var changed: Int
    }

    fileprivate init(_ report: RestoreReport) {
        isWhole = report.isWhole
        isFutile = report.isFutile
        tables = report.tables.map {
            Table(table: $0.table, added: $0.added, removed: $0.removed, changed: $0.changed)
        }
        kept = report.kept.map {
            KeptRow(table: $0.table, key: $0.key, reason: $0.reason.rawValue, message: $0.message)
        }
    }
}

extension ImportEngine {
    /// Says what restoring a backup would change. Changes nothing.
    package func previewRestore(_ backup: Backup, overwritesEdited: Bool = false) throws -> Restoration {
        let destination = try openDestination(of: backup)
        let lock = try DestinationLock(log, DestinationAddress(backup.destination), destination, for: .replace)
        defer { lock.release() }
        return try restoration(
            try restore(backup, in: destination, overwritesEdited: overwritesEdited, isTrial: true), of: destination)
    }

    /// Restores a backup, and has the log follow: the imports whose rows came back or went say so.
    ///
    /// It can be killed at any moment, and continued by the same call.
    ///
    /// - Throws: `ImportLogError.conflict` if someone is at work on the destination; `DataError` where the backup is
    ///   damaged or another database's. Nothing is changed then.
    package func restore(_ backup: Backup, overwritesEdited: Bool = false) throws -> Restoration {
        let address = try DestinationAddress(backup.destination)
        var destination = try openDestination(of: backup)
        let lock = try DestinationLock(log, address, destination, for: .replace)
        defer { lock.release() }
        let planned = try restore(backup, in: destination, overwritesEdited: overwritesEdited, isTrial: true)
        let before = try restoration(planned, of: destination)
        if planned.isFutile { return before }
        let imports = try imports(following: backup, planned, address, destination)
        var kept: Backup?
        if planned.isWhole && !planned.isEmpty {
            kept = try Backups(log).make(
                of: address, before: [], orRestoreOf: backup.name)
        }
        var result = try restoration(
            try restore(backup, in: destination, overwritesEdited: overwritesEdited, isTrial: false), of: destination)
        result.losing = before.losing
        result.keptAs = kept
        let position = try backup.position ?? log.positionBefore(backup)
        destination = try openDestination(of: backup)
        for id in imports {
            do {
                if let status = try follow(id, .restore(of: backup.name), position, destination) {
                    result.followed.append(status)
                }
            } catch let error as DataError where error.code == .conflict {
                result.contradictions.append(error.message)
            }
        }
        try reopenGroups(of: imports, backup, destination)
        return result
    }

    /// The imports of which the database may have more or less than now once a backup is restored, oldest first: of a
    /// whole database also those that went elsewhere, where it was moved here since.
    private func imports(
        following backup: Backup, _ planned: RestoreReport, _ address: DestinationAddress,
        _ destination: any Destination
    ) throws -> [ImportID] {
        guard planned.isWhole else { return backup.imports }
        let losing = Set(planned.lostChunks.filter { $0.logID == log.id }.map { ImportID(rawValue: $0.importID) })
        return try log.imports().filter { status in
            let id = status.importID
            let its = try DestinationAddress(status.destination)
            if its.place == address.place || backup.imports.contains(id) { return true }
            if losing.contains(id) && its.isMissing { return true }
            var isTakenBackHere = false
            try destination.forEachReversal(logID: log.id, importID: id.rawValue) { _ in isTakenBackHere = true }
            return isTakenBackHere
        }.map(\.importID).reversed()
    }

    /// Opens the database that a backup was made of, and makes none.
    ///
    /// - Throws: `DataError` if it is not there, or another one is in its place.
    private func openDestination(of backup: Backup) throws -> any Destination {
        let address = try DestinationAddress(backup.destination)
        if let path = address.path, address.isMissing {
            throw DataError(
                .destination, "The backup's database \(path) does not exist. Nothing was changed.",
                remedy: "Restore the file or mount its disk. If it is lost, copy the backup in its place: "
                    + "cp \(Backups(log).path(of: backup)) \(path), then run the same command again.")
        }
        let destination = try address.open(creates: false)
        // Of an older backup, its imports know where they went.
        let known =
            try backup.destinationID
            ?? backup.imports.first.map { try log.submission(of: $0) }
            .flatMap { $0.destination == backup.destination ? $0.destinationID : nil }
        guard let known, !known.isEmpty, let identity = try destination.identity(), identity != known else {
            return destination
        }
        throw DataError(
            .conflict,
            "\(address) is not the database that the backup \(backup.name) was made from. Nothing was changed.",
            remedy: "Check the address, PGHOST, PGDATABASE, PGSERVICE and the service file.")
    }

    private func restore(
        _ backup: Backup, in destination: any Destination, overwritesEdited: Bool, isTrial: Bool
    ) throws -> RestoreReport {
        let path = Backups(log).path(of: backup)
        if isTrial { try backup.requireWhole(at: path) }
        // Of an import without chunks no database has anything.
        let written = try backup.imports.filter { id in
            try log.status(of: id).chunks.committed > 0
                || backup.position.flatMap { try? log.status(of: id, at: $0).chunks.committed > 0 } == true
        }
        return try destination.restore(
            from: path, logID: log.id, importIDs: written.map(\.rawValue), overwritesEdited: overwritesEdited,
            isTrial: isTrial)
    }

    /// - Parameter destination: the database as it is before, which says what of its imports can go.
    private func restoration(_ report: RestoreReport, of destination: any Destination) throws -> Restoration {
        var result = Restoration(report)
        var foreign: [String: Int] = [:]
        for lost in report.lostChunks {
            if lost.logID == log.id, let status = try? log.status(of: ImportID(rawValue: lost.importID)) {
                // What was undone is not there to be lost.
                if try status.isTakenBack && !isBack(status, in: destination) { continue }
                result.losing.append((status, lost.count))
            } else {
                foreign[lost.logID, default: 0] += lost.count
            }
        }
        result.foreign = foreign.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return result
    }

    /// Closing SQL that ran after the backup was made did not run, as far as the database is concerned.
    private func reopenGroups(of imports: [ImportID], _ backup: Backup, _ destination: any Destination) throws {
        for batchID in Set(try imports.compactMap { try log.status(of: $0).batch?.id }).sorted() {
            let group = try log.group(batchID)
            guard group.finalized == .done, let last = group.changedBy,
                try !destination.hasRun(Self.finalizeName(log, group, last))
            else { continue }
            let owner = try ownWaiting(for: last)
            let reason = "the backup \(backup.name) was restored, which was made before it"
            try owner.submit([.groupFinalized(GroupFinalized(batchID: batchID, steps: [], error: reason))]).wait()
            owner.removeLock()
        }
    }
}

extension ImportLog {
    /// The position before the first rollback that a backup was made for; nil if there is none.
    fileprivate func positionBefore(_ backup: Backup) throws -> UInt64? {
        var first: UInt64?
        for id in backup.imports {
            try forEachEvent(of: id) { recorded, _ in
                if case .rollbackStarted(let started) = recorded.event, started.backup == backup.name {
                    first = min(first ?? .max, recorded.position - 1)
                }
            }
        }
        return first
    }
}

internal import ImportLog
internal import Records

extension ImportEngine {
    /// Copies a database, to be put back like the copies that are made before rollbacks.
    ///
    /// - Parameter address: nil for the one that all imports of the log went to.
    /// - Throws: `DataError.unusableOption` where it is not said which one, or where there is nothing that a backup could
    ///   have; `conflict` where somebody is at work on it.
    package func makeBackup(of address: DestinationAddress? = nil) throws -> Backup {
        let address = try address ?? onlyDestination()
        let destination = try address.open(creates: false)
        let working = try DestinationLock(log, address, destination, for: .work)
        defer { working.release() }
        // A file is copied as a whole, whatever is in it.
        if address.path != nil { return try Backups(log).make(of: address, before: [], isOnDemand: true) }
        let its = try imports(.all).filter { try DestinationAddress($0.destination).place == address.place }
        guard !its.isEmpty else {
            throw DataError(
                .unusableOption, "\(address) has no imports that could be rolled back, so there is nothing to copy.",
                remedy: "Check the address. To copy the whole database, use pg_dump.")
        }
        return try Backups(log).make(of: address, before: its.map(\.importID), isOnDemand: true)
    }

    private func onlyDestination() throws -> DestinationAddress {
        let all = Set(try log.imports().filter { $0.startedAt != nil }.map(\.destination)).sorted()
        if all.count == 1 { return try DestinationAddress(all[0]) }
        throw DataError(
            .unusableOption,
            all.isEmpty
                ? "The log has no imports, so it knows no database to copy."
                : "The imports of the log went to \(all.count) databases.",
            remedy: "Give the one to copy with --into"
                + (all.isEmpty ? "." : ": \(all.prefix(5).joined(separator: ", "))\(all.count > 5 ? " …" : "")."))
    }
}

internal import ImportLog
internal import Records

extension ImportEngine {
    /// Where the database that an import went into is now.
    func address(of id: ImportID) throws -> DestinationAddress {
        try place ?? DestinationAddress(log.submission(of: id).destination)
    }

    /// Opens the database that an import went into, and makes none.
    ///
    /// - Throws: `DataError` if it is not there, or another one is in its place.
    func openDestination(of id: ImportID) throws -> any Destination {
        let submitted = try log.submission(of: id)
        let address = try address(of: id)
        let whereItIs = "give its new location with --into"
        if place == nil, address.isMissing {
            throw DataError(
                .destination,
                "The database of import \(id), \(address.path ?? ""), does not exist. Nothing was changed.",
                remedy: "Restore it or mount its disk; if it was moved, \(whereItIs) sqlite:PATH.")
        }
        let destination = try address.open(creates: false)
        let hasReceipts = try destination.hasReceipts(logID: log.id, importID: id.rawValue)
        let committed = try log.status(of: id).chunks.committed
        if place != nil {
            if try hasReceipts || committed == 0 || holdsOthers(besides: id, of: submitted, destination) {
                return destination
            }
            throw DataError(
                .conflict,
                "\(address) contains nothing of import \(id), which went into \(submitted.destination). Nothing was changed.",
                remedy: "Give that database, or its new location, with --into.")
        }
        let known = submitted.destinationID
        guard let identity = try destination.identity(), !known.isEmpty, identity != known,
            // Restored from a dump into a new database of its name, it is the same to whoever uses it.
            try
                !(destination.hasReplaced(known)
                && (hasReceipts || holdsOthers(besides: id, of: submitted, destination)))
        else { return destination }
        throw DataError(
            .conflict,
            "\(submitted.destination) is not the database that import \(id) went into"
                + "\(hasReceipts ? ", but a copy of it" : ""). Nothing was changed.",
            remedy: "Check the address, PGHOST, PGDATABASE, PGSERVICE and the service file"
                + (hasReceipts ? "; if the database was moved here, \(whereItIs)." : "."))
    }

    /// Whether the ledger has chunks of other imports of this log that went into the same database as an import: it was
    /// restored from a backup that is older than that import.
    private func holdsOthers(
        besides id: ImportID, of submitted: ImportSubmitted, _ destination: any Destination
    ) throws -> Bool {
        try log.imports().contains { status in
            guard status.importID != id, status.chunks.committed > 0 else { return false }
            let other = try log.submission(of: status.importID)
            let isSame =
                submitted.destinationID.isEmpty
                ? other.destination == submitted.destination : other.destinationID == submitted.destinationID
            return try isSame && destination.hasReceipts(logID: log.id, importID: status.importID.rawValue)
        }
    }

    /// The same, for who adds to what the import wrote: what it wrote must be there.
    func openDestination(
        holding id: ImportID, orElse: String = "first write them again: waybill resume"
    ) throws -> any Destination {
        let destination = try openDestination(of: id)
        let committed = try log.status(of: id).chunks.committed
        if try committed == 0 || destination.hasReceipts(logID: log.id, importID: id.rawValue) { return destination }
        throw DataError(
            .conflict,
            "\(try address(of: id)) contains nothing of import \(id) (\(committed) chunks in the log). Nothing was changed.",
            remedy: "Check that it is the right database; if it was restored from an older backup, \(orElse) \(id).")
    }

    /// Throws if an import would be continued in a copy of its database: the log knows one place of an import.
    func requireNoCopy(of same: ImportStatus, _ submitted: ImportSubmitted) throws {
        if try DestinationAddress(same.destination).place == DestinationAddress(submitted.destination).place { return }
        let earlier = try log.submission(of: same.importID).destinationID
        if !earlier.isEmpty, earlier == submitted.destinationID { return }
        // A file that is gone was moved.
        if try DestinationAddress(same.destination).isMissing { return }
        throw DataError(
            .conflict,
            "\(submitted.destination) has rows of import \(same.importID), which has the same bytes, is "
                + "\(same.state.rawValue.replacing("_", with: " ")) and went into \(same.destination): one is a copy of the other. Nothing was written.",
            remedy:
                "To continue in the first one: waybill resume \(same.importID). If this is its new location: waybill "
                + "resume \(same.importID) --into \(submitted.destination).")
    }
}

extension ImportSubmitted {
    /// With its tables as the database names them, and the database's identity.
    func named(by destination: any Destination) throws -> ImportSubmitted {
        var named = self
        let names = TableNames(of: sections)
        // One that is not there yet is not another one that is.
        func name(_ table: String) throws -> String {
            names.haveOther(than: table) ? table : try destination.tableName(table).name
        }
        named.destinationID = try destination.identity() ?? ""
        named.table = try name(table)
        for index in furtherSections.indices {
            named.furtherSections[index].table = try name(furtherSections[index].table)
        }
        return named
    }
}

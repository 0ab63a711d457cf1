internal import EventLog

extension ImportLog {
    /// Records that an import was requested and returns its number, once that is on disk.
    ///
    /// - Throws: `ImportLogError.invalid` if the batch id is empty, longer than 200 bytes or has a NUL, or where the
    ///   part is not one of the batch's parts.
    public func submit(_ submission: ImportSubmitted) async throws -> ImportID {
        try submission.validate()
        do {
            var id = try nextImportID()
            while true {
                do {
                    _ = try await events.append(Self.append(submission, as: id))
                    return id
                } catch let error as EventLogError where error.code == .conflict {
                    // Someone else took the number first.
                    id = try max(id.advanced(by: 1), nextImportID())
                }
            }
        } catch {
            throw ImportLogError.wrapping(error)
        }
    }

    /// The same, blocking the thread.
    ///
    /// - Parameter events: what else becomes of the import, in the same append: all of it is noted or nothing.
    package func submitAndWait(_ submission: ImportSubmitted, then events: [ImportEvent] = []) throws -> ImportID {
        try submission.validate()
        return try publicly {
            var id = try nextImportID()
            while true {
                do {
                    _ = try self.events.submit(Self.append(submission, then: events, as: id)).wait()
                    return id
                } catch let error as EventLogError where error.code == .conflict {
                    id = try max(id.advanced(by: 1), nextImportID())
                }
            }
        }
    }

    private static func append(
        _ submission: ImportSubmitted, then events: [ImportEvent] = [], as id: ImportID
    ) throws -> Append {
        let events = try ([.submitted(submission)] + events).map { try $0.encoded() }
        return Append(events, to: ImportStream.name(id), expecting: .exactly(0))
    }

    private func nextImportID() throws -> ImportID {
        var last: ImportID = 0
        try events.read { snapshot in
            try snapshot.view("imports").scan(prefix: ImportsProjection.listPrefix, backwards: true) { key, _ in
                last = ImportID(endOf: key)
                return false
            }
        }
        return last.advanced(by: 1)
    }
}

extension ImportSubmitted {
    /// The longest batch id, in bytes: it is part of a key.
    static let longestBatchID = 200

    /// So that the list of missing parts has an end.
    static let mostParts: UInt32 = 1_000_000

    func validate() throws {
        guard let batch else { return }
        guard (1...Self.longestBatchID).contains(batch.id.utf8.count), !batch.id.utf8.contains(0) else {
            throw ImportLogError(.invalid, "A batch id has 1 to \(Self.longestBatchID) bytes and no NUL.")
        }
        if let totalParts = batch.totalParts, !(1...Self.mostParts).contains(totalParts) {
            throw ImportLogError(.invalid, "A batch has 1 to \(Self.mostParts) parts; \(totalParts) was given.")
        }
        if let part = batch.part {
            guard part > 0, part <= batch.totalParts ?? Self.mostParts else {
                let total = batch.totalParts.map { "; the batch '\(batch.id)' has the parts 1 to \($0)" } ?? ""
                throw ImportLogError(
                    .invalid, "Part \(part) is not possible\(total).", remedy: "Parts are numbered from 1.")
            }
        }
    }
}

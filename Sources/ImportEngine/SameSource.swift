internal import ImportLog
internal import Records

/// Looks for an earlier import of the same bytes into the same table.
struct SameSource {
    let log: ImportLog
    let file: SourceFile

    /// The newest import with the same size, destination and table, as far as it came, whose bytes are the same, and
    /// which put something into the table or may still do so.
    ///
    /// The source is read only where such an import is there.
    func find(_ identity: ImportSubmitted.SourceIdentity, destination: String, table: String) throws -> ImportStatus? {
        guard let size = identity.size else { return nil }
        for id in try log.imports(ofSize: size).reversed() {
            let status = try log.status(of: id)
            guard status.destination == destination, status.table == table, status.state != .rolledBack,
                status.state != .cancelled, !status.state.isCompleted || status.records.used > 0
            else { continue }
            if let last = try lastDigest(of: id) {
                if try file.digest(upTo: last.end).value == last.digest { return status }
            } else if try log.submission(of: id).identity == identity {
                return status
            }
        }
        return nil
    }

    /// What the import had read, and its digest; nil where it had read nothing.
    private func lastDigest(of id: ImportID) throws -> (end: UInt64, digest: [UInt8])? {
        var last: (UInt64, [UInt8])?
        try log.forEachEvent(of: id) { recorded, _ in
            switch recorded.event {
            case .chunkCommitted(let chunk): last = (chunk.span.end.byteOffset, chunk.digest)
            case .completed(let completed): last = (completed.bytes, completed.digest)
            default: break
            }
        }
        return last
    }
}

extension Counts {
    /// Records that are in the table.
    fileprivate var used: UInt64 { inserted + updated + unchanged }
}

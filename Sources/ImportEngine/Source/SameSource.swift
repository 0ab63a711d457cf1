internal import ImportLog
internal import Records

/// Looks for an earlier import of the same bytes into the same tables.
///
/// Whether an import went into this database, its ledger says, whatever the address: where it has a chunk of the import, it is
/// the one, or became of it. Where it has none, the address and the database's identity say what it may be.
struct SameSource {
    let log: ImportLog
    /// What to write to now.
    let destination: any Destination

    /// The newest import with the same size, database and tables, as far as it came, whose bytes are the same, and
    /// which put something into the tables or may still do so.
    ///
    /// The source is read only where such an import is there.
    ///
    /// - Parameter isUnfinished: whether only one that did not end is looked for.
    func find(_ submitted: ImportSubmitted, _ source: OpenSource, isUnfinished: Bool = false) throws -> ImportStatus? {
        if source.isStream { return try unfinished(submitted) }
        guard let size = submitted.identity?.size, let file = source.address.file else { return nil }
        for id in try log.imports(ofSize: size).reversed() {
            let status = try log.status(of: id)
            guard status.state != .rolledBack, status.state != .cancelled, !status.couldNotBegin,
                !status.isWhollyRejected,
                !status.state.isCompleted || status.records.used > 0 && !isUnfinished
            else { continue }
            let earlier = try log.submission(of: id)
            guard earlier.hasSameExtent(as: submitted), try wentHere(status, earlier, submitted) else { continue }
            if try hasSameBytes(id, earlier, submitted, file) { return status }
        }
        return nil
    }

    /// Whether an import read the same bytes, as far as it came.
    private func hasSameBytes(
        _ id: ImportID, _ earlier: ImportSubmitted, _ submitted: ImportSubmitted, _ file: SourceFile
    ) throws -> Bool {
        if !submitted.digestsWholeSource { return earlier.identity?.digest == submitted.identity?.digest }
        guard let last = try log.lastDigest(of: id) else { return earlier.identity == submitted.identity }
        return try file.digest(upTo: last.end).value == last.digest
    }

    /// The newest import that inserted another part of the same bytes into one of the same tables, some records of which
    /// would be inserted again now: a trial with a limit, or one section of several.
    func findOverlap(_ submitted: ImportSubmitted, _ source: OpenSource) throws -> ImportStatus? {
        guard let size = submitted.identity?.size, let file = source.address.file else { return nil }
        for id in try log.imports(ofSize: size).reversed() {
            let status = try log.status(of: id)
            guard status.state.isCompleted, status.records.used > 0 else { continue }
            let earlier = try log.submission(of: id)
            guard earlier.digestsWholeSource == submitted.digestsWholeSource, !earlier.hasSameExtent(as: submitted),
                earlier.overlaps(submitted), try destination.hasReceipts(logID: log.id, importID: id.rawValue)
            else { continue }
            let isShared = try !submitted.tables(destination).isDisjoint(with: earlier.tables(destination))
            if try isShared && hasSameBytes(id, earlier, submitted, file) { return status }
        }
        return nil
    }

    /// The import that inserted the longest beginning of what the file holds now into one of the same tables, which knows no
    /// key: the file grew since, or the import was cancelled. The file is read at most once, and only where there is such
    /// an import.
    func findBeginning(_ submitted: ImportSubmitted, _ source: OpenSource) throws -> ImportStatus? {
        guard let size = submitted.identity?.size, let file = source.address.file else { return nil }
        let tables = try submitted.tables(destination) { $0.key.isEmpty }
        if tables.isEmpty { return nil }
        var shorter: [(end: UInt64, digest: [UInt8], status: ImportStatus)] = []
        for id in try Set(log.imports(ofSource: submitted.source) + log.imports(ofSize: size)).sorted() {
            let (earlier, status) = (try log.submission(of: id), try log.status(of: id))
            guard let identity = earlier.identity, let length = identity.size, length <= size,
                length < size || status.state == .cancelled, status.state != .rolledBack, status.records.used > 0,
                earlier.overlaps(submitted), try !tables.isDisjoint(with: earlier.tables(destination)),
                try destination.hasReceipts(logID: log.id, importID: id.rawValue)
            else { continue }
            if !earlier.digestsWholeSource {
                shorter.append((length, identity.digest, status))
            } else if let last = try log.lastDigest(of: id), last.end <= size {
                shorter.append((last.end, last.digest, status))
            }
        }
        var digest = SourceDigest()
        var found: ImportStatus?
        for earlier in shorter.sorted(by: { $0.end < $1.end }) {
            try file.digest(&digest, upTo: earlier.end)
            if digest.value == earlier.digest { found = earlier.status }
        }
        return found
    }

    /// The newest import of a file of this name that fits, and that wrote records of it as it was into one of the same tables,
    /// which knows no key.
    func findEarlier(_ submitted: ImportSubmitted, where fits: (ImportStatus) -> Bool) throws -> ImportStatus? {
        let tables = try submitted.tables(destination) { $0.key.isEmpty }
        if tables.isEmpty { return nil }
        for id in try log.imports(ofSource: submitted.source).reversed() {
            let (earlier, status) = (try log.submission(of: id), try log.status(of: id))
            guard fits(status), earlier.overlaps(submitted),
                try !tables.isDisjoint(with: earlier.tables(destination)),
                try destination.hasReceipts(logID: log.id, importID: id.rawValue)
            else { continue }
            return status
        }
        return nil
    }

    /// The newest import of a stream of this name that did not end. Whether the bytes are the same shows when they are
    /// read once more.
    private func unfinished(_ submitted: ImportSubmitted) throws -> ImportStatus? {
        try log.imports(in: [.queued, .interrupted, .paused, .failed]).first { status in
            guard status.source == submitted.source, !status.couldNotBegin, !status.isWhollyRejected,
                log.owner(of: status.importID) == nil
            else { return false }
            let earlier = try log.submission(of: status.importID)
            return try earlier.hasSameExtent(as: submitted) && wentHere(status, earlier, submitted)
        }
    }

    private func wentHere(
        _ status: ImportStatus, _ earlier: ImportSubmitted, _ submitted: ImportSubmitted
    ) throws -> Bool {
        let tables = try zip(earlier.sections, submitted.sections).allSatisfy {
            try destination.tableName($0.table).identity == destination.tableName($1.table).identity
        }
        guard tables else { return false }
        if try destination.hasReceipts(logID: log.id, importID: status.importID.rawValue) { return true }
        let (then, now) = (earlier.destinationID, submitted.destinationID)
        if !then.isEmpty && !now.isEmpty && then != now { return false }
        // Its chunks may be lost, or it has none yet.
        let places = try [status.destination, submitted.destination].map { try DestinationAddress($0).place }
        if places[0] == places[1] { return true }
        return status.chunks.committed == 0 && !now.isEmpty && then == now
    }
}

extension ImportSubmitted {
    /// Whether both take the same part of a source of this kind.
    fileprivate func hasSameExtent(as other: ImportSubmitted) -> Bool {
        sections.map(\.name) == other.sections.map(\.name)
            && sections.map(\.isDeletion) == other.sections.map(\.isDeletion)
            && recordLimit == other.recordLimit && reading.firstRecord == other.reading.firstRecord
            && digestsWholeSource == other.digestsWholeSource && !isOtherPart(of: other.batch)
    }

    /// Whether both take some of the same records, by their numbers in each section.
    fileprivate func overlaps(_ other: ImportSubmitted) -> Bool {
        if isOtherPart(of: other.batch) { return false }
        let (ours, theirs) = (records, other.records)
        return ours.lowerBound < theirs.upperBound && theirs.lowerBound < ours.upperBound
    }

    private var records: Range<UInt64> {
        let first = reading.firstRecord
        return first..<(recordLimit.map { first.addingReportingOverflow($0).partialValue } ?? .max)
    }

    /// The sections that are inserted, each with its table.
    fileprivate func tables(
        _ destination: any Destination, where isMeant: (Section) -> Bool = { _ in true }
    ) throws -> Set<[String]> {
        let sections = sections.filter { $0.hasRecords && $0.addsRowsAgain && isMeant($0) }
        return try Set(sections.map { [$0.name, try destination.tableName($0.table).identity] })
    }

    /// Whether this is one part of a batch and that another one: they are two deliveries, even with the same bytes.
    private func isOtherPart(of other: ImportSubmitted.Batch?) -> Bool {
        guard let batch, let other, let part = batch.part, let otherPart = other.part else { return false }
        return batch.id == other.id && part != otherPart
    }
}

extension ImportSubmitted.Section {
    fileprivate var isDeletion: Bool { mode == WriteMode.delete.rawValue }
}

extension ImportLog {
    /// What an import had read, and its digest; nil if it had read nothing.
    fileprivate func lastDigest(of id: ImportID) throws -> (end: UInt64, digest: [UInt8])? {
        var last: (UInt64, [UInt8])?
        try forEachEvent(of: id) { recorded, _ in
            switch recorded.event {
            case .chunkCommitted(let chunk): last = (chunk.span.end.byteOffset, chunk.digest)
            case .completed(let completed): last = (completed.bytes, completed.digest)
            default: break
            }
        }
        return last
    }

    /// What was noted when an import ended; nil if it did not.
    func completion(of id: ImportID) throws -> ImportCompleted? {
        var found: ImportCompleted?
        try forEachEvent(of: id) { recorded, _ in
            if case .completed(let completed) = recorded.event { found = completed }
        }
        return found
    }
}

extension Counts {
    /// Records that are in the table.
    var used: UInt64 { inserted + updated + unchanged }
}

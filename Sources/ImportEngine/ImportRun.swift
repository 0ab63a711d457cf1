internal import ImportLog
internal import Records

/// One run of an import: pull a chunk, write it, append its event, until the source's end.
///
/// All control flow of an import stands here. Reading happens ahead on its own thread, and the log's events are
/// appended behind: the destination's ledger keeps what the log does not have yet.
struct ImportRun {
    let owner: ImportOwner
    let logID: String
    let destination: any Destination
    let submitted: ImportSubmitted
    let file: SourceFile
    /// What the system said of the source before this run read it.
    let identity: ImportSubmitted.SourceIdentity?
    let stop: StopSwitch
    let news: @Sendable (ImportNews) -> Void

    /// The number of the next chunk.
    var nextChunk: UInt64
    /// What is counted so far, with the runs before this one.
    var counts: Counts
    /// The place of the next record, and the digest up to there.
    var place: RecordLocation
    var digest: SourceDigest

    /// How many chunks the log may be behind the destination.
    private static let mostPending = 4
    private static let mostAttempts = 3

    enum End {
        case completed
        case stopped(reason: String)
        case failed(reason: String)
    }

    mutating func run(_ reading: ImportReading) throws -> End {
        // What went beyond a limit before does so still, and must not go on chunk by chunk.
        if let violation = submitted.limits.violation(by: counts) { return .failed(reason: violation) }
        let pipeline = ChunkPipeline(reader: reading.reader, digest: digest, limit: submitted.limits.chunk)
        defer { pipeline.stop() }
        var pending: [PendingAppend] = []
        var end: End?
        let start = (bytes: place.byteOffset, records: counts.read)
        while end == nil {
            guard let read = try pipeline.next() else {
                end = .completed
                break
            }
            let entry = try write(read)
            ImportFaultPoint.afterDestinationCommit.reached()
            pending.append(try owner.submit(entry))
            if pending.count > Self.mostPending { _ = try pending.removeFirst().wait() }
            advance(past: read, entry.chunk)
            pipeline.recycle(read.chunk)
            report(entry.chunk, since: start)
            if let violation = submitted.limits.violation(by: counts) {
                end = .failed(reason: violation)
            } else if let reason = stop.reason {
                end = .stopped(reason: reason)
            }
        }
        for ticket in pending { _ = try ticket.wait() }
        return end ?? .completed
    }

    /// Writes a chunk's rows and ledger row, trying again where that may help.
    private func write(_ read: ReadChunk) throws -> LedgerEntry {
        var attempt = 1
        while true {
            do {
                return try writeOnce(read)
            } catch let error as DataError {
                let willRetry = error.code == .busy && attempt < Self.mostAttempts
                let failure = ChunkFailed(
                    chunk: nextChunk, attempt: UInt32(attempt), error: error.message, willRetry: willRetry)
                _ = try owner.submit([.chunkFailed(failure)]).wait()
                guard willRetry else { throw error }
                news(.retrying(chunk: nextChunk, attempt: attempt, error: error.message))
                attempt += 1
            }
        }
    }

    private func writeOnce(_ read: ReadChunk) throws -> LedgerEntry {
        let clock = Stopwatch()
        var written: LedgerEntry?
        _ = try destination.write(
            read.chunk, key: LedgerKey(logID: logID, importID: owner.importID, chunk: nextChunk)
        ) { outcome in
            let event = ChunkCommitted(nextChunk, read, outcome, writeMicroseconds: clock.microseconds)
            // No record vanishes: what does not add up is not committed.
            guard event.counts.isConserved else {
                throw DataError(
                    .destination,
                    "Chunk \(nextChunk) has \(event.counts.read) records, but the destination accounted "
                        + "for \(outcome.inserted) inserted, \(outcome.updated) updated, \(outcome.unchanged) unchanged "
                        + "and \(event.counts.rejected) rejected. Nothing of it was written.")
            }
            let entry = try LedgerEntry(event)
            written = entry
            ImportFaultPoint.beforeDestinationCommit.reached()
            return try entry.bytes()
        }
        guard let written else { preconditionFailure("A destination committed a chunk without its ledger row.") }
        return written
    }

    private mutating func advance(past read: ReadChunk, _ event: ChunkCommitted) {
        nextChunk += 1
        counts += event.counts
        place = read.chunk.end
        digest = read.digest
    }

    private func report(_ event: ChunkCommitted, since start: (bytes: UInt64, records: UInt64)) {
        if !event.widenedColumns.isEmpty { news(.widened(event.widenedColumns)) }
        news(
            .chunk(
                ImportProgress(
                    records: counts, bytesDone: place.byteOffset, bytesTotal: submitted.identity?.size,
                    bytesThisRun: place.byteOffset - start.bytes, recordsThisRun: counts.read - start.records)))
    }
}

extension ChunkCommitted {
    init(_ number: UInt64, _ read: ReadChunk, _ outcome: ChunkOutcome, writeMicroseconds: UInt64) {
        let rejects = (read.chunk.rejects + outcome.rejects).sorted { $0.location.record < $1.location.record }
        var counts = Counts()
        counts.read = UInt64(read.chunk.recordsRead)
        counts.inserted = UInt64(outcome.inserted)
        counts.updated = UInt64(outcome.updated)
        counts.unchanged = UInt64(outcome.unchanged)
        counts.rejected = UInt64(rejects.count)
        self.init(
            chunk: number,
            span: Span(
                section: read.chunk.start.section, start: Span.Place(read.chunk.start), end: Span.Place(read.chunk.end)),
            counts: counts, digest: read.digest.value, digestChain: read.digest.chain,
            rejects: rejects.map(Reject.init), widenedColumns: outcome.widened,
            readMicroseconds: read.readMicroseconds, writeMicroseconds: writeMicroseconds,
            residentBytes: ResidentMemory.current)
    }
}

extension Span.Place {
    init(_ location: RecordLocation) {
        self.init(byteOffset: location.byteOffset, line: location.line, record: location.record)
    }
}

extension Reject {
    init(_ rejected: Records.RejectedRecord) {
        self.init(
            section: rejected.location.section, record: rejected.location.record, line: rejected.location.line,
            byteOffset: rejected.location.byteOffset, code: rejected.code.rawValue, message: rejected.message,
            field: rejected.field, key: rejected.key, raw: rejected.raw)
    }
}

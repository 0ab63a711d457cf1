internal import ImportLog
internal import Records

/// One run of an import: for each section, pull a chunk, write it, append its event, until the source's end.
///
/// All control flow of an import stands here. Reading happens ahead on its own thread, and the log's events are
/// appended behind, once their chunks are durable: the destination's ledger keeps what the log does not have yet.
struct ImportRun {
    let owner: ImportOwner
    let logID: String
    let destination: any Destination
    let submitted: ImportSubmitted
    let limits: Limits
    let source: OpenSource
    let stop: StopSwitch
    let news: @Sendable (ImportNews) -> Void

    /// Of a file of rejects: what is in the destination already.
    var mended: MendedRecords?

    /// The number of the next chunk.
    var nextChunk: UInt64
    /// Tells the import from another one to which a stale log gave the same number.
    private let submittedAt: Timestamp
    /// What is counted so far, with the runs before this one, and the bytes of the source that are done.
    var counts: Counts
    var bytesDone: UInt64
    /// The place of the next record, and the digest up to there.
    private(set) var place = RecordLocation()
    private(set) var digest = SourceDigest()
    /// The last one that was written.
    private var lastByte: UInt8?
    private var sizing: ChunkSizing
    private var texts = TextWatch()
    private let clock = Stopwatch()
    /// What was done when this run began.
    private let atStart: (bytes: UInt64, records: UInt64)

    init(
        owner: ImportOwner, logID: String, destination: any Destination, submitted: ImportSubmitted, limits: Limits,
        source: OpenSource, stop: StopSwitch, news: @escaping @Sendable (ImportNews) -> Void, nextChunk: UInt64,
        counts: Counts,
        bytesDone: UInt64, submittedAt: Timestamp
    ) {
        self.owner = owner
        self.submittedAt = submittedAt
        self.logID = logID
        self.destination = destination
        self.submitted = submitted
        self.limits = limits
        self.source = source
        self.stop = stop
        self.news = news
        self.nextChunk = nextChunk
        self.counts = counts
        self.bytesDone = bytesDone
        sizing = ChunkSizing(submitted.limits)
        atStart = (bytesDone, counts.read)
    }

    /// The events of chunks that are not known to be durable, and those that the log is appending.
    private var undurable: [LedgerEntry] = []
    private var pending: [PendingAppend] = []
    /// How many there may be of each.
    private static let mostBehind = 4
    private static let mostAttempts = 8

    enum End {
        case completed
        case stopped(reason: String)
        case failed(reason: String)
    }

    /// - Parameter first: the section to continue with, after which the others follow; nil to begin with the first one.
    mutating func run(from first: SectionReading?) throws -> End {
        // What went beyond a limit before does so still, and must not go on chunk by chunk.
        if let violation = limits.violation(of: submitted.limits, by: counts) { return .failed(reason: violation) }
        source.beginReading()
        do {
            let end = try runAll(from: first)
            try appendAll()
            return end
        } catch {
            // What was written before that is in the destination, and the log should say so.
            try? appendAll()
            throw error
        }
    }

    private mutating func runAll(from first: SectionReading?) throws -> End {
        let rest = submitted.sections.drop { first != nil && $0.name != first?.section.name }
        let names = TableNames(of: submitted.sections)
        for section in rest where section.hasRecords {
            if let reason = stop.reason { return .stopped(reason: reason) }
            let isFirst = section.name == first?.section.name
            var reading = try (isFirst ? first : nil) ?? SectionReading(beginning: section, of: submitted, source)
            reading.mended = mended
            _ = try destination.prepare(TablePlan(section, among: names, logID: logID))
            try destination.giveNumbers(past: section, of: submitted, source, stop)
            if let end = try run(through: reading) { return end }
        }
        return .completed
    }

    /// Returns nil at the section's end.
    private mutating func run(through reading: SectionReading) throws -> End? {
        place = reading.place
        digest = reading.digest
        texts.begin(reading.section)
        let pipeline = ChunkPipeline(
            reading, limit: sizing.limit, lastRecord: submitted.lastRecord(of: reading.section))
        defer {
            pipeline.stop()
            destination.forgetNext()
        }
        let end = try run(through: pipeline)
        if end == nil { tellTail(of: reading.section) }
        return end
    }

    /// Tells where the last line has no end, which was not to be seen beforehand.
    private func tellTail(of section: ImportSubmitted.Section) {
        let wasSeen = source.address.file?.isLocal == true && section.reading.isSeekable
        let isOnlyCSV = submitted.furtherSections.isEmpty && section.reading.format == SourceFormat.csv.rawValue
        guard !wasSeen, isOnlyCSV, let lastByte,
            ![0, UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(lastByte)
        else { return }
        news(.lastLineIsOpen(source: source.address.name))
    }

    private mutating func run(through pipeline: ChunkPipeline) throws -> End? {
        var end: End?
        while end == nil, let read = try read(from: pipeline) {
            let entry = try write(read, next: pipeline.peek()?.chunk)
            ImportFaultPoint.afterDestinationCommit.reached()
            undurable.append(entry)
            try appendDurable()
            lastByte = read.chunk.bytes.last ?? lastByte
            advance(past: read, entry.chunk)
            pipeline.limit = nextLimit(after: entry.chunk, read)
            pipeline.recycle(read.chunk)
            report(entry.chunk)
            if let violation = limits.violation(of: submitted.limits, by: counts) {
                end = .failed(reason: violation)
            } else if let timeout = limits.timeout, clock.microseconds >= timeout.value * 1_000_000 {
                end = .stopped(reason: "its time limit was reached (\(timeout.words))")
            } else if let reason = stop.reason {
                end = .stopped(reason: reason)
            }
        }
        return end
    }

    /// Waits for the next chunk; the log shall not be behind while there is nothing else to do. Of several sections, the
    /// next one is at hand: waiting for the disk after each would take longest where they are small.
    private mutating func read(from pipeline: ChunkPipeline) throws -> ReadChunk? {
        if submitted.furtherSections.isEmpty, pipeline.peek() == nil {
            try destination.makeDurable()
            try appendDurable()
        }
        return try pipeline.next()
    }

    /// Queues the events of the chunks that have become durable.
    private mutating func appendDurable() throws {
        if undurable.count > Self.mostBehind { try destination.makeDurable() }
        while undurable.count > destination.undurableChunks {
            pending.append(try owner.submit(undurable.removeFirst()))
        }
        while pending.count > Self.mostBehind { _ = try pending.removeFirst().wait() }
    }

    /// Appends the events of all chunks that are written.
    private mutating func appendAll() throws {
        try destination.makeDurable()
        try appendDurable()
        while !pending.isEmpty { _ = try pending.removeFirst().wait() }
    }

    /// Writes a chunk's rows and ledger row, trying again where that may help.
    private mutating func write(_ read: ReadChunk, next: Chunk?) throws -> LedgerEntry {
        let text = texts.look(at: read.chunk)
        var attempt = 1
        while true {
            do {
                return try writeOnce(read, text, next: next)
            } catch let error as DataError {
                let willRetry = error.code == .busy && attempt < Self.mostAttempts
                let failure = ChunkFailed(
                    chunk: nextChunk, attempt: UInt32(attempt), error: error.message, willRetry: willRetry)
                try appendAll()
                _ = try owner.submit([.chunkFailed(failure)]).wait()
                guard willRetry else { throw error }
                news(.retrying(chunk: nextChunk, attempt: attempt, error: error.message))
                RetryDelay.wait(beforeAttempt: attempt + 1)
                attempt += 1
            }
        }
    }

    private func writeOnce(_ read: ReadChunk, _ text: String, next: Chunk?) throws -> LedgerEntry {
        let clock = Stopwatch()
        var written: LedgerEntry?
        let receipt = try destination.write(
            read.chunk, next: next, key: LedgerKey(logID: logID, importID: owner.importID.rawValue, chunk: nextChunk)
        ) { outcome in
            var event = ChunkCommitted(nextChunk, read, outcome, writeMicroseconds: clock.microseconds)
            event.text = text
            // No record vanishes: what does not add up is not committed.
            guard event.counts.isConserved else {
                throw DataError(
                    .destination,
                    "Chunk \(nextChunk) has \(event.counts.read) records, but the destination accounted "
                        + "for \(outcome.inserted) inserted, \(outcome.updated) updated, \(outcome.unchanged) unchanged, "
                        + "\(event.counts.skipped) skipped and \(event.counts.rejected) rejected. Nothing of it was written."
                )
            }
            let place = nextChunk == 1 ? "\(ImportEvent.Run.current.host):\(AbsolutePath.of(owner.logDirectory))" : ""
            let entry = try LedgerEntry(event, submittedAt: submittedAt, logPlace: place)
            written = entry
            ImportFaultPoint.beforeDestinationCommit.reached()
            return entry.bytes()
        }
        // The destination had committed it in an attempt that got no answer.
        return try written ?? LedgerEntry(bytes: receipt.entry)
    }

    private mutating func nextLimit(after chunk: ChunkCommitted, _ read: ReadChunk) -> ChunkLimit {
        sizing.adapt(
            records: Int(clamping: chunk.counts.read), rejected: Int(clamping: chunk.counts.rejected),
            microseconds: chunk.writeMicroseconds,
            isMemoryScarce: read.isMemoryScarce)
        return sizing.limit
    }

    private mutating func advance(past read: ReadChunk, _ event: ChunkCommitted) {
        nextChunk += 1
        counts += event.counts
        bytesDone += event.span.byteCount
        place = read.chunk.end
        digest = read.digest
    }

    private func report(_ event: ChunkCommitted) {
        if !event.widened.isEmpty {
            let section = submitted.sections.first { $0.name == event.span.section }
            news(.widened(event.widened, table: section?.table ?? submitted.table))
        }
        news(
            .chunk(
                ImportProgress(
                    records: counts, bytesDone: bytesDone, bytesTotal: submitted.bytesTotal,
                    bytesThisRun: bytesDone - atStart.bytes, recordsThisRun: counts.read - atStart.records)))
    }
}

extension ImportSubmitted {
    /// How many bytes there are to read, where that is known beforehand.
    var bytesTotal: UInt64? {
        reading.isSeekable && recordLimit == nil ? identity?.size : nil
    }

    /// The number of the last record to read of a section.
    func lastRecord(of section: Section) -> UInt64 {
        guard let recordLimit else { return .max }
        return (section.reading.firstRecord - 1).addingReportingOverflow(recordLimit).partialValue
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
        counts.skipped = UInt64(outcome.skipped + read.chunk.skippedRecords)
        counts.rejected = UInt64(rejects.count)
        self.init(
            chunk: number,
            span: Span(
                section: read.chunk.start.section, start: Span.Place(read.chunk.start), end: Span.Place(read.chunk.end)),
            counts: counts, digest: read.digest.value, digestChain: read.digest.chain,
            rejects: rejects.map(Reject.init), widened: outcome.widened.map(WidenedColumn.init),
            readMicroseconds: read.readMicroseconds, writeMicroseconds: writeMicroseconds,
            residentBytes: ResidentMemory.current, rowsDigest: outcome.rowsDigest,
            limitRecords: UInt64(read.limit.records), limitBytes: UInt64(read.limit.bytes))
    }
}

extension Span.Place {
    init(_ location: RecordLocation) {
        self.init(byteOffset: location.byteOffset, line: location.line, record: location.record)
    }
}

extension WidenedColumn {
    init(_ widening: ColumnWidening) {
        self.init(
            column: widening.name, from: widening.from, to: widening.to, line: widening.location.line,
            value: widening.value)
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

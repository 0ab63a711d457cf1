package import ImportLog
internal import Records

/// An import that reads, checks and writes everything but keeps nothing: no row and no event.
package struct TrialRun {
    let preflight: Preflight
    let stop: StopSwitch
    let news: @Sendable (ImportNews) -> Void

    package init(
        _ preflight: Preflight, stop: StopSwitch = StopSwitch(),
        news: @escaping @Sendable (ImportNews) -> Void = { _ in }
    ) {
        self.preflight = preflight
        self.stop = stop
        self.news = news
    }

    /// Runs to the source's end, or until a limit or the switch ends it.
    package func run() throws -> TrialOutcome {
        var outcome = try outcome()
        outcome.isStopped = outcome.endedBecause != nil && outcome.endedBecause == stop.reason
        return outcome
    }

    private func outcome() throws -> TrialOutcome {
        let destination = try preflight.plan.destination.open(isTrial: true)
        var outcome = TrialOutcome(preflight)
        preflight.source.beginReading()
        var bytesDone: UInt64 = 0
        for submitted in preflight.submissions {
            let sections = submitted.sections.filter(\.hasRecords)
            let prepared = try destination.prepare(sections, logID: nil, stop: stop)
            for (section, (first, isCreated)) in zip(sections, prepared) {
                if let reason = stop.reason {
                    outcome.endedBecause = outcome.endedBecause ?? reason
                    return outcome
                }
                let plan = try destination.prepare(TablePlan(section, among: TableNames(of: sections), logID: nil)).plan
                try destination.giveNumbers(past: section, of: submitted, preflight.source, stop)
                let columns = plan.columns.map(ImportSubmitted.Column.init)
                outcome.begin(
                    section,
                    PreparedTable(
                        table: plan.table, columns: columns, isCreated: isCreated,
                        notes: first.notes, doubts: preflight.doubts[section.name] ?? []))
                let reading = try SectionReading(
                    beginning: section, of: submitted, preflight.source, digests: false)
                let pipeline = ChunkPipeline(
                    reading, limit: submitted.limits.chunk, lastRecord: submitted.lastRecord(of: section))
                defer { pipeline.stop() }
                while outcome.endedBecause == nil, let read = try pipeline.next() {
                    let number = outcome.chunks + 1
                    let event = try write(read, number, to: destination)
                    outcome.add(event)
                    bytesDone += event.span.byteCount
                    pipeline.recycle(read.chunk)
                    if !event.widened.isEmpty { news(.widened(event.widened, table: plan.table)) }
                    news(
                        .chunk(
                            ImportProgress(
                                records: outcome.records, bytesDone: bytesDone, bytesTotal: submitted.bytesTotal,
                                bytesThisRun: bytesDone, recordsThisRun: outcome.records.read)))
                    outcome.endedBecause =
                        preflight.limits.violation(of: submitted.limits, by: outcome.records) ?? stop.reason
                }
            }
        }
        return outcome
    }

    private func write(_ read: ReadChunk, _ number: UInt64, to destination: any Destination) throws -> ChunkCommitted {
        var written: ChunkCommitted?
        _ = try destination.write(read.chunk, key: LedgerKey(logID: "trial", importID: 0, chunk: number)) { outcome in
            written = ChunkCommitted(number, read, outcome, writeMicroseconds: 0)
            return []
        }
        guard let written else { preconditionFailure("A destination wrote a chunk without its ledger row.") }
        return written
    }
}

/// What an import would do.
package struct TrialOutcome: Sendable {
    package let preflight: Preflight
    package private(set) var records = Counts()
    package private(set) var sections: [Section] = []
    /// The first rejects, at most `mostRejects`.
    package private(set) var rejects: [Reject] = []
    package private(set) var rejectCodes: [CodeCount] = []
    /// Why it ended before the source did; nil if it did not.
    package internal(set) var endedBecause: String?
    /// Whether that was the user, so that an import would not end there.
    package fileprivate(set) var isStopped = false
    private(set) var chunks: UInt64 = 0

    package static let mostRejects = 100

    package struct Section: Sendable {
        package var section: String
        package var table: PreparedTable
        package var records: Counts
    }

    init(_ preflight: Preflight) { self.preflight = preflight }

    mutating func begin(_ section: ImportSubmitted.Section, _ table: PreparedTable) {
        sections.append(Section(section: section.name, table: table, records: Counts()))
    }

    mutating func add(_ chunk: ChunkCommitted) {
        chunks += 1
        records += chunk.counts
        sections[sections.count - 1].records += chunk.counts
        rejects += chunk.rejects.prefix(Self.mostRejects - rejects.count)
        for code in chunk.rejectCodes {
            if let index = rejectCodes.firstIndex(where: { $0.code == code.code }) {
                rejectCodes[index].count += code.count
            } else {
                rejectCodes.append(code)
            }
        }
    }
}

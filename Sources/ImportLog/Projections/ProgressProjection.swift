internal import EventLog
internal import SwiftProtobuf

/// How far each import has come.
struct ProgressProjection: Projection {
    let name = "progress"
    let version: UInt32 = 9

    func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        var cache = StateCache<PBProgressView>()
        var sums: [ImportID: ChunkSum] = [:]
        var streams = ImportStreams()
        for recorded in events {
            guard let id = streams.importID(recorded.stream) else { continue }
            let tally = recorded.type == "ChunkCommitted" ? ChunkTally(payload: recorded.payload) : nil
            if let tally, sums[id]?.add(tally, of: recorded) == true { continue }
            // What comes next must find the chunks before it in the state.
            if let sum = sums.removeValue(forKey: id) { try cache.update(key(id), in: view) { $0.add(sum) } }
            if let tally {
                sums[id] = ChunkSum(tally, of: recorded)
            } else if let event = try ImportEvent(type: recorded.type, payload: recorded.payload) {
                try cache.update(key(id), in: view) { state in
                    state.apply(event, at: recorded.recordedAt)
                    state.position = recorded.position
                }
            }
        }
        for (id, sum) in sums { try cache.update(key(id), in: view) { $0.add(sum) } }
        try cache.write(into: view)
    }

    /// Chunks of one section of an import, one after the other and with no other event of the import between them.
    ///
    /// Added up first, they change the state once.
    struct ChunkSum {
        private(set) var tally: ChunkTally
        private(set) var chunks: UInt64 = 1
        private(set) var latest: UInt64
        private(set) var position: UInt64

        init(_ tally: ChunkTally, of recorded: RecordedEvent) {
            self.tally = tally
            latest = recorded.recordedAt
            position = recorded.position
        }

        /// Adds the next chunk; false, and nothing is added, where it is of another section.
        mutating func add(_ next: ChunkTally, of recorded: RecordedEvent) -> Bool {
            guard next.section == tally.section else { return false }
            tally.counts += next.counts
            tally.byteCount = tally.byteCount.addingToLimit(next.byteCount)
            chunks += 1
            latest = max(latest, recorded.recordedAt)
            position = recorded.position
            return true
        }
    }
}

extension PBProgressView {
    mutating func apply(_ event: ImportEvent, at time: UInt64) {
        switch event {
        case .submitted(let submitted):
            if submitted.furtherSections.isEmpty { bytesDone = submitted.reading.dataOffset }
            // Progress counts the bytes that are read, and what is packed or cut short ends nobody knows where.
            if let size = submitted.identity?.size, submitted.reading.container.isEmpty, submitted.recordLimit == nil {
                bytesTotal = size
            }
        case .resumed where hasRollback && !rollback.finished: reason = ""
        case .started, .resumed: beginRun(at: time)
        case .chunkCommitted(let chunk):
            add(ChunkTally(chunk), chunks: 1)
            add(chunk.widened, of: chunk)
            note(chunk.text, of: chunk.span.section)
            noteWork(until: time)
        case .chunkRecovered:
            chunksRecovered += 1
            noteWork(until: time)
        case .chunkLost(let lost):
            remove(lost)
            noteWork(until: time)
        case .chunkFailed(let failure):
            if failure.willRetry { chunksRetried += 1 }
            noteWork(until: time)
        case .interrupted(let reason, let noticedLater):
            // When the death is noticed later, the last sign of life stays what it was.
            endRun(at: noticedLater ? lastEventAt : time, reason: reason)
        case .paused: endRun(at: time)
        case .cancelled(let reason): finish(at: time, reason: reason)
        case .failed(let error): finish(at: time, reason: error)
        case .completed(let completed):
            finish(at: time, reason: completed.counts.areAllRejected ? "all its records were rejected" : "")
            bytesDone = completed.bytes
            misread = completed.misread.map(\.message)
            bytesTotal = completed.bytes
        case .rollbackStarted(let started):
            rollback = .with {
                $0.backup = started.backup
                $0.stateBefore = started.stateBefore.rawValue
            }
            reason = ""
        case .chunkReversed(let chunk):
            rollback.reversed = rollback.reversed.addingToLimit(chunk.counts.reversed)
            rollback.handedOver = rollback.handedOver.addingToLimit(chunk.counts.handedOver)
            rollback.kept = rollback.kept.addingToLimit(chunk.counts.kept)
            rollback.refused = rollback.refused.addingToLimit(chunk.counts.refused)
        case .rollbackCompleted(let counts, _):
            rollback.reversed = counts.reversed
            rollback.handedOver = counts.handedOver
            rollback.kept = counts.kept
            rollback.refused = counts.refused
            rollback.finished = true
        case .backupRestored(_, _, let state):
            clearRollback()
            if state != .rolledBack { wasRestored = true }
            reason = ""
        case .rejectsMended(let mending): mended = mended.addingToLimit(mending.count)
        case .verified, .groupFinalized: break
        }
        if let next = event.stateAfter { state = next.rawValue }
    }

    private mutating func beginRun(at time: UInt64) {
        workedUs = workedUs.addingToLimit(lastEventAt - min(runStartedAt, lastEventAt))
        reason = ""
        if !hasStartedAt { startedAt = time }
        runStartedAt = time
        lastEventAt = time
        clearFinishedAt()
    }

    /// Time counts as worked between a run's beginning and its last event, and only there.
    private mutating func noteWork(until time: UInt64) {
        if state == ImportState.running.rawValue && !(hasRollback && !rollback.finished) {
            lastEventAt = max(time, lastEventAt)
        }
    }

    private mutating func endRun(at time: UInt64, reason: String = "") {
        self.reason = reason
        noteWork(until: time)
    }

    private mutating func finish(at time: UInt64, reason: String = "") {
        endRun(at: time, reason: reason)
        finishedAt = time
    }

    private mutating func add(_ tally: ChunkTally, chunks: UInt64) {
        var sum = Counts(counts)
        sum += tally.counts
        counts = sum.message
        change(tally.section) { $0 += tally.counts }
        chunksCommitted += chunks
        bytesDone = bytesDone.addingToLimit(tally.byteCount)
    }

    fileprivate mutating func add(_ sum: ProgressProjection.ChunkSum) {
        add(sum.tally, chunks: sum.chunks)
        noteWork(until: sum.latest)
        position = sum.position
    }

    /// How many changes of types are kept; a table has seldom more columns.
    private static let mostWidened = 1_000

    private mutating func add(_ columns: [WidenedColumn], of chunk: ChunkCommitted) {
        for column in columns.prefix(max(0, Self.mostWidened - widened.count)) {
            widened.append(
                .with {
                    $0.section = chunk.span.section
                    $0.chunk = chunk.chunk
                    $0.column = column.message
                })
        }
    }

    private mutating func note(_ text: String, of section: String) {
        guard !text.isEmpty else { return }
        var index = texts.lastIndex { $0.section == section }
        if index == nil && texts.count < Self.mostSections {
            texts.append(.with { $0.section = section })
            index = texts.count - 1
        }
        guard let index else { return }
        if text == ChunkCommitted.utf8Text { texts[index].hasUtf8_p = true } else { texts[index].hasOther_p = true }
    }

    private mutating func remove(_ lost: ChunkLost) {
        widened.removeAll { $0.chunk == lost.chunk }
        var rest = Counts(counts)
        rest -= lost.counts
        counts = rest.message
        change(lost.span.section) { $0 -= lost.counts }
        chunksCommitted -= min(1, chunksCommitted)
        chunksLost += 1
        bytesDone -= min(lost.span.byteCount, bytesDone)
    }

    /// How many sections are counted one by one; an archive may have thousands, and the view is written with each chunk.
    private static let mostSections = 1_000

    private mutating func change(_ section: String, _ change: (inout Counts) -> Void) {
        guard !section.isEmpty else { return }
        // Chunks come section by section, so that it is the last one nearly always.
        var index = sections.lastIndex { $0.section == section }
        if index == nil && sections.count < Self.mostSections {
            sections.append(.with { $0.section = section })
            index = sections.count - 1
        }
        guard let index else { return }
        var counts = Counts(sections[index].counts)
        change(&counts)
        sections[index].counts = counts.message
    }
}

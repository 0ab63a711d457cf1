internal import EventLog
internal import SwiftProtobuf

/// How far each import has come.
struct ProgressProjection: Projection {
    let name = "progress"
    let version: UInt32 = 2

    func fold(_ events: [RecordedEvent], into view: borrowing ViewWriter) throws {
        var cache = StateCache<PBProgressView>()
        for recorded in events {
            guard let id = ImportStream.importID(recorded.stream),
                let event = try ImportEvent(type: recorded.type, payload: recorded.payload)
            else { continue }
            try cache.update(key(id), in: view) { state in
                state.apply(event, at: recorded.recordedAt)
                state.position = recorded.position
            }
        }
        try cache.write(into: view)
    }
}

extension PBProgressView {
    mutating func apply(_ event: ImportEvent, at time: Timestamp) {
        switch event {
        case .submitted(let submitted):
            bytesDone = submitted.reading.dataOffset
            if let size = submitted.identity?.size { bytesTotal = size }
        case .started, .resumed: beginRun(at: time)
        case .chunkCommitted(let chunk):
            add(chunk)
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
            finish(at: time)
            bytesDone = completed.bytes
            bytesTotal = completed.bytes
        }
        if let next = event.stateAfter { state = next.rawValue }
    }

    private mutating func beginRun(at time: Timestamp) {
        workedUs = workedUs.addingToLimit(lastEventAt - min(runStartedAt, lastEventAt))
        reason = ""
        if !hasStartedAt { startedAt = time }
        runStartedAt = time
        lastEventAt = time
        clearFinishedAt()
    }

    /// Time counts as worked between a run's beginning and its last event, and only there.
    private mutating func noteWork(until time: Timestamp) {
        if state == ImportState.running.rawValue { lastEventAt = max(time, lastEventAt) }
    }

    private mutating func endRun(at time: Timestamp, reason: String = "") {
        self.reason = reason
        noteWork(until: time)
    }

    private mutating func finish(at time: Timestamp, reason: String = "") {
        endRun(at: time, reason: reason)
        finishedAt = time
    }

    private mutating func add(_ chunk: ChunkCommitted) {
        var sum = Counts(counts)
        sum += chunk.counts
        counts = sum.message
        chunksCommitted += 1
        bytesDone = bytesDone.addingToLimit(chunk.span.byteCount)
    }

    private mutating func remove(_ lost: ChunkLost) {
        var rest = Counts(counts)
        rest -= lost.counts
        counts = rest.message
        chunksCommitted -= min(1, chunksCommitted)
        chunksLost += 1
        bytesDone -= min(lost.span.byteCount, bytesDone)
    }
}

internal import EventLog
internal import SwiftProtobuf

/// How far each import has come.
struct ProgressProjection: Projection {
    let name = "progress"
    let version: UInt32 = 1

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
        case .started:
            startedAt = time
            beginRun(at: time)
        case .resumed:
            workedUs += lastEventAt - min(runStartedAt, lastEventAt)
            beginRun(at: time)
        case .chunkCommitted(let chunk):
            add(chunk)
            lastEventAt = max(time, lastEventAt)
        case .chunkRecovered:
            chunksRecovered += 1
        case .chunkLost(let lost):
            remove(lost)
        case .chunkFailed(let failure):
            if failure.willRetry { chunksRetried += 1 }
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
        reason = ""
        runStartedAt = time
        lastEventAt = time
        clearFinishedAt()
    }

    private mutating func endRun(at time: Timestamp, reason: String = "") {
        self.reason = reason
        lastEventAt = max(time, lastEventAt)
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
        bytesDone += chunk.span.byteCount
    }

    private mutating func remove(_ lost: ChunkLost) {
        var rest = Counts(counts)
        rest -= lost.counts
        counts = rest.message
        chunksCommitted -= 1
        chunksLost += 1
        bytesDone -= lost.span.byteCount
    }
}

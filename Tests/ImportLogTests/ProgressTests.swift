import ImportLog
import Testing

@Suite struct ProgressTests {
    /// An event and what the status says after it: state, records read/inserted/rejected, chunks
    /// committed/recovered/lost/retried, bytes done/total, percent.
    static let life: [(event: ImportEvent, status: String)] = [
        (.started(ImportEvent.run, tableCreated: true), "running 0/0/0 0/0/0/0 0/1000 0.0"),
        (.chunkCommitted(.sample(1)), "running 10/10/0 1/0/0/0 100/1000 10.0"),
        (.chunkCommitted(.sample(2, rejecting: ["type"])), "running 20/19/1 2/0/0/0 200/1000 20.0"),
        (
            .chunkFailed(ChunkFailed(chunk: 3, attempt: 1, error: "busy", willRetry: true)),
            "running 20/19/1 2/0/0/1 200/1000 20.0"
        ),
        (
            .chunkFailed(ChunkFailed(chunk: 3, attempt: 2, error: "busy", willRetry: false)),
            "running 20/19/1 2/0/0/1 200/1000 20.0"
        ),
        (.failed(error: "busy"), "failed 20/19/1 2/0/0/1 200/1000 20.0 because busy"),
        (.resumed(ImportEvent.run), "running 20/19/1 2/0/0/1 200/1000 20.0"),
        (.chunkCommitted(.sample(3)), "running 30/29/1 3/0/0/1 300/1000 30.0"),
        (.chunkRecovered(chunk: 3), "running 30/29/1 3/1/0/1 300/1000 30.0"),
        (.chunkLost(ChunkLost(.sample(2, rejecting: ["type"]))), "running 20/20/0 2/1/1/1 200/1000 20.0"),
        (.chunkLost(ChunkLost(.sample(3))), "running 10/10/0 1/1/2/1 100/1000 10.0"),
        (.paused, "paused 10/10/0 1/1/2/1 100/1000 10.0"),
        (.resumed(ImportEvent.run), "running 10/10/0 1/1/2/1 100/1000 10.0"),
        (
            .interrupted(reason: "SIGTERM", noticedLater: false),
            "interrupted 10/10/0 1/1/2/1 100/1000 10.0 because SIGTERM"
        ),
        (.resumed(ImportEvent.run), "running 10/10/0 1/1/2/1 100/1000 10.0"),
        (.chunkCommitted(.sample(2, rejecting: ["type"])), "running 20/19/1 2/1/2/1 200/1000 20.0"),
        (.completed("A", rejected: 1), "partially_succeeded 20/19/1 2/1/2/1 1000/1000 100.0"),
    ]

    @Test("the status follows the whole life of an import")
    func wholeLife() throws {
        let log = try TestLog()
        let id = try log.submit()
        #expect(try log.log.status(of: id).summary == "queued 0/0/0 0/0/0/0 0/1000 0.0")
        for (step, expected) in Self.life.enumerated() {
            try log.append(expected.event, to: id)
            let status = try log.log.status(of: id)
            #expect(status.summary == expected.status, "after step \(step + 1)")
            #expect(status.position == UInt64(step + 3))
        }
        #expect(try log.log.checkViews().differences.isEmpty)
    }

    @Test("the status names the columns whose types were changed, as long as their chunks are there")
    func widened() throws {
        let log = try TestLog()
        let id = try log.submit()
        let change = WidenedColumn(column: "qty", from: "bigint", to: "numeric", line: 7, value: "1.5")
        var chunk = ChunkCommitted.sample(2)
        chunk.widened = [WidenedColumn(column: "old"), change]
        try log.append(.started(ImportEvent.run, tableCreated: true), .chunkCommitted(.sample(1)), to: id)
        try log.append(.chunkCommitted(chunk), to: id)
        #expect(try log.log.status(of: id).widened.map(\.column) == chunk.widened)
        #expect(try log.log.imports().map { $0.widened.count } == [2])
        try log.append(.chunkLost(ChunkLost(chunk)), to: id)
        #expect(try log.log.status(of: id).widened.isEmpty)
        try log.append(.chunkCommitted(chunk), to: id)
        #expect(try log.log.status(of: id).widened.count == 2)
        #expect(try log.log.checkViews().differences.isEmpty)
    }

    @Test("an import whose records were all used has succeeded")
    func succeeded() throws {
        let log = try TestLog()
        let id = try log.submit()
        try log.append(.started(ImportEvent.run, tableCreated: false), .completed(), to: id)
        #expect(try log.log.status(of: id).state == .succeeded)
    }

    @Test("a cancelled import says why and when")
    func cancelled() throws {
        let log = try TestLog()
        let id = try log.submit()
        log.setClock(5)
        try log.append(.cancelled(reason: "wrong file"), to: id)
        let status = try log.log.status(of: id)
        #expect(status.summary == "cancelled 0/0/0 0/0/0/0 0/1000 0.0 because wrong file")
        #expect(status.finishedAt == TestLog.start.advanced(by: 5_000_000))
        #expect(status.startedAt == nil)
    }

    @Test("bytes before the first record count as done")
    func header() throws {
        let log = try TestLog()
        var submission = ImportSubmitted.feed()
        submission.reading.dataOffset = 50
        #expect(try log.log.status(of: log.submit(submission)).bytesDone == 50)
    }

    @Test("a total that is not known is nil, and so are percent and time left, until the end")
    func unknownTotal() throws {
        let log = try TestLog()
        let id = try log.submit(.feed(size: nil))
        try log.append(.started(ImportEvent.run, tableCreated: true), to: id)
        log.setClock(1)
        try log.append(.chunkCommitted(.sample(1)), to: id)
        let status = try log.log.status(of: id)
        #expect(status.bytesDone == 100)
        #expect(status.bytesTotal == nil)
        #expect(status.percent == nil)
        #expect(status.secondsLeft == nil)
        #expect(status.recordsPerSecond == 10)
        try log.append(.completed(), to: id)
        #expect(try log.log.status(of: id).bytesTotal == 1_000)
        #expect(try log.log.status(of: id).percent == 100)
    }

    @Test("a source that grew is never more than done")
    func grown() throws {
        let log = try TestLog()
        let id = try log.submit(.feed(size: 150))
        try log.append(.chunkCommitted(.sample(1)), .chunkCommitted(.sample(2)), to: id)
        #expect(try log.log.status(of: id).percent == 100)
    }

    @Test("there is no status of an import that is not there")
    func missing() throws {
        let log = try TestLog()
        let error = #expect(throws: ImportLogError.self) { try log.log.status(of: 7) }
        #expect(error?.code == .notFound)
        #expect(error?.message == "There is no import 7 in the log \(log.directory).")
        let (first, second) = (try log.submit(), try log.submit())
        let earlier = #expect(throws: ImportLogError.self) { try log.log.status(of: second, at: 1) }
        #expect(
            first == 1 && earlier?.message == "There was no import 2 yet at position 1 of the log \(log.directory).")
    }
}

extension ImportStatus {
    fileprivate var summary: String {
        let records = "\(records.read)/\(records.inserted)/\(records.rejected)"
        let chunks = "\(chunks.committed)/\(chunks.recovered)/\(chunks.lost)/\(chunks.retried)"
        let total = bytesTotal.map { "\($0)" } ?? "?"
        let why = reason.isEmpty ? "" : " because \(reason)"
        return "\(state.rawValue) \(records) \(chunks) \(bytesDone)/\(total) \(percent.map { "\($0)" } ?? "?")\(why)"
    }
}

import ImportLog
import Testing

@Suite struct WorkTimeTests {
    let log: TestLog
    let id: ImportID

    init() throws {
        log = try TestLog()
        id = try log.submit()
    }

    private func append(_ event: ImportEvent, at seconds: Double) throws {
        log.setClock(seconds)
        try log.append(event, to: id)
    }

    private var status: ImportStatus {
        get throws { try log.log.status(of: id) }
    }

    @Test("speed and time left come from the time worked")
    func speed() throws {
        try append(.started(ImportEvent.run, tableCreated: true), at: 10)
        #expect(try status.recordsPerSecond == nil)
        #expect(try status.secondsLeft == nil)
        try append(.chunkCommitted(.sample(1)), at: 12)
        #expect(try status.workedMicroseconds == 2_000_000)
        #expect(try status.recordsPerSecond == 5)
        #expect(try status.secondsLeft == 18)
        #expect(try status.startedAt == TestLog.start.advanced(by: 10_000_000))
        #expect(try status.finishedAt == nil)
        try append(.completed(), at: 20)
        #expect(try status.recordsPerSecond == 1)
        #expect(try status.secondsLeft == nil)
        #expect(try status.finishedAt == TestLog.start.advanced(by: 20_000_000))
    }

    @Test(
        "the time between two runs is not time worked",
        arguments: [
            ImportEvent.paused, .interrupted(reason: "SIGTERM", noticedLater: false), .failed(error: "disk full"),
        ])
    func betweenRuns(end: ImportEvent) throws {
        try append(.started(ImportEvent.run, tableCreated: true), at: 0)
        try append(.chunkCommitted(.sample(1)), at: 3)
        try append(end, at: 4)
        #expect(try status.workedMicroseconds == 4_000_000)
        try append(.resumed(ImportEvent.run), at: 1_000)
        #expect(try status.workedMicroseconds == 4_000_000)
        #expect(try status.finishedAt == nil)
        try append(.chunkCommitted(.sample(2)), at: 1_001)
        try append(.completed(), at: 1_002)
        #expect(try status.workedMicroseconds == 6_000_000)
        #expect(try status.startedAt == TestLog.start)
        #expect(try status.finishedAt == TestLog.start.advanced(by: 1_002_000_000))
    }

    @Test("a death that is noticed later ends the work at the last sign of life")
    func noticedLater() throws {
        try append(.started(ImportEvent.run, tableCreated: true), at: 0)
        try append(.chunkCommitted(.sample(1)), at: 3)
        try append(.interrupted(reason: "its process was gone", noticedLater: true), at: 500)
        try append(.resumed(ImportEvent.run), at: 500)
        #expect(try status.workedMicroseconds == 3_000_000)
    }

    @Test("what comes in while nobody works is no work")
    func notRunning() throws {
        try append(.chunkCommitted(.sample(1)), at: 5)
        #expect(try status.workedMicroseconds == 0)
        try append(.cancelled(reason: ""), at: 9)
        #expect(try status.workedMicroseconds == 0)
        #expect(try status.recordsPerSecond == nil)
    }

    @Test("a second start keeps the time worked and when it first started")
    func startedTwice() throws {
        try append(.started(ImportEvent.run, tableCreated: true), at: 1)
        try append(.chunkCommitted(.sample(1)), at: 3)
        try append(.started(ImportEvent.run, tableCreated: false), at: 50)
        try append(.chunkCommitted(.sample(2)), at: 51)
        #expect(try status.workedMicroseconds == 3_000_000)
        #expect(try status.startedAt == TestLog.start.advanced(by: 1_000_000))
    }

    @Test("a clock that is set back takes no work away")
    func clockSetBack() throws {
        try append(.started(ImportEvent.run, tableCreated: true), at: 100)
        try append(.chunkCommitted(.sample(1)), at: 102)
        try append(.chunkCommitted(.sample(2)), at: 50)
        try append(.interrupted(reason: "", noticedLater: false), at: 40)
        #expect(try status.workedMicroseconds == 2_000_000)
        try append(.resumed(ImportEvent.run), at: 10)
        try append(.completed(), at: 11)
        #expect(try status.workedMicroseconds == 3_000_000)
    }
}

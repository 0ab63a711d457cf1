import EventLog
import EventLogTestSupport
import Synchronization
import Testing

/// A rebuild of 12,001 events takes two steps and so can be interrupted between them.
@Suite struct RebuildTests {
    private let test = TestLog()
    private let log: EventLog
    private let live: [String]

    init() throws {
        log = try test.open()
        for index in UInt64(0)..<6 {
            let events = (0..<2_000).map { toy("Noted", index * 2_000 + $0) }
            _ = try log.submit(Append(events, to: "s-\(index)", expecting: .exactly(0))).wait()
        }
        live = try log.read { try contents(of: $0) }
    }

    private struct Stopped: Error, Equatable {}

    @Test func `a rebuild that fails half-way leaves the live view as it was and the next one works`() throws {
        let failing = Interrupted(version: 2) { if $0[0].position > 1 { throw Stopped() } }
        #expect(throws: Stopped()) { try test.open([failing, StreamContents()]) }
        #expect(try log.read { try contents(of: $0) } == live)
        try log.append(toy(), to: "a")
        try log.expectSound()
        let new = try test.open([TypeCounts(version: 2), StreamContents()])
        try new.expectSound()
        #expect(try new.read { number(in: try $0.view("types").value(at: [UInt8]("Noted".utf8))) } == 24_002)
    }

    @Test func `a rebuild that is killed leaves the live view as it was and the next one works`() throws {
        let probe = try Probe("rebuild-and-hang", test.directory.path)
        #expect(probe.nextLine() == "half")
        probe.kill()
        #expect(try log.read { try contents(of: $0) } == live)
        try log.append(toy(), to: "a")
        try log.expectSound()
        let new = try test.open([TypeCounts(version: 2), StreamContents()])
        try new.append(toy(), to: "a")
        try new.expectSound()
    }

    @Test func `readers see the old view until the new one is whole`() throws {
        let isDone = Atomic(false)
        let (log, live) = (log, live)
        try onThreads(2) { thread in
            if thread == 0 {
                defer { isDone.store(true, ordering: .releasing) }
                for _ in 0..<3 { try log.rebuildViews() }
            } else {
                while !isDone.load(ordering: .acquiring) {
                    #expect(try log.read { try contents(of: $0) } == live)
                }
            }
        }
    }

    @Test func `a rebuild tells its progress`() throws {
        var progress: [UInt64] = []
        try log.rebuildViews { progress.append($0) }
        #expect(progress == [10_000, 12_001])
    }

    @Test func `views are right after rebuilds while another process appends`() throws {
        let probe = try Probe("append", test.directory.path, "other", "300", "1048576")
        #expect(probe.nextLine() == "12002")
        for _ in 0..<3 { try log.rebuildViews() }
        #expect(probe.remainingLines().last == "12301")
        try log.expectSound()
        try log.rebuildViews()
        try log.expectSound()
    }

    @Test func `two programs that open with a raised version rebuild once`() throws {
        let folded = Atomic(0)
        let counting = Interrupted(version: 2) { folded.add($0.count, ordering: .relaxed) }
        try onThreads(4) { _ in
            _ = try test.open([counting, StreamContents()])
        }
        #expect(folded.load(ordering: .relaxed) == 12_001)
    }
}

import EventLog
import EventLogTestSupport
import Testing

@Suite struct FollowTests {
    private let test = TestLog()

    private func collect(_ log: EventLog, from position: UInt64, count: Int) async throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        for try await event in log.follow(from: position) {
            events.append(event)
            if events.count == count { break }
        }
        return events
    }

    @Test func `a follower is given what is there and what comes`() async throws {
        let log = try test.open()
        try log.append(toy(), toy(), to: "a")
        async let followed = collect(log, from: 2, count: 102)
        for index in UInt64(0)..<100 { _ = try await log.append(Append([toy("B", index)], to: "b", expecting: .any)) }
        let events = try await followed
        #expect(events.map(\.position) == Array(2...103))
        #expect(events == (try log.events(from: 2, limit: 999)))
    }

    @Test func `a follower is given another process's events`() async throws {
        let log = try test.open()
        let probe = try Probe("append", test.directory.path, "other", "50", "1048576")
        let events = try await collect(log, from: 1, count: 51)
        #expect(events.map(\.position) == Array(1...51))
        #expect(events.dropFirst().allSatisfy { $0.stream == "other" })
        #expect(probe.wait() == 0)
    }

    @Test func `a follower that is cancelled ends with a CancellationError`() async throws {
        let log = try test.open()
        let task = Task { try await collect(log, from: 1, count: 2) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func `two processes append at once to a map that grows while a reader follows`() async throws {
        let log = try test.open(mapSize: 64 << 10)
        let probes = try (1...2).map {
            try Probe("append-large", test.directory.path, "other-\($0)", "400", "20000", "65536")
        }
        async let followed = collect(log, from: 2, count: 1_200)
        let payload = [UInt8](repeating: 1, count: 10_000)
        for _ in 0..<400 {
            let event = NewEvent(type: "Own", payload: payload)
            _ = try await log.append(Append([event], to: "own", expecting: .any))
        }
        let events = try await followed
        #expect(events.map(\.position) == Array(2...1_201))
        for stream in ["own", "other-1", "other-2"] {
            #expect(events.filter { $0.stream == stream }.map(\.version) == Array(1...400))
        }
        for probe in probes { #expect(probe.remainingLines().count == 400) }
        try log.expectSound()
    }
}

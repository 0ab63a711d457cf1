import EventLog
import EventLogTestSupport
import Testing

@Suite struct ProcessTests {
    let test = TestLog()

    private func holder(_ attempt: ProcessLock.Attempt) -> String? {
        if case .held(let owner) = attempt { owner } else { nil }
    }

    @Test func `a lock that another process has names its owner and falls with it`() throws {
        let path = test.directory.appending("a.lock")
        #expect(ProcessLock.holder(of: path) == nil)
        let probe = try Probe("lock", path)
        #expect(probe.nextLine() == "taken")
        #expect(ProcessLock.holder(of: path) == "the probe")
        #expect(holder(try ProcessLock.take(path, owner: "me")) == "the probe")
        probe.kill()
        #expect(ProcessLock.holder(of: path) == nil)
        let taken = try ProcessLock.take(path, owner: "me")
        #expect(holder(taken) == nil)
        #expect(ProcessLock.holder(of: path) == "me")
    }

    @Test func `a lock that is let go can be taken again`() throws {
        let path = test.directory.appending("a.lock")
        for round in 0..<3 {
            let lock = try ProcessLock.wait(path, owner: "round \(round)")
            withExtendedLifetime(lock) { #expect(ProcessLock.holder(of: path) == "round \(round)") }
        }
        #expect(ProcessLock.holder(of: path) == nil)
    }

    @Test func `those who look at a lock do not keep it from being taken`() throws {
        let path = test.directory.appending("a.lock")
        try onThreads(3) { thread in
            for _ in 0..<3_000 {
                if thread > 0 {
                    _ = ProcessLock.holder(of: path)
                } else if case .held(let owner) = try ProcessLock.take(path, owner: "me") {
                    Issue.record("It was said to be held by '\(owner)'.")
                }
            }
        }
    }

    @Test func `a log opens and grows where address space is short`() throws {
        for _ in 0..<2 {
            let probe = try Probe("limited", test.directory.path, "300")
            let last = try #require(probe.remainingLines().last.flatMap { UInt64($0) })
            #expect(probe.wait() == 0)
            let log = try test.open(mapSize: nil)
            #expect(try log.lastPosition == last)
            // Which notes the full reservation in the file.
            try log.append(toy(), to: "a")
            try log.expectSound()
        }
    }
}

import EventLog
import EventLogTestSupport
import LMDB
import Testing

@Suite struct VerifyTests {
    let log: EventLog
    let damage: Damage
    private let test = TestLog()

    /// 2, 3, 6 of stream `a`; 4, 5, 7 of `b`; 4 and 7 with attachments.
    init() throws {
        log = try test.open()
        let large = NewEvent(type: "Large", payload: [7], attachments: [[1, 2, 3], [4, 5]])
        try log.append(toy("Noted", 1), toy("Noted", 2), to: "a")
        try log.append(large, toy("Noted", 3), to: "b")
        try log.append(toy("Noted", 4), to: "a")
        try log.append(large, to: "b")
        damage = Damage(environment: try test.environment())
    }

    private func expectBroken(at position: UInt64, _ reason: String, against head: Head? = nil) throws {
        guard case .broken(let found, let why) = try log.verify(against: head) else {
            Issue.record("The damage was not found.")
            return
        }
        #expect(found == position)
        #expect(why.contains(reason))
    }

    @Test func `an untouched log is intact up to its head and against each head it had`() throws {
        #expect(try log.verify() == .intact(log.head()))
        for position in UInt64(1)...7 {
            #expect(try log.verify(against: log.head(at: position)) == .intact(log.head()))
        }
    }

    @Test func `verifying tells each position before it is read, and in the end the next one`() throws {
        var progress: [UInt64] = []
        _ = try log.verify { progress.append($0) }
        #expect(progress == Array(1...8))
    }

    @Test func `a flipped bit in any byte of an event is found at that event`() throws {
        let envelope = try damage.envelope(4)
        for offset in envelope.indices {
            var flipped = envelope
            flipped[offset] ^= 1 << (offset % 8)
            try damage.put(flipped, 4)
            try expectBroken(at: 4, "")
        }
        try damage.put(envelope, 4)
        #expect(try log.verify() == .intact(log.head()))
    }

    @Test func `an event of no or a few bytes is found`() throws {
        let envelope = try damage.envelope(4)
        for length in [0, 1, 36, 68, envelope.count - 1] {
            try damage.put(Array(envelope.prefix(length)), 4)
            try expectBroken(at: 4, "the bytes are not an event")
        }
    }

    @Test(arguments: [1, 4, 6] as [UInt64])
    func `a deleted event is found at its place`(position: UInt64) throws {
        try damage.remove(position)
        try expectBroken(at: position, "there is no event at this position; the next one is at \(position + 1)")
    }

    @Test func `two events that changed places are found at the first`() throws {
        let (second, third) = (try damage.envelope(2), try damage.envelope(3))
        try damage.put(third, 2)
        try damage.put(second, 3)
        try expectBroken(at: 2, "the event says it is at position 3")
    }

    @Test func `an event that was copied to the end is found there`() throws {
        try damage.put(try damage.envelope(7), 8)
        try expectBroken(at: 8, "the event says it is at position 7")
    }

    /// A log is opened with a look at its end; none of these may be read forever.
    @Test(arguments: [
        ("the event at position 8 says it is at position 7", [0, 0, 0, 0, 0, 0, 0, 8] as [UInt8]),
        ("a key of 3 bytes among the events", [97, 98, 99]),
        ("a key of 9 bytes among the events", [0, 0, 0, 0, 0, 0, 0, 7, 0]),
    ])
    func `a copy of the last event under another key is told by whatever reads it`(reason: String, key: [UInt8]) throws
    {
        try damage.write("events", try damage.envelope(7), at: key)
        func expectTold(_ body: () throws -> Void) {
            do {
                try body()
                Issue.record("The damage was not told.")
            } catch let error as EventLogError {
                #expect(error.code == .corrupted)
                #expect(error.message.lowercased().contains(reason), "\(error)")
            } catch { Issue.record(error) }
        }
        expectTold { try log.rebuildViews() }
        expectTold { _ = try log.checkViews() }
        expectTold { try log.forEachPage { _ in true } }
    }

    @Test func `a log whose id is missing is told to be damaged`() throws {
        try damage.write("meta", nil, at: [UInt8]("log id".utf8))
        #expect {
            _ = try test.open()
        } throws: {
            code($0) == .corrupted && "\($0)".contains("its id is missing")
        }
    }

    @Test func `an event before the first is found`() throws {
        try damage.put(try damage.envelope(1), 0)
        try expectBroken(at: 1, "there are 8 events")
    }

    @Test func `a key that is no position is found`() throws {
        try damage.write("events", [0], at: bytes(of: 5) + [0])
        try expectBroken(at: 6, "a key of 9 bytes")
    }

    @Test func `a cut end is found against an old head, and without it by what was left behind`() throws {
        let head = try log.head()
        try damage.remove(7)
        try expectBroken(at: 7, "the streams' index has 7 entries for 6 events")
        try expectBroken(at: 7, "the log ends at position 6, but it had 7", against: head)
    }

    @Test func `a well cut end is found against an old head only`() throws {
        let head = try log.head()
        try damage.remove(7)
        try damage.write("streams", nil, at: [UInt8]("b".utf8) + [0] + bytes(of: 3))
        for index in UInt64(0)...1 { try damage.write("attachments", nil, at: bytes(of: 7) + bytes(of: index)) }
        #expect(try log.verify() == .intact(log.head()))
        try expectBroken(at: 7, "its end was cut off", against: head)
    }

    @Test func `a chain that was written anew with right hashes is found against an old head only`() throws {
        let heads = try (1...7).map { try #require(try log.head(at: $0)) }
        try damage.rewrite(from: 4) { envelope in envelope[envelope.count - 65] ^= 1 }
        guard case .intact = try log.verify() else { throw NotIntact() }
        for head in heads where head.position < 4 {
            #expect(try log.verify(against: head) == .intact(log.head()))
        }
        for head in heads where head.position >= 4 {
            try expectBroken(at: head.position, "was rewritten", against: head)
        }
    }

    @Test func `a head of another log is refused`() throws {
        let other = try TestLog().open()
        try expectBroken(at: 1, "but the head is of log \(other.logID)", against: other.head())
    }

    @Test func `a log that took another one's id is found at its first event`() throws {
        try damage.write("meta", [UInt8](repeating: 9, count: 16), at: [UInt8]("log id".utf8))
        let reopened = try EventLog(directory: log.directory, projections: [], create: false)
        guard case .broken(1, let reason) = try reopened.verify() else { throw NotIntact() }
        #expect(reason.contains("the first event does not name this log"))
    }
}

private struct NotIntact: Error {}

import EventLog
import EventLogTestSupport
import Hashing
import Testing

@Suite struct AppendTests {
    let log = TestLog()

    @Test func `a new log begins with the event that names it`() throws {
        let log = try log.open()
        let genesis = try log.events(from: 0, limit: 10)
        #expect(genesis.map(\.position) == [1])
        #expect(genesis[0].type == "LogCreated")
        #expect(genesis[0].payload.hexadecimal == log.logID)
        #expect(log.logID.count == 32)
    }

    @Test func `a log keeps its id`() throws {
        let id = try log.open().logID
        #expect(try log.open().logID == id)
        #expect(try TestLog().open().logID != id)
    }

    @Test func `an event comes back as it was appended`() throws {
        let log = try log.open(time: 1_700_000_000_000_000)
        let appended = try log.append(NewEvent(type: "Tÿpe", payload: [0, 1, 255]), to: "strÉam")
        #expect(appended == Appended(position: 2, version: 1))
        #expect(
            try log.events(from: 2, limit: 9) == [
                RecordedEvent(
                    position: 2, recordedAt: 1_700_000_000_000_000, stream: "strÉam", version: 1, type: "Tÿpe",
                    payload: [0, 1, 255], attachmentCount: 0)
            ])
    }

    @Test func `positions have no gaps and versions count per stream`() throws {
        let log = try log.open()
        #expect(try log.append(toy(), toy(), to: "a") == Appended(position: 3, version: 2))
        #expect(try log.append(toy(), to: "b") == Appended(position: 4, version: 1))
        #expect(try log.append(toy(), to: "a") == Appended(position: 5, version: 3))
        #expect(try log.events(from: 1, limit: 9).map(\.position) == [1, 2, 3, 4, 5])
        #expect(try log.version(of: "a") == 3)
        #expect(try log.version(of: "none") == 0)
    }

    @Test func `a stream whose name begins another's is apart from it`() throws {
        let log = try log.open()
        try log.append(toy(), toy(), to: "import-1")
        try log.append(toy(), to: "import-10")
        try log.append(toy(), to: "import-")
        #expect(try log.version(of: "import-1") == 2)
        #expect(try log.events(of: "import-1", limit: 9).map(\.position) == [2, 3])
        #expect(try log.events(of: "import-", limit: 9).map(\.position) == [5])
    }

    @Test func `another version than the expected one is a conflict and nothing is written`() throws {
        let log = try log.open()
        try log.append(toy(), to: "a", expecting: .exactly(0))
        let head = try log.head()
        for wrong in [0, 2, UInt64.max] {
            let error = #expect(throws: EventLogError.self) {
                try log.append(toy(), to: "a", expecting: .exactly(wrong))
            }
            #expect(error?.code == .conflict)
            #expect(error?.message == "The stream a has version 1, not \(wrong).")
        }
        #expect(try log.head() == head)
        try log.append(toy(), to: "a", expecting: .exactly(1))
        try log.expectSound()
    }

    @Test func `of appends that expect the same version exactly one is taken`() throws {
        let log = try log.open()
        let tickets = try (0..<50).map { _ in try log.submit(Append([toy()], to: "a", expecting: .exactly(0))) }
        let results = tickets.map { ticket in Result { try ticket.wait() } }
        #expect(results.filter { (try? $0.get()) != nil }.count == 1)
        #expect(try log.lastPosition == 2)
    }

    @Test(arguments: [
        Append([toy()], to: "", expecting: .any), Append([toy()], to: "a\0b", expecting: .any),
        Append([toy()], to: String(repeating: "s", count: 201), expecting: .any), Append([], to: "a", expecting: .any),
        Append([toy("")], to: "a", expecting: .any),
        Append([toy(String(repeating: "t", count: 256))], to: "a", expecting: .any),
        Append(
            [NewEvent(type: "t", payload: [UInt8](repeating: 0, count: EventLog.largestPayload + 1))], to: "a",
            expecting: .any),
    ])
    func `what the log does not take is refused before it is queued`(append: Append) throws {
        let log = try log.open()
        #expect(throws: EventLogError.self) { try log.submit(append) }
        #expect(try log.lastPosition == 1)
    }

    @Test func `the longest names and payload are taken`() throws {
        let log = try log.open()
        let event = NewEvent(
            type: String(repeating: "t", count: 255), payload: [UInt8](repeating: 9, count: EventLog.largestPayload))
        let stream = String(repeating: "s", count: 200)
        try log.append(event, to: stream)
        #expect(try log.events(of: stream, limit: 1)[0].payload == event.payload)
        try log.expectSound()
    }

    @Test(arguments: [[[1]], [[], [1, 2]], [[UInt8](repeating: 5, count: 5_000_000), [1]]] as [[[UInt8]]])
    func `attachments come back as they were`(attachments: [[UInt8]]) throws {
        let log = try log.open()
        try log.append(toy(), NewEvent(type: "t", payload: [], attachments: attachments), toy(), to: "a")
        var found: [[UInt8]] = []
        try log.forEachAttachment(of: 3) {
            found.append($0)
            return true
        }
        #expect(found == attachments)
        #expect(try log.events(from: 3, limit: 1)[0].attachmentCount == attachments.count)
        found = []
        try log.forEachAttachment(of: 2) {
            found.append($0)
            return true
        }
        #expect(found == [])
        try log.expectSound()
    }

    @Test func `waiting for an append inside a read traps with a sentence`() async throws {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [path = log.directory.path as String] in
            let log = try EventLog(directory: path, projections: [], create: true)
            try log.read { _ in _ = try log.append(toy(), to: "a") }
        }
        let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(said.contains("An append was waited for inside a read"))
    }
}

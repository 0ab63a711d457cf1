import EventLog
import EventLogTestSupport
import Hashing
import LMDB
import Testing

/// What is beside the events: attachments and the streams' index.
@Suite struct VerifyIndexTests {
    let log: EventLog
    let damage: Damage
    private let test = TestLog()

    /// 2, 3 of stream `a`; 4 of `b` with two attachments; 5 of `a`.
    init() throws {
        log = try test.open()
        try log.append(toy(), toy(), to: "a")
        try log.append(NewEvent(type: "Large", payload: [7], attachments: [[1, 2, 3], [4, 5]]), to: "b")
        try log.append(toy(), to: "a")
        damage = Damage(environment: try test.environment())
    }

    private func expectBroken(at position: UInt64, _ reason: String) throws {
        guard case .broken(let found, let why) = try log.verify() else {
            Issue.record("The damage was not found.")
            return
        }
        #expect(found == position)
        #expect(why.contains(reason))
    }

    private func attachment(_ index: UInt64, of position: UInt64 = 4) -> [UInt8] {
        bytes(of: position) + bytes(of: index)
    }

    private func index(_ stream: String, _ version: UInt64) -> [UInt8] {
        [UInt8](stream.utf8) + [0] + bytes(of: version)
    }

    @Test(arguments: [[1, 2, 4], [1, 2], [], [1, 2, 3, 4]] as [[UInt8]])
    func `a changed attachment is found at its event`(attachment changed: [UInt8]) throws {
        try damage.write("attachments", changed, at: attachment(0))
        try expectBroken(at: 4, "attachments are not those it was appended with")
    }

    @Test func `attachments that changed places are found at their event`() throws {
        try damage.write("attachments", [4, 5], at: attachment(0))
        try damage.write("attachments", [1, 2, 3], at: attachment(1))
        try expectBroken(at: 4, "attachments are not those it was appended with")
    }

    @Test(arguments: [0, 1] as [UInt64])
    func `a removed attachment is found at its event`(index: UInt64) throws {
        try damage.write("attachments", nil, at: attachment(index))
        try expectBroken(at: 4, "the event has 2 attachments, but 1 are there")
    }

    @Test func `an event that lost all attachments is found`() throws {
        for index in UInt64(0)...1 { try damage.write("attachments", nil, at: attachment(index)) }
        try expectBroken(at: 4, "attachments")
    }

    @Test(arguments: [(4, 2), (3, 0)] as [(UInt64, UInt64)])
    func `an attachment too many is found at its event`(position: UInt64, index: UInt64) throws {
        try damage.write("attachments", [1], at: attachment(index, of: position))
        try expectBroken(at: position, "attachments, but")
    }

    @Test func `an attachment of no event is found at the end`() throws {
        try damage.write("attachments", [1], at: attachment(0, of: 99))
        try expectBroken(at: 6, "there are 3 attachments, but the events have 2")
    }

    @Test func `an index that leads to another event is found at the first event concerned`() throws {
        try damage.write("streams", bytes(of: 5), at: index("a", 2))
        try expectBroken(at: 3, "the index of the stream a does not lead from version 2 to the event")
    }

    @Test func `a missing index entry is found at its event`() throws {
        try damage.write("streams", nil, at: index("a", 3))
        try expectBroken(at: 5, "the index of the stream a does not lead from version 3 to the event")
    }

    @Test(arguments: [("a", 4), ("c", 1)] as [(String, UInt64)])
    func `an index entry too many is found at the end`(stream: String, version: UInt64) throws {
        try damage.write("streams", bytes(of: 5), at: index(stream, version))
        try expectBroken(at: 6, "the streams' index has 6 entries for 5 events")
    }

    @Test func `a view that was tampered with is named with its key`() throws {
        #expect(try log.checkViews().1 == [])
        let changes: [(key: [UInt8], value: [UInt8]?, what: String)] = [
            ([UInt8]("Noted".utf8), bytes(of: 99), "another value"),
            ([UInt8]("Noted".utf8), nil, "missing in the live view"),
            ([UInt8]("Zoo".utf8), [1], "only in the live view"),
            ([UInt8]("Aha".utf8), [1], "only in the live view"),
            ([UInt8]("LogCreated".utf8), nil, "missing in the live view"),
        ]
        for (key, value, what) in changes {
            let old = try damage.value("view.types.a", at: key)
            try damage.write("view.types.a", value, at: key)
            let found = try log.checkViews().1
            #expect(found.map(\.view) == ["types"])
            #expect(found.map(\.key) == [key.hexadecimal])
            #expect(found.map(\.what) == [what])
            try damage.write("view.types.a", old, at: key)
        }
        try log.expectSound()
    }
}

import EventLog
import EventLogTestSupport
import LMDB
import Testing

@Suite struct GroupCommitTests {
    let log = TestLog()

    @Test func `a thousand concurrent appends share transactions and leave no gap`() async throws {
        let log = try log.open()
        let before = try self.log.environment().statistics().transactions
        let positions = try await withThrowingTaskGroup(of: UInt64.self) { group in
            for index in 0..<1_000 {
                group.addTask {
                    try await log.append(Append([toy()], to: "s-\(index % 7)", expecting: .any)).position
                }
            }
            return try await group.reduce(into: [UInt64]()) { $0.append($1) }
        }
        #expect(positions.sorted() == Array(2...1_001))
        let transactions = try self.log.environment().statistics().transactions - before
        #expect(transactions < 900)
        try log.expectSound()
    }

    @Test func `tickets are served in the order of their submission`() throws {
        let log = try log.open()
        let tickets = try (0..<500).map { index in
            try log.submit(Append([toy("Noted", index)], to: "s-\(index % 3)", expecting: .any))
        }
        #expect(try tickets.map { try $0.wait().position } == Array(2...501))
        #expect(try log.events(from: 2, limit: 999).map { number(in: $0.payload) } == Array(0..<500))
    }

    @Test func `a ticket can be asked more than once and from many threads`() throws {
        let ticket = try log.open().submit(Append([toy()], to: "a", expecting: .any))
        try onThreads(4) { _ in for _ in 0..<3 { _ = try ticket.wait() } }
        #expect(try ticket.wait() == Appended(position: 2, version: 1))
    }

    @Test func `a conflict in the middle of a group fails alone`() throws {
        let log = try log.open()
        let appends = (0..<100).map { Append([toy()], to: "a", expecting: $0 == 50 ? .exactly(9_999) : .any) }
        let tickets = try appends.map { try log.submit($0) }
        let failed = tickets.indices.filter { index in (try? tickets[index].wait()) == nil }
        #expect(failed == [50])
        #expect(try log.lastPosition == 100)
        try log.expectSound()
    }

    @Test func `an event that a projection cannot fold fails only its own append`() throws {
        let log = try log.open(toyProjections + [Fragile()])
        let tickets = try (0..<40).map { index in
            try log.submit(Append([toy(), toy(index == 20 ? "Poison" : "Noted")], to: "a", expecting: .any))
        }
        for (index, ticket) in tickets.enumerated() where index != 20 { _ = try ticket.wait() }
        #expect(throws: Fragile.Poisoned()) { try tickets[20].wait() }
        #expect(try log.lastPosition == 1 + 39 * 2)
        #expect(try log.version(of: "a") == 39 * 2)
        let poisoned = try log.read { try $0.view("fragile").value(at: [UInt8]("Poison".utf8)) }
        #expect(poisoned == nil)
        try log.expectSound()
    }

    @Test func `appends larger than the map are taken`() throws {
        let log = try log.open()
        let payload = [UInt8](repeating: 1, count: 300_000)
        let tickets = try (0..<60).map { _ in
            try log.submit(Append([NewEvent(type: "Large", payload: payload)], to: "a", expecting: .any))
        }
        #expect(try tickets.map { try $0.wait().position } == Array(2...61))
        try log.expectSound()
    }
}

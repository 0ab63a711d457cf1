import EventLog
import EventLogTestSupport
import Foundation
import ImportLog
import Testing

@Suite struct OwnerTests {
    let log: TestLog
    let id: ImportID

    init() throws {
        log = try TestLog()
        id = try log.submit(.feed(part: 1, of: 1))
    }

    private func expectOwned(by holder: String) throws {
        let error = #expect(throws: ImportLogError.self) { try log.another().own(id) }
        #expect(error?.code == .conflict)
        #expect(error?.message == "Import \(id) is being run by \(holder).")
    }

    @Test("an import has one owner at a time, in one process too")
    func oneOwner() throws {
        let run = ImportEvent.Run.current
        let holder = "process \(run.process) on \(run.host)"
        try withExtendedLifetime(log.log.own(id)) { _ in try expectOwned(by: holder) }
        try withExtendedLifetime(log.another().own(id)) { _ in try expectOwned(by: holder) }
    }

    @Test("two imports have two owners")
    func twoImports() throws {
        let other = try log.submit()
        try log.append(.started(.current, tableCreated: false), to: id)
        try log.append(.started(.current, tableCreated: false), to: other)
        #expect(try log.log.imports(in: [.running]).count == 2)
    }

    @Test("an import can be owned again when its owner is gone, and goes on where he ended")
    func nextOwner() throws {
        try log.append(.started(.current, tableCreated: true), .chunkCommitted(.sample(1)), to: id)
        log.die(id)
        try log.append(.resumed(.current), .chunkCommitted(.sample(2)), to: id)
        #expect(try log.log.status(of: id).chunks.committed == 2)
        #expect(try log.recorded(id).map(\.version) == [1, 2, 3, 4, 5])
    }

    @Test("an import whose process is killed can be owned again")
    func killed() throws {
        let holder = try Probe("lock", log.directory + "/locks/import-\(id).lock")
        #expect(holder.nextLine() == "taken")
        try expectOwned(by: "the probe")
        holder.kill()
        try log.append(.started(.current, tableCreated: false), to: id)
        #expect(try log.log.status(of: id).state == .running)
    }

    @Test("a running import whose owner is gone shows as interrupted everywhere")
    func death() throws {
        try log.append(.started(.current, tableCreated: false), .chunkCommitted(.sample(1)), to: id)
        #expect(try log.log.status(of: id).state == .running)
        #expect(try log.log.group("november").state == .inProgress)
        log.die(id)
        let status = try log.log.status(of: id)
        #expect(status.state == .interrupted)
        #expect(status.reason == "its process is gone")
        #expect(status.secondsLeft == nil)
        #expect(try log.log.imports() == [status])
        #expect(try log.log.imports(in: [.running]).isEmpty)
        #expect(try log.log.group("november").summary == "incomplete 1/1, unfinished 1")
    }

    @Test("as of a position, an import is what the events said")
    func deathIsNoEvent() throws {
        try log.append(.started(.current, tableCreated: false), to: id)
        log.die(id)
        let position = try log.log.head().position
        #expect(try log.log.status(of: id, at: position).state == .running)
        #expect(try log.log.group("november", at: position).state == .inProgress)
    }

    @Test("an import that is not there cannot be owned")
    func missing() throws {
        let error = #expect(throws: ImportLogError.self) { try log.log.own(9) }
        #expect(error?.code == .notFound)
        #expect(try FileManager.default.contentsOfDirectory(atPath: log.directory + "/locks") == [])
    }

    @Test("events come to stand in the order in which they were queued")
    func order() throws {
        let owner = try log.owner(id)
        let pending = try (1...200).map { try owner.submit([.chunkCommitted(.sample(UInt64($0)))]) }
        let positions = try pending.map { try $0.wait() }
        #expect(positions == positions.sorted())
        #expect(try log.log.events(of: id).compactMap(\.event.chunk?.chunk) == Array(1...200))
    }

    @Test("an owner goes on after an event of his was refused")
    func refusal() async throws {
        let owner = try log.owner(id)
        for _ in 1...5 { try log.append(raw: NewEvent(type: "ImportWatered", payload: []), to: "import-\(id)") }
        let refused = try (1...3).map { try owner.submit([.chunkCommitted(.sample(UInt64($0)))]) }
        for append in refused {
            let error = #expect(throws: ImportLogError.self) { try append.wait() }
            #expect(error?.code == .conflict)
        }
        try await owner.append(.chunkCommitted(.sample(1)))
        try await owner.append(.chunkCommitted(.sample(2)))
        #expect(try log.log.events(of: id).map(\.version) == [1, 7, 8])
    }

    @Test("an event that is too large is refused, and the owner goes on")
    func tooLarge() async throws {
        let owner = try log.owner(id)
        let error = await #expect(throws: ImportLogError.self) { () async throws in
            try await owner.append(.failed(error: String(repeating: "x", count: 2 << 20)))
        }
        #expect(error?.code == .invalid)
        try await owner.append(.failed(error: "disk full"))
        #expect(try log.log.status(of: id).reason == "disk full")
    }

    @Test("a ledger row's chunk comes into the log with its rejects, and with a note")
    func recovered() throws {
        let entry = try LedgerEntry(bytes: LedgerEntry(.sample(1, rejecting: ["type"])).bytes())
        #expect(try LedgerEntry(bytes: entry.bytes()).payload == entry.payload)
        let whole = try LedgerEntry(
            .sample(1, rejecting: ["type", "quoting"]), submittedAt: Timestamp(microsecondsSince1970: .max - 300),
            logPlace: "host:/änderung")
        let read = try LedgerEntry(bytes: whole.bytes())
        #expect(read.submittedAt == whole.submittedAt && read.logPlace == "host:/änderung" && read.chunk == whole.chunk)
        #expect(read.chunk.rejectCodes.map(\.code) == ["quoting", "type"])
        #expect(read.bytes() == whole.bytes())
        try log.owner(id).submit(recovered: entry).wait()
        #expect(try log.rejects(of: id).map(\.reject) == ChunkCommitted.sample(1, rejecting: ["type"]).rejects)
        #expect(try log.log.status(of: id).chunks.recovered == 1)
        #expect(throws: ImportLogError.self) { try log.owner(id).submit(entry) }
    }
}

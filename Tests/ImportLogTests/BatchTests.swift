import ImportLog
import Testing

@Suite struct BatchTests {
    @Test(
        "a batch that cannot be is refused",
        arguments: [
            (
                ImportSubmitted.Batch(id: "b", part: 4, totalParts: 3),
                "Part 4 is not possible; the batch 'b' has the parts 1 to 3."
            ),
            (.init(id: "b", part: 0, totalParts: 3), "Part 0 is not possible; the batch 'b' has the parts 1 to 3."),
            (.init(id: "b", part: 0), "Part 0 is not possible."),
            (.init(id: "b", part: 1_000_001), "Part 1000001 is not possible."),
            (.init(id: "b", totalParts: 0), "A batch has 1 to 1000000 parts; 0 was given."),
            (.init(id: "b", totalParts: 1_000_001), "A batch has 1 to 1000000 parts; 1000001 was given."),
            (.init(id: ""), "A batch id has 1 to 200 bytes and no NUL."),
            (.init(id: String(repeating: "ü", count: 101)), "A batch id has 1 to 200 bytes and no NUL."),
            (.init(id: "a\0b"), "A batch id has 1 to 200 bytes and no NUL."),
        ])
    func refused(batch: ImportSubmitted.Batch, message: String) async throws {
        let log = try TestLog()
        let submission = ImportSubmitted(source: "-", destination: "sqlite:/d", table: "t", batch: batch)
        let error = await #expect(throws: ImportLogError.self) { try await log.log.submit(submission) }
        #expect(error?.code == .invalid)
        #expect(error?.message == message)
        #expect(throws: ImportLogError.self) { try log.submit(submission) }
        #expect(try log.log.imports().isEmpty)
    }

    @Test("a batch at its limits is taken")
    func limits() throws {
        let log = try TestLog()
        let batchID = String(repeating: "ü", count: 100)
        _ = try log.submit(.feed(part: 1_000_000, of: 1_000_000, batch: batchID))
        let group = try log.log.group(batchID)
        #expect(group.missingParts.count == 999_999)
        #expect(group.unfinishedParts == [1_000_000])
    }

    @Test("groups are listed by batch id, however alike the ids are")
    func list() throws {
        let log = try TestLog()
        let ids = ["b", "a", "a\u{1}", "ab", "a ", "ü", "i", "g", "\u{1}"]
        for id in ids {
            _ = try log.submit(.feed(part: 1, of: 2, batch: id))
            _ = try log.submit(.feed(part: 257, batch: id))
        }
        let sorted = ids.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        #expect(try log.log.groups().map(\.batchID) == sorted)
        for (index, id) in ids.enumerated() {
            #expect(try log.log.group(id).imports == [1, 2].map { ImportID(rawValue: UInt64(index) * 2 + $0) })
        }
    }

    @Test("there is no group that no import named")
    func missing() throws {
        let log = try TestLog()
        _ = try log.submit(.feed(part: 1, batch: "november"))
        let error = #expect(throws: ImportLogError.self) { try log.log.group("novembe") }
        #expect(error?.code == .notFound)
        #expect(error?.message == "No import in the log \(log.directory) belongs to a batch 'novembe'.")
    }

    @Test("records are summed over all imports of a batch, and a chunk that is lost counts no more")
    func records() throws {
        let log = try TestLog()
        for part in [UInt32(2), 1] { _ = try log.submit(.feed(part: part, of: 2)) }
        let chunk = ChunkCommitted.sample(1, rejecting: ["type", "key"])
        try log.append(.chunkCommitted(chunk), to: 1)
        try log.append(.chunkCommitted(.sample(1)), .chunkCommitted(.sample(2)), to: 2)
        #expect(try log.log.group("november").records == Counts(read: 30, inserted: 28, rejected: 2))
        try log.append(.chunkLost(ChunkLost(chunk)), to: 1)
        #expect(try log.log.group("november").records == Counts(read: 20, inserted: 20))
    }

    @Test("the total of items that was said last is in force")
    func items() throws {
        let log = try TestLog()
        for items in [UInt64?.none, 100, nil, 5_000, nil] {
            var submission = ImportSubmitted.feed(batch: "november")
            submission.batch?.totalItems = items
            _ = try log.submit(submission)
        }
        #expect(try log.log.group("november").totalItems == 5_000)
    }

    @Test("a part that is finished, lost and finished again is counted once")
    func finishedTwice() throws {
        let log = try TestLog()
        try Delivery(1, of: 2, .done("A")).play(in: log)
        try log.append(
            .chunkLost(ChunkLost(.sample(1))), .resumed(ImportEvent.run), .chunkCommitted(.sample(1)), .completed("A"),
            to: 1)
        try Delivery(2, of: 2, .done("B")).play(in: log)
        #expect(try log.log.group("november").summary == "complete 2/2")
    }
}

import ImportLog
import Testing

@Suite struct RefusalTests {
    let log: TestLog
    let owner: ImportOwner

    init() throws {
        log = try TestLog()
        owner = try log.owner(try log.submit())
    }

    private func expectRefusal(_ event: ImportEvent, saying message: String) async throws {
        let before = try log.log.head()
        let error = await #expect(throws: ImportLogError.self) { try await owner.append(event) }
        #expect(error?.code == .invalid)
        #expect(error?.message == message)
        #expect(throws: ImportLogError.self) { try owner.submit([event]) }
        #expect(try log.log.head() == before)
    }

    @Test(
        "a chunk that does not account for each record once is refused",
        arguments: [
            Counts(read: 10, inserted: 9), Counts(read: 10, inserted: 10, updated: 1), Counts(inserted: 1),
            Counts(read: 4, inserted: 2, updated: 2, skipped: 1), Counts(read: 9, unchanged: 10),
            Counts(read: 1, inserted: .max, updated: 2), Counts(read: .max, inserted: .max, rejected: .max),
        ])
    func conservation(counts: Counts) async throws {
        let chunk = ChunkCommitted(chunk: 1, span: .sample(1), counts: counts)
        try await expectRefusal(
            .chunkCommitted(chunk), saying: "Chunk 1 does not account for each of its \(counts.read) records once.")
    }

    @Test("a chunk whose rejected records are not all attached is refused", arguments: [0, 1, 3])
    func rejects(attached: Int) async throws {
        let rejects = (0..<attached).map { Reject.sample(record: UInt64($0), code: "type") }
        let chunk = ChunkCommitted(
            chunk: 1, span: .sample(1), counts: Counts(read: 10, inserted: 8, rejected: 2), rejects: rejects)
        try await expectRefusal(
            .chunkCommitted(chunk), saying: "Chunk 1 does not account for each of its 10 records once.")
    }

    @Test(
        "every kind of record counts",
        arguments: [
            Counts(read: 9, inserted: 9), Counts(read: 9, updated: 9), Counts(read: 9, unchanged: 9),
            Counts(read: 9, skipped: 9), Counts(read: 9, inserted: 1, updated: 3, unchanged: 3, skipped: 2), Counts(),
        ])
    func conserved(counts: Counts) async throws {
        try await owner.append(.chunkCommitted(ChunkCommitted(chunk: 1, span: .sample(1), counts: counts)))
        #expect(try log.log.status(of: 1).records == counts)
    }

    @Test("a chunk that is not the next one is refused", arguments: [UInt64(0), 1, 3])
    func numbering(chunk: UInt64) async throws {
        try await owner.append(.chunkCommitted(.sample(1)))
        var other = ChunkCommitted.sample(2)
        other.chunk = chunk
        try await expectRefusal(
            .chunkCommitted(other), saying: "Chunk \(chunk) cannot be next; chunks so far: 1.")
    }

    @Test("chunks that were lost can be committed again")
    func lostChunks() async throws {
        for chunk in 1...3 { try await owner.append(.chunkCommitted(.sample(UInt64(chunk)))) }
        for chunk in 2...3 { try await owner.append(.chunkLost(ChunkLost(.sample(UInt64(chunk))))) }
        for chunk in 2...3 { try await owner.append(.chunkCommitted(.sample(UInt64(chunk)))) }
        #expect(try log.log.status(of: 1).chunks.committed == 3)
    }

    @Test("a chunk cannot be lost before one was committed")
    func nothingToLose() async throws {
        try await expectRefusal(
            .chunkLost(ChunkLost(.sample(1))), saying: "Chunk 1 cannot be lost: the import has no chunk.")
    }

    @Test("a chunk that ends before it begins is refused")
    func backwards() async throws {
        var chunk = ChunkCommitted.sample(1)
        swap(&chunk.span.start, &chunk.span.end)
        try await expectRefusal(.chunkCommitted(chunk), saying: "Chunk 1 ends before it begins.")
    }

    @Test("a second submission is refused")
    func submittedTwice() async throws {
        try await expectRefusal(.submitted(.feed()), saying: "An import can be submitted only once.")
    }

    @Test("events that are appended together are refused together")
    func together() throws {
        let before = try log.log.head()
        #expect(throws: ImportLogError.self) {
            try owner.submit([.chunkCommitted(.sample(1)), .chunkCommitted(.sample(3))])
        }
        #expect(try log.log.head() == before)
        try owner.submit([.chunkCommitted(.sample(1)), .chunkCommitted(.sample(2))]).wait()
    }
}

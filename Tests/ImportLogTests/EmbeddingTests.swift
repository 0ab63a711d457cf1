import ImportLog
import Testing

@Suite struct EmbeddingTests {
    @Test("the README's example of embedding the log says what it promises")
    func example() async throws {
        let scratch = try TestLog()
        let directory = scratch.directory + "/embedded"

        let log = try ImportLog(directory: directory)
        let feed = ImportSubmitted(
            source: "/feeds/prices-2.csv", destination: "postgres://shop@db/shop", table: "prices",
            batch: .init(id: "2026-11-21", part: 2, totalParts: 3))
        let owner = try log.own(try await log.submit(feed))
        try await owner.append(.started(.current, tableCreated: false))
        let counts = Counts(read: 1_000, inserted: 998, unchanged: 2)
        let span = Span(
            start: .init(byteOffset: 0, line: 1, record: 1), end: .init(byteOffset: 51_200, line: 1_001, record: 1_001))
        try await owner.append(.chunkCommitted(ChunkCommitted(chunk: 1, span: span, counts: counts)))
        try await owner.append(.completed(ImportCompleted(digest: [], bytes: 51_200, counts: counts)))
        let (status, group) = (try log.status(of: owner.importID), try log.group("2026-11-21"))

        #expect(status.state == .succeeded)
        #expect(status.records.inserted == 998)
        #expect(group.missingParts == [1, 3])
    }
}

import Foundation
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

    @Test("a follower gets the events of all imports once, those that are there and those that come")
    func follow() async throws {
        let test = try TestLog()
        let (first, second) = (try test.submit(), try test.submit())
        async let followed = test.log.follow().prefix(5).reduce(into: []) { $0.append($1) }
        for id in [second, first, second] { try test.append(.paused, to: id) }
        let events = try await followed
        #expect(events.map(\.importID) == [first, second, second, first, second])
        #expect(events.dropFirst(2).allSatisfy { $0.event == .paused })
        let rest = try await test.log.follow(from: events[3].position + 1).first { _ in true }
        #expect(rest == events[4])
    }

    @Test("an import's number is written and read as decimal digits", arguments: ["1", "105", "18446744073709551615"])
    func numbers(_ digits: String) throws {
        let id = try #require(ImportID(digits))
        #expect("\(id)" == digits)
        #expect(try JSONEncoder().encode([id]) == Data("[\(digits)]".utf8))
        #expect(id >= 1 && (id == 1) == (digits == "1") && [1, id].max() == id)
        for other in ["", "-1", "1.0", "x", "18446744073709551616"] { #expect(ImportID(other) == nil) }
    }
}

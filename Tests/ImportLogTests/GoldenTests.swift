import EventLog
import Foundation
import ImportLog
import Testing

@Suite struct GoldenTests {
    @Test("the committed events decode to the values they were made of")
    func decoding() throws {
        let log = try TestLog()
        for event in try Golden.read() { try log.append(raw: event, to: "import-1") }
        #expect(try log.log.events(of: 1).map(\.event).map(\.withoutRejects) == Golden.events.map(\.withoutRejects))
    }

    @Test("the committed chunk keeps its rejects and their counts by code")
    func rejects() throws {
        let log = try TestLog()
        for event in try Golden.read().prefix(3) { try log.append(raw: event, to: "import-1") }
        #expect(try log.rejects(of: 1).map(\.reject) == Golden.rejects)
        let codes = [CodeCount(code: "columns", count: 1), CodeCount(code: "type", count: 1)]
        #expect(try log.log.rejectCounts(of: 1) == codes)
        let events = try log.log.events(of: 1)
        #expect(events.last?.event.chunk?.rejectCodes == codes)
    }

    @Test("events are encoded as they were when the file was made")
    func encoding() throws {
        #expect(try Golden.encode() == String(contentsOfFile: Golden.path, encoding: .utf8))
    }

    @Test("a source with sections is read and written as it was when that was added")
    func sections() throws {
        let log = try TestLog()
        for event in try Golden.read(Golden.sectionsPath) { try log.append(raw: event, to: "import-1") }
        #expect(try log.log.events(of: 1).map(\.event) == [.submitted(Golden.sectioned)])
        let encoded = try Golden.encode([.submitted(Golden.sectioned)])
        #expect(try encoded == String(contentsOfFile: Golden.sectionsPath, encoding: .utf8))
    }

    @Test("there is a committed event of every type")
    func types() throws {
        let types = [
            "ImportSubmitted", "ImportStarted", "ChunkCommitted", "ChunkRecovered", "ChunkLost", "ChunkFailed",
            "ImportPaused", "ImportInterrupted", "ImportResumed", "ImportCancelled", "ImportFailed", "ImportCompleted",
        ]
        #expect(try Golden.read().map(\.type) == types)
    }

    @Test(
        "a golden file is written on request",
        .enabled(if: ProcessInfo.processInfo.environment["WAYBILL_WRITE_GOLDEN"] != nil))
    func writing() throws {
        try Golden.encode().write(toFile: Golden.path, atomically: true, encoding: .utf8)
        try Golden.encode([.submitted(Golden.sectioned)])
            .write(toFile: Golden.sectionsPath, atomically: true, encoding: .utf8)
    }
}

extension ImportEvent {
    var chunk: ChunkCommitted? {
        if case .chunkCommitted(let chunk) = self { chunk } else { nil }
    }

    /// The event as it is read back: rejects are kept apart.
    var withoutRejects: ImportEvent {
        guard var chunk else { return self }
        chunk.rejects = []
        return .chunkCommitted(chunk)
    }
}

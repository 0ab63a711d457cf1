import EventLog
import EventLogTestSupport
import ImportLog
import Testing

/// A tally reads a chunk's event by itself: it must never say anything else than the whole message.
@Suite struct ChunkTallyTests {
    /// What the decoder makes of the payload; nil if it refuses it.
    private func decoded(_ payload: [UInt8]) -> ChunkTally? {
        let recorded = RecordedEvent(
            position: 1, recordedAt: 0, stream: "import-1", version: 1, type: "ChunkCommitted", payload: payload)
        guard case .chunkCommitted(let chunk)? = try? ImportLog.importEvent(recorded)?.event else { return nil }
        return ChunkTally(chunk)
    }

    private func chunk(_ random: inout SeededGenerator) -> ChunkCommitted {
        func number() -> UInt64 {
            UInt64.random(in: 0 ... .max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
        }
        func place() -> Span.Place { Span.Place(byteOffset: number(), line: number(), record: number()) }
        let sections = ["", "prices", "Müller & Söhne", String(repeating: "x", count: 200)]
        return ChunkCommitted(
            chunk: number(),
            span: Span(section: sections.randomElement(using: &random)!, start: place(), end: place()),
            counts: Counts(
                read: number(), inserted: number(), updated: number(), unchanged: number(), skipped: number(),
                rejected: number()),
            digest: [UInt8](repeating: 7, count: 32), digestChain: [UInt8](repeating: 9, count: 32),
            readMicroseconds: number(), writeMicroseconds: number(), residentBytes: number(),
            rowsDigest: Bool.random(using: &random) ? number() : nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the tally of an ordinary chunk is read from its bytes`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let chunk = chunk(&random)
            let payload = try ImportEvent.chunkCommitted(chunk).encoded().payload
            #expect(ChunkTally(payload: payload) == ChunkTally(chunk))
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `the tally of any bytes is what the message says, or none`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            var payload = try ImportEvent.chunkCommitted(chunk(&random)).encoded().payload
            for _ in 0..<Int.random(in: 1...3, using: &random) where !payload.isEmpty {
                let index = Int.random(in: 0..<payload.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: payload.remove(at: index)
                case 1: payload.insert(UInt8.random(in: 0 ... .max, using: &random), at: index)
                case 2: payload.removeLast(payload.count - index)
                default: payload[index] = UInt8.random(in: 0 ... .max, using: &random)
                }
            }
            if let tally = ChunkTally(payload: payload) { #expect(tally == decoded(payload)) }
        }
    }

    @Test func `a chunk with rejects or widened columns is left to the decoder`() throws {
        var widened = ChunkCommitted.sample(1)
        widened.widened = [WidenedColumn(column: "price", from: "bigint", to: "numeric", line: 7, value: "1.5")]
        for chunk in [widened, .sample(1, rejecting: ["type"])] {
            #expect(ChunkTally(payload: try ImportEvent.chunkCommitted(chunk).encoded().payload) == nil)
        }
    }

    @Test func `a field that comes twice is left to the decoder`() throws {
        let payload = try ImportEvent.chunkCommitted(.sample(1)).encoded().payload
        #expect(ChunkTally(payload: payload + [0x08, 0x02]) == nil)
        #expect(ChunkTally(payload: payload + payload) == nil)
    }
}

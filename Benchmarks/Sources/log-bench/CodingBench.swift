internal import EventLog
internal import ImportLog

/// A chunk event's way into bytes and back, without a log.
func benchCoding(rounds: Int) throws {
    let chunks = (1...100_000).map { ChunkCommitted.sample($0) }
    let encoded = try chunks.map { try ImportEvent.chunkCommitted($0).encoded() }
    let recorded = encoded.enumerated().map { index, event in
        RecordedEvent(
            position: UInt64(index + 1), recordedAt: 0, stream: "import-1", version: UInt64(index + 1),
            type: event.type, payload: event.payload, attachmentCount: event.attachments.count)
    }
    print("a chunk event's payload has \(encoded[encoded.count / 2].payload.count) bytes")
    let encoding = try (0..<rounds).map { _ in
        try seconds { for chunk in chunks { _ = try ImportEvent.chunkCommitted(chunk).encoded() } }
    }
    report("encode", count: chunks.count, encoding)
    let decoding = try (0..<rounds).map { _ in
        try seconds { for event in recorded { _ = try ImportLog.importEvent(event) } }
    }
    report("decode", count: chunks.count, decoding)
}

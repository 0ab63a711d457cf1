import EventLog
import Foundation
import Hashing
import ImportLog

/// Events with every field set, and the bytes that each format version of the log gave them.
///
/// What was written once must be readable forever: the files are never changed, only added to. A new one is written by
/// `WAYBILL_WRITE_GOLDEN=1 swift test --filter GoldenTests`.
enum Golden {
    static let path = folder.appendingPathComponent("events.txt").path
    /// What was added to the events later.
    static let sectionsPath = folder.appendingPathComponent("sections.txt").path
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Golden/v1")

    static let place = Span.Place(byteOffset: 71, line: 3, record: 2)
    static let span = Span(section: "a.csv", start: place, end: Span.Place(byteOffset: 300, line: 12, record: 11))
    static let counts = Counts(read: 21, inserted: 1, updated: 2, unchanged: 3, skipped: 13, rejected: 2)
    static let digest = [UInt8](0..<32)
    static let rejects = [
        Reject(
            section: "a.csv", record: 4, line: 6, byteOffset: 99, code: "type", message: "'x' is no integer.",
            field: "qty", key: "K4", raw: [0x4B, 0x34, 0x2C, 0xFF, 0x0A]),
        Reject(record: 9, line: 11, byteOffset: 250, code: "columns", message: "1 field of 2.", raw: [0x0A]),
    ]

    static var submitted: ImportSubmitted {
        var submitted = ImportSubmitted(
            source: "/feeds/prices.csv", destination: "postgres://shop@db/shop", table: "prices", mode: "upsert",
            key: ["sku", "shop"],
            columns: [.init(name: "sku"), .init(name: "qty", type: "integer", isInferred: true)],
            batch: .init(id: "november", part: 2, totalParts: 3, totalItems: 5_000), retryOf: 104,
            identity: .init(size: 4_096, device: 5, inode: 6, modified: -7, changed: 8), submittedBy: "ann@shop",
            program: "waybill 1.0.0")
        submitted.reading.format = "csv"
        submitted.reading.delimiter = ";"
        submitted.reading.hasHeader = true
        submitted.reading.encoding = "utf-8"
        submitted.reading.nullSpellings = ["NULL", "\\N"]
        submitted.reading.dataOffset = 9
        submitted.reading.dataLine = 2
        submitted.reading.sourceColumns = ["SKU", "Qty"]
        submitted.reading.maxFieldBytes = 1 << 24
        submitted.limits.chunkRecords = 1_000
        submitted.limits.chunkBytes = 1 << 20
        submitted.limits.abortOnReject = true
        submitted.limits.maxRejects = 10
        submitted.limits.maxRejectPercent = 2.5
        return submitted
    }

    /// A source with sections, mapped, packed and cut short.
    static var sectioned: ImportSubmitted {
        var first = ImportSubmitted.Section(
            name: "a.csv", table: "a", mode: "upsert", key: ["id"], columns: [.init(name: "id")], mapping: [0x7B, 0x7D])
        first.reading.format = "csv"
        first.reading.container = "zip"
        first.reading.settings = [.init(name: "entry", value: "a.csv"), .init(name: "max_record_bytes", value: "9")]
        first.reading.firstRecord = 11
        let second = ImportSubmitted.Section(name: "b.json/items", table: "items", columns: [.init(name: "sku")])
        var identity = ImportSubmitted.SourceIdentity(size: 5)
        identity.digest = digest
        identity.validator = "\"v1\""
        var submitted = ImportSubmitted(
            source: "/feeds/day.zip", destination: "sqlite:/data/shop.db", sections: [first, second],
            identity: identity)
        submitted.recordLimit = 100
        return submitted
    }

    static var chunk: ChunkCommitted {
        ChunkCommitted(
            chunk: 1, span: span, counts: counts, digest: digest, digestChain: digest.reversed(), rejects: rejects,
            widened: [WidenedColumn(column: "qty")], readMicroseconds: 1_200, writeMicroseconds: 3_400,
            residentBytes: 30 << 20)
    }

    /// One of each kind, in an order that an import could have; the first is its submission.
    static var events: [ImportEvent] {
        [
            .submitted(submitted), .started(ImportEvent.run, tableCreated: true), .chunkCommitted(chunk),
            .chunkRecovered(chunk: 1), .chunkLost(ChunkLost(chunk)),
            .chunkFailed(ChunkFailed(chunk: 1, attempt: 2, error: "database is locked", willRetry: true)), .paused,
            .interrupted(reason: "SIGTERM", noticedLater: true), .resumed(ImportEvent.run),
            .cancelled(reason: "wrong file"), .failed(error: "disk full"),
            .completed(ImportCompleted(digest: digest, bytes: 4_096, counts: counts)),
        ]
    }

    /// A line for each event: its type, its payload and its attachments, in hexadecimal digits.
    static func encode(_ events: [ImportEvent] = events) throws -> String {
        try events.map { event in
            let encoded = try event.encoded()
            let parts = [encoded.payload] + encoded.attachments
            return ([encoded.type] + parts.map(\.hexadecimal)).joined(separator: " ") + "\n"
        }.joined()
    }

    static func read(_ path: String = path) throws -> [NewEvent] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            return NewEvent(
                type: String(parts[0]), payload: bytes(parts[1]), attachments: parts.dropFirst(2).map(bytes))
        }
    }

    private static func bytes(_ hexadecimal: Substring) -> [UInt8] {
        let digits = Array(hexadecimal)
        return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0..<$0 + 2]), radix: 16) }
    }
}

import ImportLog

extension ImportSubmitted {
    /// A supplier's feed.
    static func feed(
        size: UInt64? = 1_000, part: UInt32? = nil, of total: UInt32? = nil, batch: String? = nil,
        retryOf: ImportID? = nil
    ) -> ImportSubmitted {
        let isPart = batch != nil || part != nil || total != nil
        return ImportSubmitted(
            source: "/feeds/prices.csv", destination: "sqlite:/data/shop.db", table: "prices",
            batch: isPart ? Batch(id: batch ?? "november", part: part, totalParts: total) : nil, retryOf: retryOf,
            identity: size.map { SourceIdentity(size: $0, device: 1, inode: 2, modified: 3, changed: 4) },
            submittedBy: "ann@shop", program: "waybill 1.0.0")
    }
}

extension ChunkCommitted {
    /// A chunk of 10 records and 100 bytes, some of them rejected.
    static func sample(_ chunk: UInt64, rejecting codes: [String] = []) -> ChunkCommitted {
        let first = (chunk - 1) * 10 + 1
        let rejected = UInt64(codes.count)
        let rejects = codes.enumerated().map { index, code in
            Reject.sample(record: first + UInt64(index), code: code)
        }
        return ChunkCommitted(
            chunk: chunk, span: .sample(chunk), counts: Counts(read: 10, inserted: 10 - rejected, rejected: rejected),
            rejects: rejects)
    }
}

extension ChunkLost {
    init(_ chunk: ChunkCommitted) { self.init(chunk: chunk.chunk, span: chunk.span, counts: chunk.counts) }
}

extension Span {
    static func sample(_ chunk: UInt64) -> Span {
        func place(_ chunk: UInt64) -> Place {
            Place(byteOffset: chunk * 100, line: chunk * 10 + 2, record: chunk * 10 + 1)
        }
        return Span(start: place(chunk - 1), end: place(chunk))
    }
}

extension Reject {
    static func sample(record: UInt64, code: String, raw: [UInt8]? = nil) -> Reject {
        Reject(
            record: record, line: record + 1, byteOffset: record * 10, code: code, message: "It is \(code).",
            field: "price", key: "K\(record)", raw: raw ?? [UInt8]("K\(record),x\n".utf8))
    }
}

extension ImportEvent {
    static let run = Run(process: 4_711, host: "night")

    static func completed(_ digest: String = "", rejected: UInt64 = 0) -> ImportEvent {
        .completed(ImportCompleted(digest: [UInt8](digest.utf8), bytes: 1_000, counts: Counts(rejected: rejected)))
    }
}

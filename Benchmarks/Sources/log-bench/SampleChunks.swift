internal import ImportLog

extension ChunkCommitted {
    /// A chunk as imports of CSV files have them: 10,000 records of 145 bytes, a reject in every hundredth chunk.
    static func sample(_ chunk: UInt64) -> ChunkCommitted {
        let (records, bytes): (UInt64, UInt64) = (10_000, 1_450_000)
        func place(_ chunk: UInt64) -> Span.Place {
            Span.Place(byteOffset: 83 + chunk * bytes, line: 2 + chunk * (records + 311), record: 1 + chunk * records)
        }
        let isBad = chunk % 100 == 7
        let reject = Reject(
            record: chunk * records, line: chunk * records, byteOffset: chunk * bytes, code: "bad_value",
            message: "'n/a' is not a number", field: "price", raw: [UInt8](repeating: 120, count: 145))
        return ChunkCommitted(
            chunk: chunk, span: Span(start: place(chunk - 1), end: place(chunk)),
            counts: Counts(
                read: records, inserted: 9_000 - (isBad ? 1 : 0), updated: 900, unchanged: 100, rejected: isBad ? 1 : 0),
            digest: digest(chunk), digestChain: digest(~chunk), rejects: isBad ? [reject] : [],
            readMicroseconds: 3_000 + chunk % 100, writeMicroseconds: 14_000 + chunk % 1_000,
            residentBytes: 48 << 20, rowsDigest: chunk &* 0x9E37_79B9_7F4A_7C15)
    }

    private static func digest(_ seed: UInt64) -> [UInt8] {
        var value = seed
        return (0..<32).map { _ in
            value = value &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: value >> 56)
        }
    }
}

extension ImportSubmitted {
    /// A part of a batch of ten.
    static func sample(_ id: UInt64) -> ImportSubmitted {
        var reading = Reading()
        reading.format = "csv"
        reading.sourceColumns = (1...8).map { "column\($0)" }
        return ImportSubmitted(
            source: "/feeds/prices-\(id).csv", destination: "sqlite:/data/shop.db", table: "prices", mode: "upsert",
            key: ["column1"], columns: (1...8).map { Column(name: "column\($0)") }, reading: reading,
            batch: Batch(id: "batch-\((id - 1) / 10)", part: UInt32((id - 1) % 10 + 1), totalParts: 10),
            identity: SourceIdentity(size: 1_450_000_083, device: 1, inode: id, modified: 3, changed: 4),
            submittedBy: "ann@shop", program: "waybill")
    }
}
